"""Giving points: what providers propose, and one enterprise's sheet, at the desk or on the phone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agencies.access import contract_for
from common.errors import DomainError
from enterprises.access import enterprise_for
from enterprises.models import Enterprise
from inspections.access import visit_to_order
from inspections.models import Hazard, Visit
from scoring import services
from scoring.forms.giving import GiveForm, Giving
from scoring.models import SheetDraft
from scoring.points import Parameters
from scoring.selectors import book_for, not_given, proposals
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request

PAGE = 50
DUE_DAYS = 15  # proposed to the officer, who may write another
# Points count for the enterprise: what was found under a file that was merged, for the one kept.
KEPT = Coalesce("enterprise__merged_into", "enterprise")


@login_required
def proposal_list(request: Request) -> HttpResponse:
    """Enterprises of the own agency's running contracts with a finding that no officer has given."""
    actor = require(request.actor, "points_give")
    hazards = Hazard.objects.filter(
        owner_agency_id=actor.org,
        assignment__batch__contract__state="active",
        issued_at__isnull=False,
    )
    rows = (
        not_given(hazards)
        .exclude(clause_code="")
        .exclude(state=Hazard.State.DISMISSED)
        .values(enterprise_pk=KEPT, contract_pk=F("assignment__batch__contract_id"))
        .annotate(count=Count("pk"))
        .order_by("-count", "enterprise_pk")
    )
    # One county's enterprises at most: counted once, named where they are shown.
    page = Paginator(list(rows), PAGE).get_page(request.GET.get("page"))
    firms = [row["enterprise_pk"] for row in page.object_list]
    prepared = SheetDraft.objects.filter(enterprise__in=firms).in_bulk(field_name="enterprise_id")
    context = {"page": page, "firms": Enterprise.objects.in_bulk(firms), "prepared": prepared}
    return render(request, "scoring/proposals.html", context)


@login_required
@require_http_methods(["POST"])
def prepare(request: Request) -> HttpResponse:
    """Prepare the sheets of several enterprises from all that providers found there."""
    actor = require(request.actor, "points_give")
    chosen = request.POST.getlist("ids")
    try:
        count = services.sheets_prepare(actor=actor, pairs=chosen)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已为{count}家企业备好记分表，到现场打开企业核对、签字")
    return redirect("scoring:proposals")


@login_required
@require_http_methods(["GET", "POST"])
def give(request: Request, contract: int, enterprise: int) -> HttpResponse:
    """Two officers give clauses to an enterprise of a contract, its findings first."""
    actor = require(request.actor, "points_give")
    found = contract_for(actor, contract)
    firm = enterprise_for(actor, enterprise)
    hazards = [h for h in proposals(found.pk) if h.enterprise.kept_id == firm.pk]
    return _giving(request, firm, hazards, reverse("scoring:proposals"), contract=found)


@login_required
@require_http_methods(["GET", "POST"])
def give_firm(request: Request, pk: int) -> HttpResponse:
    """Two officers give clauses to any enterprise of their region, from what they saw themselves."""
    actor = require(request.actor, "points_give")
    firm = enterprise_for(actor, pk)
    return _giving(request, firm, [], reverse("enterprises:record", args=[firm.pk]), contract=None)


@login_required
@require_http_methods(["GET", "POST"])
def give_visit(request: Request, pk: UUID) -> HttpResponse:
    """Two officers give the chosen clauses of their own visit's findings, on the spot."""
    actor = require(request.actor, "points_give")
    visit = visit_to_order(actor, pk)
    rows = not_given(visit.hazards.all()).exclude(clause_code="")
    hazards = list(rows.exclude(state=Hazard.State.DISMISSED).order_by("number"))
    contract = visit.assignment.batch.contract if visit.assignment else None
    back = reverse("inspections:visit", args=[visit.pk])
    return _giving(request, visit.enterprise.kept, hazards, back, contract=contract, visit=visit)


def _giving(
    request: Request,
    firm: Enterprise,
    hazards: Sequence[Hazard],
    back: str,
    *,
    contract: Any,
    visit: Visit | None = None,
) -> HttpResponse:
    today = clock.today(firm.owner_agency_id)
    book = book_for(firm, today)
    draft = SheetDraft.objects.filter(enterprise=firm).first()
    form = GiveForm(
        request.POST or None, actor=request.actor, rules=Parameters.of(book.parameters),
        initial={"representative_name": firm.principal_name},
    )  # fmt: skip
    giving = Giving(
        book, hazards, data=request.POST or None, files=request.FILES or None,
        prepared=draft.hazards if draft else None, due_on=today + timedelta(days=DUE_DAYS),
    )  # fmt: skip
    if request.method == "POST":
        sheet = _give(request, form, giving, firm, {"contract": contract, "visit": visit})
        if sheet is not None:
            messages.success(request, f"已给予记分，记分表和告知书已签发给{firm.name}")
            return redirect("scoring:sheet", pk=sheet.pk)
    context = {"form": form, "giving": giving, "enterprise": firm, "book": book, "back": back}
    status = 422 if request.method == "POST" else 200
    return render(request, "scoring/give.html", context, status=status)


def _give(
    request: Request, form: GiveForm, giving: Giving, firm: Enterprise, whose: dict[str, Any]
) -> Any:
    if not (form.is_valid() & giving.is_valid()):
        return None
    try:
        return services.points_give(
            actor=request.actor, enterprise=firm, given=giving.given, **whose, **form.cleaned_data
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return None
