"""Batches: the builder, the board, the inspectors' shares, who leaves."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agencies import board, services
from agencies.access import assignment_for, batch_for, contract_for, has_hand_in, require_hand_in
from agencies.conflicts import conflicts_of
from agencies.forms.contracts import (
    BatchForm,
    PlanForm,
    RulesForm,
    WithdrawForm,
)
from agencies.gates import unprepared
from agencies.models import Assignment, ServiceBatch, ServiceContract
from common.errors import DomainError
from common.pages import form_page
from common.paging import count_up_to, keyset
from enterprises.claim_views import sheets_page
from enterprises.forms import EnterpriseFilter
from enterprises.models import Enterprise
from tenancy import clock
from tenancy.models import Membership
from tenancy.request import Request
from tenancy.selectors import region_names

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def batch_new(request: Request, pk: int) -> HttpResponse:
    """Open a batch."""
    found = contract_for(request.actor, pk, "batch_edit")
    require_hand_in(request.actor, found)
    start = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    form = BatchForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.batch_create(actor=request.actor, contract=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("agencies:batch-build", pk=batch.pk)
    context = {"form": form, "title": f"新建批次 · {found.title}", "submit": "建立批次并选择企业"}
    return render(request, "agencies/form.html", context, status=422 if form.errors else 200)


def _builder_rows(request: Request, data: QueryDict, batch: ServiceBatch) -> tuple[Any, Any]:
    """Return the filter form and the enterprises that it lets through and that are not in yet."""
    form = EnterpriseFilter(data, actor=request.actor)
    taken = batch.assignments.filter(withdrawn_at=None).values("enterprise_id")
    rows = form.rows().filter(owner_agency=batch.owner_agency_id).exclude(pk__in=taken)
    served = data.get("served", "")
    earlier = Assignment.objects.exclude(batch=batch).values("enterprise_id")
    if served == "yes":
        rows = rows.filter(pk__in=earlier)
    elif served == "no":
        rows = rows.exclude(pk__in=earlier)
    return form, rows


@login_required
@require_http_methods(["GET"])
def batch_build(request: Request, pk: int) -> HttpResponse:
    """Pick enterprises for a batch from the whole list."""
    batch = batch_for(request.actor, pk, "batch_assign")
    form, rows = _builder_rows(request, request.GET, batch)
    page = keyset(
        rows,
        order=["region_code", "id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "batch": batch,
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "count": count_up_to(rows),
        "served": request.GET.get("served", ""),
        "towns": region_names({row.region_code for row in page.rows}),
    }
    return render(request, "agencies/batch_build.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def batch_claims(request: Request, pk: int) -> HttpResponse:
    """Sheets by which the owners of a batch's enterprises take them up, for the kick-off meeting."""
    batch = batch_for(request.actor, pk, "batch_view")
    served = batch.assignments.filter(withdrawn_at=None).values("enterprise_id")
    return sheets_page(
        request, Enterprise.objects.filter(pk__in=served),
        back=reverse("agencies:batch", args=[pk]), back_text=batch.name,
    )  # fmt: skip


@login_required
@require_POST
def batch_assign(request: Request, pk: int) -> HttpResponse:
    """Show what an assignment will do; with `confirm` do it."""
    batch = batch_for(request.actor, pk, "batch_assign")
    ids = _selected(request, batch)
    if request.POST.get("confirm"):
        try:
            made = services.batch_assign(
                actor=request.actor, batch=batch, enterprise_ids=ids,
                conflict_reason=request.POST.get("conflict_reason", ""),
            )  # fmt: skip
        except DomainError as error:
            messages.error(request, error.message)
            return _confirm(request, batch, ids, status=422)
        messages.success(request, f"已指派 {len(made)} 家企业")
        return redirect("agencies:batch", pk=pk)
    return _confirm(request, batch, ids)


def _selected(request: Request, batch: ServiceBatch) -> list[int]:
    if request.POST.get("all_of_filter"):
        _, rows = _builder_rows(request, QueryDict(request.POST.get("filter", "")), batch)
        return list(rows.values_list("pk", flat=True))
    return [int(pk) for pk in request.POST.getlist("ids") if pk.isdigit()]


def _confirm(
    request: Request, batch: ServiceBatch, ids: list[int], status: int = 200
) -> HttpResponse:
    enterprises = list(Enterprise.objects.filter(pk__in=ids).order_by("region_code", "name"))
    names = region_names({e.region_code for e in enterprises})
    towns = Counter(names.get(e.region_code, e.region_code) for e in enterprises)
    context = {
        "batch": batch,
        "enterprises": enterprises,
        "ids": ids,
        "towns": towns.most_common(),
        "industries": Counter(e.industry for e in enterprises).most_common(),
        "conflicts": conflicts_of(batch, enterprises),
        "conflict_reason": request.POST.get("conflict_reason", ""),
    }
    return render(request, "agencies/batch_confirm.html", context, status=status)


@login_required
def batch(request: Request, pk: int) -> HttpResponse:
    """The board of one batch: enterprises × phases, what holds each back, filters in the URL."""
    found = batch_for(request.actor, pk)
    whole = found.assignments.filter(withdrawn_at=None)
    rows = whole.select_related("enterprise").order_by("region_code", "enterprise__name")
    table = board.board_rows(list(rows), clock.today_of(found.owner_agency))
    chosen = board.BoardFilter.of(request.GET)
    narrowed = chosen.narrow(table)
    context = {
        "batch": found,
        "rows": chosen.shown(table),
        "chosen": chosen,
        "is_filtered": any((chosen.town, chosen.inspector, chosen.phase, chosen.only)),
        "total": len(narrowed),
        "everybody": len(table),
        "counts": board.phase_counts(narrowed),
        "late_count": sum(row.is_late for row in narrowed),
        "held_count": sum(bool(row.held_back) for row in narrowed),
        "ready_count": sum(row.is_ready for row in narrowed),
        "phases": board.PHASES,
        "states": Assignment.Phase.choices,
        "towns": sorted(region_names({row.assignment.region_code for row in table}).items()),
        "inspectors": _inspectors(table),
        "unassigned": sum(row.assignment.inspector_id is None for row in narrowed),
        "withdrawn": _withdrawn(found),
        **_batch_acts(request, found, table),
    }
    return render(request, "agencies/batch.html", context)


def _inspectors(table: list[board.BoardRow]) -> list[tuple[str, str]]:
    rows = (row.assignment for row in table if row.assignment.inspector_id)
    people = {str(row.inspector_id): row.inspector_name for row in rows}
    return sorted(people.items(), key=lambda person: person[1])


def _withdrawn(found: ServiceBatch) -> list[tuple[Assignment, Enterprise | None, Any]]:
    """Return (assignment, enterprise, replacement) of those who left.

    The file of one who left is closed to the provider, so its enterprise may be None.
    """
    rows = list(found.assignments.exclude(withdrawn_at=None).order_by("withdrawn_at"))
    if not rows:
        return []
    instead = {a.replaces_id: a for a in found.assignments.filter(replaces__in=rows)}
    firms = Enterprise.objects.in_bulk([a.enterprise_id for a in (*rows, *instead.values())])
    return [
        (row, firms.get(row.enterprise_id), _replacement(instead.get(row.pk), firms))
        for row in rows
    ]


def _replacement(
    assignment: Assignment | None, firms: dict[int, Enterprise]
) -> tuple[Assignment, Enterprise | None] | None:
    return (assignment, firms.get(assignment.enterprise_id)) if assignment else None


def _batch_acts(
    request: Request, found: ServiceBatch, table: list[board.BoardRow]
) -> dict[str, Any]:
    """Return what the actor may do with the whole batch at this moment."""
    actor, is_active = request.actor, found.contract.state == ServiceContract.State.ACTIVE
    is_complete = found.recheck_completed_on is not None
    has_hand = actor.may("batch_edit") and has_hand_in(actor, found.contract)
    moves = actor.may("phase_move")
    ready = [row.assignment.state for row in table if row.is_ready]
    accepting = ready.count(Assignment.Phase.RECHECK)
    return {
        "may_assign": has_hand and is_active and not is_complete,
        "may_invite": request.actor.may("enterprise_invite") and is_active,
        "may_withdraw": has_hand
        and actor.may("assignment_withdraw")
        and any(row.assignment.is_open for row in table),
        "may_audit": request.actor.is_agency and request.actor.may("audit_view"),
        "may_rules": has_hand and not is_complete,
        "may_share": actor.may("inspector_assign") and bool(table),
        "advancing": len(ready) - accepting if moves else 0,
        "accepting": accepting if moves else 0,
        "may_correct": moves
        and not accepting
        and any(row.assignment.state == Assignment.Phase.ACCEPTED for row in table),
        "may_report": moves and is_complete,
        "report_waits": moves and not is_complete and bool(table),
    }


@login_required
@require_http_methods(["GET", "POST"])
def inspectors(request: Request, pk: int) -> HttpResponse:
    """Divide a batch among inspectors: by town, evenly or by hand; the loads are shown first."""
    found = batch_for(request.actor, pk, "inspector_assign")
    if request.method == "POST" and request.POST.get("confirm"):
        return _assign_inspectors(request, found)
    form = PlanForm(request.POST or None, actor=request.actor)
    plan: dict[int, int] = {}
    if request.method == "POST" and form.is_valid():
        people = [m.pk for m in form.cleaned_data["people"]]
        split = (
            services.split_by_town if form.cleaned_data["how"] == "town" else services.split_evenly
        )
        plan = split(_shared(found), people)
    return _shares(request, found, plan, form, status=422 if form.errors else 200)


def _shared(found: ServiceBatch) -> list[Assignment]:
    rows = found.assignments.filter(withdrawn_at=None).select_related("enterprise")
    return list(rows.order_by("region_code", "enterprise__name"))


def _shares(
    request: Request, found: ServiceBatch, plan: Mapping[int, int], form: PlanForm, *, status: int
) -> HttpResponse:
    """Show who has what, with a plan that is not saved yet over it, and what conflicts with it."""
    rows = _shared(found)
    whose = {row.pk: plan.get(row.pk, row.inspector_id) for row in rows}
    everybody = {m.pk: m for m in form.everybody}
    going = {
        row.enterprise_id: everybody[person]
        for row in rows
        if (person := plan.get(row.pk)) in everybody
    }
    names = region_names({row.region_code for row in rows})
    loads = Counter(person for person in whose.values() if person)
    context = {
        "batch": found,
        "form": form,
        "rows": [(row, names.get(row.region_code, ""), whose[row.pk]) for row in rows],
        "people": [(pk, m.user.name) for pk, m in everybody.items()],
        "loads": [(m.user.name, loads.get(pk, 0)) for pk, m in everybody.items()],
        "is_proposal": bool(plan),
        "conflicts": conflicts_of(found, [row.enterprise for row in rows], going) if plan else [],
        "unprepared": _unprepared(found, everybody),
    }
    return render(request, "agencies/inspectors.html", context, status=status)


def _unprepared(found: ServiceBatch, people: Mapping[int, Membership]) -> list[tuple[str, str]]:
    """Return (name, why) of who may be planned for, but not yet go."""
    words = unprepared(found.contract)
    return [(one.user.name, words[pk]) for pk, one in people.items() if pk in words]


def _assign_inspectors(request: Request, found: ServiceBatch) -> HttpResponse:
    plan = {
        int(name.removeprefix("inspector-")): int(str(value))
        for name, value in request.POST.items()
        if name.startswith("inspector-") and name[10:].isdigit() and str(value).isdigit()
    }
    reason = request.POST.get("conflict_reason", "")
    try:
        changed = services.inspectors_assign(
            actor=request.actor, batch=found, plan=plan, conflict_reason=reason
        )
    except DomainError as error:
        messages.error(request, error.message)
        if error.field == "conflict_reason":
            return _shares(request, found, plan, PlanForm(actor=request.actor), status=422)
        return redirect("agencies:inspectors", pk=found.pk)
    messages.success(request, f"已安排，{changed} 家企业的评估人员有变化")
    return redirect("agencies:batch", pk=found.pk)


@login_required
@require_http_methods(["GET", "POST"])
def batch_rules(request: Request, pk: int) -> HttpResponse:
    """The parameters of a batch: sample, deadlines."""
    found = batch_for(request.actor, pk, "batch_edit")
    form = RulesForm(request.POST or None, instance=found)
    back = reverse("agencies:batch", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.batch_rules_set(actor=request.actor, batch=found, **data)
        return back

    return form_page(
        request, form, act, success="已保存", title=f"抽查和执法规则 · {found.name}", submit="保存",
        back=back, back_text=found.name,
        intro="方案未写明的数字是建议默认值；复查验收完成后不能再改。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an enterprise out of its batch."""
    found = assignment_for(request.actor, pk, "assignment_withdraw")
    require_hand_in(request.actor, found.batch.contract)
    form = WithdrawForm(request.POST or None, actor=request.actor, batch=found.batch)

    def act(data: dict[str, Any]) -> str:
        replacement = data.pop("replacement")
        services.assignment_withdraw(
            actor=request.actor,
            assignment=found,
            replacement_id=replacement.pk if replacement else None,
            **data,
        )
        return reverse("agencies:batch", args=[found.batch_id])

    return form_page(
        request, form, act, success="已退出本批次", title=f"退出 · {found.enterprise.name}",
        submit="退出本批次", confirm="退出后服务机构不能再查看该企业；当天可以恢复。确定吗？",
        back=reverse("inspections:assignment", args=[pk]), back_text=found.enterprise.name,
    )  # fmt: skip
