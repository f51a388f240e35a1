"""What is asked of checklists, the hazard library and deadlines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from agencies.gates import AssignmentFacts
from agencies.models import Assignment
from common.scope import first_rows
from enterprises.models import Enterprise, RiskPoint
from inspections import criteria
from inspections.models import (
    Answer,
    ChecklistItem,
    ChecklistTemplate,
    EnforcementReferral,
    Hazard,
    LibraryEntry,
    Meeting,
    Recheck,
    Severity,
    SpotCheck,
    Visit,
    VisitMember,
)
from providers.figures import Figure
from tenancy import clock
from tenancy.models import Membership
from tenancy.selectors import work_calendar
from tenancy.workdays import Due

GENERAL_DAYS, MAJOR_DAYS = 10, 20  # working days, [proposal], where the library has none


def checklists_for(enterprise: Enterprise, day: date) -> list[ChecklistTemplate]:
    """Return the newest valid versions that fit: the common one, the industry's, the risks'."""
    templates = ChecklistTemplate.objects.filter(valid_from__lte=day).order_by("valid_from", "pk")
    return fitting(templates, enterprise)


def fitting(
    templates: Iterable[ChecklistTemplate], enterprise: Enterprise
) -> list[ChecklistTemplate]:
    """Return of each checklist the last version given, if it is for this enterprise."""
    newest = {template.code: template for template in templates}
    found = (template for template in newest.values() if _fits(template, enterprise))
    return sorted(found, key=lambda template: template.pk)


def _fits(template: ChecklistTemplate, enterprise: Enterprise) -> bool:
    if template.industry:
        return template.industry == enterprise.industry
    if template.risk_keywords:
        return any(word in enterprise.risk_factors for word in template.risk_keywords)
    return True


def checklist_items(visit: Visit) -> list[ChecklistItem]:
    """Return the questions of a visit: papers first, then the site; of its part only."""
    items = ChecklistItem.objects.filter(template__in=visit.templates.all())
    if visit.part != Visit.Part.BOTH:
        items = items.filter(part=visit.part)
    return list(items.select_related("template").order_by("-part", "template_id", "position"))


def asked_of(
    items: Iterable[ChecklistItem], answers: Mapping[int | UUID, str]
) -> list[ChecklistItem]:
    """Return the questions that these answers leave to be asked.

    A question with conditions is asked once each of the earlier questions it names, of the same
    checklist, was itself asked and has one of the answers named.
    """
    given: dict[tuple[int, str], str] = {}
    asked = []
    for item in items:
        conditions = item.asked_if.items()
        if all(given.get((item.template_id, code)) in wanted for code, wanted in conditions):
            asked.append(item)
            given[item.template_id, item.code] = answers.get(item.pk, "")
    return asked


def answers_of(visit: Visit) -> dict[int | UUID, Answer]:
    """Return a visit's answers by what they answer: a question's id, or a risk point's."""
    found: dict[int | UUID, Answer] = {}
    for answer in Answer.objects.filter(visit=visit):
        key = answer.item_id if answer.item_id is not None else answer.risk_point_id
        assert key is not None  # by constraint
        found[key] = answer
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visit asks, and what it was answered."""

    items: list[ChecklistItem]
    risk_points: list[RiskPoint]
    answers: dict[int | UUID, Answer]

    @property
    def keys(self) -> list[int | UUID]:
        """What is asked: the risk points first, then the questions."""
        return [*(p.pk for p in self.risk_points), *(i.pk for i in self.items)]

    @property
    def unanswered(self) -> list[int | UUID]:
        """What is asked and has no answer yet."""
        return [key for key in self.keys if key not in self.answers]


def asked_on(visit: Visit) -> Asked:
    """Return what a visit asks as its answers stand, in four statements."""
    answers = answers_of(visit)
    results = {key: answer.result for key, answer in answers.items()}
    items = asked_of(checklist_items(visit), results)
    points = [] if visit.part == Visit.Part.SOFT else list(visit.risk_points.all())
    return Asked(items, points, answers)


def library_search(text: str, codes: Sequence[str] = ()) -> list[LibraryEntry]:
    """Return up to 30 entries by words or pinyin initials (pdx finds 配电箱); without, `codes`.

    An entry whose text we do not have is found too, so that the finder knows where to look.
    """
    rows = LibraryEntry.objects.filter(is_retired=False)
    if not text.strip():
        found = {entry.code: entry for entry in rows.filter(code__in=codes)}
        return [found[code] for code in codes if code in found]
    for word in text.split():
        rows = rows.filter(search_text__icontains=word)
    return list(rows.order_by("code")[:30])


def due_rule(severity: str, entry: LibraryEntry | None) -> tuple[int, bool]:
    """Return (days, whether they are working days) that the library proposes for a finding."""
    if entry is None:
        return MAJOR_DAYS if severity == Severity.MAJOR else GENERAL_DAYS, True
    return entry.deadline_days, entry.deadline_in_workdays


def suggested_due(agency_id: int, found_on: date, severity: str, entry: LibraryEntry | None) -> Due:
    """Return the deadline that the library proposes, with the reason for it."""
    calendar, (days, in_workdays) = work_calendar(agency_id), due_rule(severity, entry)
    return calendar.add(found_on, days) if in_workdays else calendar.add_calendar(found_on, days)


def assignment_facts(assignment_ids: Sequence[int]) -> dict[int, AssignmentFacts]:
    """Return what happened at each assignment, in a fixed number of statements."""
    assignments = list(
        Assignment.objects.filter(pk__in=assignment_ids).select_related(
            "enterprise", "owner_agency__org"
        )
    )
    visits = _visit_counts(assignment_ids)
    hazards = _hazard_counts(assignment_ids)
    kicked_off = set(
        Meeting.objects.filter(
            kind=Meeting.Kind.KICKOFF,
            state=Meeting.State.HELD,
            batch__in={a.batch_id for a in assignments},
        ).values_list("batch_id", flat=True)
    )
    spot_checks: dict[int, str] = dict(
        SpotCheck.objects.filter(assignment__in=assignment_ids).values_list("assignment", "state")
    )
    referrals: dict[int, str] = dict(
        EnforcementReferral.objects.filter(assignment__in=assignment_ids)
        .order_by("listed_at")
        .values_list("assignment", "state")
    )
    today = clock.today_of(assignments[0].owner_agency) if assignments else None
    known = criteria.known_of(assignments, today) if today else {}
    found = {}
    for a in assignments:
        cells = criteria.cells_of(known[a.pk])
        found[a.pk] = AssignmentFacts(
            **visits.get(a.pk, {}),
            **hazards.get(a.pk, {}),
            is_kicked_off=a.batch_id in kicked_off,
            guidance_left=criteria.guidance_left(known[a.pk]),
            guidance_total=len(known[a.pk].topics),
            criteria_left=sum(cell.result == criteria.OWED for cell in cells),
            criteria_failed=sum(cell.result == criteria.FAIL for cell in cells),
            spot_check=spot_checks.get(a.pk, ""),
            referral=referrals.get(a.pk, ""),
        )
    return found


def _visit_counts(assignment_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = (
        Visit.objects.filter(assignment__in=assignment_ids)
        .exclude(kind__in=Visit.OFFICIAL)
        .values("assignment")
        .annotate(visits=Count("pk"), open_visits=Count("pk", filter=Q(state=Visit.State.OPEN)))
    )
    return _by_assignment(rows)


def _hazard_counts(assignment_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    unchecked = Q(state=Hazard.State.SUBMITTED) | Q(
        state__in=Hazard.OPEN_STATES, rechecked_on__isnull=True
    )
    major = Q(severity=Severity.MAJOR)
    rows = (
        Hazard.objects.filter(assignment__in=assignment_ids, source=Hazard.Source.PROVIDER)
        .exclude(state=Hazard.State.DISMISSED)
        .values("assignment")
        .annotate(
            hazards=Count("pk"),
            unconfirmed=Count("pk", filter=Q(state=Hazard.State.FOUND)),
            open=Count("pk", filter=Q(state__in=Hazard.OPEN_STATES)),
            overdue=Count("pk", filter=Q(is_overdue=True)),
            major_open=Count("pk", filter=major & ~Q(state=Hazard.State.CLOSED)),
            submitted=Count("pk", filter=Q(state=Hazard.State.SUBMITTED)),
            unchecked=Count("pk", filter=unchecked),
            unreported_majors=Count("pk", filter=major & Q(major_reported_at=None)),
            refused=Count("pk", filter=Q(is_refused=True) & ~Q(state=Hazard.State.CLOSED)),
        )
    )
    with first_rows():
        return _by_assignment(rows)


def _by_assignment(rows: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, int]]:
    found = {}
    for row in rows:
        counts = {**row}
        found[counts.pop("assignment")] = counts
    return found


def visits_by_person(
    people: Sequence[Membership], enterprise_ids: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Return {(membership, enterprise): visits} of a provider's people, in one statement.

    A person is counted over all his memberships; visits in every batch, also earlier ones.
    """
    rows = VisitMember.objects.filter(
        membership__user__in={person.user_id for person in people},
        visit__enterprise__in=enterprise_ids,
        visit__provider_org__isnull=False,
    )
    counted = rows.values_list("membership__user", "visit__enterprise").annotate(n=Count("visit"))
    by_user = {(user, firm): number for user, firm, number in counted}
    return {
        (person.pk, firm): by_user.get((person.user_id, firm), 0)
        for person in people
        for firm in enterprise_ids
    }


def figures_of_year(provider_org_id: int, year: int) -> list[Figure]:
    """Return a provider's visits, findings and rechecks of a year."""
    own = {"provider_org": provider_org_id}
    visits = Visit.objects.filter(**own, arrived_at__year=year).exclude(state=Visit.State.OPEN)
    found = Hazard.objects.filter(**own, found_on__year=year).exclude(
        state__in=(Hazard.State.FOUND, Hazard.State.DISMISSED)
    )
    hazards = found.aggregate(
        all=Count("pk"), major=Count("pk", filter=Q(severity=Severity.MAJOR)),
        closed=Count("pk", filter=Q(state=Hazard.State.CLOSED)),
    )  # fmt: skip
    rechecks = Recheck.objects.filter(**own, rechecked_at__year=year)
    return [
        Figure("完成的检查", visits.count(), "次"),
        Figure("确认交底的隐患", hazards["all"], "项"),
        Figure("其中重大隐患", hazards["major"], "项"),
        Figure("其中已销号", hazards["closed"], "项"),
        Figure("复查", rechecks.count(), "次"),
    ]
