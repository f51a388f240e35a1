"""deadlines_warn · rules_of · rules_save: who is told of a deadline before it, and whom lateness is
reported to after it.

Each morning, agency by agency. A duty stands in one band by the working days that are left or over;
it is told of once in each band, so a run twice, or after days in which nothing ran, tells what is
so today and nothing twice. Whoever is told of many things gets one message.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from agencies.models import ContractUserObjectPermission
from audit.services import record
from common.db.columns import insert_columns
from common.errors import DomainError
from common.ids import uuid7
from home.duties import AGENCY, DUTIES, FIRM, Duty
from home.models import DeadlineRules, DeadlineWarning
from notifications.services import Message, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from tenancy.selectors import work_calendar
from tenancy.workdays import DAY, WorkCalendar

Step = DeadlineWarning.Step
LOCK = 0xDEAD  # first key of the advisory lock; the second is the agency


def rules_of(agency_id: int) -> DeadlineRules:
    """Return an agency's days; where it has set none, the defaults."""
    found = DeadlineRules.objects.filter(owner_agency=agency_id).first()
    return found or DeadlineRules(owner_agency_id=agency_id)


@transaction.atomic
def rules_save(*, actor: Actor, **values: int) -> DeadlineRules:
    """Keep the own agency's days; what was warned of stays as it was."""
    if values["first_days"] <= values["last_days"]:
        raise DomainError("再次提醒要晚于第一次提醒，天数应更少", field="last_days")
    if values["officer_days"] >= values["leader_days"]:
        raise DomainError("应多于告知监管人员的天数", field="leader_days")
    if values["leader_days"] >= values["superior_days"]:
        raise DomainError("应多于报本机关负责人的天数", field="superior_days")
    agency, now = Agency.objects.get(pk=actor.org), clock.now(actor.org)
    kept = {
        **values, "region_code": agency.region_code, "changed_at": now,
        "changed_by_name": actor.display[:80],
    }  # fmt: skip
    row, _ = DeadlineRules.objects.update_or_create(owner_agency=agency, defaults=kept)
    record(actor=actor, act="deadline.rules", subject=row, data=values, at=now)
    return row


class Band(NamedTuple):
    """The days that one step is for: after the first, up to the last (None: without a beginning)."""

    step: str
    after: date | None
    until: date


def bands(rules: DeadlineRules, calendar: WorkCalendar, today: date) -> list[Band]:
    """Return which deadlines are told of today, by step; no two bands share a day."""
    near, far = (_last_within(calendar, today, n) for n in (rules.last_days, rules.first_days))
    officer, leader, superior = (
        _late_since(calendar, today, n)
        for n in (rules.officer_days, rules.leader_days, rules.superior_days)
    )
    return [
        Band(Step.FIRST, near, far),
        Band(Step.LAST, today - DAY, near),
        Band(Step.OFFICER, leader, officer),
        Band(Step.LEADER, superior, leader),
        Band(Step.SUPERIOR, None, superior),
    ]


def _last_within(calendar: WorkCalendar, today: date, days: int) -> date:
    """Return the last day that at most so many working days lie before."""
    return calendar.add(today, days + 1).date - DAY


def _late_since(calendar: WorkCalendar, today: date, days: int) -> date:
    """Return the last deadline since which so many working days have passed, today counted."""
    day = today + DAY
    while days:
        day -= DAY
        days -= calendar.is_workday(day)
    return day - DAY


class Row(NamedTuple):
    """One duty to tell of, as it is read."""

    pk: Any
    due_on: date
    step: str
    region_code: str
    enterprise_org: int | None
    provider_org: int | None
    name: str
    contract: int | None


class Target(NamedTuple):
    """Who is told: an organisation, or one of its people."""

    org_id: int
    membership_id: int | None
    is_holder: bool


@dataclass(frozen=True, slots=True)
class People:
    """Whom an agency's warnings reach: officers by contract, leaders, the agency above."""

    agency: Agency
    officers: dict[int | None, list[int]]
    leaders: list[int]

    def told(self, duty: Duty, row: Row) -> Iterator[Target]:
        """Yield who is told; of lateness everybody on the way up to the step."""
        if row.step in DeadlineWarning.AHEAD or not duty.told_when_late:
            yield from self._holder(duty, row)
        if row.step in DeadlineWarning.AHEAD:
            return
        if duty.holder != AGENCY:
            yield from self._officers(row, is_holder=False)
        if row.step == Step.OFFICER:
            return
        if duty.holder == FIRM and row.provider_org:
            yield Target(row.provider_org, None, False)
        for leader in self.leaders:
            yield Target(self.agency.pk, leader, False)
        if row.step == Step.SUPERIOR and self.agency.parent_id:
            yield Target(self.agency.parent_id, None, False)

    def _holder(self, duty: Duty, row: Row) -> Iterator[Target]:
        if duty.holder == AGENCY:
            yield from self._officers(row, is_holder=True)
            return
        org_id = row.enterprise_org if duty.holder == FIRM else row.provider_org
        if org_id is not None:
            yield Target(org_id, None, True)

    def _officers(self, row: Row, *, is_holder: bool) -> Iterator[Target]:
        """The contract's officers; without any, whoever works at the agency."""
        officers: list[int | None] = [*self.officers.get(row.contract, ())] or [None]
        for officer in officers:
            yield Target(self.agency.pk, officer, is_holder)


def people_of(agency: Agency) -> People:
    """Return whom an agency's warnings reach, in two statements."""
    grants = ContractUserObjectPermission.objects.filter(
        membership__org=agency.pk, membership__ended_at=None
    )
    officers: dict[int | None, list[int]] = defaultdict(list)
    for contract, member in grants.order_by("pk").values_list("content_object_id", "membership_id"):
        officers[contract].append(member)
    rows = Membership.objects.filter(org=agency.pk, ended_at=None, role=Role.AGENCY_LEADER)
    return People(agency, dict(officers), list(rows.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def deadlines_warn(*, actor: Actor, agency_id: int) -> int:
    """Tell of one agency's deadlines as they stand today; return of how many. Again, of none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, agency_id % 2**31])
    agency = Agency.objects.select_related("org").get(pk=agency_id)
    now, calendar = clock.now_of(agency), work_calendar(agency_id)
    today = timezone.localdate(now)
    rules = rules_of(agency_id)
    asked, people = bands(rules, calendar, today), people_of(agency)
    told = 0
    for duty in DUTIES:
        rows = _rows(duty, agency_id, asked)
        _keep(duty, rows, people, calendar, now)
        _tell(duty, rows, people, calendar, now)
        told += len(rows)
    if told:
        subject = ("tenancy.agency", str(agency_id))
        summary = f"期限提醒和逾期上报{told}项"
        record(
            actor=actor, act="deadline.warn", subject=subject, agency_id=agency_id,
            summary=summary, at=now,
        )  # fmt: skip
    return told


def _rows(duty: Duty, agency_id: int, asked: Iterable[Band]) -> list[Row]:
    """Return what stands in a band and was not told of in it, with this deadline; one statement."""
    whens = []
    for band in asked:
        inside = Q(**{f"{duty.due}__lte": band.until})
        if band.after is not None:
            inside &= Q(**{f"{duty.due}__gt": band.after})
        whens.append(When(inside, then=Value(str(band.step))))
    warned = DeadlineWarning.objects.filter(
        kind=duty.kind, subject_id=Cast(OuterRef("pk"), TextField()), due_on=OuterRef(duty.due),
        step=OuterRef("step"),
    )  # fmt: skip
    rows = duty.rows(agency_id).annotate(
        step=Case(*whens, default=None, output_field=CharField()),
        of_contract=F(duty.contract) if duty.contract else Value(None, output_field=CharField()),
    )
    latest = max(band.until for band in asked)
    rows = rows.filter(~Exists(warned), step__isnull=False, **{f"{duty.due}__lte": latest})
    found = rows.order_by(duty.due, "pk").values_list(
        "pk", duty.due, "step", "region_code", "enterprise_org_id", "provider_org_id", duty.name,
        "of_contract",
    )  # fmt: skip
    return [Row(*values) for values in found]


def _keep(
    duty: Duty, rows: list[Row], people: People, calendar: WorkCalendar, now: datetime
) -> None:
    """Write down that it was told, so that it is not told again and can be shown."""
    if not rows:
        return
    left = _days(rows, calendar, now)
    columns: dict[str, list[Any]] = {
        "id": [uuid7() for _ in rows],
        "subject_id": [str(row.pk) for row in rows],
        "due_on": [row.due_on for row in rows],
        "step": [row.step for row in rows],
        "days": [left[row.due_on] for row in rows],
        "told": [_names(duty, row, people)[:200] for row in rows],
        "region_code": [row.region_code for row in rows],
        "enterprise_org": [row.enterprise_org for row in rows],
        "provider_org": [row.provider_org for row in rows],
    }
    insert_columns(
        DeadlineWarning, columns, kind=duty.kind, owner_agency=people.agency, warned_at=now
    )


def _days(rows: Iterable[Row], calendar: WorkCalendar, now: datetime) -> dict[date, int]:
    today = timezone.localdate(now)
    return {day: calendar.between(today, day) for day in {row.due_on for row in rows}}


def _names(duty: Duty, row: Row, people: People) -> str:
    """Say who is told of a row, by what they are."""
    found = [duty.told_when_late] if row.step not in DeadlineWarning.AHEAD else []
    for target in people.told(duty, row):
        if target.org_id == people.agency.parent_id:
            found.append("上级机关")
        elif target.org_id != people.agency.pk:
            found.append("企业" if target.org_id == row.enterprise_org else "服务机构")
        elif target.membership_id in people.leaders:
            found.append("本机关负责人")
        else:
            found.append("监管人员")
    return "、".join(dict.fromkeys(word for word in found if word))


def _tell(
    duty: Duty, rows: list[Row], people: People, calendar: WorkCalendar, now: datetime
) -> None:
    """Send one message for each receiver and step; what is late is urgent."""
    groups: dict[tuple[Target, str], list[Row]] = defaultdict(list)
    for row in rows:
        for target in dict.fromkeys(people.told(duty, row)):
            groups[target, row.step].append(row)
    left = _days(rows, calendar, now)
    ahead: list[Message] = []
    late: list[Message] = []
    for (target, step), about in groups.items():
        is_ahead = step in DeadlineWarning.AHEAD
        title, url = _title(duty, step, about, left), _url(duty, target, about)
        (ahead if is_ahead else late).append(
            Message(target.org_id, title, url, target.membership_id)
        )
    notify_many(ahead, kind="deadline.ahead", at=now)
    notify_many(late, kind="deadline.late", at=now, is_urgent=True)


def _title(duty: Duty, step: str, rows: list[Row], left: dict[date, int]) -> str:
    """Say what and how soon, or how late; rows are in the order of their deadlines."""
    first = rows[0]
    days, name = left[first.due_on], first.name or ""
    number = f"{len(rows)}项" if len(rows) > 1 else ""
    whose = f"{name}等" if len(rows) > 1 else name
    if step in DeadlineWarning.AHEAD:
        when = f"还剩{days}个工作日" if days else f"{first.due_on:%m月%d日}到期"
        word = "，最早的" if number else "，"
        return f"{number}{duty.words}快到期{word}{when}：{whose}"
    up = {Step.LEADER: "【逾期上报】", Step.SUPERIOR: "【逾期上报】"}.get(Step(step), "")
    word = "，最长的" if number else ""
    return f"{up}{number}{duty.words}已逾期{word}{-days}个工作日：{whose}"


def _url(duty: Duty, target: Target, rows: list[Row]) -> str:
    if len(rows) == 1:
        return duty.url(rows[0].pk, is_holder=target.is_holder)
    return duty.many if target.is_holder else duty.many_of_agency
