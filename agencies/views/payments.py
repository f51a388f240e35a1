"""Payment: a contract's account, its stages, what is proposed and by whom it is approved."""

import tempfile
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies import services
from agencies.access import (
    contract_for,
    has_hand_in,
    payment_for,
    payment_stage_for,
    require_hand_in,
)
from agencies.forms.payments import (
    AmendForm,
    ApproveForm,
    DeductionFormSet,
    ProposeForm,
    ReturnForm,
    StageFormSet,
)
from agencies.lists import payments_of
from agencies.models import PaymentDecision, PaymentStage, ServiceContract
from agencies.payment_state import Account, account_of, reached_of
from agencies.payments import PROPOSED, basis_for
from agencies.services.payments import decision_in_force, payment_paper, proposal_from
from agencies.sheets import write_payments
from common.errors import DomainError
from common.limits import heavy
from common.pages import act_page, form_page
from evidence.services import attachments_of
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request
from tenancy.selectors import is_same_user

PAGE = 50
State, Outcome = PaymentDecision.State, PaymentDecision.Outcome
ONLY = ("paid", "withheld", "cut", "due")


@login_required
@require_GET
def contract_payments(request: Request, pk: int) -> HttpResponse:
    """What was bought, is due, was paid, withheld and cut; each number opens into its stages."""
    contract = contract_for(request.actor, pk, "payment_view")
    account = account_of(contract)
    is_own = request.actor.org_id == contract.owner_agency_id
    has_hand = is_own and has_hand_in(request.actor, contract)
    only = request.GET.get("only", "")
    context = {
        "contract": contract,
        "account": account,
        "only": only if only in ONLY else "",
        "stages": _shown(account, only),
        "before": PaymentStage.objects.filter(contract=contract)
        .exclude(superseded_at=None)
        .order_by("superseded_at", "position"),
        "may_plan": has_hand and request.actor.may("contract_edit"),
        "may_propose": has_hand
        and request.actor.may("payment_propose")
        and contract.state != ServiceContract.State.DRAFT,
    }
    return render(request, "agencies/payments.html", context)


def _shown(account: Account, only: str) -> list[Any]:
    """Return the stages that a number is made of."""
    tests = {
        "paid": lambda s: s.in_force and s.in_force.amount_paid,
        "withheld": lambda s: s.in_force and s.in_force.outcome == Outcome.WITHHELD,
        "cut": lambda s: s.in_force and s.in_force.outcome == Outcome.CUT,
        "due": lambda s: s.is_due,
    }
    test = tests.get(only, lambda _: True)
    return [one for one in account.stages if test(one)]


@login_required
@require_http_methods(["GET", "POST"])
def payment_plan(request: Request, pk: int) -> HttpResponse:
    """The stages of a contract: proposed 30/40/30, changed by hand; what is decided stands."""
    contract = contract_for(request.actor, pk, "contract_edit")
    require_hand_in(request.actor, contract)
    account = account_of(contract)
    kept = [one.stage for one in account.stages if one.in_force or one.waiting]
    open_stages = [one.stage for one in account.stages if one.stage not in kept]
    start = open_stages or ([] if kept else PROPOSED)
    names = ("name", "share", "condition", "condition_words", "is_retention")
    initial = [{name: getattr(one, name) for name in names} for one in start]
    formset = StageFormSet(request.POST or None, initial=initial)
    form = AmendForm(request.POST or None)
    if request.method == "POST" and formset.is_valid() and form.is_valid():
        shares = [share for line in formset.forms if (share := line.as_share)]
        try:
            services.payment_plan_set(
                actor=request.actor, contract=contract, shares=shares, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "已保存付款阶段")
            return redirect("agencies:payments", pk=pk)
    context = {
        "contract": contract, "formset": formset, "form": form, "kept": kept,
        "is_proposal": not account.stages,
        "needs_reason": contract.state != ServiceContract.State.DRAFT,
    }  # fmt: skip
    status = 422 if formset.is_bound else 200
    return render(request, "agencies/payment_plan.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def payment_propose(request: Request, pk: int) -> HttpResponse:
    """Work out what of a stage is paid; begun with what an evaluation says of it."""
    stage = payment_stage_for(request.actor, pk)
    contract = stage.contract
    basis = basis_for(contract, stage)
    outcome, lines = proposal_from(basis, stage)
    start = [{"label": x.label, "rule": x.rule, "amount": x.amount} for x in lines]
    formset = DeductionFormSet(request.POST or None, initial=start)
    form = ProposeForm(request.POST or None, request.FILES or None, initial={"outcome": outcome})
    if request.method == "POST" and formset.is_valid() and form.is_valid():
        deductions = [found for line in formset.forms if (found := line.as_deduction)]
        try:
            made = services.payment_propose(
                actor=request.actor, stage=stage, deductions=deductions, **form.cleaned_data
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "已提出，等待另一人批准")
            return redirect("agencies:payment", pk=made.pk)
    context = {
        "stage": stage, "contract": contract, "form": form, "formset": formset, "basis": basis,
        "reached": reached_of(contract, [stage])[stage.pk], "in_force": decision_in_force(stage),
    }  # fmt: skip
    status = 422 if formset.is_bound else 200
    return render(request, "agencies/payment_propose.html", context, status=status)


@login_required
@require_GET
def payment(request: Request, pk: UUID) -> HttpResponse:
    """One decision: its calculation, its ground, who proposed and who approved it, its paper."""
    actor, found = request.actor, payment_for(request.actor, pk)
    is_own = actor.org_id == found.owner_agency_id
    waits = is_own and found.state == State.PROPOSED
    is_mine = is_same_user(actor, found.proposed_by_id)
    files = []
    if actor.is_agency:
        label = PaymentDecision._meta.label_lower
        files = attachments_of(label, [found.pk], actor=actor).get(str(found.pk), [])
    context = {
        "found": found,
        "contract": found.contract,
        "files": files,
        "paper": payment_paper(found.pk),
        "corrected_by": found.corrections.filter(state=State.APPROVED).first(),
        "may_approve": waits and actor.may("payment_approve") and not is_mine,
        "is_mine": waits and is_mine,
        "approve_form": ApproveForm(),
    }
    return render(request, "agencies/payment.html", context)


@login_required
@require_POST
def payment_approve(request: Request, pk: UUID) -> HttpResponse:
    """Agree, as somebody else."""
    found = payment_for(request.actor, pk, "payment_approve")
    form = ApproveForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return act_page(
        request,
        lambda: services.payment_approve(actor=request.actor, decision=found, note=note),
        reverse("agencies:payment", args=[pk]),
        success="已批准，付款核定表正在制作",
    )


@login_required
@require_http_methods(["GET", "POST"])
def payment_return(request: Request, pk: UUID) -> HttpResponse:
    """Do not agree, and say why."""
    found = payment_for(request.actor, pk, "payment_approve")
    back = reverse("agencies:payment", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.payment_return(actor=request.actor, decision=found, **data)
        return back

    return form_page(
        request, ReturnForm(request.POST or None), act, title=f"退回 · {found.stage}",
        submit="退回", back=back, back_text=found.contract.title, success="已退回经办人",
    )  # fmt: skip


@login_required
@require_POST
def payment_withdraw(request: Request, pk: UUID) -> HttpResponse:
    """Take one's own proposal back."""
    found = payment_for(request.actor, pk, "payment_propose")
    return act_page(
        request,
        lambda: services.payment_withdraw(actor=request.actor, decision=found),
        reverse("agencies:payments", args=[found.contract_id]),
        success="已撤回",
    )


def _year(request: Request, today: date) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdigit() and len(text) == 4 else today.year


def _decisions(request: Request) -> QuerySet[PaymentDecision]:
    """Return the decisions that the actor may see; a provider's once they are approved."""
    return payments_of(require(request.actor, "payment_view"))


@login_required
@require_GET
def payment_list(request: Request) -> HttpResponse:
    """Decisions of the agency; without a filter those that wait."""
    rows, actor = _decisions(request), request.actor
    today = clock.today(actor.org if actor.is_agency else None)
    year = _year(request, today)
    default = State.PROPOSED if actor.is_agency else State.APPROVED
    state = request.GET.get("state", default)
    if state in State.values:
        rows = rows.filter(state=state)
    if state != State.PROPOSED:  # what waits does so whatever its year
        rows = rows.filter(proposed_at__year=year)
    sums = rows.filter(superseded_at=None).aggregate(due=Sum("amount_due"), paid=Sum("amount_paid"))
    shown = rows.select_related("stage", "contract__provider_org").order_by("-proposed_at", "-pk")
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "sums": sums,
        "state": state,
        "states": State.choices if actor.is_agency else [],
        "year": year,
        "years": range(today.year, today.year - 5, -1),
    }
    return render(request, "agencies/payment_list.html", context)


@heavy
@login_required
def payment_export(request: Request) -> FileResponse:
    """A year's approved decisions as a sheet."""
    rows, actor = _decisions(request), request.actor
    year = _year(request, clock.today(actor.org if actor.is_agency else None))
    rows = rows.filter(state=State.APPROVED, decided_at__year=year)
    shown = rows.select_related("stage", "contract__provider_org").order_by("decided_at", "pk")
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_payments(out, year, shown, actor)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{year}年付款台账.xlsx")
