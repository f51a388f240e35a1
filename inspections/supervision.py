"""What is asked of the watching of a provider: by the gate of visits, pages, papers and evaluation.

team: team_rows · team_gap · team_warning · unready   plan: deviations · planned_visits
disclosure: to_disclose · disclosed_to_both      review: returns_of
complaints: rules_of · breaches_of               all of a contract: overview
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from agencies.models import Assignment, ServiceBatch, ServiceContract
from inspections.models import (
    DisclosureItem,
    ExpertReview,
    Hazard,
    PlanChange,
    SupervisionRules,
    TeamMember,
    VerifiedBreach,
    Visit,
    VisitPlan,
)
from tenancy.models import Membership
from tenancy.workdays import WorkCalendar

State = TeamMember.State


def team_rows(contract_id: int) -> QuerySet[TeamMember]:
    """Return everybody who was ever named for a contract, in the order of naming."""
    return TeamMember.objects.filter(contract=contract_id).order_by("named_at", "pk")


def team_gap(contract_id: int, people: Iterable[Membership], moment: datetime) -> str:
    """Say who of a visit's team was not confirmed when it began, and what is to be done; '' if none.

    A person is confirmed, in whichever role: one statement, whatever the size of the team.
    """
    asked = {person.user_id: person.user.name for person in people}
    last: dict[int, TeamMember] = {}
    confirmed: set[int] = set()
    for row in team_rows(contract_id).filter(user__in=asked):
        last[row.user_id] = row
        if _held(row, moment):
            confirmed.add(row.user_id)
    gaps = [_gap(name, last.get(pk)) for pk, name in asked.items() if pk not in confirmed]
    return "；".join(gaps)


def _held(row: TeamMember, moment: datetime) -> bool:
    return (
        row.confirmed_at is not None
        and row.confirmed_at <= moment
        and (row.ended_at is None or row.ended_at > moment)
    )


def _gap(name: str, row: TeamMember | None) -> str:
    """Say in which way one person is not confirmed, and who does what about it."""
    if row is None:
        return f"{name}不在本合同的项目组中，请项目负责人在“项目组”中提名，由监管部门确认后再到场"
    if row.state == State.NAMED:
        return f"{name}已提名，等监管部门确认后再到场"
    if row.state == State.REJECTED:
        return f"监管部门对{name}不予确认（{row.note}），请换人，或补正后重新提名"
    if row.state == State.CONFIRMED:
        at = timezone.localtime(row.confirmed_at)
        return f"{name}到{at:%Y-%m-%d %H:%M}才获确认，在那以前不能到场"
    at = timezone.localtime(row.ended_at)
    words = "被撤销确认" if row.state == State.WITHDRAWN else "被移出项目组"
    return f"{name}已于{at:%Y-%m-%d %H:%M}{words}（{row.ended_reason}），请换人，或重新提名"


def team_warning(contract: ServiceContract) -> dict[int, str]:
    """Return {membership: what stands in the way of visits} of those who may not go on any yet.

    Whoever of the provider is not in it is confirmed.
    """
    assert contract.provider_org_id is not None  # a contract names its provider
    return unready(contract.provider_org_id, [contract.pk])[contract.pk]


def unready(provider_id: int, contract_ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Return {contract: {membership: what stands in the way of visits}}, in two statements.

    By person: a confirmation holds for every active role of his at the provider.
    """
    rows = Membership.objects.filter(org_id=provider_id, ended_at=None)
    people = dict(rows.values_list("pk", "user_id"))
    words: dict[tuple[int, int], str] = {}
    for row in TeamMember.objects.filter(contract__in=contract_ids).order_by("named_at", "pk"):
        is_ready = row.state == State.CONFIRMED
        words[row.contract_id, row.user_id] = "" if is_ready else row.get_state_display()
    return {
        contract: {
            pk: word
            for pk, user in people.items()
            if (word := words.get((contract, user), "未提名"))
        }
        for contract in contract_ids
    }


# plan


class Kept:
    """How a visit kept to the plan: (value, word)."""

    MISSED, LATE, EARLY, ON_DAY, WAITING = "missed", "late", "early", "on_day", "waiting"
    UNPLANNED = "unplanned"
    WORDS = {
        MISSED: "未按期到场", LATE: "晚到", EARLY: "提前", ON_DAY: "按期", WAITING: "未到期",
        UNPLANNED: "无计划日期",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deviation:
    """One enterprise of a plan: the day approved, the day in force, the day of the first visit.

    `days` are working days late (missed: until today) or early. A day that was moved in time, with
    its reason, is the day that counts; how often it moved stands beside it.
    """

    assignment: Assignment
    approved_on: date | None
    kept: str
    days: int
    changes: tuple[PlanChange, ...]

    @property
    def word(self) -> str:
        """How it kept to the plan."""
        return Kept.WORDS[self.kept]


def deviations(
    batch: ServiceBatch, plan: VisitPlan | None, calendar: WorkCalendar, today: date
) -> list[Deviation]:
    """Return how the visits of a batch keep to its plan, in two statements."""
    changes: dict[int, list[PlanChange]] = {}
    for change in PlanChange.objects.filter(plan__batch=batch).order_by("changed_at", "pk"):
        changes.setdefault(change.assignment_id, []).append(change)
    approved = plan.days if plan is not None else {}
    rows = batch.assignments.filter(withdrawn_at=None).select_related("enterprise")
    return [
        _deviation(row, approved, changes.get(row.pk, []), calendar, today)
        for row in rows.order_by(F("planned_on").asc(nulls_last=True), "region_code", "pk")
    ]


def _deviation(
    row: Assignment,
    approved: dict[str, str],
    changes: list[PlanChange],
    calendar: WorkCalendar,
    today: date,
) -> Deviation:
    kept, days = kept_of(row.planned_on, row.surveyed_on, calendar, today)
    first = approved.get(str(row.pk))
    approved_on = date.fromisoformat(first) if first else None
    return Deviation(row, approved_on, kept, days, tuple(changes))


def kept_of(
    planned_on: date | None, visited_on: date | None, calendar: WorkCalendar, today: date
) -> tuple[str, int]:
    """Return how a visit kept to its day, and by how many working days it did not."""
    if planned_on is None:
        return Kept.UNPLANNED, 0
    until = visited_on or today
    days = abs(calendar.between(planned_on, until))
    if visited_on is None:
        return (Kept.MISSED, days) if today > planned_on else (Kept.WAITING, 0)
    if visited_on == planned_on:
        return Kept.ON_DAY, 0
    return (Kept.LATE if visited_on > planned_on else Kept.EARLY), days


def planned_visits(contract_id: int, today: date) -> dict[str, int]:
    """Count how the visits of a contract's approved plans kept to them, in one statement."""
    rows = Assignment.objects.filter(
        batch__contract=contract_id, batch__visit_plan__state=VisitPlan.State.APPROVED,
        withdrawn_at=None,
    )  # fmt: skip
    moved = Exists(PlanChange.objects.filter(assignment=OuterRef("pk")))
    day, visited = F("planned_on"), Q(surveyed_on__isnull=False)
    return rows.aggregate(
        planned=Count("pk"),
        missed=Count("pk", filter=Q(surveyed_on=None, planned_on__lt=today)),
        late=Count("pk", filter=visited & Q(surveyed_on__gt=day)),
        early=Count("pk", filter=visited & Q(surveyed_on__lt=day)),
        on_day=Count("pk", filter=Q(surveyed_on=day)),
        moved=Count("pk", filter=moved),
    )


# disclosure, review, complaints: what the evaluation counts


def to_disclose(batch: ServiceBatch) -> QuerySet[Assignment]:
    """Return the enterprises that the organizer is still to be told of.

    Visited, everything found confirmed to the enterprise, and told of never, or not since more was
    confirmed.
    """
    mine = {"assignment": OuterRef("pk")}
    visits = Visit.objects.filter(**mine).exclude(kind__in=Visit.OFFICIAL)
    hazards = Hazard.objects.filter(**mine, source=Hazard.Source.PROVIDER)
    told = DisclosureItem.objects.filter(**mine).order_by("-disclosure__made_at")
    last = Subquery(told.values("disclosure__made_at")[:1])
    since = hazards.filter(issued_at__gt=OuterRef("told_at")).exclude(state=Hazard.State.DISMISSED)
    return (
        batch.assignments.filter(withdrawn_at=None)
        .annotate(told_at=last)
        .filter(Exists(visits.exclude(state=Visit.State.OPEN)))
        .exclude(Exists(visits.filter(state=Visit.State.OPEN)))
        .exclude(Exists(hazards.filter(state=Hazard.State.FOUND)))
        .filter(Q(told_at=None) | Exists(since))
    )


def disclosed_to_both(contract_id: int) -> dict[int, tuple[bool, bool]]:
    """Return {assignment: (told to the organizer, told to the enterprise)} of a contract (C1).

    The enterprise is told when the lead hands the findings over, or nothing was found there.
    """
    told = DisclosureItem.objects.filter(assignment=OuterRef("pk"))
    rows = Assignment.objects.filter(batch__contract=contract_id, withdrawn_at=None)
    rows = rows.annotate(is_told=Exists(told)).order_by("pk")
    return {
        pk: (is_told, guided_on is not None)
        for pk, is_told, guided_on in rows.values_list("pk", "is_told", "guided_on")
    }


def returns_of(contract_id: int) -> dict[tuple[str, int], int]:
    """Return {(kind of report, id): how often experts returned it} of what they looked at (E1).

    ("enterprise_report", assignment) or ("project_report", batch); a report that passed at once
    counts 0, one that nobody reviewed is not there.
    """
    rows = ExpertReview.objects.filter(contract=contract_id).order_by()
    returned = Count("pk", filter=Q(state=ExpertReview.State.RETURNED))
    counted = rows.values_list("batch", "assignment").annotate(returned=returned)
    return {
        ("enterprise_report", assignment) if assignment else ("project_report", batch): number
        for batch, assignment, number in counted
    }


def breaches_of(contract_id: int) -> QuerySet[VerifiedBreach]:
    """Return the verified breaches of a contract that stand (F2 and the veto list)."""
    rows = VerifiedBreach.objects.filter(contract=contract_id)
    return rows.filter(state=VerifiedBreach.State.STANDING).order_by("happened_on", "pk")


def rules_of(agency_id: int) -> SupervisionRules:
    """Return an agency's figures; where it has set none, the defaults."""
    return SupervisionRules.objects.filter(owner_agency=agency_id).first() or SupervisionRules(
        owner_agency_id=agency_id
    )
