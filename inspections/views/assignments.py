"""The assignments of an inspector, and one enterprise of a batch with all that is known of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render

from agencies.access import assignment_for, require_hand_in
from agencies.board import board_rows
from agencies.gates import AssignmentFacts
from agencies.grants import may_log_visit
from agencies.models import Assignment
from agencies.services.withdrawals import may_restore
from documents.models import Document
from inspections import criteria, steps
from inspections.access import (
    LEADS,
    hazards_of,
    signs_seen,
    signs_with_more,
    visits_of,
)
from inspections.lists import assignments_open
from inspections.models import Hazard
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request
from tenancy.selectors import region_names, work_calendar

MANY = 500


@login_required
def my_assignments(request: Request) -> HttpResponse:
    """Where do I go next: my enterprises by town and planned day, with what is open there."""
    actor = require(request.actor, "my_assignments")
    everybody = actor.role in LEADS and request.GET.get("mine") != "1"
    state = request.GET.get("state", "")
    rows = assignments_open(actor, state=state, is_mine=not everybody)
    rows = rows.select_related("enterprise").order_by("region_code", "planned_on", "pk")
    found = list(rows[:MANY])
    context = {
        "rows": found,
        "counts": _open_counts(found),
        "towns": region_names({row.region_code for row in found}),
        "states": Assignment.Phase.choices,
        "state": state,
        "is_lead": actor.role in LEADS,
        "everybody": everybody,
    }
    return render(request, "inspections/my_assignments.html", context)


def _open_counts(assignments: Sequence[Assignment]) -> dict[int, dict[str, Any]]:
    """Return {assignment: how many of its hazards are open, late, submitted}."""
    rows = Hazard.objects.filter(assignment__in=[a.pk for a in assignments]).open()
    counted = (
        rows.order_by()
        .values("assignment")
        .annotate(
            open=Count("pk"),
            late=Count("pk", filter=Q(is_overdue=True)),
            submitted=Count("pk", filter=Q(state=Hazard.State.SUBMITTED)),
        )
    )
    return {row["assignment"]: {**row} for row in counted}


@login_required
def assignment(request: Request, pk: int) -> HttpResponse:
    """One enterprise of a batch: its phases, what the next step lacks, visits, hazards, papers."""
    found, actor = assignment_for(request.actor, pk), request.actor
    [row] = board_rows([found], clock.today(found.owner_agency_id))
    seen = _seen(actor, found, row.facts)
    lines = steps.lines(seen)
    papers = Document.objects.filter(subject_type="agencies.assignment", subject_id=str(pk))
    successor = Assignment.objects.filter(replaces=found).select_related("enterprise")
    context = {
        "assignment": found,
        "seen": seen,
        "cells": list(zip(criteria.texts(), seen.cells, strict=True)),
        "lines": lines,
        "is_ready": row.is_ready,
        "next_act": steps.next_act(seen, lines),
        "phases": steps.phase_rows(row),
        "open_count": sum(h.state in Hazard.OPEN_STATES for h in seen.hazards),
        "late_count": sum(h.is_overdue for h in seen.hazards),
        "days": _days_left(found, seen.hazards),
        "papers": papers.defer("content").order_by("-issued_at"),
        "replaced_by": successor.first(),
        "signs": _signs(actor, found),
        "may_find": actor.may("criterion_find") and found.is_open,
        "may_withdraw": found.is_open and _may_withdraw(actor, found),
        "may_restore": found.withdrawn_at is not None
        and _may_withdraw(actor, found)
        and may_restore(found.batch, found),
        "town": region_names({found.region_code}).get(found.region_code, ""),
    }
    return render(request, "inspections/assignment.html", context)


def _signs(actor: Actor, found: Assignment) -> list[dict[str, Any]]:
    """Return the signs that stand, for a regulator who is not to look for himself."""
    if not actor.may("sign_view"):
        return []
    rows = signs_seen(actor).standing().filter(assignment=found).select_related("visit")
    return signs_with_more(actor, list(rows.order_by("kind", "found_at", "pk")))


def _seen(actor: Actor, found: Assignment, facts: AssignmentFacts) -> steps.Seen:
    hazards = hazards_of(actor).filter(assignment=found).exclude(state=Hazard.State.DISMISSED)
    visits = visits_of(actor).filter(assignment=found).order_by("-arrived_at")
    known = criteria.known_of([found], clock.today(found.owner_agency_id))
    return steps.Seen(
        actor=actor,
        assignment=found,
        facts=facts,
        visits=list(visits.prefetch_related("team")),
        hazards=list(hazards.order_by("-severity", "number")),
        cells=criteria.cells_of(known[found.pk]),
        may_visit=_may_visit(actor, found),
    )


def _days_left(found: Assignment, hazards: Sequence[Hazard]) -> dict[Any, int]:
    calendar = work_calendar(found.owner_agency_id)
    today = clock.today(found.owner_agency_id)
    due = (h for h in hazards if h.state in Hazard.DUE_STATES)
    return {h.pk: calendar.between(today, h.due_on) for h in due}


def _may_visit(actor: Actor, found: Assignment) -> bool:
    """Whether the actor may come to this enterprise today, as `assignment_to_visit` will say."""
    is_live = found.is_open and found.batch.contract.state == "active"
    if not is_live or not actor.is_provider or not actor.may("visit_log"):
        return False
    return actor.role in LEADS or may_log_visit(actor, found)


def _may_withdraw(actor: Actor, found: Assignment) -> bool:
    if not actor.may("assignment_withdraw"):
        return False
    try:
        require_hand_in(actor, found.batch.contract)
    except PermissionDenied:
        return False
    return True
