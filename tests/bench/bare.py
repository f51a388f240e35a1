"""The same statements, sent to PostgreSQL by psycopg2 alone: what the database itself takes."""

import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

# Nothing of a request stands around them: what opens and closes is left out.
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def is_control(sql: str) -> bool:
    """Whether a statement only opens or closes."""
    return sql.lstrip().startswith(CONTROL)


def replayed(statements: Iterable[str], *, as_owner: bool = False) -> float:
    """Return the milliseconds of captured statements, read to the end and taken back.

    Each carries the scope that it was sent with. Writes are the owner's, whom no policy stops: a row
    that hangs on one written before knows that by another id.
    """
    link = _link(as_owner)
    wanted = [sql for sql in statements if not is_control(sql)]
    try:
        with link.cursor() as cursor:
            began = time.perf_counter()
            for sql in wanted:
                cursor.execute(sql)
                if cursor.description:
                    cursor.fetchall()
            return (time.perf_counter() - began) * 1000
    finally:
        link.rollback()


@cache
def _link(as_owner: bool) -> Any:
    role: Any = settings.DATABASE_OWNER if as_owner else connection.settings_dict
    return psycopg2.connect(
        host=role["HOST"], user=role["USER"], dbname=connection.settings_dict["NAME"],
        password=role["PASSWORD"] or None, port=role["PORT"] or None,
    )  # fmt: skip
