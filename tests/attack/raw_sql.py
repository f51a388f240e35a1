"""The database alone: as the runtime role, with the attacker's scope, in SQL that no view would write."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import UUIDField

from common.scope import acting_as
from tests.attack import whose
from tests.attack.owner import owner
from tests.attack.people import Attacker, Victim
from tests.attack.probes import Report
from tests.attack.undo import undone

# Whoever acts may write these for others: an act is recorded even of one who is refused, and whoever
# does something tells whom it concerns. Neither can be read back, changed or removed by its writer.
OPEN_TO_WRITE = {"audit_auditentry", "notifications_notification"}
MANY = 200  # rows of the victim's that are tried in one table


def attack_tables(attacker: Attacker, victim: Victim, report: Report) -> None:
    """Read, lock, change, remove and forge the victim's rows of every table with a policy."""
    for table, key, ids, row in victims_rows(victim):
        with acting_as(attacker.actor), undone():
            for what, sql in _statements(table, key):
                if what == "read" and table in whose.SHARED | dict.fromkeys(whose.RULES):
                    continue
                if number := reached(sql, [ids]):
                    who = f"{attacker.name} against {victim.name}"
                    report.fail(f"raw SQL: {who}: {number} rows of {table} {what}")
                report.sent["raw SQL"] += 1
            if table not in OPEN_TO_WRITE and is_let_in(table, key, row):
                report.fail(f"raw SQL: {attacker.name} forged a row of {table} of {victim.name}")
            report.sent["raw SQL"] += 1


def _statements(table: str, key: str) -> Iterator[tuple[str, str]]:
    where = f"WHERE {key}::text = ANY(%s)"
    yield "read", f"SELECT 1 FROM {table} {where}"
    yield "read", f"SELECT 1 FROM (SELECT * FROM {table} OFFSET 0) t {where}"
    yield "locked", f"SELECT 1 FROM {table} {where} FOR UPDATE"
    yield "changed", f"UPDATE {table} SET {key} = {key} {where}"
    yield "removed", f"DELETE FROM {table} {where}"


def victims_rows(victim: Victim) -> Iterator[tuple[str, str, list[str], dict[str, Any]]]:
    """Yield (table, its key, keys of the victim's rows, one of them) of every table with a policy."""
    known = whose.conditions(victim.column, victim.value)
    with owner() as cursor:
        for model in whose.all_models():
            table = model._meta.db_table
            if table not in known or table in whose.BEFORE_SIGN_IN:
                continue
            key = model._meta.pk.column
            cursor.execute(
                f"SELECT {key}::text, to_jsonb(t) FROM {table} t WHERE {known[table]} LIMIT {MANY}"
            )
            if found := cursor.fetchall():
                yield table, key, [pk for pk, _ in found], found[0][1]


def reached(sql: str, args: list[Any]) -> int:
    """Return how many rows a statement reached; one that is refused reached none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, args)
            return int(cursor.rowcount)
    except DatabaseError:
        return 0


def is_let_in(table: str, key: str, row: dict[str, Any]) -> bool:
    """Whether the policies let a copy of a row in.

    They are asked before anything else: what a uniqueness or a reference refuses, they had let in.
    """
    model = next(m for m in whose.all_models() if m._meta.db_table == table)
    new = str(uuid4()) if isinstance(model._meta.pk, UUIDField) else 2**40
    sql = f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [json.dumps({**row, key: new})])
            return bool(cursor.rowcount)
    except ProgrammingError:  # what PostgreSQL raises for a policy
        return False
    except DatabaseError:
        return True


def without_policy() -> list[str]:
    """Return tables of the database on which row-level security is off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relrowsecurity ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def see_policies(report: Report) -> None:
    """Every table has a policy, but for those that are read before it is known who asks."""
    for table in without_policy():
        if table not in whose.BEFORE_SIGN_IN:
            report.fail(f"no policy stands before table {table}")
        report.notes["tables without a policy (accounts, sessions, Django's own)"] += 1
