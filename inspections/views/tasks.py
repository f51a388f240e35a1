"""The same inspector and day for many tasks of a batch: chosen, looked at row by row, then done."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agencies.access import batch_for
from agencies.board import BoardFilter, BoardRow, board_rows
from common.errors import DomainError
from inspections.forms.tasks import TasksForm
from inspections.services import tasks_edit as edit
from tenancy import clock
from tenancy.request import Request
from tenancy.selectors import region_names


@login_required
@require_http_methods(["GET", "POST"])
def batch_tasks(request: Request, pk: int) -> HttpResponse:
    """Choose tasks of the filter, say what they are to have and why, see what changes, and do it."""
    found = batch_for(request.actor, pk, "inspector_assign")
    whole = found.assignments.filter(withdrawn_at=None).select_related("enterprise")
    table = board_rows(
        list(whole.order_by("region_code", "enterprise__name")), clock.today_of(found.owner_agency)
    )
    chosen = BoardFilter.of(request.GET)
    shown = chosen.shown(table)
    form = TasksForm(request.POST or None, actor=request.actor, batch=found)
    ids = _selected(request, shown)
    planned: list[edit.PlannedTask] = []
    if request.method == "POST" and form.is_valid():
        try:
            edit.check_tasks(ids, form.wanted)
            if request.POST.get("do") == "save":
                return _done(request, found, ids, form)
            rows = [row.assignment for row in table if row.assignment.pk in set(ids)]
            planned = edit.plan_tasks(found, rows, form.wanted)
        except DomainError as error:
            name = error.field if error.field in form.fields else None
            form.add_error(name, error.message)
    context = {
        "batch": found, "form": form, "rows": shown, "ids": set(ids), "lines": planned,
        "changing": sum(bool(one.changes) for one in planned),
        "refused": sum(bool(one.refusal) for one in planned), "chosen": chosen,
        "towns": region_names({row.assignment.region_code for row in table}),
        "people": _people(table), "phases": chosen_phases(table),
    }  # fmt: skip
    return render(request, "inspections/tasks.html", context, status=422 if form.errors else 200)


def _selected(request: Request, shown: Sequence[BoardRow]) -> list[int]:
    if request.POST.get("all_of_filter"):
        return [row.assignment.pk for row in shown]
    return sorted({int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal()})


def _people(table: Sequence[BoardRow]) -> list[tuple[str, str]]:
    rows = (row.assignment for row in table if row.assignment.inspector_id)
    people = {str(row.inspector_id): row.inspector_name for row in rows}
    return sorted(people.items(), key=lambda person: person[1])


def chosen_phases(table: Sequence[BoardRow]) -> list[tuple[str, str]]:
    """Return the phases that some task is in."""
    return sorted({(r.assignment.state, r.assignment.get_state_display()) for r in table})


def _done(request: Request, batch: Any, ids: list[int], form: TasksForm) -> HttpResponse:
    data = form.cleaned_data
    done = edit.tasks_edit(
        actor=request.actor, batch=batch, assignment_ids=ids, wanted=form.wanted, note=data["note"],
        skips_refused=data["skips_refused"], conflict_reason=data["conflict_reason"],
    )  # fmt: skip
    messages.success(request, f"已修改 {done.changed} 家，{done.unchanged} 家本来就是这样")
    for one in done.refused[: edit.NAMED]:
        messages.warning(request, f"跳过{one.assignment.enterprise.name}：{one.refusal}")
    return redirect("agencies:batch", pk=batch.pk)
