"""The archive itself: written entry by entry in flat memory, each entry with its hash."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO

from django.apps import apps
from django.core.files.storage import default_storage
from django.utils import timezone

from documents.csv_files import CsvWriter
from home.takeout.columns import Column, Names, columns_of, sheet_rows
from home.takeout.files import RULES, SCANNED, Taken, taken_of
from home.takeout.kinds import Kind, kinds, rows_of
from tenancy.actors import Actor

CHUNK = 1024 * 1024
FLUSH = 256 * 1024  # letters of a sheet that are kept before they are packed


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the archive."""

    path: str
    sha256: str
    size: int


@dataclass(slots=True)
class Written:
    """One sheet: its columns and what was found while it was written."""

    kind: Kind
    columns: list[Column]
    entry: Entry | None = None
    rows: int = 0
    keys: set[str] = field(default_factory=set)
    pointed: dict[str, set[str]] = field(default_factory=dict)


class Pack:
    """A ZIP archive on its way: `entries` are those that are complete."""

    def __init__(self, out: BinaryIO, at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._at = timezone.localtime(at).timetuple()[:6]
        self.entries: list[Entry] = []

    def close(self) -> None:
        """Write the directory of the archive."""
        self._zip.close()

    @contextmanager
    def entry(self, path: str, *, packed: bool) -> Iterator["Hashing"]:
        """Open an entry to write to; a ZIP64 one, for nobody knows yet how long it gets."""
        info = zipfile.ZipInfo(path, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=packed) as out:
            hashing = Hashing(out)
            yield hashing
        self.entries.append(Entry(path, hashing.sha256, hashing.size))

    def add(self, path: str, content: bytes) -> None:
        """Write an entry whose bytes are there."""
        with self.entry(path, packed=True) as out:
            out.write(content)


class Hashing:
    """Counts and hashes what goes through."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._hash, self.size = out, hashlib.sha256(), 0

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()

    def write(self, content: bytes) -> None:
        """Write on."""
        self._out.write(content)
        self._hash.update(content)
        self.size += len(content)


def write_sheets(
    pack: Pack, actor: Actor, *, whole: bool, with_files: bool
) -> tuple[list[Written], list[Taken]]:
    """Write a sheet for each kind that has rows; return them, and the files that belong to them."""
    names, sheets, taken = Names(), [], list[Taken]()
    for kind in kinds():
        sheet = Written(kind, columns_of(kind, actor, whole=whole))
        rows = rows_of(kind, actor)
        if rows.exists():
            _write_sheet(pack, sheet, rows, names, taken if with_files else None)
        sheets.append(sheet)
    return sheets, taken


def _write_sheet(
    pack: Pack, sheet: Written, rows: Any, names: Names, taken: list[Taken] | None
) -> None:
    kind = sheet.kind
    rule = RULES.get(kind.label)
    columns = [c for c in sheet.columns if rule is None or c.key != rule.field or rule.size]
    needed = [_hidden(name) for name in rule.needs] if rule else []
    at = next((i for i, c in enumerate(columns) if rule and c.key == rule.field), None)
    sheet.columns = columns
    own, text = rows.model._meta.pk.attname, io.StringIO(newline="")
    writer = CsvWriter(text)
    writer.row(column.name for column in columns)
    with pack.entry(f"{kind.folder}/{kind.title}.csv", packed=True) as out:
        out.write(b"\xef\xbb\xbf")
        for values, cells in sheet_rows(rows, [*columns, *needed], names):
            cells = cells[: len(columns)]
            file = taken_of(kind, values) if rule else None
            if at is not None:
                cells[at] = file.path if file and taken is not None else ""
            if file and taken is not None:
                taken.append(file)
            _note(sheet, values, str(values[own]))
            writer.row(cells)
            if text.tell() > FLUSH:
                _flush(text, out)
        _flush(text, out)
    sheet.entry = pack.entries[-1]


def _hidden(name: str) -> Column:
    """Return a column that is read for its value only."""
    return Column(name, name, "string", name, str)


def _note(sheet: Written, values: Any, key: str) -> None:
    """Remember what is there and what is pointed at: which keys hold is known at the end."""
    sheet.rows += 1
    sheet.keys.add(key)
    for column in sheet.columns:
        if column.refers and values[column.source] is not None:
            sheet.pointed.setdefault(column.key, set()).add(str(values[column.source]))


def _flush(text: io.StringIO, out: Hashing) -> None:
    out.write(text.getvalue().encode())
    text.seek(0)
    text.truncate()


def write_files(
    pack: Pack, taken: Iterable[Taken], tell: Callable[[int], None]
) -> list[tuple[str, str]]:
    """Write the files one by one; return (path, why) of those that could not be taken as they were."""
    missing: list[tuple[str, str]] = []
    there: set[str] = set()
    for done, file in enumerate(taken, start=1):
        if file.path in there:  # the same name in the same month: ids differ, so it cannot be
            continue
        there.add(file.path)
        if why := SCANNED if file.is_held else _write_file(pack, file):
            missing.append((file.path, why))
        tell(done)
    return missing


def _write_file(pack: Pack, file: Taken) -> str:
    """Write one; '' or what is wrong with it. What cannot be opened leaves no entry behind."""
    try:
        source = _source(file)
    except FileNotFoundError:
        return "存储中没有这个文件"
    with source, pack.entry(file.path, packed=False) as out:
        while piece := source.read(CHUNK):
            out.write(piece)
    if file.sha256 and pack.entries[-1].sha256 != file.sha256:
        return "文件内容与登记的哈希不符，已原样放入"
    return ""


def _source(file: Taken) -> Any:
    if file.stored:
        return default_storage.open(file.stored, "rb")
    model, rule = apps.get_model(file.label), RULES[file.label]
    found = model._default_manager.filter(pk=file.pk).values_list(rule.field, flat=True).first()
    if found is None:
        raise FileNotFoundError(file.path)
    return io.BytesIO(bytes(found))
