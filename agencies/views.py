"""Contracts, batches, the builder, the inspectors' shares, the board."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agencies import board, grants, services
from agencies.access import assignment_for, batch_for, contract_for, require_hand_in
from agencies.forms import BatchForm, ContractForm, OfficerForm, PlanForm, ReasonForm
from agencies.models import Assignment, ServiceBatch, ServiceContract
from common.errors import DomainError
from common.paging import count_up_to, keyset
from enterprises.forms import EnterpriseFilter
from enterprises.models import Enterprise
from tenancy import clock
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request
from tenancy.selectors import region_names, townships

PAGE = 50


@login_required
def contract_list(request: Request) -> HttpResponse:
    """Contracts of the region, or of the provider."""
    actor = require(request.actor, "contract_view")
    rows = ServiceContract.objects.select_related("provider_org").annotate(
        enterprises=Count("batches__assignments", filter=Q(batches__assignments__withdrawn_at=None))
    )
    if actor.is_provider:
        rows = rows.exclude(state=ServiceContract.State.DRAFT)
    state = request.GET.get("state", "")
    if state in ServiceContract.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-starts_on", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "states": ServiceContract.State.choices, "state": state}
    return render(request, "agencies/contract_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def contract_new(request: Request) -> HttpResponse:
    """Draft a contract."""
    actor = require(request.actor, "contract_edit")
    form = ContractForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data}
        data["provider_org_id"] = data.pop("provider_org").pk
        try:
            contract = services.contract_create(actor=actor, **data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("agencies:contract", pk=contract.pk)
    context = {"form": form, "title": "新建合同", "submit": "保存草稿", "draft": "contract"}
    return render(request, "agencies/form.html", context, status=422 if form.errors else 200)


@login_required
def contract(request: Request, pk: int) -> HttpResponse:
    """One contract: its batches, who works on it, what comes next."""
    found = contract_for(request.actor, pk)
    batches = found.batches.annotate(
        enterprises=Count("assignments", filter=Q(assignments__withdrawn_at=None))
    ).order_by("pk")
    is_own = request.actor.org_id == found.owner_agency_id
    context = {
        "contract": found,
        "batches": batches,
        "officers": grants.officers_of(found) if request.actor.is_agency else [],
        "may_edit": is_own and request.actor.may("contract_edit"),
        "officer_form": OfficerForm(actor=request.actor, contract=found) if is_own else None,
        "reason_form": ReasonForm(),
        "days_left": (found.ends_on - clock.today(found.owner_agency_id)).days,
    }
    return render(request, "agencies/contract.html", context)


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
    """Take an officer off a contract."""
    found = contract_for(request.actor, pk, "contract_edit")
    require_hand_in(request.actor, found)
    for officer in grants.officers_of(found).filter(pk=membership):
        grants.officer_revoke(found, officer)
    return redirect("agencies:contract", pk=pk)


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
    agency = Agency.objects.get(pk=batch.owner_agency_id)
    form = EnterpriseFilter(data, towns=townships(agency))
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
@require_POST
def batch_assign(request: Request, pk: int) -> HttpResponse:
    """Show what an assignment will do; with `confirm` do it."""
    batch = batch_for(request.actor, pk, "batch_assign")
    ids = _selected(request, batch)
    if request.POST.get("confirm"):
        try:
            made = services.batch_assign(actor=request.actor, batch=batch, enterprise_ids=ids)
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
    }
    return render(request, "agencies/batch_confirm.html", context, status=status)


@login_required
def batch(request: Request, pk: int) -> HttpResponse:
    """The board of one batch: enterprises × phases, what is late, filters in the URL."""
    found = batch_for(request.actor, pk)
    town, person = request.GET.get("town", ""), request.GET.get("inspector", "")
    whole = found.assignments.filter(withdrawn_at=None)
    rows = whole.select_related("enterprise").order_by("region_code", "enterprise__name")
    if town:
        rows = rows.filter(region_code=town)
    if person.isdigit():
        rows = rows.filter(inspector_id=int(person))
    late = request.GET.get("late") == "1"
    table = board.board_rows(list(rows), clock.today(found.owner_agency_id))
    codes = list(whole.order_by().values_list("region_code", flat=True).distinct())
    context = {
        "batch": found,
        "rows": [row for row in table if row.is_late or not late],
        "total": len(table),
        "late_count": sum(row.is_late for row in table),
        "phases": board.PHASES,
        "towns": sorted(region_names(set(codes)).items()),
        "town": town,
        "inspectors": _inspectors(whole),
        "inspector": person,
        "late": late,
        "unassigned": sum(row.assignment.inspector_id is None for row in table),
        "may_assign": _may_assign(request, found),
    }
    return render(request, "agencies/batch.html", context)


def _inspectors(whole: Any) -> list[tuple[int, str]]:
    rows = whole.exclude(inspector=None).order_by("inspector_name")
    return list(rows.values_list("inspector_id", "inspector_name").distinct())


def _may_assign(request: Request, found: ServiceBatch) -> bool:
    return bool(request.actor.may("batch_assign") and request.actor.org_id == found.owner_agency_id)


@login_required
@require_http_methods(["GET", "POST"])
def inspectors(request: Request, pk: int) -> HttpResponse:
    """Divide a batch among inspectors: by town, evenly or by hand; the loads are shown first."""
    found = batch_for(request.actor, pk, "inspector_assign")
    if request.method == "POST" and request.POST.get("confirm"):
        return _assign_inspectors(request, found)
    rows = list(
        found.assignments.filter(withdrawn_at=None)
        .select_related("enterprise")
        .order_by("region_code", "enterprise__name")
    )
    form = PlanForm(request.POST or None, actor=request.actor)
    plan = {row.pk: row.inspector_id for row in rows}
    if request.method == "POST" and form.is_valid():
        people = [m.pk for m in form.cleaned_data["people"]]
        split = (
            services.split_by_town if form.cleaned_data["how"] == "town" else services.split_evenly
        )
        plan = {**plan, **split(rows, people)}
    names = region_names({row.region_code for row in rows})
    everybody = {m.pk: m.user.name for m in form.everybody}
    loads = Counter(person for person in plan.values() if person)
    context = {
        "batch": found,
        "form": form,
        "rows": [(row, names.get(row.region_code, ""), plan[row.pk]) for row in rows],
        "people": everybody.items(),
        "loads": [(name, loads.get(pk, 0)) for pk, name in everybody.items()],
        "is_proposal": request.method == "POST" and form.is_valid(),
    }
    return render(request, "agencies/inspectors.html", context, status=422 if form.errors else 200)


def _assign_inspectors(request: Request, found: ServiceBatch) -> HttpResponse:
    plan = {
        int(name.removeprefix("inspector-")): int(str(value))
        for name, value in request.POST.items()
        if name.startswith("inspector-") and name[10:].isdigit() and str(value).isdigit()
    }
    try:
        changed = services.inspectors_assign(actor=request.actor, batch=found, plan=plan)
        messages.success(request, f"已安排，{changed} 家企业的评估人员有变化")
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("agencies:inspectors", pk=found.pk)
    return redirect("agencies:batch", pk=found.pk)


@login_required
def assignment(request: Request, pk: int) -> HttpResponse:
    """One enterprise of a batch: phases, dates, who, and where to look further."""
    found = assignment_for(request.actor, pk)
    [row] = board.board_rows([found], clock.today(found.owner_agency_id))
    context = {
        "assignment": found,
        "row": row,
        "phases": list(zip(board.PHASES, row.cells, strict=True)),
        "town": region_names({found.region_code}).get(found.region_code, ""),
    }
    return render(request, "agencies/assignment.html", context)
