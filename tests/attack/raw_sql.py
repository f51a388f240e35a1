"""The database alone: as the runtime role, with the attacker's scope, in SQL that no view would write.

Then each policy is switched off in turn: what it kept away must come through, else it proves nothing.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import randrange
from typing import Any
from uuid import uuid4

import psycopg2
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import Model, UUIDField

from common.scope import acting_as
from tenancy.actors import SYSTEM
from tests.attack.canaries import tenant_models
from tests.attack.people import Attacker, Victim
from tests.attack.probes import Report
from tests.attack.undo import undone


def attack_tables(attacker: Attacker, victim: Victim, report: Report) -> None:
    """Read, change, remove, lock and count the victim's rows of every table."""
    with acting_as(attacker.actor), undone():
        for model in tenant_models():
            table, where = model._meta.db_table, f"{victim.column} = {victim.value:d}"
            if victim.column not in {f.column for f in model._meta.concrete_fields}:
                continue
            for words in (
                f"SELECT 1 FROM {table} WHERE {where}",
                f"SELECT 1 FROM (SELECT * FROM {table} OFFSET 0) t WHERE {where}",
                f"SELECT 1 FROM {table} WHERE {where} FOR UPDATE",
                f"UPDATE {table} SET {victim.column} = {victim.column} WHERE {where}",
                f"DELETE FROM {table} WHERE {where}",
            ):
                if number := _rows(words):
                    who = f"{attacker.name} against {victim.name}"
                    report.fail(f"raw SQL: {who}: {number} rows by {words}")
                report.sent["raw SQL"] += 1


def _rows(words: str) -> int:
    """Return how many rows a statement reached; one that is refused reached none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(words)
            return int(cursor.rowcount)
    except DatabaseError:
        return 0


@contextmanager
def _owner() -> Iterator[Any]:
    """A connection of the role that owns the tables, each statement for itself."""
    owner: Any = settings.DATABASE_OWNER
    link = psycopg2.connect(
        dbname=connection.settings_dict["NAME"], user=owner["USER"], host=owner["HOST"],
        password=owner["PASSWORD"] or None, port=owner["PORT"] or None,
    )  # fmt: skip
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


@dataclass(frozen=True)
class Policy:
    """A row of pg_policies."""

    table: str
    name: str
    command: str
    using: str | None
    check: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is meant to keep nothing away: content that everybody reads."""
        return (self.using or self.check) == "true"

    @property
    def words(self) -> str:
        """The condition as ALTER POLICY takes it."""
        parts = [f"USING ({self.using})"] if self.using else []
        return " ".join([*parts, *([f"WITH CHECK ({self.check})"] if self.check else [])])


def policies() -> list[Policy]:
    """Return every policy of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies"
            " WHERE schemaname = 'public' ORDER BY 1, 2"
        )
        return [Policy(*row) for row in cursor.fetchall()]


def switch_off_each(people: Sequence[Attacker], victim: Victim, report: Report) -> None:
    """Open one policy at a time: more must be read, or written, than before."""
    with _owner() as owner:
        for policy in policies():
            if policy.is_open:
                report.sent["policies that are open to all"] += 1
                continue
            counted = _forged if policy.command == "INSERT" else _read
            before = [counted(policy, person, victim) for person in people]
            with _opened(owner, policy):
                after = [counted(policy, person, victim) for person in people]
            report.sent["policies switched off"] += 1
            if not any(late > early for early, late in zip(before, after, strict=True)):
                report.fail(f"policy {policy.name} of {policy.table} keeps nothing away")


@contextmanager
def _opened(owner: Any, policy: Policy) -> Iterator[None]:
    alter = f"ALTER POLICY {policy.name} ON {policy.table}"
    using = ["USING (true)"] if policy.using else []
    check = ["WITH CHECK (true)"] if policy.check else []
    owner.execute(" ".join([alter, *using, *check]))
    try:
        yield
    finally:
        owner.execute(f"{alter} {policy.words}")


def _read(policy: Policy, person: Attacker, victim: Victim) -> int:
    with acting_as(person.actor), undone():
        return _rows(f"SELECT 1 FROM {policy.table}")


def _forged(policy: Policy, person: Attacker, victim: Victim) -> int:
    """Return 1 if the policies let a copy of an own row in that hangs on the victim's parent.

    That something else refuses it (a uniqueness) comes after them, so that it counts as let in.
    """
    [model] = [m for m in apps.get_models() if m._meta.db_table == policy.table]
    changed = {model._meta.pk.column: str(uuid4()) if _is_uuid(model) else randrange(2**40, 2**41)}
    with acting_as(SYSTEM):
        if parent := _parent(model, policy, victim):
            changed[policy.name.removesuffix("_visible")] = str(parent)
    sql = (
        f"INSERT INTO {policy.table} SELECT (jsonb_populate_record(t, %s::jsonb)).*"
        f" FROM {policy.table} t LIMIT 1"
    )
    try:
        with acting_as(person.actor), undone(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [json.dumps(changed)])
            return int(cursor.rowcount)
    except ProgrammingError:  # what PostgreSQL raises for a policy
        return 0
    except DatabaseError:
        return 1


def _is_uuid(model: type[Model]) -> bool:
    return isinstance(model._meta.pk, UUIDField)


def _parent(model: type[Model], policy: Policy, victim: Victim) -> Any:
    """Return a row of the victim's that the policy's column may name; None for other policies."""
    column = policy.name.removesuffix("_visible")
    for field in model._meta.concrete_fields:
        if field.column == column and field.is_relation:
            rows = field.related_model._default_manager.filter(**{victim.column: victim.value})
            return rows.values_list("pk", flat=True).first()
    return None
