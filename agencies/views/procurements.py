"""Procurement projects: the list, one with lots and criteria, from draft to announcement and end."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies import services
from agencies.access import lot_for, plan_item_for, procurement_for
from agencies.forms.purchase import (
    AnnounceForm,
    CriteriaFormSet,
    EndForm,
    LotForm,
    ProcurementFilter,
    ProcurementForm,
)
from agencies.models import Procurement, PurchasePlanItem, ServiceContract
from agencies.services.publications import publications_of
from common.errors import DomainError
from common.pages import act_page, form_page
from documents.models import Document
from tenancy import clock
from tenancy.access import require, within
from tenancy.request import Request

PAGE = 50
State = Procurement.State


@login_required
@require_GET
def procurement_list(request: Request) -> HttpResponse:
    """Projects of the region, newest first."""
    actor = require(request.actor, "procurement_view")
    form = ProcurementFilter(request.GET)
    rows = Procurement.objects.filter(within(actor)).select_related("owner_agency__org")
    if form.is_valid():
        chosen = form.cleaned_data
        if chosen["q"]:
            rows = rows.filter(Q(number__icontains=chosen["q"]) | Q(title__icontains=chosen["q"]))
        for name in ("state", "method"):
            if chosen[name]:
                rows = rows.filter(**{name: chosen[name]})
    rows = rows.annotate(lots_count=Count("lots"), ceiling=Sum("lots__ceiling"))
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in ("q", "state", "method")),
        "may_edit": actor.may("procurement_edit"),
    }
    return render(request, "agencies/procurement_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def procurement_new(request: Request) -> HttpResponse:
    """Begin a project: from the line of a plan that `item` names, or without one for a reason."""
    actor = require(request.actor, "procurement_edit")
    item = _item(request)
    start = {"title": item.what, "method": item.method} if item else {}
    form = ProcurementForm(request.POST or None, initial=start, is_planned=item is not None)

    def act(data: dict[str, Any]) -> str:
        return _url(services.procurement_draft(actor=actor, plan_item=item, **data))

    intro = (
        f"计划事项：{item.plan.title}，{item.what}，预算{item.amount:,}元"
        if item
        else "这里建立的是计划外采购。计划内的，从购买计划的事项进入。"
    )
    back = reverse("agencies:plan", args=[item.plan_id]) if item else _list()
    return form_page(
        request, form, act, title="建立采购项目", submit="建立草稿", intro=intro, back=back,
        back_text=item.plan.title if item else "采购项目",
    )  # fmt: skip


def _item(request: Request) -> PurchasePlanItem | None:
    chosen = request.GET.get("item", "")
    return plan_item_for(request.actor, chosen, "procurement_edit") if chosen else None


def _list() -> str:
    return reverse("agencies:procurement-list")


def _url(procurement: Procurement) -> str:
    return reverse("agencies:procurement", args=[procurement.pk])


@login_required
@require_GET
def procurement(request: Request, pk: int) -> HttpResponse:
    """One project: lots, criteria, how far it is, what was published of it."""
    found = procurement_for(request.actor, pk)
    actor, is_own = request.actor, request.actor.org_id == found.owner_agency_id
    rows = found.lots.select_related("winner").annotate(offers_count=Count("offers"))
    lots = list(rows.order_by("pk"))
    criteria = list(found.criteria.order_by("pk"))
    contracts = ServiceContract.objects.filter(lot__in=lots).exclude(state="terminated")
    context = {
        "procurement": found,
        "lots": lots,
        "total": sum(lot.ceiling for lot in lots),
        "criteria": criteria,
        "weight": sum(c.weight for c in criteria),
        "contracts": {contract.lot_id: contract for contract in contracts},
        "published": publications_of(found),
        "papers": _papers(found),
        "today": clock.today_of(found.owner_agency),
        "may_edit": is_own and actor.may("procurement_edit"),
        "may_award": is_own and actor.may("procurement_award"),
        "may_contract": is_own and actor.may("contract_edit"),
        "may_withdraw": is_own and actor.may("purchase_withdraw"),
        "is_undecided": any(not lot.is_decided for lot in lots),
    }
    return render(request, "agencies/procurement.html", context)


def _papers(found: Procurement) -> list[Document]:
    rows = Document.objects.filter(subject_type="agencies.procurement", subject_id=str(found.pk))
    return list(rows.defer("content").order_by("issued_at"))


@login_required
@require_http_methods(["GET", "POST"])
def procurement_edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft."""
    found = procurement_for(request.actor, pk, "procurement_edit")
    form = ProcurementForm(
        request.POST or None, instance=found, is_planned=found.plan_item_id is not None
    )

    def act(data: dict[str, Any]) -> str:
        return _url(services.procurement_change(actor=request.actor, procurement=found, **data))

    return form_page(
        request, form, act, title="修改采购项目", submit="保存", back=_url(found),
        back_text="采购项目", success="已保存",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def lot_new(request: Request, pk: int) -> HttpResponse:
    """Add a lot."""
    found = procurement_for(request.actor, pk, "procurement_edit")

    def act(data: dict[str, Any]) -> str:
        services.lot_save(actor=request.actor, procurement=found, **data)
        return _url(found)

    return form_page(
        request, LotForm(request.POST or None), act, title="增加标段", submit="增加",
        back=_url(found), back_text=found.title, success="已增加",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def lot_edit(request: Request, pk: int) -> HttpResponse:
    """Change a lot of a draft."""
    found = lot_for(request.actor, pk, "procurement_edit")

    def act(data: dict[str, Any]) -> str:
        services.lot_save(actor=request.actor, procurement=found.procurement, lot=found, **data)
        return _url(found.procurement)

    return form_page(
        request, LotForm(request.POST or None, instance=found), act, title="修改标段",
        submit="保存", back=_url(found.procurement), back_text=found.procurement.title,
        success="已保存",
    )  # fmt: skip


@login_required
@require_POST
def lot_remove(request: Request, pk: int) -> HttpResponse:
    """Take a lot out of a draft."""
    found = lot_for(request.actor, pk, "procurement_edit")
    return act_page(
        request, lambda: services.lot_remove(actor=request.actor, lot=found),
        _url(found.procurement), success="已删去",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def criteria(request: Request, pk: int) -> HttpResponse:
    """All criteria of a project at once, so that the weights always add up."""
    found = procurement_for(request.actor, pk, "procurement_edit")
    start = found.criteria.order_by("pk").values("name", "kind", "weight")
    formset = CriteriaFormSet(request.POST or None, initial=list(start))
    problem = ""
    if request.method == "POST" and formset.is_valid():
        chosen = [
            form.cleaned_data
            for form in formset
            if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
        ]
        try:
            services.criteria_set(actor=request.actor, procurement=found, criteria=chosen)
            return redirect(_url(found))
        except DomainError as error:
            problem = error.message
    status = 422 if problem or formset.is_bound else 200
    context = {"procurement": found, "formset": formset, "problem": problem}
    return render(request, "agencies/criteria.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def procurement_announce(request: Request, pk: int) -> HttpResponse:
    """Publish the project and say until when offers come in."""
    found = procurement_for(request.actor, pk, "procurement_edit")

    def act(data: dict[str, Any]) -> str:
        return _url(services.procurement_announce(actor=request.actor, procurement=found, **data))

    return form_page(
        request, AnnounceForm(request.POST or None), act, title="发布采购公告", submit="发布公告",
        back=_url(found), back_text=found.title, success="已公告",
        confirm="公告后标段和评审因素不能再改，并在公开页公布。确定吗？",
    )  # fmt: skip


@login_required
@require_POST
def procurement_close(request: Request, pk: int) -> HttpResponse:
    """Open the offers."""
    found = procurement_for(request.actor, pk, "procurement_edit")
    return act_page(
        request, lambda: services.procurement_close(actor=request.actor, procurement=found),
        _url(found), success="已开启，请登记收到的报价",
    )  # fmt: skip


ENDS: dict[str, tuple[Callable[..., Procurement], str, str]] = {
    "fail": (services.procurement_fail, "废标", "废标后不能恢复，原因随公告公开。确定吗？"),
    "cancel": (
        services.procurement_cancel, "取消采购", "取消后不能恢复，已公告的随终止公告公开。确定吗？",
    ),
}  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def procurement_end(request: Request, pk: int, act: str) -> HttpResponse:
    """Let a project fail, or cancel it, for a reason."""
    found = procurement_for(request.actor, pk, "procurement_award")
    service, word, confirm = ENDS[act]

    def do(data: dict[str, Any]) -> str:
        return _url(service(actor=request.actor, procurement=found, **data))

    return form_page(
        request, EndForm(request.POST or None), do, title=f"{word}：{found.title}", submit=word,
        back=_url(found), back_text=found.title, success=f"已{word}", confirm=confirm,
    )  # fmt: skip


@login_required
@require_POST
def procurement_award(request: Request, pk: int) -> HttpResponse:
    """Publish the result."""
    found = procurement_for(request.actor, pk, "procurement_award")
    return act_page(
        request, lambda: services.procurement_award(actor=request.actor, procurement=found),
        _url(found), success="结果已公布，公告已签发，可以订立合同",
    )  # fmt: skip
