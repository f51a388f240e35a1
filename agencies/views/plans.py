"""Yearly purchase plans: the list, one with its lines, from draft to budget; as a sheet; published."""

import tempfile
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies import services
from agencies.access import plan_for, plan_item_for, publication_for
from agencies.exports import write_plan
from agencies.forms.purchase import (
    BudgetForm,
    PlanDraftForm,
    PlanFilter,
    PlanItemForm,
    PlanTitleForm,
    WithdrawnForm,
)
from agencies.models import Procurement, PurchasePlan
from agencies.services.procurements import bound_by_line
from agencies.services.publications import publications_of
from common.pages import act_page, form_page
from tenancy import clock
from tenancy.access import require, within
from tenancy.request import Request

PAGE = 50


@login_required
@require_GET
def plan_list(request: Request) -> HttpResponse:
    """Plans of the region, the newest year and version first."""
    actor = require(request.actor, "plan_view")
    form = PlanFilter(request.GET)
    rows = PurchasePlan.objects.filter(within(actor)).select_related("owner_agency__org")
    if form.is_valid():
        if form.cleaned_data["year"]:
            rows = rows.filter(year=form.cleaned_data["year"])
        if form.cleaned_data["state"]:
            rows = rows.filter(state=form.cleaned_data["state"])
    rows = rows.annotate(lines=Count("items"), total=Sum("items__amount"))
    page = Paginator(rows.order_by("-year", "owner_agency", "-version"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "form": form,
        "is_filtered": any(request.GET.get(name) for name in ("year", "state")),
        "may_edit": actor.may("plan_edit"),
    }
    return render(request, "agencies/plan_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def plan_new(request: Request) -> HttpResponse:
    """Begin a year's plan."""
    actor = require(request.actor, "plan_edit")
    year = clock.today(actor.org).year
    start = {"year": year + 1, "title": f"{year + 1}年度安全生产社会化服务购买计划"}
    form = PlanDraftForm(request.POST or None, initial=start)

    def act(data: dict[str, Any]) -> str:
        return _url(services.plan_draft(actor=actor, **data))

    return form_page(
        request, form, act, title="编制年度购买计划", submit="建立草稿",
        back=reverse("agencies:plan-list"), back_text="购买计划",
    )  # fmt: skip


def _url(plan: PurchasePlan) -> str:
    return reverse("agencies:plan", args=[plan.pk])


@login_required
@require_GET
def plan(request: Request, pk: int) -> HttpResponse:
    """One version of a plan: its lines, what is bought under them, what comes next."""
    found = plan_for(request.actor, pk)
    actor, is_own = request.actor, request.actor.org_id == found.owner_agency_id
    items = list(found.items.order_by("pk"))
    bound = bound_by_line(item.line for item in items)
    projects = Procurement.objects.filter(plan_item__in=_lines(found)).order_by("pk")
    by_line: dict[int, list[Procurement]] = {}
    for project in projects.select_related("plan_item"):
        assert project.plan_item is not None  # asked by it
        by_line.setdefault(project.plan_item.line, []).append(project)
    writers = (found.drafted_by_id, found.changed_by_id)
    published = publications_of(found)
    context = {
        "plan": found,
        "rows": [(item, bound.get(item.line), by_line.get(item.line, [])) for item in items],
        "total": sum(item.amount for item in items),
        "versions": _versions(found),
        "published": published,
        "is_published": any(one.state == "published" for one in published),
        "may_edit": is_own and actor.may("plan_edit"),
        "may_approve": is_own and actor.may("plan_approve"),
        "is_writer": actor.membership_id in writers,
        "may_buy": is_own and actor.may("procurement_edit") and found.is_in_force,
        "may_withdraw": is_own and actor.may("purchase_withdraw"),
    }
    return render(request, "agencies/plan.html", context)


def _lines(found: PurchasePlan) -> Any:
    """Return the lines of every version of a year's plan: projects hang on the version then."""
    versions = PurchasePlan.objects.filter(owner_agency=found.owner_agency_id, year=found.year)
    return versions.values("items__pk")


def _versions(found: PurchasePlan) -> list[PurchasePlan]:
    rows = PurchasePlan.objects.filter(owner_agency=found.owner_agency_id, year=found.year)
    return list(rows.order_by("-version"))


@login_required
@require_http_methods(["GET", "POST"])
def plan_edit(request: Request, pk: int) -> HttpResponse:
    """Give a draft another title."""
    found = plan_for(request.actor, pk, "plan_edit")
    form = PlanTitleForm(request.POST or None, instance=found)

    def act(data: dict[str, Any]) -> str:
        return _url(services.plan_change(actor=request.actor, plan=found, **data))

    return form_page(
        request, form, act, title="修改计划名称", submit="保存", back=_url(found),
        back_text="购买计划", success="已保存",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def item_new(request: Request, pk: int) -> HttpResponse:
    """Add a line."""
    found = plan_for(request.actor, pk, "plan_edit")

    def act(data: dict[str, Any]) -> str:
        services.plan_item_save(actor=request.actor, plan=found, **data)
        return _url(found)

    return form_page(
        request, PlanItemForm(request.POST or None), act, title="增加计划事项", submit="增加",
        back=_url(found), back_text=found.title, success="已增加",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def item_edit(request: Request, pk: int) -> HttpResponse:
    """Change a line of a draft."""
    found = plan_item_for(request.actor, pk)

    def act(data: dict[str, Any]) -> str:
        services.plan_item_save(actor=request.actor, plan=found.plan, item=found, **data)
        return _url(found.plan)

    return form_page(
        request, PlanItemForm(request.POST or None, instance=found), act, title="修改计划事项",
        submit="保存", back=_url(found.plan), back_text=found.plan.title, success="已保存",
    )  # fmt: skip


@login_required
@require_POST
def item_remove(request: Request, pk: int) -> HttpResponse:
    """Take a line out of a draft."""
    found = plan_item_for(request.actor, pk)
    return act_page(
        request, lambda: services.plan_item_remove(actor=request.actor, item=found),
        _url(found.plan), success="已删去",
    )  # fmt: skip


@login_required
@require_POST
def plan_drop(request: Request, pk: int) -> HttpResponse:
    """Throw a draft away."""
    found = plan_for(request.actor, pk, "plan_edit")
    return act_page(
        request, lambda: services.plan_drop(actor=request.actor, plan=found),
        reverse("agencies:plan-list"), success="草稿已删除",
    )  # fmt: skip


ACTS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "approve": (services.plan_approve, "plan_approve", "已批准"),
    "revise": (services.plan_revise, "plan_edit", "已建立新版草稿"),
    "publish": (services.plan_publish, "plan_approve", "已公开"),
}


@login_required
@require_POST
def plan_act(request: Request, pk: int, act: str) -> HttpResponse:
    """Approve a plan, draft its next version, or publish it."""
    service, perm, success = ACTS[act]
    found = plan_for(request.actor, pk, perm)
    target = [_url(found)]

    def do() -> None:
        made = service(actor=request.actor, plan=found)
        if isinstance(made, PurchasePlan):
            target[:] = [_url(made)]

    response = act_page(request, do, target[0], success=success)
    response["Location"] = target[0]
    return response


@login_required
@require_http_methods(["GET", "POST"])
def plan_budget(request: Request, pk: int) -> HttpResponse:
    """Note by which paper the plan stands in the budget."""
    found = plan_for(request.actor, pk, "plan_approve")

    def act(data: dict[str, Any]) -> str:
        return _url(services.plan_budget(actor=request.actor, plan=found, **data))

    return form_page(
        request, BudgetForm(request.POST or None), act, title="列入预算", submit="列入预算",
        back=_url(found), back_text=found.title, success="已列入预算，可以建立采购项目",
        confirm="列入预算后本版不能再改，更正须另编新版。确定吗？",
    )  # fmt: skip


@login_required
@require_GET
def plan_export(request: Request, pk: int) -> FileResponse:
    """The plan as a sheet."""
    found = plan_for(request.actor, pk)
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    write_plan(out, found, is_training=request.actor.is_training)
    out.seek(0)
    name = f"{found.year}年度购买计划第{found.version}版.xlsx"
    return FileResponse(out, as_attachment=True, filename=name)


BACK = {
    "agencies.purchaseplan": ("agencies:plan", "购买计划"),
    "agencies.procurement": ("agencies:procurement", "采购项目"),
    "agencies.servicecontract": ("inspections:obligations", "合同履约"),
}


@login_required
@require_http_methods(["GET", "POST"])
def publication_withdraw(request: Request, code: str) -> HttpResponse:
    """Take back what was published; the trace stays."""
    found = publication_for(request.actor, code)
    name, back_text = BACK[found.subject_type]
    back = reverse(name, args=[found.subject_id])

    def act(data: dict[str, Any]) -> str:
        services.publication_withdraw(actor=request.actor, publication=found, **data)
        return back

    return form_page(
        request, WithdrawnForm(request.POST or None), act, title=f"撤回公开：{found.title}",
        submit="撤回", back=back, back_text=back_text, success="已撤回，公开页上留有撤回的记录",
        confirm="撤回后内容不再公开，撤回的时间和原因一直公开，不能恢复。确定吗？",
    )  # fmt: skip
