"""What concerns a contract's provider: handing over, conflicts of interest, the notice away from home."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agencies import services
from agencies.access import contract_for, require_hand_in, tie_for
from agencies.conflicts import conflicts_of
from agencies.forms.standing import (
    COMMITMENT,
    CrossRegionForm,
    HandOverForm,
    TieForm,
    TieRemoveForm,
    ties_of,
)
from agencies.models import Assignment, ConflictReason, ServiceContract
from agencies.services.contracts import provider_of
from agencies.services.handover import under_way, why_frozen
from common.pages import form_page
from providers.models import Provider, Qualification
from providers.selectors import untold
from providers.services import cross_region_file
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request


def _back(contract: ServiceContract) -> dict[str, Any]:
    return {"back": reverse("agencies:contract", args=[contract.pk]), "back_text": contract.title}


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, pk: int) -> HttpResponse:
    """What is under way under a contract, and one step that moves all of it to another provider."""
    found = contract_for(request.actor, pk, "hand_over")
    require_hand_in(request.actor, found)
    why, rows = why_frozen(found), under_way(found)
    start = {"name": f"移交自{found.title}"[:80], "reason": why}
    form = HandOverForm(request.POST or None, actor=request.actor, contract=found, initial=start)

    def act(data: dict[str, Any]) -> str:
        done = services.contract_hand_over(actor=request.actor, contract=found, **data)
        return reverse("agencies:batch", args=[done.batch.pk])

    return form_page(
        request, form, act, template="agencies/hand_over.html", title="移交任务",
        success="已移交，双方都已收到通知", submit="移交全部", contract=found,
        confirm="移交后不能恢复，原机构不能再查看这些企业，确定移交全部企业吗？", rows=rows, why=why, **_back(found),
        hazards=sum(row.facts.open for row in rows),
        submitted=sum(row.facts.submitted for row in rows),
        open_visits=sum(row.facts.open_visits for row in rows),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def conflicts(request: Request, pk: int) -> HttpResponse:
    """The conflicts of a contract: what stands now, why it went on, which ties are known."""
    actor = require(request.actor, "conflict_view")
    found = contract_for(actor, pk)
    form = TieForm(request.POST or None, actor=actor, contract=found)
    may_note = _may_note(request, found)

    def act(data: dict[str, Any]) -> str:
        if not may_note:
            raise PermissionDenied("tie_note")
        services.tie_add(actor=actor, provider_org_id=provider_of(found), **data)
        return reverse("agencies:conflicts", args=[pk])

    reasons = ConflictReason.objects.filter(batch__contract=found).select_related("enterprise")
    return form_page(
        request, form, act, template="agencies/conflicts.html", title="利益冲突", contract=found,
        success="已登记", may_note=may_note, submit="登记", ties=ties_of(found), standing=_standing(found),
        reasons=reasons.order_by("-pk"), today=clock.today_of(found.owner_agency), **_back(found),
    )  # fmt: skip


def _may_note(request: Request, found: ServiceContract) -> bool:
    actor = request.actor
    mine = found.provider_org_id if actor.is_provider else found.owner_agency_id
    return actor.may("tie_note") and actor.org_id == mine


def _standing(found: ServiceContract) -> list[Any]:
    """Return the conflicts of what is assigned now, batch by batch."""
    rows = Assignment.objects.filter(batch__contract=found, withdrawn_at=None)
    batches = {batch.pk: batch for batch in found.batches.order_by("pk")}
    firms: dict[int, list[Any]] = {pk: [] for pk in batches}
    people: dict[int, dict[int, Any]] = {pk: {} for pk in batches}
    for row in rows.select_related("enterprise", "inspector__user"):
        firms[row.batch_id].append(row.enterprise)
        if row.inspector is not None:
            people[row.batch_id][row.enterprise_id] = row.inspector
    return [
        (batch, conflict)
        for pk, batch in batches.items()
        for conflict in conflicts_of(batch, firms[pk], people[pk])
    ]


@login_required
@require_http_methods(["GET", "POST"])
def tie_remove(request: Request, pk: int, tie: int) -> HttpResponse:
    """Strike a wrong tie off; from the page of a contract, and back to it."""
    contract = contract_for(request.actor, pk)
    found = tie_for(request.actor, tie)
    back = reverse("agencies:conflicts", args=[contract.pk])

    def act(data: dict[str, Any]) -> str:
        services.tie_remove(actor=request.actor, tie=found, **data)
        return back

    return form_page(
        request, TieRemoveForm(request.POST or None), act, title=f"注销 · {found.enterprise.name}",
        submit="注销", success="已注销", back=back, back_text="利益冲突", intro=found.what,
        confirm="注销后不能恢复，需要时重新登记。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def cross_region(request: Request, pk: int) -> HttpResponse:
    """Tell the contract's agency that the provider will work away from home."""
    actor = require(request.actor, "cross_region_file")
    found = contract_for(actor, pk)
    provider = Provider.objects.select_related("org", "registered_by__org").get(pk=actor.org_id)
    today = clock.today_of(found.owner_agency)
    form = CrossRegionForm(request.POST or None, actor=actor, initial=_told(found, provider, today))

    def act(data: dict[str, Any]) -> str:
        notice = cross_region_file(
            actor=actor, provider=provider, agency=found.owner_agency,
            contract_number=found.number, **data,
        )  # fmt: skip
        return reverse("providers:notice", args=[notice.pk])

    return form_page(
        request, form, act, title="跨区域执业告知", submit="告知并签发", success="已告知，无需等待批准",
        intro=f"告知{found.owner_agency.org.name}。告知不是审批：从告知的日期起即可执业。",
        confirm="签发后不能修改，确定吗？", **_back(found),
    )  # fmt: skip


def _told(found: ServiceContract, provider: Provider, today: Any) -> dict[str, Any]:
    rows = Assignment.objects.filter(batch__contract=found, withdrawn_at=None)
    served = rows.select_related("enterprise").order_by("region_code", "enterprise__name")
    away = untold(provider.org_id, {row.region_code for row in served}, today)
    valid = Qualification.objects.filter(
        provider_org=provider.org_id, removed_at=None, valid_until__gte=today
    )
    return {
        "project": found.title,
        "from_on": max(found.starts_on, today),
        "until_on": found.ends_on,
        "qualification": "\n".join(
            f"{row.kind}{row.level} {row.number}，有效期至{row.valid_until:%Y-%m-%d}" for row in valid
        ) or "无需资质",
        "members": sorted({row.inspector_id for row in rows if row.inspector_id}),
        "served": "\n".join(row.enterprise.name for row in served if row.region_code in away),
        "commitment": COMMITMENT,
    }  # fmt: skip
