"""The only writer of sheets.

A sheet is: title, head lines, one row of column names (frozen, filtered, repeated in print), the
rows, a totals row, notes. Cells are written by the kind of their column, so text is always text
(never a formula, a link or a number), days and moments are real ones in local time. Memory stays
flat however many rows come, and the same input gives the same bytes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Literal

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "integer", "number", "date", "datetime", "money"]
Cell = str | int | Decimal | date | datetime | None

MAX_ROWS = 1_048_576  # of one sheet, by the file format
MAX_CHARS = 32_767  # of one cell, by the file format
NARROW = 130  # characters; a wider table is printed on A3
A3, A4 = 8, 9  # paper codes of the file format
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
TRAINING_LINE = "演示数据，仅供培训，不具效力"

FORMATS: dict[Kind, dict[str, str]] = {
    "text": {"num_format": "@"},
    "integer": {"num_format": "#,##0", "align": "right"},
    "number": {"num_format": "#,##0.0#", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
}
CELL = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#C8CED6", "font_size": 10}


@dataclass(frozen=True)
class Column:
    """One column: its name, its width in half-width characters, and what stands in its cells."""

    label: str
    width: float
    kind: Kind = "text"


def write_table(
    out: BinaryIO,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    created: datetime,
    head: Sequence[str] = (),
    totals: Sequence[Cell] | None = None,
    notes: Sequence[str] = (),
    training: bool = False,
) -> int:
    """Write one table into `out` and return the number of rows.

    `rows` are read once, one at a time, each as long as `columns`; `totals` is one more such row,
    in bold. `created` (aware) is the date in the file's properties. ValueError for a row of
    another length and for more rows than a sheet holds.
    """
    lines = [*head, TRAINING_LINE] if training else list(head)
    with TemporaryDirectory(prefix="sheet-") as folder:
        book = xlsxwriter.Workbook(out, OPTIONS | {"tmpdir": folder})
        book.use_zip64()
        book.set_properties({"title": title, "created": created.astimezone(UTC)})
        sheet = _Sheet(book, columns, title)
        sheet.set_up(first_row=len(lines) + 1, training=training)
        sheet.write_head(lines)
        count = sheet.write_rows(rows)
        sheet.write_foot(totals, notes)
        book.close()
    return count


class _Sheet:
    """The one sheet of a book while it is written, row by row from the top."""

    def __init__(self, book: Any, columns: Sequence[Column], title: str) -> None:
        self.book = book
        self.columns = columns
        self.title = title
        self.sheet: Worksheet = book.add_worksheet("Sheet1")
        self.row = 0
        self.writers = self._writers({})

    def _writers(self, extra: dict[str, object]) -> list[tuple[Callable[..., int], Format]]:
        """Return for each column how its cells are written and how they look."""
        made = {
            kind: self.book.add_format(CELL | FORMATS[kind] | extra)
            for kind in sorted({column.kind for column in self.columns})
        }
        return [
            (getattr(self, f"_write_{column.kind}"), made[column.kind]) for column in self.columns
        ]

    def set_up(self, *, first_row: int, training: bool) -> None:
        """Set widths, the frozen head and the print (A4 or A3 landscape, head repeated)."""
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, column.width)
        self.sheet.freeze_panes(first_row + 1, 0)
        self.sheet.repeat_rows(first_row)
        self.sheet.set_landscape()
        width = sum(column.width for column in self.columns)
        self.sheet.set_paper(A4 if width <= NARROW else A3)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&C第 &P 页 共 &N 页")
        if training:
            self.sheet.set_header("&C&14演示")

    def write_head(self, lines: Sequence[str]) -> None:
        """Write the title, the lines under it and the row of column names."""
        big = self.book.add_format({"bold": True, "font_size": 16})
        line = self.book.add_format({"font_size": 10, "font_color": "#4A5563"})
        name = self.book.add_format(
            CELL | {"bold": True, "align": "center", "valign": "vcenter", "bg_color": "#EEF1F5"}
        )
        self._write_line(self.title, big)
        for text in lines:
            self._write_line(text, line)
        for index, column in enumerate(self.columns):
            self.sheet.write_string(self.row, index, column.label, name)
        self.head_row = self.row
        self.row += 1

    def write_rows(self, rows: Iterable[Sequence[Cell]]) -> int:
        """Write the rows, put the filter over them and return their number."""
        for values in rows:
            self._write_row(values, self.writers)
        last = max(self.row - 1, self.head_row)
        self.sheet.autofilter(self.head_row, 0, last, len(self.columns) - 1)
        return self.row - self.head_row - 1

    def write_foot(self, totals: Sequence[Cell] | None, notes: Sequence[str]) -> None:
        """Write the totals row and the notes; the filter does not cover them."""
        if totals is not None:
            self._write_row(totals, self._writers({"bold": True, "bg_color": "#EEF1F5"}))
        plain = self.book.add_format({"font_size": 10})
        for text in notes:
            self._write_line(text, plain)

    def _write_line(self, text: str, look: Format) -> None:
        self.sheet.write_string(self.row, 0, text[:MAX_CHARS], look)
        self.row += 1

    def _write_row(
        self, values: Sequence[Cell], writers: list[tuple[Callable[..., int], Format]]
    ) -> None:
        if len(values) != len(writers):
            raise ValueError(f"a row has {len(values)} cells for {len(writers)} columns")
        if self.row >= MAX_ROWS:
            raise ValueError("a sheet holds no more rows")
        for index, (value, (write, look)) in enumerate(zip(values, writers, strict=True)):
            if value is None or value == "":
                self.sheet.write_blank(self.row, index, None, look)
            else:
                write(index, value, look)
        self.row += 1

    def _write_text(self, index: int, value: Cell, look: Format) -> int:
        return self.sheet.write_string(self.row, index, str(value)[:MAX_CHARS], look)

    def _write_number(self, index: int, value: Cell, look: Format) -> int:
        if not isinstance(value, int | float | Decimal):
            return self._write_text(index, value, look)
        return self.sheet.write_number(self.row, index, float(value), look)

    _write_integer = _write_money = _write_number

    def _write_date(self, index: int, value: Cell, look: Format) -> int:
        if not isinstance(value, date) or value.year < 1900:
            return self._write_text(index, value, look)
        if isinstance(value, datetime) and value.tzinfo is not None:
            value = timezone.localtime(value).replace(tzinfo=None)
        return self.sheet.write_datetime(self.row, index, value, look)

    _write_datetime = _write_date


def write_template(
    out: BinaryIO,
    *,
    title: str,
    columns: Sequence[tuple[Column, str, Sequence[str]]],
    example: str,
    notes: Sequence[str],
    created: datetime,
    rows: int = 1000,
) -> None:
    """Write a sheet to be filled in: `columns` are (column, its example, what may be chosen).

    The first column is called 序号; in its place the example row bears `example`. Cells are text, so
    that no digits of a code are lost.
    """
    book = xlsxwriter.Workbook(out, {**OPTIONS, "constant_memory": False, "in_memory": True})
    book.set_properties({"title": title, "created": created.astimezone(UTC)})
    sheet = book.add_worksheet("Sheet1")
    text = book.add_format({"num_format": "@"})
    name = book.add_format(CELL | {"bold": True, "align": "center", "bg_color": "#EEF1F5"})
    faint = book.add_format({"num_format": "@", "italic": True, "font_color": "#8A94A3"})
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 16}))
    for row, note in enumerate(notes, 1):
        sheet.write_string(row, 0, note, book.add_format({"font_color": "#4A5563"}))
    head = len(notes) + 1
    sheet.set_column(0, 0, 10, text)
    sheet.write_string(head, 0, "序号", name)
    sheet.write_string(head + 1, 0, example, faint)
    for index, (column, sample, choices) in enumerate(columns, 1):
        sheet.set_column(index, index, column.width, text)
        sheet.write_string(head, index, column.label, name)
        sheet.write_string(head + 1, index, sample, faint)
        if choices:
            rule = {"validate": "list", "source": [*choices], "error_type": "warning"}
            sheet.data_validation(head + 2, index, head + rows, index, rule)
    sheet.freeze_panes(head + 1, 0)
    book.close()
