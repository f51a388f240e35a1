"""What is kept of people goes when its time is over; rows, papers and the audit's chain stay whole.

The periods are data (data/retention.csv): kind, months, where the period comes from, and whether a
law says it or we propose it. What a kind is, its app says in `AppConfig.ready()`: which rows are
past, and what of them goes. A kind without such words is only kept: the line says how long.

Nothing goes while a case is open at the organisation that it concerns (`register_hold`).
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.services import record
from common.errors import DomainError
from tenancy.models import Invitation, Membership, Organization
from tenancy.signals import person_was_erased

PERIODS = Path(__file__).parent / "data" / "retention.csv"
BATCH = 1_000
GONE = "已清除"
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Period:
    """A line of the table."""

    kind: str
    months: int
    basis: str
    is_source: bool

    def past(self, now: datetime) -> datetime:
        """Return the moment before which it is over: so many months ago, no later than the 28th."""
        month = now.year * 12 + now.month - 1 - self.months
        return now.replace(year=month // 12, month=month % 12 + 1, day=min(now.day, 28))


@dataclass(frozen=True, slots=True)
class Eraser:
    """How a kind goes: `due` gives rows past a moment, `erase` takes what is personal of them.

    `org` is the field with the organisation that a hold looks at; None: it is no organisation's.
    """

    due: Callable[[datetime], Rows]
    erase: Callable[[Rows], int]
    org: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a run finds of one kind: rows that go, and rows that an open case holds."""

    period: Period
    due: int
    held: int


_erasers: dict[str, Eraser] = {}
_holds: list[Callable[[], Rows]] = []


def register_eraser(
    kind: str, *, due: Callable[[datetime], Rows], erase: Callable[[Rows], int], org: str | None
) -> None:
    """Say what a kind of the table is."""
    _erasers[kind] = Eraser(due, erase, org)


def register_hold(organisations: Callable[[], Rows]) -> None:
    """Say at which organisations a case is open: a queryset of their ids."""
    _holds.append(organisations)


@cache
def periods() -> tuple[Period, ...]:
    """Return the table."""
    with PERIODS.open(encoding="utf-8", newline="") as file:
        return tuple(
            Period(row["kind"], int(row["months"]), row["basis"], row["is_source"] == "1")
            for row in csv.DictReader(file)
        )


def _split(eraser: Eraser, before: datetime) -> tuple[Rows, Rows]:
    """Return what goes and what is held."""
    rows = eraser.due(before)
    held = rows.none()
    for organisations in _holds if eraser.org else ():
        held = held | rows.filter(**{f"{eraser.org}__in": organisations()})
    return rows.exclude(pk__in=held.values("pk")), held


def retention_report(now: datetime) -> Iterator[Found]:
    """Yield what a run at that moment would erase. Run as the system; writes nothing."""
    for period in periods():
        eraser = _erasers.get(period.kind)
        if eraser is None:
            continue
        due, held = _split(eraser, period.past(now))
        yield Found(period, due.count(), held.count())


def retention_run(now: datetime) -> dict[str, int]:
    """Erase what is past, kind by kind and batch by batch; return {kind: rows}. Run as the system.

    Each batch is a transaction with its acts: ended in the middle, the next run goes on.
    """
    erased: Counter[str] = Counter()
    for period in periods():
        eraser = _erasers.get(period.kind)
        while eraser and (rows := _erase_batch(eraser, period, now)):
            erased[period.kind] += rows
    return dict(erased)


@transaction.atomic
def _erase_batch(eraser: Eraser, period: Period, now: datetime) -> int:
    due, _ = _split(eraser, period.past(now))
    rows = list(due.order_by("pk")[:BATCH])
    if not rows:
        return 0
    eraser.erase(type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]))
    by_agency = Counter(getattr(row, "owner_agency_id", None) for row in rows)
    for agency_id, count in by_agency.items():
        data = {"kind": period.kind, "rows": count, "months": period.months}
        record(actor=None, act="retention.erase", agency_id=agency_id, data=data)
    return len(rows)


@transaction.atomic
def person_erase(*, user: User, reason: str) -> None:
    """Take a person's own data away who has left everywhere: name, sign-in, mail, phones, numbers.

    What he did stays under its id, and papers stay as they were issued. DomainError while he still
    works somewhere, or while a case is open where he did. Run as the system.
    """
    memberships = Membership.objects.select_for_update(no_key=True).filter(user=user)
    orgs = list(memberships.values_list("org_id", flat=True))
    if memberships.filter(ended_at=None).exists():
        raise DomainError("该人员还有在用的身份，请先停用")
    worked_at = Organization.objects.filter(pk__in=orgs)
    if any(worked_at.filter(pk__in=organisations()).exists() for organisations in _holds):
        raise DomainError("所在单位有未办结的案件，办结后才能清除")
    blank_invitations(Invitation.objects.filter(org__in=orgs, name=user.name))
    memberships.update(phone="", certificate_number="", qualification="")
    user.username, user.name, user.email = f"{GONE}{user.pk}", f"{GONE}{user.pk}", ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    person_was_erased.send(sender=User, user=user)
    record(actor=None, act="person.erase", subject=user, data={"reason": reason})


def over(before: datetime) -> Rows:
    """Return offers that ended before a moment, taken up or not, and still hold a name."""
    return Invitation.objects.filter(expires_at__lt=before).exclude(name=GONE)


def blank_invitations(rows: Rows) -> int:
    """Take from offers whom they were made to."""
    return rows.update(name=GONE, email="", phone="", certificate_number="")


def left(before: datetime) -> Rows:
    """Return memberships that ended before a moment and still have a phone."""
    return Membership.objects.filter(ended_at__lt=before, phone__blank=False)


def failures(before: datetime) -> Rows:
    """Return failed sign-ins before a moment: a name as typed, an address, a browser."""
    return AccessAttempt.objects.filter(attempt_time__lt=before)
