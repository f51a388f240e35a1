"""Rows of a table as COPY takes them: text, columns separated by tabs."""

import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from common.encrypted import EncryptedCharField

NULL = "\\N"
TRUE, FALSE = "t", "f"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value: Any) -> str:
    """Return one value as COPY reads it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).translate(_ESCAPES)


class Sheet:
    """The rows of one table. Columns that are not named take the model's default, or their identity.

    So a model that gains a column with a default needs nothing here; one without is named by the
    ValueError. `add` takes text as COPY reads it, in the order of `names`.
    """

    def __init__(self, model: type[models.Model], names: str, **constants: Any) -> None:
        named = names.split()
        rest = {
            field.column: _written(field, constants.get(field.column, _default(field)))
            for field in model._meta.concrete_fields
            if field.column not in named and not isinstance(field, models.AutoField)
        }
        owed = [column for column, value in rest.items() if value is models.NOT_PROVIDED]
        if owed:
            raise ValueError(f"{model._meta.label} has no default for {', '.join(owed)}")
        self.table = model._meta.db_table
        self._columns = ", ".join(f'"{column}"' for column in (*named, *rest))
        self._tail = "".join(f"\t{text(value)}" for value in rest.values()) + "\n"
        self._lines: list[str] = []

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, *values: str) -> None:
        """One more row."""
        self._lines.append("\t".join(values) + self._tail)

    def copy(self) -> int:
        """Send the rows and forget them; return how many. The owner's connection, in a transaction."""
        count = len(self._lines)
        if count:
            data = io.BytesIO("".join(self._lines).encode())
            self._lines.clear()
            with connection.cursor() as cursor:
                sql = f'COPY "{self.table}" ({self._columns}) FROM STDIN'
                cursor.copy_expert(sql, data, 1 << 20)
        return count


def _written(field: models.Field, value: Any) -> Any:
    if isinstance(field, ArrayField):
        return "{" + ",".join(map(str, value)) + "}"
    return field.get_prep_value(value) if isinstance(field, EncryptedCharField) else value


def _default(field: models.Field) -> Any:
    if field.has_default():
        default = field.default
        return models.NOT_PROVIDED if callable(default) and default not in (dict, list) else (
            field.get_default()
        )  # fmt: skip
    if field.null:
        return None
    return "" if isinstance(field, models.CharField | models.TextField) else models.NOT_PROVIDED


def copy_all(sheets: Iterable[Sheet]) -> int:
    """Send many tables, in their order; return the rows."""
    return sum(sheet.copy() for sheet in sheets)


def uuid7_text(milliseconds: int, bits: int) -> str:
    """Return a UUIDv7 of a moment (Unix ms) with 74 bits of chance; further ones are left away."""
    return (
        f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}-7{bits & 0xFFF:03x}"
        f"-{bits >> 12 & 0x3FFF | 0x8000:04x}-{bits >> 26 & 0xFFFFFFFFFFFF:012x}"
    )
