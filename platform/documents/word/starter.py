"""A first form with every field of a kind of paper, for an administrator to edit."""

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH

from documents.word.base import saved, set_fonts, set_page, set_properties
from documents.word.check import _item, _some, members


def starter_template(
    *, content_type: type, title: str, labels: Mapping[str, str] | None = None
) -> bytes:
    """Return a form with every field of a kind of paper, for an administrator to edit.

    `labels` are the Chinese names of fields, by path (`enterprise.name`) or by name.
    """
    document = docx.Document()
    set_page(document, "")
    set_fonts(document, 12)
    set_properties(document, title=title, number="")
    document.add_heading(title, 1)
    document.add_paragraph("{{ number }}").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if "training" in members(content_type):
        for words in ("{%p if content.training %}", "演示，不具效力", "{%p endif %}"):
            document.add_paragraph(words)
    _Starter(document, labels or {}).fields(content_type, "content", ())
    document.add_paragraph("签发日期：{{ issued_on }}")
    document.add_paragraph("内容哈希：{{ content_sha256 }}")
    document.add_paragraph("核验网址：{{ check_url }}")
    document.add_paragraph("可编辑副本，与签发的文件不具同等效力；原件文号 {{ number }}")
    return saved(document)


@dataclass
class _Starter:
    """Writes the fields of a content class as tags."""

    document: Any
    labels: Mapping[str, str]

    def label(self, path: Sequence[str]) -> str:
        """Return a field's Chinese name, or its name."""
        return self.labels.get(".".join(path), self.labels.get(path[-1], path[-1]))

    def fields(self, cls: Any, owner: str, path: tuple[str, ...]) -> None:
        """Write each field: a line, a table, or the lines of a group."""
        for item in dataclasses.fields(cls):
            name = item.name
            if name == "training":
                continue
            whole = typing.get_type_hints(cls)[name]
            kind, here = _some(whole), f"{owner}.{name}"
            inner = _some(_item(kind))
            if dataclasses.is_dataclass(kind):
                self.group(kind, here, (*path, name), is_optional=kind is not whole)
            elif dataclasses.is_dataclass(inner):
                self.table(inner, here, (*path, name))
            elif typing.get_origin(inner) in (tuple, list):
                self.document.add_heading(self.label((*path, name)), 2)
                for words in (f"{{%p for row in {here} %}}", "{{ row }}", "{%p endfor %}"):
                    self.document.add_paragraph(words)
            elif kind is not bytes:
                words = f"{self.label((*path, name))}： {_tag(here, kind)}"
                self.document.add_paragraph(words)

    def group(self, kind: Any, owner: str, path: tuple[str, ...], *, is_optional: bool) -> None:
        """Write a group of fields under a heading; where it may be missing, under a condition."""
        if is_optional:
            self.document.add_paragraph(f"{{%p if {owner} %}}")
        self.document.add_heading(self.label(path), 2)
        self.fields(kind, owner, path)
        if is_optional:
            self.document.add_paragraph("{%p endif %}")

    def table(self, kind: Any, owner: str, path: tuple[str, ...]) -> None:
        """Write a table with a row for each item; lists of groups within are counted."""
        self.document.add_heading(self.label(path), 2)
        hints = typing.get_type_hints(kind)
        names = [item.name for item in dataclasses.fields(kind)]
        names = [name for name in names if _some(hints[name]) is not bytes]
        table = self.document.add_table(4, len(names), style="Table Grid")
        table.cell(1, 0).text = f"{{%tr for item in {owner} %}}"
        table.cell(3, 0).text = "{%tr endfor %}"
        for head, cell, name in zip(table.rows[0].cells, table.rows[2].cells, names, strict=True):
            head.text = self.label((*path, name))
            cell.text = _tag(f"item.{name}", _some(hints[name]))


def _tag(path: str, kind: Any) -> str:
    if dataclasses.is_dataclass(kind):
        return f"{{{{ {path}.{dataclasses.fields(kind)[0].name} }}}}"
    if dataclasses.is_dataclass(_some(_item(kind))):
        return f"{{{{ {path}|length }}}}"
    return f"{{{{ {path}|cn_date }}}}" if kind is date else f"{{{{ {path} }}}}"
