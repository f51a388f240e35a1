"""Tables as CSV that a sheet programme opens as it is meant."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TextIO

from documents.xlsx import Cell

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a sheet programme would work out


class CsvWriter:
    """Writes rows one after another, each cell made safe."""

    def __init__(self, out: TextIO) -> None:
        self._writer = csv.writer(out)

    def row(self, cells: Iterable[Cell]) -> None:
        """One more row."""
        self._writer.writerow(map(safe, cells))


def csv_bytes(labels: Iterable[str], rows: Iterable[Iterable[Cell]]) -> tuple[bytes, int]:
    """Return a table as UTF-8 with the mark by which Excel knows it, and its number of rows."""
    out, count = io.StringIO(newline=""), 0
    writer = CsvWriter(out)
    writer.row(labels)
    for row in rows:
        writer.row(row)
        count += 1
    return out.getvalue().encode("utf-8-sig"), count


def safe(value: Cell) -> str:
    """Return a cell's text; one that a sheet programme would take for a formula gets an apostrophe."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    is_number = isinstance(value, int | Decimal)
    return f"'{text}" if text.startswith(FORMULA) and not is_number else text
