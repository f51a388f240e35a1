"""合同履约: what was bought, done and accepted on one page; the records behind each number."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from agencies.access import contract_for, has_hand_in, obligation_for, require_hand_in
from agencies.forms.terms import ReasonForm
from agencies.models import Obligation, ObligationAcceptance, ServiceContract
from agencies.payment_state import account_of
from agencies.services.publications import publications_of
from common.pages import form_page
from documents.access import documents_of
from documents.models import Document
from evidence.services import attachments_of
from inspections import services
from inspections.access import hazards_of, visits_of
from inspections.forms.obligations import AcceptanceForm, AcceptForm
from inspections.obligations import line_in_force, line_of, lines_of, records_of
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.request import Request

PAGE = 50
Kind = Obligation.Kind


@login_required
@require_GET
def obligations(request: Request, pk: int) -> HttpResponse:
    """Every obligation of a contract: bought, done, accepted, due; what was changed of them."""
    found = contract_for(request.actor, pk, "obligation_view")
    actor = request.actor
    lines = lines_of(found, clock.today_of(found.owner_agency))
    has_hand = actor.is_agency and has_hand_in(actor, found)
    is_on = found.state in (ServiceContract.State.DRAFT, ServiceContract.State.ACTIVE)
    old = Obligation.objects.filter(contract=found).exclude(superseded_at=None)
    context = {
        "contract": found,
        "lines": lines,
        "late": [line for line in lines if line.days_late],
        "account": account_of(found),
        "settled": sum(line.is_settled for line in lines),
        "old": old.order_by("-superseded_at", "-pk"),
        "papers": _papers(found),
        "published": publications_of(found) if actor.is_agency else [],
        "may_edit": has_hand and is_on and actor.may("contract_edit"),
        "may_accept": has_hand
        and actor.may("obligation_accept")
        and found.state != ServiceContract.State.DRAFT,
        "may_deliver": actor.may("delivery_enter") and found.state == ServiceContract.State.ACTIVE,
        "may_withdraw": has_hand and actor.may("publication_withdraw"),
    }
    return render(request, "inspections/obligations.html", context)


def _papers(contract: ServiceContract) -> list[Document]:
    rows = Document.objects.filter(
        kind="contract_acceptance", subject_type="agencies.servicecontract",
        subject_id=str(contract.pk),
    )  # fmt: skip
    return list(rows.defer("content").order_by("-issued_at"))


@login_required
@require_GET
def records(request: Request, pk: int) -> HttpResponse:
    """The records that count for one obligation, and what was accepted of it."""
    found = obligation_for(request.actor, pk)
    line = line_of(found)
    rows = records_of(found)
    if line is not None and found.kind != Kind.OTHER:
        rows = rows[line.share.start : line.share.start + line.share.number]
    elif line is None:
        rows = rows.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    accepted = ObligationAcceptance.objects.filter(obligation__contract=found.contract_id)
    of_line = [one for one in accepted.select_related("obligation").order_by("accepted_at", "pk")
               if one.obligation.line == found.line]  # fmt: skip
    contract = found.contract
    actor = request.actor
    has_hand = actor.is_agency and has_hand_in(actor, contract)
    context = {
        "obligation": found,
        "line": line,
        "page": page,
        "rows": _rows(actor, found, list(page)),
        "acceptances": of_line,
        "may_accept": has_hand and actor.may("obligation_accept") and line is not None,
        "may_take_back": actor.may("delivery_enter")
        and contract.state == ServiceContract.State.ACTIVE,
    }
    return render(request, "inspections/obligation_records.html", context)


def _rows(actor: Actor, obligation: Obligation, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return each record as a line: day, words, address; '' for one that is not shown just now.

    A blind officer is told that a record is there, and not what it says (phase 4).
    """
    if obligation.kind == Kind.OTHER:
        ids = [row.pk for row in rows]
        files = attachments_of("agencies.obligationdelivery", ids, actor=actor)
        return [
            {"day": row.delivered_on, "words": row.what, "url": "", "quantity": row.quantity,
             "files": files.get(str(row.pk), []), "by": row.entered_by_name, "row": row}
            for row in rows
        ]  # fmt: skip
    shown = _shown(actor, obligation, rows)
    hidden = {"words": "抽查记录签字以后才能查看", "url": ""}
    return [_record(row) if row.pk in shown else {**_record(row), **hidden} for row in rows]


def _shown(actor: Actor, obligation: Obligation, rows: Sequence[Any]) -> set[Any]:
    """Return which of these records the actor may see at this moment."""
    ids = [row.pk for row in rows]
    if obligation.kind == Kind.VISIT:
        return set(visits_of(actor).filter(pk__in=ids).values_list("pk", flat=True))
    if obligation.kind == Kind.RECHECK:
        seen = hazards_of(actor).filter(pk__in=[row.hazard_id for row in rows])
        hazards = set(seen.values_list("pk", flat=True))
        return {row.pk for row in rows if row.hazard_id in hazards}
    if obligation.kind in (Kind.REPORT, Kind.CONCLUSION):
        return set(documents_of(actor).filter(pk__in=ids).values_list("pk", flat=True))
    return set(ids)


def _record(row: Any) -> dict[str, Any]:
    kind = row._meta.model_name
    if kind == "visit":
        words = f"{row.enterprise.name} {row.get_kind_display()}"
        return _shape(row.arrived_at, words, "inspections:visit", row.pk)
    if kind == "recheck":
        words = f"{row.hazard.number} {row.hazard.enterprise.name}：{row.get_result_display()}"
        return _shape(row.rechecked_at, words, "inspections:hazard", row.hazard_id)
    if kind == "meeting":
        words = f"{row.title}（{row.get_kind_display()}，{row.place}）"
        return _shape(row.starts_at, words, "inspections:meeting", row.pk)
    return _shape(row.issued_at, f"{row.title} {row.number}", "documents:paper", row.pk)


def _shape(at: Any, words: str, name: str, pk: Any) -> dict[str, Any]:
    return {"day": timezone.localdate(at), "words": words, "url": reverse(name, args=[pk])}


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: Request, pk: int) -> HttpResponse:
    """Accept what was done of an obligation."""
    found = obligation_for(request.actor, pk, "obligation_accept")
    back = reverse("inspections:obligations", args=[found.contract_id])
    line = line_in_force(found)
    form = AcceptForm(request.POST or None, line=line, initial={"quantity": max(line.open, 0)})

    def act(data: dict[str, Any]) -> str:
        services.obligation_accept(actor=request.actor, obligation=found, **form.act)
        return back

    unit = found.unit
    return form_page(
        request, form, act, title=f"验收：{found.name}", submit="验收", back=back,
        back_text=found.contract.title, success="已登记验收",
        intro=f"购买{found.quantity}{unit}，已完成{line.done}{unit}，已验收{line.accepted}{unit}。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def acceptance_revoke(request: Request, pk: int) -> HttpResponse:
    """Take back what was accepted by mistake."""
    actor = require(request.actor, "obligation_accept")
    rows = ObligationAcceptance.objects.filter(revoked_at=None)
    found = visible_or_404(rows.select_related("obligation__contract"), pk)
    require_hand_in(actor, found.obligation.contract)
    back = reverse("inspections:obligation-records", args=[found.obligation_id])

    def act(data: dict[str, Any]) -> str:
        services.acceptance_revoke(actor=actor, acceptance=found, **data)
        return back

    return form_page(
        request, ReasonForm(request.POST or None), act, title="撤销验收", submit="撤销",
        back=back, back_text=found.obligation.name, success="已撤销，原记录保留",
        confirm="撤销后须重新验收。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def acceptance_issue(request: Request, pk: int) -> HttpResponse:
    """Issue the 履约验收单."""
    found = contract_for(request.actor, pk, "obligation_accept")
    require_hand_in(request.actor, found)

    def act(data: dict[str, Any]) -> str:
        paper = services.acceptance_issue(actor=request.actor, contract=found, **data)
        return reverse("documents:paper", args=[paper.pk])

    return form_page(
        request, AcceptanceForm(request.POST or None), act, title="签发履约验收单", submit="签发",
        back=reverse("inspections:obligations", args=[pk]), back_text=found.title,
        success="已签发，结果已公开",
        confirm="签发后结果在公开页公告；更正须先撤销有关验收，再重新签发。确定吗？",
    )  # fmt: skip
