"""履约监督: everything that is watched of one contract on one page, and the figures it is held to."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from agencies.access import has_hand_in
from common.pages import form_page
from inspections import services
from inspections.access import contract_to_watch
from inspections.forms.supervision import SupervisionRulesForm
from inspections.models import Meeting
from inspections.overview import overview
from inspections.supervision import rules_of
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request


@login_required
@require_GET
def supervision(request: Request, pk: int) -> HttpResponse:
    """One contract as it is watched; the provider sees it without complaints and signs."""
    found, actor = contract_to_watch(request.actor, pk), request.actor
    seen = overview(actor, found, clock.today_of(found.owner_agency))
    numbers = seen.numbers
    context = {
        "contract": found,
        "seen": seen,
        "numbers": numbers,
        "meetings": [(word, numbers[f"meeting_{kind}"]) for kind, word in Meeting.Kind.choices],
        "complaints": numbers.get("complaint_received", 0) + numbers.get("complaint_handling", 0),
        "may_find": actor.may("breach_edit") and has_hand_in(actor, found),
        "may_set": actor.may("supervision_rules") and actor.org_id == found.owner_agency_id,
    }
    return render(request, "inspections/supervision.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: Request) -> HttpResponse:
    """An agency's own figures."""
    actor = require(request.actor, "supervision_rules")
    current = rules_of(actor.org)
    form = SupervisionRulesForm(request.POST or None, instance=current)
    note = "现在是建议默认值。"
    if current.pk is not None:
        at = timezone.localtime(current.changed_at)
        note = f"{current.changed_by_name}于{at:%Y-%m-%d %H:%M}修改。"

    def act(data: dict[str, Any]) -> str:
        services.supervision_rules_save(actor=actor, **data)
        return reverse("inspections:supervision-rules")

    return form_page(
        request, form, act, success="已保存", title="履约监督规则", submit="保存", note=note,
        back=reverse("agencies:contract-list"), back_text="合同",
        intro="方案、合同另有规定的，改成规定的数字。",
    )  # fmt: skip
