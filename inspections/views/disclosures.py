"""What the provider tells the organizer of what it found (交底), and who has it."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from agencies.access import has_hand_in
from common.pages import form_page
from documents.models import Document
from inspections import services
from inspections.access import batch_to_watch, disclosure_for, disclosures_of
from inspections.forms.supervision import AnswerForm, DisclosureForm
from inspections.models import DisclosureItem
from inspections.supervision import to_disclose
from tenancy.request import Request

PAGE = 100


@login_required
@require_GET
def disclosure_list(request: Request, pk: int) -> HttpResponse:
    """The disclosures of a batch, and how many enterprises both sides were told of."""
    found, actor = batch_to_watch(request.actor, pk), request.actor
    rows = disclosures_of(actor).filter(batch=found)
    rows = rows.annotate(
        firms=Count("items"), found=Sum("items__hazards"), bad=Sum("items__majors")
    )
    told = DisclosureItem.objects.filter(assignment=OuterRef("pk"))
    firms = found.assignments.filter(withdrawn_at=None).annotate(is_told=Exists(told))
    sides = list(firms.values_list("is_told", "guided_on"))
    context = {
        "batch": found,
        "rows": list(rows.order_by("-made_at", "pk")[:PAGE]),
        "firms": len(sides),
        "told": sum(is_told for is_told, _ in sides),
        "guided": sum(day is not None for _, day in sides),
        "both": sum(is_told and day is not None for is_told, day in sides),
        "may_make": actor.may("disclosure_make"),
        "ready": to_disclose(found).count() if actor.may("disclosure_make") else 0,
    }
    return render(request, "inspections/disclosure_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def disclosure_new(request: Request, pk: int) -> HttpResponse:
    """The lead tells the organizer of several enterprises at once."""
    found = batch_to_watch(request.actor, pk, "disclosure_make")
    ready = to_disclose(found)
    start = {"assignments": list(ready.values_list("pk", flat=True))}
    form = DisclosureForm(request.POST or None, actor=request.actor, ready=ready, initial=start)

    def act(data: dict[str, Any]) -> str:
        chosen = [row.pk for row in data["assignments"]]
        made = services.disclosure_make(
            actor=request.actor, batch=found, assignment_ids=chosen, words=data["words"]
        )
        return reverse("inspections:disclosure", args=[made.pk])

    return form_page(
        request, form, act, success="交底书已签发，等待组织单位签收", submit="签发交底书",
        title=f"向组织单位交底 · {found.name}",
        back=reverse("inspections:disclosure-list", args=[pk]), back_text="交底",
        template="inspections/disclosure_new.html", ready=len(start["assignments"]),
        confirm="交底书签发后不能撤回。确定吗？",
    )  # fmt: skip


@login_required
@require_GET
def disclosure(request: Request, pk: UUID) -> HttpResponse:
    """One disclosure: its enterprises, its paper, who has it."""
    found, actor = disclosure_for(request.actor, pk), request.actor
    papers = Document.objects.filter(
        subject_type="inspections.disclosure", subject_id=str(found.pk)
    )
    items = found.items.select_related("assignment__enterprise").order_by("pk")
    may = actor.may("disclosure_acknowledge") and has_hand_in(actor, found.batch.contract)
    context = {
        "disclosure": found,
        "items": items,
        "papers": papers.defer("content"),
        "may_acknowledge": may and found.state == "issued",
    }
    return render(request, "inspections/disclosure.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def disclosure_acknowledge(request: Request, pk: UUID) -> HttpResponse:
    """An officer has it."""
    found = disclosure_for(request.actor, pk, "disclosure_acknowledge")
    back = reverse("inspections:disclosure", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.disclosure_acknowledge(actor=request.actor, disclosure=found, **data)
        return back

    return form_page(
        request, AnswerForm(request.POST or None), act, success="已签收", submit="签收",
        title="签收交底书", back=back, back_text="交底书",
    )  # fmt: skip
