"""The plan of a batch's visits, and how the visits keep to it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.access import assignment_for, has_hand_in
from agencies.models import Assignment, ServiceBatch
from common.errors import DomainError
from common.limits import heavy
from common.pages import act_page, form_page
from inspections import services
from inspections.access import batch_to_watch
from inspections.exports import deviations_xlsx
from inspections.forms.supervision import (
    DeviationFilter,
    MoveForm,
    PlanDisclosureForm,
    SpreadForm,
    WhyForm,
)
from inspections.models import VisitPlan
from inspections.supervision import Deviation, Kept, deviations
from tenancy import clock
from tenancy.access import visible_or_404
from tenancy.request import Request
from tenancy.selectors import region_names, work_calendar


def _plan_of(batch: ServiceBatch) -> VisitPlan | None:
    return VisitPlan.objects.filter(batch=batch).first()


def _plan_for(request: Request, pk: int, perm: str) -> VisitPlan:
    batch = batch_to_watch(request.actor, pk, perm)
    rows = VisitPlan.objects.select_related("batch", "owner_agency__org")
    found = rows.filter(batch=batch).first()
    return found or visible_or_404(rows, None)


@login_required
@require_GET
def plan(request: Request, pk: int) -> HttpResponse:
    """A day for every enterprise; the lead sets them until the organizer agrees."""
    found, actor = batch_to_watch(request.actor, pk), request.actor
    spread = SpreadForm(initial={"first": found.starts_on, "last": found.ends_on})
    return render(request, "inspections/visit_plan.html", _context(actor, found, spread))


def _context(actor: Any, found: ServiceBatch, spread: SpreadForm) -> dict[str, Any]:
    kept = _plan_of(found)
    firms = found.assignments.filter(withdrawn_at=None).select_related("enterprise")
    rows = list(firms.order_by("inspector_name", "planned_on", "region_code", "pk"))
    is_open = kept is None or kept.state in VisitPlan.OPEN
    may_edit = actor.may("visit_plan_edit") and is_open
    may_decide = actor.may("visit_plan_approve") and has_hand_in(actor, found.contract)
    return {
        "batch": found,
        "plan": kept,
        "rows": rows,
        "towns": region_names({row.region_code for row in rows}),
        "missing": sum(row.planned_on is None and row.surveyed_on is None for row in rows),
        "loads": _loads(rows),
        "may_edit": may_edit,
        "may_decide": may_decide and kept is not None and kept.state == "submitted",
        "may_move": actor.may("visit_plan_edit") and kept is not None and kept.state == "approved",
        "spread": spread,
        "today": clock.today_of(found.owner_agency),
    }


def _loads(rows: Sequence[Assignment]) -> list[tuple[str, int, int]]:
    """Return (inspector, enterprises, of them with a day)."""
    found: dict[str, list[int]] = {}
    for row in rows:
        load = found.setdefault(row.inspector_name or "未安排", [0, 0])
        load[0] += 1
        load[1] += row.planned_on is not None
    return [(name, every, planned) for name, (every, planned) in found.items()]


@login_required
@require_POST
def plan_days(request: Request, pk: int) -> HttpResponse:
    """The lead keeps the days that stand in the table."""
    found = batch_to_watch(request.actor, pk, "visit_plan_edit")
    back = redirect("inspections:visit-plan", pk=pk)
    try:
        days = _days(request)
        changed = services.plan_days_set(actor=request.actor, batch=found, days=days)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已保存，{changed} 家企业的日期有变化")
    return back


def _days(request: Request) -> dict[int, date | None]:
    found: dict[int, date | None] = {}
    for name, value in request.POST.items():
        key = name.removeprefix("day-")
        if name.startswith("day-") and key.isdigit():
            try:
                found[int(key)] = date.fromisoformat(str(value)) if value else None
            except ValueError:
                raise DomainError(f"“{value}”不是日期") from None
    return found


@login_required
@require_POST
def plan_spread(request: Request, pk: int) -> HttpResponse:
    """Spread over working days, each inspector's evenly."""
    found = batch_to_watch(request.actor, pk, "visit_plan_edit")
    form = SpreadForm(request.POST)
    if form.is_valid():
        try:
            services.plan_spread(actor=request.actor, batch=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "已按工作日平均安排，可以逐家修改后提交")
            return redirect("inspections:visit-plan", pk=pk)
    context = _context(request.actor, found, form)
    return render(request, "inspections/visit_plan.html", context, status=422)


@login_required
@require_POST
def plan_submit(request: Request, pk: int) -> HttpResponse:
    """The lead hands the plan in."""
    found = _plan_for(request, pk, "visit_plan_edit")
    return act_page(
        request,
        lambda: services.plan_submit(actor=request.actor, plan=found),
        reverse("inspections:visit-plan", args=[pk]),
        success="已提交，等待监管部门批准",
    )


@login_required
@require_POST
def plan_approve(request: Request, pk: int) -> HttpResponse:
    """An officer agrees."""
    found = _plan_for(request, pk, "visit_plan_approve")
    return act_page(
        request,
        lambda: services.plan_approve(actor=request.actor, plan=found),
        reverse("inspections:visit-plan", args=[pk]),
        success="已批准，各企业的日期已固定",
    )


@login_required
@require_http_methods(["GET", "POST"])
def plan_return(request: Request, pk: int) -> HttpResponse:
    """An officer does not agree."""
    found = _plan_for(request, pk, "visit_plan_approve")
    back = reverse("inspections:visit-plan", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.plan_return(actor=request.actor, plan=found, **data)
        return back

    return form_page(
        request, WhyForm(request.POST or None), act, success="已退回", submit="退回",
        title=f"退回评估计划 · {found.batch.name}", back=back, back_text="评估计划",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def plan_disclose(request: Request, pk: int) -> HttpResponse:
    """The lead writes down that the plan was explained."""
    found = _plan_for(request, pk, "visit_plan_edit")
    back = reverse("inspections:visit-plan", args=[pk])
    start = {"disclosed_on": clock.today_of(found.owner_agency)}

    def act(data: dict[str, Any]) -> str:
        services.plan_disclose(actor=request.actor, plan=found, **data)
        return back

    return form_page(
        request, PlanDisclosureForm(request.POST or None, initial=start), act,
        success="已登记计划交底", submit="登记", title=f"计划交底 · {found.batch.name}", back=back,
        back_text="评估计划", confirm="登记后不能再改。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def plan_move(request: Request, pk: int) -> HttpResponse:
    """One day of an approved plan moves."""
    found = assignment_for(request.actor, pk, "visit_plan_edit")
    kept = _plan_for(request, found.batch_id, "visit_plan_edit")
    back = reverse("inspections:visit-plan", args=[found.batch_id])

    def act(data: dict[str, Any]) -> str:
        services.plan_day_move(actor=request.actor, plan=kept, assignment=found, **data)
        return back

    day = f"现在的日期是{found.planned_on:%Y-%m-%d}。" if found.planned_on else ""
    return form_page(
        request, MoveForm(request.POST or None), act, success="已变更，原日期和原因留在记录里",
        submit="变更日期", title=f"变更计划日期 · {found.enterprise.name}", back=back,
        back_text="评估计划", intro=f"{day}在计划日期以前变更的，按新日期计；已经过去的日期不能变更。",
    )  # fmt: skip


@login_required
@require_GET
def deviation_list(request: Request, pk: int) -> HttpResponse:
    """Who was not visited on the day of the plan, and by how much."""
    found = batch_to_watch(request.actor, pk)
    rows, shown, form = _deviations(request, found)
    counts = [(key, word, sum(r.kept == key for r in rows)) for key, word in Kept.WORDS.items()]
    context = {
        "batch": found,
        "plan": _plan_of(found),
        "form": form,
        "chips": _chips(form),
        "rows": shown,
        "count": len(rows),
        "counts": [*counts, ("moved", "改过期", sum(bool(r.changes) for r in rows))],
        "towns": region_names({row.assignment.region_code for row in shown}),
    }
    return render(request, "inspections/deviations.html", context)


def _chips(form: DeviationFilter) -> list[tuple[str, str]]:
    chosen = form.cleaned_data.get("show") if form.is_valid() else ""
    words = {**Kept.WORDS, "moved": "改过期的"}
    return [(f"只看：{words[chosen]}", "show")] if chosen else []


def _deviations(
    request: Request, found: ServiceBatch
) -> tuple[list[Deviation], list[Deviation], DeviationFilter]:
    today = clock.today_of(found.owner_agency)
    rows = deviations(found, _plan_of(found), work_calendar(found.owner_agency_id), today)
    form = DeviationFilter(request.GET)
    show = form.cleaned_data["show"] if form.is_valid() else "none"
    shown = [
        row for row in rows
        if not show or row.kept == show or (show == "moved" and row.changes)
    ]  # fmt: skip
    return rows, shown, form


@heavy
@login_required
@require_GET
def deviation_export(request: Request, pk: int) -> HttpResponse:
    """The same filter as a sheet."""
    found = batch_to_watch(request.actor, pk)
    _, shown, _ = _deviations(request, found)
    now = clock.now_of(found.owner_agency)
    response = HttpResponse(
        deviations_xlsx(found, shown, now),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    name = f"{found.name}评估计划执行情况{now:%Y%m%d}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
