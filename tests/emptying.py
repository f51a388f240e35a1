"""Takes away what a test has written and committed, row by row.

Django empties every table by TRUNCATE, which makes some 1,200 files anew for a few hundred rows, and
takes the enclosed content away with them. Here rows are deleted where there are any, as the superuser
of the embedded server: no trigger that keeps records as they are stands in the way.
"""

from functools import cache
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connection

from inspections.models import (
    AcceptanceCriterion,
    ChecklistItem,
    ChecklistTemplate,
    GuidanceTopic,
    LibraryEntry,
)
from stack.places import sockets

CONTENT = [
    model._meta.db_table
    for model in (
        ChecklistItem, ChecklistTemplate, GuidanceTopic, AcceptanceCriterion, LibraryEntry
    )
]  # fmt: skip
MIGRATED = {"django_migrations", "django_content_type", "auth_permission"}  # what `migrate` writes


def fill() -> None:
    """Load the content that comes with the software, as at an installation."""
    call_command("load_content", verbosity=0)


@cache
def superuser() -> Any:
    """Return a connection of the superuser to the database of the tests; what it commits may be lost."""
    link = psycopg2.connect(
        host=str(sockets()), user="postgres", dbname=connection.settings_dict["NAME"]
    )
    with link, link.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    return link


def content_hash() -> tuple[Any, ...]:
    """Return what changes when the content does."""
    sums = ", ".join(
        f'(SELECT sum(hashtextextended(t::text, 0)) FROM "{name}" t)' for name in CONTENT
    )
    with superuser() as link, link.cursor() as cursor:
        cursor.execute(f"SELECT {sums}")
        found: tuple[Any, ...] = cursor.fetchone()
        return found


def empty(content: tuple[Any, ...]) -> None:
    """Delete every row but those of the migrations, and those of the content if it hashes the same.

    Whoever still writes is waited for.
    """
    connection.close()
    is_changed = content_hash() != content
    kept = MIGRATED if is_changed else MIGRATED | set(CONTENT)
    names = [f'"{name}"' for name in _tables() if name not in kept]
    with superuser() as link, link.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)}")
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names
            )
        )
        cursor.execute(
            "; ".join(f"DELETE FROM {name}" for (name,) in cursor.fetchall()) or "SELECT"
        )
    if is_changed:
        fill()


@cache
def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return [info.name for info in connection.introspection.get_table_list(cursor)]
