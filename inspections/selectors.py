"""What is asked of checklists, the hazard library and deadlines."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q

from agencies.board import AssignmentFacts
from enterprises.models import Enterprise
from inspections.models import (
    ChecklistItem,
    ChecklistTemplate,
    Hazard,
    LibraryEntry,
    Severity,
    Visit,
)
from tenancy.selectors import work_calendar
from tenancy.workdays import Due

GENERAL_DAYS, MAJOR_DAYS = 10, 20  # working days, [proposal], where the library has none


def checklists_for(enterprise: Enterprise, day: date) -> list[ChecklistTemplate]:
    """Return the newest valid versions that fit: the common one, the industry's, the risks'."""
    newest: dict[str, ChecklistTemplate] = {}
    for template in ChecklistTemplate.objects.filter(valid_from__lte=day).order_by("valid_from"):
        newest[template.code] = template
    fitting = (template for template in newest.values() if _fits(template, enterprise))
    return sorted(fitting, key=lambda template: template.pk)


def _fits(template: ChecklistTemplate, enterprise: Enterprise) -> bool:
    if template.industry:
        return template.industry == enterprise.industry
    if template.risk_keywords:
        return any(word in enterprise.risk_factors for word in template.risk_keywords)
    return True


def checklist_items(visit: Visit) -> list[ChecklistItem]:
    """Return the questions of a visit: papers first, then the site."""
    items = ChecklistItem.objects.filter(template__in=visit.templates.all())
    return list(items.select_related("template").order_by("-part", "template_id", "position"))


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


def suggested_due(agency_id: int, found_on: date, severity: str, entry: LibraryEntry | None) -> Due:
    """Return the deadline that the library proposes, with the reason for it."""
    calendar = work_calendar(agency_id)
    if entry is None:
        days = MAJOR_DAYS if severity == Severity.MAJOR else GENERAL_DAYS
        return calendar.add(found_on, days)
    if entry.deadline_in_workdays:
        return calendar.add(found_on, entry.deadline_days)
    return calendar.add_calendar(found_on, entry.deadline_days)


def assignment_facts(assignment_ids: Sequence[int]) -> dict[int, AssignmentFacts]:
    """Return what happened at each assignment, in two statements."""
    visits = dict(
        Visit.objects.filter(assignment__in=assignment_ids)
        .values_list("assignment")
        .annotate(n=Count("pk"))
    )
    rows = (
        Hazard.objects.filter(assignment__in=assignment_ids)
        .exclude(state=Hazard.State.DISMISSED)
        .values("assignment")
        .annotate(
            hazards=Count("pk"),
            open=Count("pk", filter=Q(state__in=Hazard.OPEN_STATES)),
            overdue=Count("pk", filter=Q(is_overdue=True)),
            major_open=Count(
                "pk", filter=Q(severity=Severity.MAJOR) & ~Q(state=Hazard.State.CLOSED)
            ),
            submitted=Count("pk", filter=Q(state=Hazard.State.SUBMITTED)),
        )
    )
    found: dict[Any, Any] = {}
    for row in rows:
        counts: dict[str, Any] = {**row}
        found[counts.pop("assignment")] = counts
    return {
        pk: AssignmentFacts(visits=visits.get(pk, 0), **found.get(pk, {})) for pk in assignment_ids
    }
