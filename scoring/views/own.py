"""An enterprise's own side of the points: how the year stands, and the table run over itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from common.pages import act_page, form_page
from scoring import services
from scoring.access import own_enterprise, self_check_for, self_check_item_for
from scoring.forms.selfcheck import DoneForm, SelfCheckForm
from scoring.models import PointCycle, PointSheet, PointTraining, SelfCheck
from scoring.selectors import in_force, parameters_of
from scoring.services.books import clauses_of
from scoring.services.selfchecks import cost_of
from tenancy import clock
from tenancy.request import Request

MOST = 50


@login_required
def own_points(request: Request) -> HttpResponse:
    """What an enterprise must know of its points: how the year stands, its sheets, what it may do."""
    firm = own_enterprise(request.actor)
    today = clock.today(firm.owner_agency_id)
    found = PointCycle.objects.filter(enterprise=firm, year=today.year).select_related("book")
    cycle = found.first()
    sheets = PointSheet.objects.filter(enterprise__in=firm.files).exclude(
        state=PointSheet.State.DRAFT
    )
    context = {
        "year": today.year,
        "cycle": cycle,
        "rules": parameters_of(cycle) if cycle else None,
        "sheets": sheets.order_by("-inspected_at")[:MOST],
        "today": today,
        "in_force": in_force(firm),
        "trainings": PointTraining.objects.filter(
            enterprise__in=firm.files, year=today.year
        ).order_by("pk"),
    }
    return render(request, "scoring/own_points.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def self_check(request: Request) -> HttpResponse:
    """The rounds so far; a POST begins one, or goes on with the one that is open."""
    firm = own_enterprise(request.actor)
    if request.method == "POST":
        try:
            found = services.self_check_begin(actor=request.actor, enterprise=firm)
        except DomainError as error:
            messages.error(request, error.message)
            return redirect("scoring:self-check")
        return redirect("scoring:self-check-round", pk=found.pk)
    rounds = (
        SelfCheck.objects.filter(enterprise__in=firm.files)
        .select_related("book")
        .order_by("-started_at")
    )
    return render(request, "scoring/self_check_list.html", {"rounds": rounds[:MOST]})


@login_required
@require_http_methods(["GET", "POST"])
def self_check_round(request: Request, pk: UUID) -> HttpResponse:
    """One round: an answer to each clause, what it would cost, the own list of things to mend."""
    found = self_check_for(request.actor, pk)
    clauses = clauses_of(found.book)
    items = {item.clause_id: item for item in found.items.select_related("clause")}
    is_open = found.finished_at is None and request.actor.is_enterprise
    forms = [
        SelfCheckForm(
            request.POST or None, clause=clause, item=items.get(clause.pk), prefix=f"c{clause.pk}"
        )
        for clause in clauses
    ]
    are_valid = [form.is_valid() for form in forms]  # each says what is wrong with it
    if request.method == "POST" and is_open and all(are_valid):
        answer = _answer(request, found, forms)
        if answer is not None:
            return answer
    total = cost_of(found, list(items.values()))
    context = {
        "round": found,
        "forms": forms,
        "is_open": is_open,
        "total": total,
        "answered": len(items),
        "failing": [item for item in items.values() if item.result == "fail"],
        "local": timezone.localdate(found.started_at),
    }
    return render(request, "scoring/self_check.html", context)


def _answer(request: Request, found: SelfCheck, forms: list[SelfCheckForm]) -> HttpResponse | None:
    answers = {form.clause.code: form.found for form in forms}
    given = {code: one for code, one in answers.items() if one is not None}
    try:
        services.self_check_answer(actor=request.actor, check=found, answers=given)
        if request.POST.get("finish"):
            services.self_check_finish(actor=request.actor, check=found)
            messages.success(request, "自查完成")
        else:
            messages.success(request, f"已保存{len(given)}款")
    except DomainError as error:
        messages.error(request, error.message)
        return None
    return redirect("scoring:self-check-round", pk=found.pk)


@login_required
@require_POST
def self_check_share(request: Request, pk: UUID) -> HttpResponse:
    """Show a finished round to the regulator."""
    own_enterprise(request.actor)
    found = self_check_for(request.actor, pk)
    return act_page(
        request, lambda: services.self_check_share(actor=request.actor, check=found),
        reverse("scoring:self-check-round", args=[pk]), success="已向监管部门公开",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def self_check_done(request: Request, pk: int) -> HttpResponse:
    """Note that something of the own list was mended."""
    own_enterprise(request.actor)
    item = self_check_item_for(request.actor, pk)
    back = reverse("scoring:self-check-round", args=[item.check_of_id])

    def act(data: dict[str, Any]) -> str:
        services.item_mended(actor=request.actor, item=item, **data)
        return back

    return form_page(
        request, DoneForm(request.POST or None), act, title=f"完成整改：第{item.clause.code}款",
        submit="登记完成", back=back, back_text="自查", intro=item.fact,
    )  # fmt: skip
