"""An office's own form, filled with a paper's content; a file that is no harmless .docx is not opened."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import docx
from django.utils import timezone
from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup

from common.uploads import entry_bytes
from documents.word.base import WordError, clean, set_properties

MAX_BYTES, MAX_PART_BYTES, MAX_ENTRIES = 50 * 2**20, 5 * 2**20, 2000
NO_DOCX = "不是完整的 Word 文档（.docx）。请用 Word 或 WPS 另存为 .docx 后再上传"
FILTERS = {"default", "d", "length", "count", "join", "first", "last", "round", "abs", "int"} | {
    "string", "upper", "lower", "trim"
}  # fmt: skip
TESTS = {"defined", "undefined", "none", "odd", "even", "true", "false"}


def template_fill(*, template: bytes, content: object, head: Mapping[str, str]) -> bytes:
    """Return an office's form filled with a paper's content; WordError where that cannot be.

    `head` (number, title, content_sha256, check_url, issued_on) stands beside `content`. Values
    are text, whatever they hold. Without a filter, days are written 2026年1月5日, yes and no 是 and
    否, lists with 、 between their items; what is not there is left blank.
    """
    if problem := unsafe(template):
        raise WordError(problem)
    form = DocxTemplate(io.BytesIO(template))
    try:
        form.render({**head, "content": content}, jinja_env=environment(), autoescape=True)
    except TemplateError as error:
        raise WordError(f"模板无法填写：{error}") from error
    set_properties(form.docx, title=head.get("title", ""), number=head.get("number", ""))
    out = io.BytesIO()
    form.save(out)
    return out.getvalue()


def _words(value: object) -> object:
    """Return a value as a form prints it."""
    match value:
        case None | bytes():
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            local = timezone.localtime(value)
            return f"{cn_date(value)} {local:%H:%M}"
        case date():
            return cn_date(value)
        case Decimal():
            return format(value, "f")
        case tuple() | list():
            return "、".join(str(_words(item)) for item in value)
        case Markup():
            return Markup(clean(value))  # noqa: S704 - it was markup before
        case str():
            return clean(value)
    return value


def cn_date(value: object) -> str:
    """Filter: a day or a moment as 2026年1月5日; other text as it is, nothing for None."""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日" if day else str(value or "")


def iso(value: object) -> str:
    """Filter: a day or a moment's day as 2026-01-05; other text as it is, nothing for None."""
    day = _day(value)
    return day.isoformat() if day else str(value or "")


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return timezone.localdate(value)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def environment() -> ImmutableSandboxedEnvironment:
    """Return jinja2 with nothing but the filters and tests of the list: no `safe`, no `range`."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=ChainableUndefined, finalize=_words
    )
    environment.globals.clear()
    filters = {name: environment.filters[name] for name in FILTERS}
    environment.filters = {**filters, "cn_date": cn_date, "iso": iso}
    environment.tests = {name: environment.tests[name] for name in TESTS | {"in"}}
    return environment


def unsafe(template: bytes) -> str:
    """Return why a file may not even be opened, or ''. Sizes are those the archive declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_BYTES:
                return "文件展开后过大（超过 50 MB 或者 2000 个部件），不能使用"
            names = {entry.filename for entry in entries}
            if len(names) != len(entries) or "[Content_Types].xml" not in names:
                return NO_DOCX
            for entry in entries:
                if problem := _unsafe_part(archive, entry):
                    return problem
        docx.Document(io.BytesIO(template))
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, RuntimeError, OSError):
        return NO_DOCX  # RuntimeError: encrypted or packed in an unknown way
    except (zlib.error, AttributeError, TypeError):
        return NO_DOCX
    return ""


def _unsafe_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    name = entry.filename.lower()
    if "vbaproject" in name or "/activex/" in name:
        return "文件含有宏或者控件，请另存为不含宏的 .docx"
    if not name.endswith((".xml", ".rels")):
        return ""
    if entry.file_size > MAX_PART_BYTES:
        return "文件的正文过大（超过 5 MB），不能使用"
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    tree = etree.parse(io.BytesIO(entry_bytes(archive, entry.filename)), parser)
    if tree.docinfo.doctype:
        return NO_DOCX
    if name == "[content_types].xml" and b"macroEnabled" in etree.tostring(tree):
        return "文件含有宏或者控件，请另存为不含宏的 .docx"
    for link in tree.getroot() if name.endswith(".rels") else ():
        kind = (link.get("Type") or "").rpartition("/")[2]
        if (link.get("TargetMode") or "").lower() == "external" and kind != "hyperlink":
            return f"文件引用了外部内容（{kind}：{link.get('Target')}），请断开链接后再上传"
    return ""


def sources(form: Any) -> Iterator[tuple[str, str]]:
    """Yield each text that docxtpl renders, with the place where an administrator finds it."""
    form.render_init()
    raw = [("正文", form.get_xml())]
    for place, uri in (("页眉", form.HEADER_URI), ("页脚", form.FOOTER_URI)):
        raw += [(place, form.get_part_xml(part)) for _, part in form.get_headers_footers(uri)]
    for part in form.docx.part.package.parts:
        if part.content_type.endswith("footnotes+xml"):
            raw.append(("脚注", part.blob.decode()))
    for place, xml in raw:
        yield place, re.sub(r"<w:p([ >])", r"\n<w:p\1", form.patch_xml(xml))
    properties = form.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        yield "文档属性", getattr(properties, name)
