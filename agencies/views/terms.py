"""A contract's obligations: entered in the draft, amended afterwards; what the provider hands in."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agencies import services
from agencies.access import contract_for, obligation_for, require_hand_in
from agencies.forms.terms import DeliveryForm, ObligationForm, ReasonForm
from agencies.models import ObligationDelivery, ServiceContract
from common.pages import act_page, form_page
from tenancy.access import require, visible_or_404
from tenancy.request import Request


def _back(contract_id: int) -> str:
    return reverse("inspections:obligations", args=[contract_id])


def _is_draft(contract: ServiceContract) -> bool:
    return contract.state == ServiceContract.State.DRAFT


@login_required
@require_http_methods(["GET", "POST"])
def obligation_new(request: Request, pk: int) -> HttpResponse:
    """Add an obligation; with the reason once the contract is in force."""
    found = contract_for(request.actor, pk, "contract_edit")
    require_hand_in(request.actor, found)
    form = ObligationForm(
        request.POST or None, is_amendment=not _is_draft(found), initial={"due_on": found.ends_on}
    )

    def act(data: dict[str, Any]) -> str:
        services.obligation_add(actor=request.actor, contract=found, **data)
        return _back(found.pk)

    return form_page(
        request, form, act, title="增加服务事项", submit="增加", back=_back(found.pk),
        back_text=found.title, success="已增加",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def obligation_edit(request: Request, pk: int) -> HttpResponse:
    """Change an obligation: in a draft freely, afterwards by a new row with the reason."""
    found = obligation_for(request.actor, pk, "contract_edit")
    is_draft = _is_draft(found.contract)
    form = ObligationForm(
        request.POST or None, instance=found, is_amendment=not is_draft, is_new=False
    )
    change = services.obligation_change if is_draft else services.obligation_amend

    def act(data: dict[str, Any]) -> str:
        change(actor=request.actor, obligation=found, **data)
        return _back(found.contract_id)

    return form_page(
        request, form, act, title="修改服务事项" if is_draft else "变更服务事项",
        submit="保存" if is_draft else "变更", back=_back(found.contract_id),
        back_text=found.contract.title, success="已保存" if is_draft else "已变更，原内容保留",
        intro="" if is_draft else "合同已生效：变更另记一行，原内容和变更原因保留，并通知服务机构。",
    )  # fmt: skip


@login_required
@require_POST
def obligation_remove(request: Request, pk: int) -> HttpResponse:
    """Take an obligation out of a draft."""
    found = obligation_for(request.actor, pk, "contract_edit")
    return act_page(
        request, lambda: services.obligation_remove(actor=request.actor, obligation=found),
        _back(found.contract_id), success="已删去",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def obligation_withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an obligation out of a contract in force, for a reason."""
    found = obligation_for(request.actor, pk, "contract_edit")

    def act(data: dict[str, Any]) -> str:
        services.obligation_withdraw(actor=request.actor, obligation=found, **data)
        return _back(found.contract_id)

    return form_page(
        request, ReasonForm(request.POST or None), act, title=f"撤销服务事项：{found.name}",
        submit="撤销事项", back=_back(found.contract_id), back_text=found.contract.title,
        success="已撤销，原内容保留", confirm="撤销后服务机构不再承担这一事项，不能恢复。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def delivery_new(request: Request, pk: int) -> HttpResponse:
    """Hand in what was done of an obligation that no other record counts."""
    found = obligation_for(request.actor, pk, "delivery_enter")
    form = DeliveryForm(request.POST or None, request.FILES or None)

    def act(data: dict[str, Any]) -> str:
        services.delivery_add(actor=request.actor, obligation=found, **data)
        return _back(found.contract_id)

    return form_page(
        request, form, act, title=f"登记交付：{found.name}", submit="登记",
        back=_back(found.contract_id), back_text=found.contract.title,
        success="已登记，等待购买单位验收",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def delivery_withdraw(request: Request, pk: int) -> HttpResponse:
    """Take back what was handed in by mistake."""
    actor = require(request.actor, "delivery_enter")
    rows = ObligationDelivery.objects.filter(provider_org=actor.org)
    found = visible_or_404(rows.select_related("obligation__contract"), pk)
    back = reverse("inspections:obligation-records", args=[found.obligation_id])

    def act(data: dict[str, Any]) -> str:
        services.delivery_withdraw(actor=actor, delivery=found, **data)
        return back

    return form_page(
        request, ReasonForm(request.POST or None), act, title=f"撤回交付：{found.what}",
        submit="撤回", back=back, back_text=found.obligation.name, success="已撤回",
        confirm="撤回后不再计入完成数量，不能恢复。确定吗？",
    )  # fmt: skip
