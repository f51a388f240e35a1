"""Contracts: the list, one with its batches and officers, from draft to its end."""

from collections import Counter
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agencies import grants, services
from agencies.access import contract_for, has_hand_in, lot_for, require_hand_in
from agencies.forms.contracts import (
    ContractForm,
    OfficerForm,
    ReasonForm,
)
from agencies.lists import contracts_of
from agencies.models import (
    Assignment,
    AssignmentTally,
    ProcurementLot,
    ServiceBatch,
    ServiceContract,
)
from agencies.selectors import entered_of
from agencies.services.contracts import provider_of
from agencies.services.handover import why_frozen
from common.errors import DomainError
from providers.selectors import untold
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.models import Membership
from tenancy.request import Request

PAGE = 50


@login_required
def contract_list(request: Request) -> HttpResponse:
    """Contracts of the region, or of the provider."""
    actor = require(request.actor, "contract_view")
    state = request.GET.get("state", "")
    rows = contracts_of(actor, state)
    page = Paginator(rows.order_by("-starts_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "enterprises": _enterprises([row.pk for row in page]),
        "states": ServiceContract.State.choices,
        "state": state,
    }
    return render(request, "agencies/contract_list.html", context)


def _enterprises(contracts: Sequence[int]) -> dict[int, int]:
    """Return {contract: how many enterprises it serves}."""
    rows = AssignmentTally.objects.filter(batch__contract__in=contracts).order_by()
    counted = rows.values("batch__contract").annotate(sum=Sum("number"))
    return {row["batch__contract"]: row["sum"] for row in counted}


@login_required
@require_http_methods(["GET", "POST"])
def contract_new(request: Request) -> HttpResponse:
    """Draft a contract."""
    actor = require(request.actor, "contract_edit")
    chosen = request.GET.get("lot", "")
    lot = lot_for(actor, chosen, "contract_edit") if chosen else None
    form = ContractForm(request.POST or None, actor=actor, initial=_from_lot(lot))
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data}
        data["provider_org_id"] = data.pop("provider_org").pk
        try:
            contract = services.contract_create(actor=actor, lot=lot, **data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("agencies:contract", pk=contract.pk)
    context = {"form": form, "title": "新建合同", "submit": "保存草稿"}
    context["draft"] = f"contract-{lot.pk}" if lot else "contract"
    return render(request, "agencies/form.html", context, status=422 if form.errors else 200)


def _from_lot(lot: ProcurementLot | None) -> dict[str, object]:
    """Return what an awarded lot says of its contract."""
    if lot is None or lot.winner is None:
        return {}
    return {
        "provider_org": lot.winner.provider_org_id,
        "title": f"{lot.procurement.title}（{lot.name}）",
        "kind": ServiceContract.Kind.GOVERNMENT_PURCHASE,
        "amount": lot.winner.price,
    }


@login_required
def contract(request: Request, pk: int) -> HttpResponse:
    """One contract: its batches, who works on it, what comes next."""
    found = contract_for(request.actor, pk)
    is_own = request.actor.org_id == found.owner_agency_id
    is_active = found.state == ServiceContract.State.ACTIVE
    frozen = why_frozen(found) if is_active else ""
    context = {
        "contract": found,
        "batches": _batches(found),
        "officers": grants.officers_of(found) if request.actor.is_agency else [],
        "may_edit": is_own and request.actor.may("contract_edit"),
        "lot": _lot(request, found),
        "may_add_batch": is_active
        and not frozen
        and request.actor.may("batch_edit")
        and has_hand_in(request.actor, found),
        "officer_form": OfficerForm(actor=request.actor, contract=found) if is_own else None,
        "reason_form": ReasonForm(),
        "days_left": (found.ends_on - clock.today_of(found.owner_agency)).days,
        "frozen": frozen,
        "may_hand_over": is_active
        and request.actor.may("hand_over")
        and has_hand_in(request.actor, found),
        "untold": is_active and _untold(request, found),
        "left_behind": _left_behind(found) if is_own else 0,
        "entered": entered_of(found),
        "may_audit": request.actor.is_agency and request.actor.may("audit_view"),
    }
    return render(request, "agencies/contract.html", context)


def _lot(request: Request, found: ServiceContract) -> ProcurementLot | None:
    """Return the lot that a contract goes back to; how a purchase went is the agency's own."""
    if not request.actor.is_agency or found.lot_id is None:
        return None
    return ProcurementLot.objects.select_related("procurement").filter(pk=found.lot_id).first()


def _untold(request: Request, found: ServiceContract) -> bool:
    """Whether the provider, who asks, has still to tell an agency that it works away from home."""
    if not request.actor.may("cross_region_file"):
        return False
    rows = Assignment.objects.filter(batch__contract=found, withdrawn_at=None)
    regions = set(rows.values_list("region_code", flat=True))
    today = clock.today_of(found.owner_agency)
    return bool(untold(provider_of(found), regions, today))


def _left_behind(found: ServiceContract) -> int:
    """Return how many of a contract's enterprises were handed over to another provider."""
    handed = Assignment.Withdrawal.HANDED_OVER
    return Assignment.objects.filter(batch__contract=found, withdrawal=handed).count()


def _batches(found: ServiceContract) -> list[tuple[ServiceBatch, list[tuple[str, str, int]], int]]:
    """Return each batch, (phase, its word, how many) for the phases that somebody is in, the sum."""
    sums = AssignmentTally.objects.filter(batch__contract=found).order_by()
    counts: Counter[tuple[int, str]] = Counter()
    for batch, state, number in sums.values_list("batch", "state").annotate(Sum("number")):
        counts[batch, state] = number
    batches = list(found.batches.order_by("pk"))
    return [
        (
            batch,
            [
                (phase, label, counts[batch.pk, phase])
                for phase, label in Assignment.Phase.choices
                if counts[batch.pk, phase]
            ],
            sum(counts[batch.pk, phase] for phase in Assignment.Phase.values),
        )
        for batch in batches
    ]


@login_required
@require_POST
def contract_move(request: Request, pk: int, act: str) -> HttpResponse:
    """Activate, complete or terminate a contract."""
    found = contract_for(request.actor, pk, "contract_edit")
    require_hand_in(request.actor, found)
    try:
        if act == "activate":
            services.contract_activate(actor=request.actor, contract=found)
        elif act == "complete":
            services.contract_complete(actor=request.actor, contract=found)
        else:
            reason = request.POST.get("reason", "")
            services.contract_terminate(actor=request.actor, contract=found, reason=reason)
        messages.success(request, "已更新合同状态")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("agencies:contract", pk=pk)


@login_required
@require_POST
def officer_add(request: Request, pk: int) -> HttpResponse:
    """Put an officer on a contract."""
    found = contract_for(request.actor, pk, "contract_edit")
    require_hand_in(request.actor, found)
    form = OfficerForm(request.POST, actor=request.actor, contract=found)
    if form.is_valid():
        grants.officer_grant(found, form.cleaned_data["officer"])
        messages.success(request, "已加入该合同的监管人员")
    else:
        messages.error(request, "请选择本单位的在用人员")
    return redirect("agencies:contract", pk=pk)


@login_required
@require_POST
def officer_remove(request: Request, pk: int, membership: int) -> HttpResponse:
    """Take an officer off a contract; of one who is off it already, that is no error."""
    found = contract_for(request.actor, pk, "contract_edit")
    require_hand_in(request.actor, found)
    own = Membership.objects.filter(org_id=found.owner_agency_id)
    officer = visible_or_404(own, membership)
    if officer in grants.officers_of(found):
        grants.officer_revoke(found, officer)
    return redirect("agencies:contract", pk=pk)
