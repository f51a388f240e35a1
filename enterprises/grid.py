"""A workbook as plain grids of text: sheets, merged cells spread out, formulas known.

Bounded: a file that is too large, packed too tightly, or no workbook at all is refused before it
costs anything. A packed file is unpacked here, within bounds, and the reader of workbooks gets what
came out: it would trust the data, whatever sizes the archive declares.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from common.uploads import TooLarge, repacked

MAX_BYTES = 10 * 2**20
MAX_UNPACKED = 100 * 2**20
MAX_ROWS, MAX_COLUMNS = 20_100, 200
SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError, OSError
)  # fmt: skip
TOO_LONG = "超过 20,000 行，请分成几份再上传"
CELL = re.compile(r"^([A-Z]{1,3})(\d+)$")


class SheetError(Exception):
    """The file is no list that can be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. `formulas` holds (row, column) from 0 of the cells that a formula fills."""

    name: str
    rows: Sequence[Sequence[str]]
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)

    def row(self, index: int) -> Sequence[str]:
        """Return the texts of one row."""
        return self.rows[index]

    def cell(self, row: int, column: int) -> str:
        """Return one text, '' outside the row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""


def read_grids(file: BinaryIO, filename: str) -> list[Grid]:
    """Return the sheets of a .xlsx, .xls or .csv file; SheetError for anything else."""
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise SheetError("文件是空的，请重新选择")
    if len(content) > MAX_BYTES:
        raise SheetError("文件超过 10 MB，请删去图片或分成几份再上传")
    if filename.lower().endswith((".csv", ".txt")):
        return [_from_csv(content)]
    formulas: dict[int, frozenset[tuple[int, int]]] = {}
    if content[:2] == b"PK":
        content, formulas = _unpacked(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return [
                _from_sheet(book.get_sheet_by_name(name), formulas.get(index, frozenset()))
                for index, name in enumerate(book.sheet_names)
            ]
    except SheetError:
        raise
    except (CalamineError, ValueError, OSError, OverflowError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise SheetError("文件有密码，请去掉密码后再上传") from None
        raise SheetError("文件打不开，请用 Excel 另存为 .xlsx 后再上传") from None


def _from_csv(content: bytes) -> Grid:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            rows = [*islice(csv.reader(io.StringIO(text)), MAX_ROWS + 1)]
        except csv.Error:
            break
        if len(rows) > MAX_ROWS:  # cut off, the rest would be lost without a word
            raise SheetError(TOO_LONG)
        return Grid("", rows)
    raise SheetError("文字编码不认识，请用 Excel 另存为 .xlsx 后再上传")


def _from_sheet(sheet: CalamineSheet, formulas: frozenset[tuple[int, int]]) -> Grid:
    if sheet.total_height > MAX_ROWS:
        raise SheetError(TOO_LONG)
    rows = [
        [_words(v) for v in row[:MAX_COLUMNS]] for row in sheet.to_python(skip_empty_area=False)
    ]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _spread(rows, top, left, bottom, right)
    return Grid(sheet.name, rows, formulas)


def _spread(rows: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    """A cell merged downwards says the same for each of its rows; across, it says it once."""
    if left != right or top >= len(rows) or left >= len(rows[top]):
        return
    for row in rows[top + 1 : bottom + 1]:
        if left < len(row) and not row[left]:
            row[left] = rows[top][left]


def _words(value: Any) -> str:
    if type(value) is str:
        return value
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _unpacked(content: bytes) -> tuple[bytes, dict[int, frozenset[tuple[int, int]]]]:
    """Return the archive with nothing packed, and {position of sheet: cells with a formula}."""
    try:
        plain = repacked(content, most=MAX_UNPACKED)
        with zipfile.ZipFile(io.BytesIO(plain)) as archive:
            names = sorted(filter(SHEET.fullmatch, archive.namelist()), key=_number)
            return plain, {i: frozenset(_cells(archive.read(n))) for i, n in enumerate(names)}
    except TooLarge:
        raise SheetError("文件展开后过大，请只保留名单后再上传") from None
    except BROKEN:
        raise SheetError("文件打不开，请用 Excel 另存为 .xlsx 后再上传") from None


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name))


def _cells(xml: bytes) -> Iterator[tuple[int, int]]:
    """Yield where a formula stands; a sheet in UTF-8 with neither formula nor declaration is not read."""
    if not any(word in xml for word in (b"<f", b"<!", b"\0")):
        return iter(())
    found: list[tuple[int, int]] = []
    at: tuple[int, int] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal at
        if name == "c":
            at = _position(attributes.get("r", ""))
        elif name == "f" and at is not None:
            found.append(at)

    def refuse(*_: Any) -> None:
        raise SheetError("文件含有不允许的内容，请用 Excel 另存为 .xlsx 后再上传")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = refuse
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(xml, True)
    return iter(found)


def _position(name: str) -> tuple[int, int] | None:
    match = CELL.match(name)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
