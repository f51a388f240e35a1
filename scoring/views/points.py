"""Points of the region, why they are what they are, and a contract's outputs."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agencies.access import contract_for
from common.paging import count_up_to, keyset
from common.scope import first_rows
from enterprises.access import enterprise_for
from scoring import services
from scoring.access import cycle_for, point_event_for
from scoring.lists import cycles_of
from scoring.models import (
    Appraisal,
    Interview,
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
    PointTraining,
    SelfCheck,
    ThresholdEvent,
)
from scoring.points import Line
from scoring.selectors import cycle_total_of, entries_of, in_force, parameters_of, together
from scoring.services.outputs import KIND, documents_of
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request
from workflow.models import Job

PAGE, YEARS, MOST = 50, 5, 20


@login_required
def points(request: Request) -> HttpResponse:
    """The year's points of the region, highest first."""
    actor = require(request.actor, "points_view")
    this_year = clock.today(actor.org).year
    years = range(this_year, this_year - YEARS, -1)
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted in map(str, years) else this_year
    text, colour = request.GET.get("q", "").strip(), request.GET.get("colour", "")
    rows = cycles_of(actor, year=year, text=text, colour=colour)
    with first_rows():
        page = keyset(
            rows.select_related("enterprise").prefetch_related("events"),
            order=["-total", "id"],
            size=PAGE,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        count = count_up_to(rows)
    context = {
        "slice": page,
        "count": count,
        "year": year,
        "years": years,
        "q": text,
        "colour": colour,
        "colours": PointCycle.Colour.choices,
        "may_give": actor.may("points_give"),
    }
    return render(request, "scoring/points.html", context)


@login_required
def cycle(request: Request, pk: int) -> HttpResponse:
    """Why this total: every entry with its clause, what became of it, and the rule that counted."""
    found, actor = cycle_for(request.actor, pk), request.actor
    if found.counts_in_id is not None:
        return redirect("scoring:cycle", pk=found.counts_in_id)
    total = cycle_total_of(found)
    lines = {line.key: line for line in total.lines}
    sheets: dict[PointSheet, list[tuple[PointEntry, Line]]] = {}
    given = PointSheet.objects.filter(together(found)).exclude(state=PointSheet.State.DRAFT)
    for sheet in given.select_related("book"):
        sheets[sheet] = []
    for entry in entries_of(found):
        sheets[entry.sheet].append((entry, lines[str(entry.pk)]))
    events = ThresholdEvent.objects.filter(together(found))
    context = {
        "cycle": found,
        "total": total,
        "rules": parameters_of(found),
        "sheets": sorted(sheets.items(), key=lambda one: one[0].inspected_at),
        "trainings": PointEvent.objects.filter(together(found), kind=PointEvent.Kind.TRAINED),
        "events": events.prefetch_related("consequences").order_by("kind", "pk"),
        "interviews": Interview.objects.filter(together(found)).order_by("planned_at"),
        "may_give": actor.may("points_give"),
        "may_slip": actor.may("points_give") and found.owner_agency_id == actor.org_id,
        "may_measure": actor.may("point_measure") and found.owner_agency_id == actor.org_id,
    }
    return render(request, "scoring/cycle.html", context)


@login_required
def firm(request: Request, pk: int) -> HttpResponse:
    """All years of one enterprise: what holds of it now, its sheets, sessions, shared self-checks."""
    actor = require(request.actor, "points_view")
    found = enterprise_for(actor, pk)
    sheets = PointSheet.objects.filter(enterprise__in=found.files).exclude(
        state=PointSheet.State.DRAFT
    )
    checks = SelfCheck.objects.filter(enterprise__in=found.files, shared_at__isnull=False)
    trainings = PointTraining.objects.filter(enterprise__in=found.files)
    context = {
        "enterprise": found,
        "cycles": found.point_cycles.prefetch_related("events", "counted").order_by("-year"),
        "in_force": in_force(found),
        "sheets": sheets.order_by("-inspected_at")[:MOST],
        "trainings": trainings.order_by("-started_at")[:MOST],
        "checks": checks.order_by("-started_at")[:MOST],
        "may_give": actor.may("points_give"),
        "may_measure": actor.may("point_measure") and found.owner_agency_id == actor.org_id,
    }
    return render(request, "scoring/firm.html", context)


@login_required
@require_POST
def slip(request: Request, pk: UUID) -> HttpResponse:
    """Issue the slip of one change of a year's points, and open it."""
    require(request.actor, "points_give")
    found = point_event_for(request.actor, pk)
    document = services.adjustment_issue(actor=request.actor, event=found)
    return redirect("documents:paper", pk=document.pk)


@login_required
@require_http_methods(["GET", "POST"])
def outputs(request: Request, pk: int) -> HttpResponse:
    """A contract's ledger, point summary and evaluation: start them, follow them, take them."""
    actor = require(request.actor, "outputs_view")
    contract = contract_for(actor, pk)
    if request.method == "POST":
        require(actor, "outputs_make")
        job = services.outputs_start(actor=actor, contract=contract)
        return redirect("workflow:job", pk=job.pk)
    jobs = list(
        Job.objects.filter(kind=KIND, subject_id=str(contract.pk)).order_by("-created_at")[:10]
    )
    appraisals = {a.job_id: a for a in Appraisal.objects.filter(job_id__in=[j.pk for j in jobs])}
    context = {
        "contract": contract,
        "jobs": [(job, documents_of(job), appraisals.get(job.pk)) for job in jobs],
        "running": any(job.state == Job.State.RUNNING for job in jobs),
        "may_make": actor.may("outputs_make"),
    }
    return render(request, "scoring/outputs.html", context)
