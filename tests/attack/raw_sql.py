"""The database alone: as the runtime role, with the attacker's scope, in SQL that no view would write."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import Model, UUIDField

from common.scope import acting_as
from tenancy.actors import Actor
from tests.attack import whose
from tests.attack.owner import owner
from tests.attack.people import Attacker, Victim
from tests.attack.probes import Report
from tests.attack.undo import undone

# Whoever acts may write these for others: an act is recorded even of one who is refused, and whoever
# does something tells whom it concerns. Neither can be read back, changed or removed by its writer.
OPEN_TO_WRITE = {"audit_auditentry", "notifications_notification"}
MANY = 200  # rows of the victim's that are tried in one table


@dataclass(frozen=True)
class Rows:
    """The victim's rows of one table: their keys, and one of them whole."""

    model: type[Model]
    ids: list[str]
    row: dict[str, Any]

    @property
    def table(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of its primary key."""
        return str(self.model._meta.pk.column)

    def statements(self, actor: Actor | None) -> Iterator[tuple[str, str]]:
        """Yield (what it would do, SQL) that is to reach none of these rows."""
        where = f"WHERE {self.key}::text = ANY(%s)"
        closed = f"{where} AND NOT ({whose.SHARED.get(self.table, 'false')})"
        if not self.is_rule_from_above(actor):
            yield "read", f"SELECT 1 FROM {self.table} {closed}"
            yield "read", f"SELECT 1 FROM (SELECT * FROM {self.table} OFFSET 0) t {closed}"
        yield "locked", f"SELECT 1 FROM {self.table} {where} FOR UPDATE"
        yield "changed", f"UPDATE {self.table} SET {self.key} = {self.key} {where}"
        yield "removed", f"DELETE FROM {self.table} {where}"

    def is_rule_from_above(self, actor: Actor | None) -> bool:
        """Whether a sub-district reads it because it works by it."""
        above = self.row.get("region_code") if self.table in whose.RULES else None
        return bool(above and actor and actor.region_lo.startswith(above))

    def blind(self) -> Iterator[str]:
        """Yield SQL that names no row: what reads nothing is not asked by policies for reading."""
        empty = [f.column for f in self.model._meta.concrete_fields if f.null]
        yield f"DELETE FROM {self.table}"
        yield from (f"UPDATE {self.table} SET {column} = NULL" for column in empty[:1])

    def fingerprint(self, victim: Victim) -> Any:
        """Return what tells whether they are as they were."""
        with acting_as(whose.Eyes(victim.value)), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {self.table} t"
                f" WHERE {self.key}::text = ANY(%s)",
                [self.ids],
            )
            return cursor.fetchone()


def attack_tables(attacker: Attacker, victim: Victim, report: Report) -> None:
    """Read, lock, change, remove and forge the victim's rows of every table with a policy."""
    for rows in victims_rows(victim):
        with acting_as(attacker.actor), undone():
            done = list(_done(rows, attacker, victim))
        report.sent["statements of raw SQL"] += len(done)
        for what in filter(None, done):
            report.fail(f"raw SQL: {attacker.name} {what} rows of {rows.table} of {victim.name}")


def _done(rows: Rows, attacker: Attacker, victim: Victim) -> Iterator[str]:
    """Yield for each statement what it did to the victim's rows, or ''."""
    for what, sql in rows.statements(attacker.actor):
        yield what if reached(sql, [rows.ids]) else ""
    before = rows.fingerprint(victim)
    for sql in rows.blind():
        with undone():
            reached(sql, [])
            yield "changed" if rows.fingerprint(victim) != before else ""
    if rows.table not in OPEN_TO_WRITE:
        yield "forged" if is_let_in(rows.table, rows.key, rows.row) else ""


def victims_rows(victim: Victim) -> list[Rows]:
    """Return the victim's rows of every table with a policy in which it has any."""
    known = whose.conditions(victim.column, victim.value)
    all_rows = []
    with owner() as cursor:
        for model in whose.all_models():
            table, key = model._meta.db_table, model._meta.pk.column
            if table not in known or table in whose.BEFORE_SIGN_IN:
                continue
            cursor.execute(
                f"SELECT {key}::text, to_jsonb(t) FROM {table} t WHERE {known[table]} LIMIT {MANY}"
            )
            if found := cursor.fetchall():
                all_rows.append(Rows(model, [pk for pk, _ in found], found[0][1]))
    return all_rows


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
