"""brief_of · brief_send: what a week brought an agency, beside the week before, on one page.

An internal sheet and no paper. Every figure is counted from the rows that its page lists.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from agencies.models import Assignment, ServiceContract
from audit.services import record
from common.paging import count_each
from home.models import BriefSent
from inspections.models import Complaint, Hazard, Severity, Visit
from notifications.services import Message, notify_many
from scoring.models import PointEntry, PointSheet, ThresholdEvent
from tenancy import clock
from tenancy.access import within
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Agency, Membership

WEEK = timedelta(days=7)
SEVEN = time(7)
MANY = 1_000_000  # a province's week stays below
REMEMBERED = 300  # seconds
LISTED = 200
CONTRACTS = 12  # on one page, those that end first


@dataclass(frozen=True, slots=True)
class Span:
    """The days [monday, sunday] of a week, and its moments [start, end)."""

    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + WEEK - timedelta(days=1)

    @property
    def days(self) -> tuple[date, date]:
        return self.monday, self.sunday

    @property
    def moments(self) -> tuple[datetime, datetime]:
        start = timezone.make_aware(datetime.combine(self.monday, time()))
        return start, timezone.make_aware(datetime.combine(self.monday + WEEK, time()))

    def before(self) -> "Span":
        """The week before."""
        return Span(self.monday - WEEK)


Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: what is counted, and the page and words of each row that it opens into."""

    key: str
    title: str
    rows: Callable[[Actor, Span], Rows]
    page: str
    url_arg: str
    words: tuple[str, ...]
    is_bad: bool = False


def _in_days(field: str, span: Span) -> Q:
    return Q(**{f"{field}__range": span.days})


def _in_moments(field: str, span: Span) -> Q:
    start, end = span.moments
    return Q(**{f"{field}__gte": start, f"{field}__lt": end})


def _found(actor: Actor, span: Span) -> Rows:
    rows = Hazard.objects.filter(within(actor), _in_days("found_on", span))
    return rows.exclude(state=Hazard.State.DISMISSED)


def _closed(actor: Actor, span: Span) -> Rows:
    return Hazard.objects.filter(within(actor), _in_moments("closed_at", span))


def _fell_late(actor: Actor, span: Span) -> Rows:
    """Their deadline was the day before one of the week."""
    day = timedelta(days=1)
    rows = Hazard.objects.filter(
        within(actor), due_on__range=(span.monday - day, span.sunday - day), was_overdue=True
    )
    return rows.exclude(state=Hazard.State.DISMISSED)


def _visited(actor: Actor, span: Span) -> Rows:
    rows = Visit.objects.filter(within(actor), _in_moments("arrived_at", span))
    return rows.exclude(state=Visit.State.OPEN)


def _planned(actor: Actor, span: Span) -> Rows:
    return Assignment.objects.filter(within(actor), _in_days("planned_on", span), withdrawn_at=None)


def _given(actor: Actor, span: Span) -> Rows:
    sheets = PointSheet.objects.filter(within(actor), _in_moments("issued_at", span))
    return PointEntry.objects.filter(within(actor), sheet__in=sheets.values("pk"))


def _events(actor: Actor, span: Span) -> Rows:
    rows = ThresholdEvent.objects.filter(within(actor), _in_moments("reached_at", span))
    return rows.exclude(state=ThresholdEvent.State.CANCELLED)


def _complaints(actor: Actor, span: Span) -> Rows:
    return Complaint.objects.filter(within(actor), _in_moments("received_at", span))


HAZARD = ("inspections:hazard", "pk", ("enterprise__name", "place", "number"))
FIGURES = (
    Figure("found", "新发现隐患", _found, *HAZARD),
    Figure(
        "major", "其中重大隐患", lambda a, s: _found(a, s).filter(severity=Severity.MAJOR), *HAZARD,
        is_bad=True,
    ),
    Figure("closed", "销号隐患", _closed, *HAZARD),
    Figure("late", "新逾期隐患", _fell_late, *HAZARD, is_bad=True),
    Figure("visited", "完成检查（次）", _visited, "inspections:visit", "pk", ("enterprise__name",)),
    Figure(
        "planned", "计划到企业（家）", _planned, "inspections:assignment", "pk",
        ("enterprise__name",),
    ),
    Figure(
        "points", "记分（条）", _given, "scoring:sheet", "sheet_id",
        ("sheet__enterprise__name", "code"),
    ),
    Figure(
        "events", "满12分、18分事件", _events, "scoring:event", "pk", ("enterprise__name",),
        is_bad=True,
    ),
    Figure(
        "complaints", "收到投诉举报", _complaints, "inspections:complaint", "pk", ("about_name",),
        is_bad=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the brief. `worse` says that more is worse and there is more."""

    figure: Figure
    now: int
    before: int

    @property
    def change(self) -> str:
        """The difference to the week before, signed."""
        difference = self.now - self.before
        return f"{difference:+,}" if difference else "持平"

    @property
    def is_worse(self) -> bool:
        """Whether it is more of what nobody wants."""
        return self.figure.is_bad and self.now > self.before


@dataclass(frozen=True, slots=True)
class Brief:
    """One week of one agency, counted at a moment. `contracts` are running ones, `more` not listed."""

    span: Span
    agency_name: str
    is_training: bool
    lines: list[Line]
    contracts: list[ServiceContract]
    more: int
    is_over: bool
    counted_at: datetime


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def brief_of(actor: Actor, monday: date, today: date) -> Brief:
    """Return an agency's week: figures in one statement, the moment of them, contracts in another two."""
    span = Span(monday)
    counted, counted_at = _counted(actor, span)
    lines = [
        Line(figure, counted[2 * at], counted[2 * at + 1]) for at, figure in enumerate(FIGURES)
    ]
    contracts, more = _contracts(actor, span)
    return Brief(
        span, actor.org_name, actor.is_training, lines, contracts, more, span.sunday < today,
        counted_at,
    )  # fmt: skip


def _counted(actor: Actor, span: Span) -> tuple[list[int], datetime]:
    """Return the numbers of the week and of the one before, figure by figure, and of what moment.

    A province's are hundreds of thousands of rows, which takes two seconds: they are remembered.
    """

    def count() -> tuple[list[int], datetime]:
        asked = [figure.rows(actor, week) for figure in FIGURES for week in (span, span.before())]
        return count_each(asked, MANY), timezone.localtime(clock.now(actor.org))

    if actor.is_of_few:
        return count()
    scope = hashlib.sha256(repr(actor.scope()).encode()).hexdigest()
    try:
        return cache.get_or_set(f"brief:{span.monday}:{scope}", count, REMEMBERED) or count()
    except (RedisError, OSError):
        return count()


def _contracts(actor: Actor, span: Span) -> tuple[list[ServiceContract], int]:
    """How far each running contract's enterprises are, with what was accepted in either week."""
    rows = ServiceContract.objects.filter(within(actor), state=ServiceContract.State.ACTIVE)
    held = Q(batches__assignments__withdrawn_at=None, batches__assignments__isnull=False)
    accepted = "batches__assignments__accepted_on"

    def number(test: Q) -> Count:
        return Count("batches__assignments", filter=held & test)

    rows = rows.order_by("ends_on", "pk")
    first = list(rows.values_list("pk", flat=True)[: CONTRACTS + 1])
    more = rows.count() - CONTRACTS if len(first) > CONTRACTS else 0
    found = ServiceContract.objects.filter(pk__in=first[:CONTRACTS]).annotate(
        firms=number(Q()),
        accepted=number(Q(**{f"{accepted}__lte": span.sunday})),
        this_week=number(Q(**{f"{accepted}__range": span.days})),
        last_week=number(Q(**{f"{accepted}__range": span.before().days})),
    )
    return list(found.select_related("provider_org").order_by("ends_on", "pk")), more


def rows_of(actor: Actor, key: str, span: Span) -> tuple[Figure | None, list[tuple[str, str]]]:
    """Return the figure and (words, address) of the rows that it is made of, the first LISTED."""
    figure = next((f for f in FIGURES if f.key == key), None)
    if figure is None:
        return None, []
    rows = figure.rows(actor, span).order_by("-pk")
    found = rows.values_list(figure.url_arg, *figure.words)[:LISTED]
    return figure, [
        (" ".join(str(word) for word in words if word), reverse(figure.page, args=[pk]))
        for pk, *words in found
    ]


@transaction.atomic
def brief_send(*, actor: Actor, agency_id: int) -> int:
    """Tell an agency's leaders that last week's brief is there, from Monday seven o'clock on, once.

    Return how many were told. A week in which nothing ran is not made good later: the page has it.
    """
    agency = Agency.objects.select_related("org").get(pk=agency_id)
    now = timezone.localtime(clock.now_of(agency))
    monday = monday_of(now.date())
    if now.date() == monday and now.time() < SEVEN:
        return 0
    leaders = Membership.objects.filter(org=agency_id, role=Role.AGENCY_LEADER, ended_at=None)
    people = list(leaders.order_by("pk").values_list("pk", flat=True))
    if not people:
        return 0
    row, is_new = BriefSent.objects.get_or_create(
        owner_agency=agency, week_on=monday,
        defaults={"region_code": agency.region_code, "sent_at": now},
    )  # fmt: skip
    if not is_new:
        return 0
    week = Span(monday).before()
    title = f"工作周报 {week.monday:%m月%d日}至{week.sunday:%m月%d日}"
    url = f"{reverse('home:brief')}?week={week.monday}"
    notify_many([Message(agency_id, title, url, pk) for pk in people], kind="brief.weekly", at=now)
    record(actor=actor, act="brief.send", subject=row, data={"leaders": len(people)}, at=now)
    return len(people)
