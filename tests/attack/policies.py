"""Each policy is switched off in turn: what it kept away must come through, else it proves nothing."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from common.scope import acting_as
from tests.attack import whose
from tests.attack.owner import owner
from tests.attack.people import Attacker, Victim
from tests.attack.probes import Report
from tests.attack.raw_sql import is_let_in, reached
from tests.attack.undo import undone

Row = dict[str, Any]


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


def switch_off_each(people: Sequence[Attacker], victims: Sequence[Victim], report: Report) -> None:
    """Open one policy at a time: somebody must reach more than before."""
    keys = {m._meta.db_table: m._meta.pk.column for m in whose.all_models()}
    for policy in policies():
        if policy.is_open:
            report.notes["policies that are open to all"] += 1
            continue
        report.sent["policies switched off"] += 1
        if not matters(policy, keys[policy.table], people, victims):
            report.fail(f"policy {policy.name} of {policy.table} keeps nothing away")


def matters(
    policy: Policy, key: str, people: Sequence[Attacker], victims: Sequence[Victim]
) -> bool:
    """Whether somebody reads, changes or forges more once a policy is switched off."""
    with owner() as cursor:
        probes = list(_probes(policy, key, Forgery.of(cursor, policy, victims)))
        before = [_tried(person, probe) for person in people for probe in probes]
        with switched_off(cursor, policy):
            after = (_tried(person, probe) for person in people for probe in probes)
            return any(late > early for early, late in zip(before, after, strict=True))


@contextmanager
def switched_off(cursor: Any, policy: Policy) -> Iterator[None]:
    """Let a policy hold for every row, for a moment."""
    alter = f"ALTER POLICY {policy.name} ON {policy.table}"
    using = ["USING (true)"] if policy.using else []
    check = ["WITH CHECK (true)"] if policy.check else []
    cursor.execute(" ".join([alter, *using, *check]))
    try:
        yield
    finally:
        cursor.execute(f"{alter} {policy.words}")


def _probes(policy: Policy, key: str, forgery: "Forgery") -> Iterator[Callable[[], int]]:
    """Yield what a policy of this command stands before."""
    table, command = policy.table, policy.command
    if command in ("SELECT", "ALL"):
        yield lambda: reached(f"SELECT 1 FROM {table}", [])
    if command in ("UPDATE", "ALL"):
        yield lambda: reached(f"UPDATE {table} SET {key} = {key}", [])
        yield from (
            lambda c=c: reached(f"UPDATE {table} SET {c} = NULL", []) for c in forgery.nullable
        )
    if command in ("DELETE", "ALL"):
        yield lambda: reached(f"DELETE FROM {table}", [])
    if command in ("INSERT", "ALL"):
        yield lambda: sum(is_let_in(table, key, row) for row in forgery.rows())


def _tried(person: Attacker, probe: Callable[[], int]) -> int:
    with acting_as(person.actor), undone():
        return probe()


@dataclass(frozen=True)
class Forgery:
    """Rows to forge: those of the victims, and own ones that hang on something of a victim's.

    A policy named after a column, `visit_id_visible`, asks that a new row's parent can be seen.
    """

    table: str
    key: str
    samples: tuple[Row, ...]
    column: str
    parents: tuple[Any, ...]
    nullable: tuple[str, ...]  # a change that reads nothing is asked by policies for changes alone

    @classmethod
    def of(cls, cursor: Any, policy: Policy, victims: Sequence[Victim]) -> "Forgery":
        """Gather them as the owner, who sees every row."""
        table, column = policy.table, policy.name.removesuffix("_visible")
        model = next(m for m in whose.all_models() if m._meta.db_table == table)
        samples, parents = [], []
        for victim in victims:
            known = whose.conditions(victim.column, victim.value)
            where = known.get(table, "true")
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {where} LIMIT 1")
            samples += [row for (row,) in cursor.fetchall()] or [{}]
            for field in model._meta.concrete_fields:
                if field.column == column and field.is_relation:
                    named = field.related_model._meta.db_table
                    target = field.target_field.column
                    cursor.execute(f"SELECT {target} FROM {named} WHERE {known[named]} LIMIT 1")
                    parents += [value for (value,) in cursor.fetchall()]
        empty = [f.column for f in model._meta.concrete_fields if f.null][:1]
        key = model._meta.pk.column
        return cls(table, key, tuple(samples), column, tuple(parents), tuple(empty))

    def rows(self) -> Iterator[Row]:
        """Yield them for whoever acts."""
        yield from self.samples
        if self.parents:
            own = _own(self.table) or _own("agencies_assignment") or _own("enterprises_enterprise")
            whose_it_is = {k: v for k, v in own.items() if k in TENANT}
            for parent in self.parents:
                yield {**whose_it_is, self.key: None, self.column: str(parent)}


TENANT = ("owner_agency_id", "region_code", "provider_org_id", "enterprise_org_id")


def _own(table: str) -> Row:
    """Return a row that whoever acts can see."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t LIMIT 1")
        row = cursor.fetchone()
    return dict(json.loads(row[0])) if row else {}
