"""holiday_preview · holiday_load: a new holiday notice, and the open deadlines that it moves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from agencies.models import ServiceBatch
from audit.services import record
from common.errors import DomainError
from inspections.models import Hazard
from notifications.services import Message, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import CalendarDay
from tenancy.selectors import work_calendar
from tenancy.workdays import DAY, DayKind, Due, WorkCalendar

MAX_DAYS = 400
FIRST_YEAR, LAST_YEAR = 2004, 2099  # the State Council's calendar as we have it begins in 2004


@dataclass(frozen=True, slots=True)
class Move:
    """A deadline that the notice moves: of a hazard, or of a batch's spot check."""

    what: str
    who: str
    old: date
    new: date
    why: str
    hazard: Hazard | None = None
    batch: ServiceBatch | None = None


_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|~)?\s*{_DAY})?\s*[，,：:]?\s*(放假|上班)[。；;，,]?")
_KINDS = {"放假": DayKind.HOLIDAY, "上班": DayKind.MAKEUP_WORKDAY}


def parse_days(text: str) -> dict[date, DayKind]:
    """Read lines like “2027-01-01 放假” or “2027-01-01 至 2027-01-03 放假”, “2027-01-04 上班”.

    DomainError names the line that cannot be read, or says of a day what an earlier line did not.
    """
    found: dict[date, DayKind] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"第{number}行“{line.strip()[:40]}”"
        days, kind = _line(line.strip(), where)
        if days[-1] - days[0] > MAX_DAYS * DAY or len(found) > MAX_DAYS:
            raise DomainError(f"{where}天数太多，请分年录入", field="days")
        for day in map(date.fromordinal, range(days[0].toordinal(), days[-1].toordinal() + 1)):
            if found.setdefault(day, kind) != kind:
                raise DomainError(f"{where}与前面的行不一致：{day} 不能既放假又上班", field="days")
    if not found:
        raise DomainError("请录入放假和调休的日期", field="days")
    return found


def _line(line: str, where: str) -> tuple[list[date], DayKind]:
    """Return the first and the last day of a line, and what they are."""
    match = _LINE.fullmatch(line)
    if match is None:
        raise DomainError(f"{where}看不懂，请写成：2027-01-01 至 2027-01-03 放假", field="days")
    *figures, word = match.groups()
    try:
        days = [date(*map(int, figures[at : at + 3])) for at in (0, 3) if figures[at]]
    except ValueError:
        raise DomainError(f"{where}里有不存在的日期", field="days") from None
    if not all(FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
        raise DomainError(f"{where}的年份不对，请核对", field="days")
    if days[-1] < days[0]:
        raise DomainError(f"{where}结束日期早于开始日期", field="days")
    return days, _KINDS[word]


def holiday_preview(*, agency_id: int, days: Mapping[date, DayKind]) -> list[Move]:
    """Return which open deadlines would move, and where to, without changing anything."""
    calendar = work_calendar(agency_id).with_days(dict(days))
    return [*_hazards(agency_id, calendar), *_batches(agency_id, calendar)]


def _hazards(agency_id: int, calendar: WorkCalendar) -> list[Move]:
    rows = Hazard.objects.filter(
        owner_agency_id=agency_id,
        state__in=[Hazard.State.FOUND, *Hazard.DUE_STATES],
        due_days__isnull=False,
        due_from__isnull=False,
    ).select_related("enterprise")
    found = []
    for hazard in rows.order_by("due_on", "number"):
        due = _due(hazard, calendar)
        if due.date != hazard.due_on:
            found.append(
                Move(
                    hazard.number, hazard.enterprise.name, hazard.due_on, due.date, due.why, hazard
                )
            )
    return found


def _due(hazard: Hazard, calendar: WorkCalendar) -> Due:
    assert hazard.due_from is not None  # chosen so
    assert hazard.due_days is not None
    if hazard.due_in_workdays:
        return calendar.add(hazard.due_from, hazard.due_days)
    return calendar.add_calendar(hazard.due_from, hazard.due_days)


def _batches(agency_id: int, calendar: WorkCalendar) -> list[Move]:
    rows = ServiceBatch.objects.filter(
        owner_agency_id=agency_id, recheck_completed_on__isnull=False
    ).exclude(draw__state="announced")
    found = []
    for batch in rows.order_by("pk"):
        assert batch.recheck_completed_on is not None  # chosen so
        assert batch.spot_check_due_on is not None
        due = calendar.add(batch.recheck_completed_on, batch.spot_check_days)
        if due.date != batch.spot_check_due_on:
            found.append(
                Move(
                    "抽查期限", batch.name, batch.spot_check_due_on, due.date, due.why, batch=batch
                )
            )
    return found


@transaction.atomic
def holiday_load(
    *, actor: Actor, agency_id: int, days: Mapping[date, DayKind], source: str
) -> list[Move]:
    """Put the notice into the agency's calendar, move the open deadlines, tell those it moved."""
    if not source.strip():
        raise DomainError("请填写依据（通知名称和文号）", field="source")
    moves = holiday_preview(agency_id=agency_id, days=days)
    for day, kind in days.items():
        CalendarDay.objects.update_or_create(
            agency_id=agency_id, day=day, defaults={"kind": kind, "source": source.strip()}
        )
    now = clock.now(agency_id)
    today = clock.today(agency_id)
    for move in moves:
        _apply(move, today)
    record(
        actor=actor,
        act="calendar.load",
        subject=("tenancy.agency", str(agency_id)),
        agency_id=agency_id,
        summary=f"{source.strip()}：{len(days)}天，{len(moves)}个期限变动",
        data={"moved": [[m.what, m.old.isoformat(), m.new.isoformat()] for m in moves[:500]]},
        at=now,
    )
    notify_many(_messages(moves), kind="hazard.deadline_moved", at=now)
    return moves


def _apply(move: Move, today: date) -> None:
    if move.hazard is not None:
        hazard = Hazard.objects.select_for_update(of=("self",), no_key=True).get(pk=move.hazard.pk)
        hazard.due_on, hazard.due_reason = move.new, move.why[:300]
        hazard.is_overdue = hazard.is_overdue and move.new < today
        hazard.save(update_fields=["due_on", "due_reason", "is_overdue", "updated_at"])
    elif move.batch is not None:
        ServiceBatch.objects.filter(pk=move.batch.pk).update(
            spot_check_due_on=move.new, spot_check_due_reason=move.why[:300]
        )


def _messages(moves: Sequence[Move]) -> list[Message]:
    found = []
    for move in moves:
        if move.hazard is None:
            continue
        title = f"{move.what} 的整改期限因节假日安排由{move.old}改为{move.new}"
        seen_by = [move.hazard.provider_org_id]
        if move.hazard.issued_at is not None:
            seen_by.append(move.hazard.enterprise_org_id)
        url = reverse("inspections:hazard", args=[move.hazard.pk])
        found += [Message(org_id, title, url) for org_id in seen_by if org_id is not None]
    return found
