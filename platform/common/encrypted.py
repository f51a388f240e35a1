"""Personal data at rest: a text column that holds nothing readable, and the keys it is closed with.

The same keys close secrets that others keep for us (`register_closed`): those of second factors.

Each value is a Fernet token (AES-128-CBC with HMAC-SHA256) of the library `cryptography`; an empty
text stays empty, since that somebody gave no number is no secret. Two equal values differ in the
database, so a column can be neither searched nor compared there: no page asks for that.

The keys stand in PERSONAL_KEYS, or in the file PERSONAL_KEYS_FILE (made on first use), the newest
first: it closes, all of them open. The file is read again when it changes, so a key that is put in
front reaches every running process at once. Custody and rotation: docs/personal-data.md.
"""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models

TOKEN_STARTS = "gAAAAA"  # every Fernet token: version 0x80 and a time before the year 2242


class Unreadable(RuntimeError):
    """None of our keys opens a value: the keys are not those it was written with."""


class Keys:
    """The keys of this installation: the first closes, each may open."""

    def __init__(self, words: tuple[str, ...]) -> None:
        try:
            found = [Fernet(word) for word in words]
        except ValueError as error:
            raise ImproperlyConfigured(f"PERSONAL_KEYS: {error}") from None
        self._newest, self._all = found[0], MultiFernet(found)

    def close(self, text: str) -> str:
        """Return the token of a text."""
        return self._newest.encrypt(text.encode()).decode()

    def open(self, token: str) -> str:
        """Return the text of a token; Unreadable if none of the keys fits."""
        try:
            return self._all.decrypt(token).decode()
        except InvalidToken:
            raise Unreadable(
                "A personal value was written with a key that is not in PERSONAL_KEYS; "
                "see docs/personal-data.md"
            ) from None

    def is_newest(self, token: str) -> bool:
        """Whether the newest key wrote a token."""
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return False
        return True


def keys() -> Keys:
    """Return the keys as they are at this moment."""
    words = settings.PERSONAL_KEYS or _words(settings.PERSONAL_KEYS_FILE)
    return _keys(tuple(words))


@lru_cache(maxsize=8)
def _keys(words: tuple[str, ...]) -> Keys:
    return Keys(words)


def _words(path: Path) -> tuple[str, ...]:
    try:
        state = path.stat()
    except FileNotFoundError:
        _make_first(path)
        state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_ino)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int, inode: int) -> tuple[str, ...]:
    return tuple(path.read_text().split())


def _make_first(path: Path) -> None:
    """Make the file whole or not at all; of two who come first at once, one wins and both read it."""
    part = _write_part(path, [Fernet.generate_key().decode()])
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _write_part(path: Path, words: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(words) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return part


def key_file_change(*, add: bool = False, newest_only: bool = False) -> None:
    """Put a new key in front of the file's, or leave only the newest in it.

    :raises ImproperlyConfigured: where the keys come from PERSONAL_KEYS: there the person does it.
    """
    if settings.PERSONAL_KEYS:
        raise ImproperlyConfigured(
            "The keys come from PERSONAL_KEYS: change them there, see docs/personal-data.md"
        )
    words = list(_words(settings.PERSONAL_KEYS_FILE))
    if add:
        words.insert(0, Fernet.generate_key().decode())
    if newest_only:
        words = words[:1]
    _write_part(settings.PERSONAL_KEYS_FILE, words).replace(settings.PERSONAL_KEYS_FILE)


class EncryptedCharField(models.CharField):  # type: ignore[type-arg]
    """A text that stands encrypted in its column; `max_length` is that of the text itself."""

    description = "Encrypted text"

    def get_internal_type(self) -> str:
        """Say what it is to a database, which then takes many rows as one array for each column."""
        return "TextField"

    def db_type(self, connection: Any) -> str:
        """Return text: a token is longer than what it holds."""
        return "text"

    def cast_db_type(self, connection: Any) -> str:
        """Return text: bulk_update casts, and a cast to varchar(n) would cut a token off unsaid."""
        return "text"

    def get_prep_value(self, value: Any) -> Any:
        """Return what goes to the database."""
        text = super().get_prep_value(value)
        return keys().close(text) if text else text

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        """Return what was written."""
        return keys().open(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse what would compare with a token, which never equals another."""
        if lookup_name not in ("isnull", "blank"):
            raise FieldError(f"{self.name} is encrypted: it cannot be searched by {lookup_name}")
        return super().get_lookup(lookup_name)


@EncryptedCharField.register_lookup
class Blank(models.lookups.IsNull):
    """`phone__blank=False`: something stands there; the one thing that a query may ask."""

    lookup_name = "blank"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Compare with the empty text, which is not encrypted."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} {'=' if self.rhs else '<>'} ''", params


def encrypted_columns() -> Iterator[tuple[str, str, str]]:
    """Yield (table, primary key, column) of every encrypted column, by table."""
    models_by_table = {m._meta.db_table: m for m in apps.get_models() if m._meta.managed}
    for table, model in sorted(models_by_table.items()):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedCharField):
                primary = model._meta.pk
                assert primary is not None
                assert primary.column is not None
                assert field.column is not None
                yield table, primary.column, field.column


_elsewhere: dict[str, Callable[[], int]] = {}


def register_closed(name: str, close_again: Callable[[], int]) -> None:
    """Name what stands encrypted elsewhere than in a column of ours, and how it is closed again."""
    _elsewhere[name] = close_again


def encrypt_all_again() -> Iterator[tuple[str, int]]:
    """Close everything with the newest key; yield (where, how many changed). Run as the owner."""
    for table, primary, column in encrypted_columns():
        yield f"{table}.{column}", encrypt_again(table, primary, column)
    for name, close_again in _elsewhere.items():
        yield name, close_again()


def encrypt_again(table: str, primary: str, column: str, *, batch: int = 500) -> int:
    """Close every value of a column with the newest key, batch by batch; return how many changed.

    Run as the owner. Each batch is statements of their own: ended at any moment and begun again, it
    goes on with what the newest key has not closed. A value that changes meanwhile is left alone:
    whoever wrote it used the newest key. What stands there in plain words is closed as well.
    """
    current, last, changed = keys(), None, 0
    while rows := _batch(table, primary, column, last, batch):
        for pk, value in rows:
            is_token = value.startswith(TOKEN_STARTS)
            if is_token and current.is_newest(value):
                continue
            token = current.close(current.open(value) if is_token else value)
            changed += _replace(table, primary, column, pk, value, token)
        last = rows[-1][0]
    return changed


def _batch(table: str, primary: str, column: str, last: Any, size: int) -> list[tuple[Any, str]]:
    beyond = f" AND {primary} > %s" if last is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {primary}, {column} FROM {table} WHERE {column} <> ''{beyond} "
            f"ORDER BY {primary} LIMIT %s",
            [*([last] if last is not None else []), size],
        )
        rows: list[tuple[Any, str]] = cursor.fetchall()
    return rows


def _replace(table: str, primary: str, column: str, pk: Any, old: str, new: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {primary} = %s AND {column} = %s",
            [new, pk, old],
        )
        return int(cursor.rowcount)
