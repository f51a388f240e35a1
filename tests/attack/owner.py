"""The role that owns the tables: it sees every row, so it says what the runtime role is to miss."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection


@contextmanager
def owner() -> Iterator[Any]:
    """Yield a cursor of the owner's own connection, each statement committed by itself."""
    role: Any = settings.DATABASE_OWNER
    link = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], user=role["USER"], host=role["HOST"],
        password=role["PASSWORD"] or None, port=role["PORT"] or None,
    )  # fmt: skip
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()
