"""Refuse to serve with keys that do not open what stands in the database."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import ProgrammingError, connection

from common.encrypted import TOKEN_STARTS, Unreadable, encrypted_columns, keys
from common.scope import acting_as
from tenancy.actors import SYSTEM


@register(Tags.database)
def personal_keys(databases: Any = None, **kwargs: Any) -> list[Error]:
    """Return an error for each column whose first value no key of ours opens."""
    errors = []
    for table, _, column in encrypted_columns() if databases else ():
        token = _first(table, column)
        try:
            if token is not None:
                keys().open(token)
        except Unreadable as error:
            errors.append(Error(f"{table}.{column}: {error}", id="anfu.E002"))
    return errors


def _first(table: str, column: str) -> str | None:
    """Return a value of a column; None where there is none, or where it is still to be migrated."""
    sql = f"SELECT {column} FROM {table} WHERE starts_with({column}, %s) LIMIT 1"
    try:
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(sql, [TOKEN_STARTS])
            row = cursor.fetchone()
    except ProgrammingError:
        return None
    return row[0] if row else None
