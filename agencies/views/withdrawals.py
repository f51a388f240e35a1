"""Several enterprises leave a batch for one reason; one that left by mistake comes back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agencies import services
from agencies.access import assignment_for, batch_for, require_hand_in
from agencies.forms.contracts import ManyWithdrawForm, RestoreForm
from agencies.gates import AssignmentFacts, facts_of
from agencies.models import Assignment, ServiceBatch
from common.pages import form_page
from tenancy.request import Request


@login_required
@require_http_methods(["GET", "POST"])
def batch_withdraw(request: Request, pk: int) -> HttpResponse:
    """Choose who leaves: beside each what hangs on it, and why it cannot leave now."""
    found = batch_for(request.actor, pk, "assignment_withdraw")
    require_hand_in(request.actor, found.contract)
    chosen = [int(one) for one in request.POST.getlist("ids") if one.isdecimal()]

    def act(data: dict[str, Any]) -> str:
        done = services.assignments_withdraw(
            actor=request.actor, batch=found, assignment_ids=chosen, **data
        )
        messages.success(request, f"{done.count} 家企业已退出本批次，当天可以恢复")
        for row, why in done.refused:
            messages.warning(request, f"{row.enterprise.name}没有退出：{why}")
        return reverse("agencies:batch", args=[pk])

    return form_page(
        request, ManyWithdrawForm(request.POST or None), act,
        template="agencies/batch_withdraw.html", batch=found, rows=_rows(found),
        chosen=set(chosen),
    )  # fmt: skip


def _rows(batch: ServiceBatch) -> list[tuple[Assignment, AssignmentFacts, str]]:
    """Return who is in the batch, what hangs on each, and what keeps it there."""
    rows = Assignment.objects.filter(batch=batch, withdrawn_at=None).select_related("enterprise")
    assignments = list(rows.order_by("region_code", "enterprise__name"))
    facts = facts_of([row.pk for row in assignments])
    return [(row, known := facts.get(row.pk, AssignmentFacts()), _why_not(row, known))
            for row in assignments]  # fmt: skip


def _why_not(row: Assignment, facts: AssignmentFacts) -> str:
    if not row.is_open:
        return "复查验收已完成"
    return "有一次检查还没有签字" if facts.open_visits else ""


@login_required
@require_http_methods(["GET", "POST"])
def restore(request: Request, pk: int) -> HttpResponse:
    """Undo a withdrawal on its own day."""
    found = assignment_for(request.actor, pk, "assignment_withdraw")
    require_hand_in(request.actor, found.batch.contract)

    def act(data: dict[str, Any]) -> str:
        services.assignment_restore(actor=request.actor, assignment=found, **data)
        return reverse("inspections:assignment", args=[pk])

    return form_page(
        request, RestoreForm(request.POST or None), act, success="已恢复到本批次",
        title=f"恢复 · {found.enterprise.name}", submit="恢复到本批次",
        back=reverse("inspections:assignment", args=[pk]), back_text=found.enterprise.name,
        intro="检查、隐患和文书都在，和退出以前一样；评估人员由服务机构重新安排。退出和恢复都留有记录。",
    )  # fmt: skip
