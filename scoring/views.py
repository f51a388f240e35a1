"""Points of the region, the giving of points, and a contract's outputs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import contract_for
from common.errors import DomainError
from common.paging import count_up_to, keyset
from common.scope import first_rows
from common.uploads import drawn_png
from enterprises.access import enterprise_for
from enterprises.models import Enterprise
from enterprises.search import named
from inspections.access import visit_to_order
from inspections.models import Hazard, Visit
from scoring import services
from scoring.access import cycle_for
from scoring.forms import GiveForm
from scoring.models import Appraisal, PointCycle, RuleClause
from scoring.selectors import book_for, cycle_total_of, entries_of, proposals
from scoring.services.outputs import KIND, documents_of
from scoring.services.points import Given
from tenancy import clock
from tenancy.access import require, within
from tenancy.request import Request
from workflow.models import Job

PAGE = 50


@login_required
def points(request: Request) -> HttpResponse:
    """The year's points of the region, highest first."""
    actor = require(request.actor, "points_view")
    year = timezone.localtime(clock.now(actor.org_id)).year
    rows = PointCycle.objects.filter(within(actor), year=year)
    text, colour = request.GET.get("q", "").strip(), request.GET.get("colour", "")
    if text:
        rows = rows.filter(named(text, "enterprise__"))
    if colour in PointCycle.Colour.values:
        rows = rows.filter(colour=colour)
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
        "q": text,
        "colour": colour,
        "colours": PointCycle.Colour.choices,
        "may_give": actor.may("points_give"),
    }
    return render(request, "scoring/points.html", context)


@login_required
def cycle(request: Request, pk: int) -> HttpResponse:
    """Why this total: every entry with its clause, what became of it, and the rule that counted."""
    found = cycle_for(request.actor, pk)
    total = cycle_total_of(found)
    lines = {line.key: line for line in total.lines}
    context = {
        "cycle": found,
        "total": total,
        "lines": [(entry, lines[str(entry.pk)]) for entry in entries_of(found)],
    }
    return render(request, "scoring/cycle.html", context)


@login_required
def proposal_list(request: Request) -> HttpResponse:
    """Enterprises of the own agency's running contracts with a finding that no officer has given."""
    actor = require(request.actor, "points_give")
    rows = (
        Hazard.objects.filter(
            owner_agency_id=actor.org,
            assignment__batch__contract__state="active",
            point_entries=None,
            issued_at__isnull=False,
        )
        .exclude(clause_code="")
        .exclude(state=Hazard.State.DISMISSED)
        .values(enterprise_pk=F("enterprise_id"), contract_pk=F("assignment__batch__contract_id"))
        .annotate(count=Count("pk"))
        .order_by("-count", "enterprise_pk")
    )
    # One county's enterprises at most: counted once, named where they are shown.
    page = Paginator(list(rows), PAGE).get_page(request.GET.get("page"))
    names = Enterprise.objects.in_bulk([row["enterprise_pk"] for row in page.object_list])
    return render(request, "scoring/proposals.html", {"page": page, "firms": names})


@login_required
@require_http_methods(["GET", "POST"])
def give(request: Request, contract: int, enterprise: int) -> HttpResponse:
    """Two officers give the chosen clauses of a contract's findings to one enterprise."""
    actor = require(request.actor, "points_give")
    found = contract_for(actor, contract)
    firm = enterprise_for(actor, enterprise)
    hazards = [h for h in proposals(found.pk) if h.enterprise_id == firm.pk]
    return _giving(request, firm, hazards, "scoring:proposals", contract=found)


@login_required
@require_http_methods(["GET", "POST"])
def give_visit(request: Request, pk: UUID) -> HttpResponse:
    """Two officers give the chosen clauses of their own visit's findings, on the spot."""
    actor = require(request.actor, "points_give")
    visit = visit_to_order(actor, pk)
    rows = visit.hazards.filter(point_entries=None).exclude(clause_code="")
    hazards = list(rows.exclude(state=Hazard.State.DISMISSED).order_by("number"))
    contract = visit.assignment.batch.contract if visit.assignment else None
    return _giving(
        request, visit.enterprise, hazards, visit_url(visit), contract=contract, visit=visit
    )


def visit_url(visit: Visit) -> str:
    """Return the page of a visit."""
    return reverse("inspections:visit", args=[visit.pk])


def _giving(
    request: Request, firm: Enterprise, hazards: Sequence[Hazard], back: str, **whose: Any
) -> HttpResponse:
    clauses = {c.code: c for c in RuleClause.objects.filter(book=book_for(firm))}
    rows = [(h, clauses[h.clause_code]) for h in hazards if h.clause_code in clauses]
    form = GiveForm(
        request.POST or None,
        actor=request.actor,
        initial={"representative_name": firm.principal_name},
    )
    if request.method == "POST" and form.is_valid() and _give(request, form, firm, rows, whose):
        messages.success(request, f"已给予记分，记分表已签发给{firm.name}")
        return redirect(back)
    context = {
        "form": form,
        "enterprise": firm,
        "rows": rows,
        "chosen": request.POST.getlist("hazards"),
    }
    return render(request, "scoring/give.html", context, status=422 if form.errors else 200)


def _give(
    request: Request,
    form: GiveForm,
    firm: Enterprise,
    rows: Sequence[tuple[Hazard, RuleClause]],
    whose: dict[str, Any],
) -> bool:
    chosen, on_site = set(request.POST.getlist("hazards")), set(request.POST.getlist("on_site"))
    given = [
        Given(
            hazard,
            clause,
            # Only a clause that counts each place has a most.
            units=1 if clause.max_units is None else hazard.place_count,
            is_corrected_on_site=str(hazard.pk) in on_site,
        )
        for hazard, clause in rows
        if str(hazard.pk) in chosen
    ]
    data = {**form.cleaned_data, "signature": drawn_png(form.cleaned_data["signature"])}
    try:
        services.points_give(actor=request.actor, enterprise=firm, given=given, **whose, **data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    return True


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
