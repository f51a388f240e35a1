"""Which heading of a sheet says what: found, proposed, remembered, corrected.

Pure: knows no model and no request. A heading means a field when it begins with one of the field's
words; what an agency chose before for the same headings goes before that.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from common.text import plain, squeeze
from enterprises.grid import Grid, SheetError

HEAD_ROWS = 40  # how far down a sheet its head is looked for
TEMPLATE = "导入模板"
EXAMPLE = "示例（导入时跳过）"


class Field(NamedTuple):
    """What a column may say. `choices` are offered in the template, `sample` is its example."""

    label: str
    required: bool
    words: tuple[str, ...]
    sample: str = ""
    note: str = ""
    choices: tuple[str, ...] = ()
    is_personal: bool = False


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, the row of its head, and {field: column}."""

    grid: Grid
    top: int
    columns: Mapping[str, int]

    @property
    def headings(self) -> tuple[str, ...]:
        """The texts of the head, as wide as the row is."""
        return tuple(plain(text) for text in self.grid.row(self.top))

    @property
    def used(self) -> dict[str, str]:
        """{field: heading}."""
        return {name: plain(self.grid.cell(self.top, at)) for name, at in self.columns.items()}

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that mean no field."""
        taken = set(self.columns.values())
        return tuple(text for i, text in enumerate(self.headings) if i not in taken and text)

    def samples(self, column: int, most: int = 3) -> list[str]:
        """Return the first values that stand under a heading."""
        texts = (plain(self.grid.cell(r, column)) for r in range(self.top + 1, len(self.grid.rows)))
        return [text[:40] for _, text in zip(range(most), filter(None, texts), strict=False)]


@dataclass(frozen=True, slots=True)
class Head:
    """A row read as a head: {field: column}, and the pairs that are alike."""

    columns: Mapping[str, int]
    doubtful: tuple[tuple[str, str, str], ...] = ()


def signature(headings: Iterable[str]) -> str:
    """Return what a sheet's headings are known by again, however they are spaced."""
    text = "\n".join(squeeze(heading) for heading in headings).rstrip("\n")
    return hashlib.sha256(text.encode()).hexdigest()


def field_of(heading: str, fields: Fields) -> str | None:
    """Return the field whose longest word a heading begins with."""
    found = [
        (len(word), name)
        for name, field in fields.items()
        for word in map(squeeze, field.words)
        if heading.startswith(word)
    ]
    return max(found)[1] if found else None


def read_head(cells: Sequence[str], fields: Fields) -> Head:
    """Read a row as a head; of two headings for one field the exact word stays."""
    found: dict[str, int] = {}
    doubtful: list[tuple[str, str, str]] = []
    for column, text in enumerate(cells):
        name = field_of(squeeze(text), fields)
        if name is None:
            continue
        label = squeeze(fields[name].label)
        if name in found:
            # 法定代表人 beside 主要负责人: the exact word stays
            if squeeze(cells[found[name]]) == label:
                continue
            if squeeze(text) != label:
                doubtful.append((fields[name].label, plain(cells[found[name]]), plain(text)))
                continue
        found[name] = column
    return Head(found, tuple(doubtful))


def missing(columns: Iterable[str], fields: Fields, either: Sequence[str] = ()) -> list[str]:
    """Return the labels of required fields that no column says; of `either` one is enough."""
    there = set(columns)
    found = [f.label for name, f in fields.items() if f.required and name not in there]
    if either and there.isdisjoint(either):
        found.append("或".join(fields[name].label for name in either))
    return found


def find(grids: Sequence[Grid], fields: Fields, known: Iterable[str] = ()) -> Table:
    """Return the table: a head that is `known` by its signature, else the fullest one.

    Where no heading is recognised, the first row with two texts is offered: somebody may say what
    they mean. SheetError for a file that holds nothing like a table.
    """
    signatures = set(known)
    best: tuple[int, Table] | None = None
    rows = ((grid, row) for grid in grids for row in range(min(HEAD_ROWS, len(grid.rows))))
    for grid, row in rows:
        cells = grid.row(row)
        if signatures and signature(cells) in signatures:
            return Table(grid, row, read_head(cells, fields).columns)
        columns = read_head(cells, fields).columns
        texts = len({squeeze(text) for text in cells} - {""})
        rank = len(columns) * 1000 if len(columns) > 1 else 1 if texts > 1 else 0
        if rank and (best is None or rank > best[0]):
            best = (rank, Table(grid, row, columns))
    if best is None:
        raise SheetError("没有找到表格：第一行应是各列的名称，下面每行一条")
    return best[1]


def refuse_other_template(table: Table, title: str, titles: Iterable[str]) -> None:
    """A template of another kind says above its head what it is for."""
    above = {squeeze(text) for row in table.grid.rows[: table.top] for text in row}
    for other in titles:
        if other != title and squeeze(other + TEMPLATE) in above:
            raise SheetError(f"这是“{other}”的模板，请在“{other}”那里导入，或下载“{title}”的模板")


@dataclass(frozen=True, slots=True)
class Changes:
    """How the headings differ from those remembered."""

    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)


def carried(
    table: Table, headings: Sequence[str], match: Mapping[str, int]
) -> tuple[dict[str, int], Changes]:
    """Keep, for changed headings, what was chosen for those that are still there.

    Whatever is new is proposed by its words, unless its field is taken.
    """
    old = [squeeze(text) for text in headings]
    now = [squeeze(text) for text in table.headings]
    kept = {
        name: now.index(old[at])
        for name, at in match.items()
        if at < len(old) and old[at] and now.count(old[at]) == 1
    }
    taken = set(kept.values())
    proposed = {
        name: at
        for name, at in table.columns.items()
        if name not in kept and at not in taken and now[at] not in old
    }
    gone = tuple(text for text, key in zip(headings, old, strict=True) if key and key not in now)
    new = tuple(
        text for text, key in zip(table.headings, now, strict=True) if key and key not in old
    )
    return {**kept, **proposed}, Changes(gone, new)
