"""On site: a visit's checklist, findings, signature, confirmation."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from common.errors import DomainError
from common.limits import heavy
from common.uploads import drawn_png
from documents.models import Document
from documents.previews import preview
from enterprises.models import RiskPoint
from evidence.services import photos_of
from inspections import services
from inspections.access import (
    LEADS,
    assignment_to_visit,
    hazard_for,
    may_give_points,
    visit_for,
)
from inspections.forms.visits import (
    HazardEditForm,
    HazardForm,
    RefuseForm,
    SignForm,
    VisitStartForm,
)
from inspections.models import Answer, Hazard, LibraryEntry, Visit, VisitReopening
from inspections.selectors import asked_on, checklist_items, library_search, suggested_due
from inspections.supervision import team_warning
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request


@login_required
@require_http_methods(["GET", "POST"])
def visit_start(request: Request, pk: int) -> HttpResponse:
    """Arrive."""
    found = assignment_to_visit(request.actor, pk)
    now = timezone.localtime(clock.now(found.owner_agency_id))
    waiting = team_warning(found.batch.contract)
    form = VisitStartForm(
        request.POST or None, actor=request.actor, initial={"arrived_at": now}, unready=waiting
    )
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data}
        data["member_ids"] = [m.pk for m in data.pop("members")]
        data["part"] = data["part"] or Visit.Part.BOTH
        try:
            visit = services.visit_start(actor=request.actor, assignment=found, **data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("inspections:visit", pk=visit.pk)
    own = waiting.get(request.actor.member, "")
    context = {"form": form, "assignment": found, "own_words": own}
    return render(
        request, "inspections/visit_start.html", context, status=422 if form.errors else 200
    )


@login_required
def visit(request: Request, pk: UUID) -> HttpResponse:
    """The visit: its checklist while open, its record afterwards."""
    found = visit_for(request.actor, pk)
    if found.state != Visit.State.OPEN or not _may_write(request, found):
        return _record(request, found)
    asked = asked_on(found)
    questions = [(item, asked.answers.get(item.pk)) for item in asked.items]
    context = {
        "visit": found,
        "risk_points": [(point, asked.answers.get(point.pk)) for point in asked.risk_points],
        "soft": [q for q in questions if q[0].part == "soft"],
        "site": [q for q in questions if q[0].part == "site"],
        "answered": len(asked.keys) - len(asked.unanswered),
        "asked": len(asked.keys),
        "hazards": list(found.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number")),
        "results": Answer.Result.choices,
        "reopened": found.reopened(),
    }
    return render(request, "inspections/visit.html", context)


def _reopenings(found: Visit) -> list[VisitReopening]:
    shown = (VisitReopening.State.ASKED, VisitReopening.State.ALLOWED)
    return list(found.reopenings.filter(state__in=shown).order_by("asked_at"))


def _may_write(request: Request, found: Visit) -> bool:
    """Whether the actor works on this visit; who may only look sees its record."""
    if not request.actor.may("visit_log"):
        return False
    try:
        visit_for(request.actor, found.pk, "visit_log")
    except PermissionDenied:
        if request.actor.is_provider:
            raise
        return False
    return True


def _record(request: Request, found: Visit) -> HttpResponse:
    hazards = list(found.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number"))
    papers = Document.objects.filter(subject_type="inspections.visit", subject_id=str(found.pk))
    context = {
        "visit": found,
        "team": list(found.team.order_by("pk")),
        "hazards": hazards,
        "waiting": sum(h.state == Hazard.State.FOUND for h in hazards),
        "papers": papers.defer("content").order_by("issued_at"),
        "is_lead": request.actor.role in LEADS and not found.is_official,
        "may_order": found.is_official
        and found.state != Visit.State.OPEN
        and request.actor.may("enforcement_act")
        and not hasattr(found, "order"),
        "may_reopen": request.actor.may("visit_reopen")
        and not found.is_official
        and found.state != Visit.State.OPEN
        and found.served.is_open,
        "reopenings": _reopenings(found),
        "may_give": may_give_points(request.actor, found),
        "check": getattr(found, "spot_check", None) if request.actor.is_agency else None,
        "counts": dict(
            Answer.objects.filter(visit=found).values_list("result").annotate(n=Count("pk"))
        ),
    }
    return render(request, "inspections/visit_record.html", context)


@login_required
@require_POST
def answer(request: Request, pk: UUID) -> HttpResponse:
    """Save answers: one by htmx as it is touched, or the whole form without scripts."""
    found = visit_for(request.actor, pk, "visit_log")
    answers = _answers(request)
    try:
        services.answers_save(actor=request.actor, visit=found, answers=answers)
    except DomainError as error:
        if request.htmx:
            return HttpResponse(error.message, status=422)
        messages.error(request, error.message)
    if not request.htmx:
        return redirect("inspections:visit", pk=pk)
    asked = asked_on(found)
    if _opens_others(found, answers):
        return HttpResponseClientRefresh()
    context = {
        "answered": len(asked.keys) - len(asked.unanswered),
        "asked": len(asked.keys),
        "failed": next((key for key, (result, _) in answers.items() if result == "fail"), None),
        "visit": found,
    }
    return render(request, "inspections/_answered.html", context)


def _answers(request: Request) -> dict[int | UUID, services.Given]:
    """Return what was sent: `item-<question>` or `item-<risk point>`, and `note-…` beside it."""
    found: dict[int | UUID, services.Given] = {}
    for name, value in request.POST.items():
        key = name.removeprefix("item-")
        if key == name:
            continue
        given = str(value), request.POST.get(f"note-{key}", "")
        if key.isdigit():
            found[int(key)] = given
        else:
            with suppress(ValueError):
                found[UUID(key)] = given
    return found


def _opens_others(found: Visit, answers: Mapping[int | UUID, services.Given]) -> bool:
    """Whether other questions depend on one of these: then the page shows what is asked now."""
    items = checklist_items(found)
    named = {(item.template_id, code) for item in items for code in item.asked_if}
    return any((item.template_id, item.code) in named for item in items if item.pk in answers)


@login_required
@require_POST
def answer_rest(request: Request, pk: UUID) -> HttpResponse:
    """Mark every question without an answer as 不涉及."""
    found = visit_for(request.actor, pk, "visit_log")
    rest: dict[int | UUID, services.Given] = dict.fromkeys(
        asked_on(found).unanswered, (Answer.Result.NA, "")
    )
    try:
        services.answers_save(actor=request.actor, visit=found, answers=rest)
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("inspections:visit-sign", pk=pk)


@login_required
@require_POST
def note(request: Request, pk: UUID) -> HttpResponse:
    """Keep the process control record."""
    found = visit_for(request.actor, pk, "visit_log")
    try:
        services.visit_note(visit=found, process_note=request.POST.get("process_note", ""))
        messages.success(request, "已保存过程控制记录")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("inspections:visit", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def hazard_new(request: Request, pk: UUID) -> HttpResponse:
    """Write a finding down, filled from the library."""
    found = visit_for(request.actor, pk, "visit_log")
    item, point = _item(request, found), _risk_point(request, found)
    entry = _entry(request)
    if request.method == "POST":
        form = HazardForm(request.POST, request.FILES)
        if form.is_valid() and _add(request, found, item, point, form):
            messages.success(request, "已登记隐患")
            return redirect("inspections:visit", pk=pk)
    else:
        form = HazardForm(initial=_from_library(found, entry))
    context = {
        "form": form,
        "visit": found,
        "item": item or point,
        "entry": entry,
        "offered": library_search("", item.library_codes if item else []),
        "q": request.GET.get("q", ""),
        "results": library_search(request.GET["q"]) if request.GET.get("q") else [],
    }
    return render(
        request, "inspections/hazard_new.html", context, status=422 if form.errors else 200
    )


def _item(request: Request, found: Visit) -> Any:
    wanted = request.POST.get("item") or request.GET.get("item", "")
    return next((i for i in checklist_items(found) if str(i.pk) == wanted), None)


def _risk_point(request: Request, found: Visit) -> RiskPoint | None:
    wanted = request.POST.get("item") or request.GET.get("item", "")
    return next((p for p in found.risk_points.all() if str(p.pk) == wanted), None)


def _entry(request: Request) -> LibraryEntry | None:
    code = request.POST.get("entry") or request.GET.get("entry", "")
    return LibraryEntry.objects.filter(pk=code).first()


def _from_library(found: Visit, entry: LibraryEntry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    today = clock.today(found.owner_agency_id)
    return {
        "entry": entry.pk,
        "description": entry.description,
        "severity": entry.severity,
        "category": entry.category,
        "subcategory": entry.subcategory,
        "basis": entry.basis,
        "measure": entry.measure,
        "due_on": suggested_due(found.owner_agency_id, today, entry.severity, entry).date,
    }


def _add(
    request: Request, found: Visit, item: Any, point: RiskPoint | None, form: HazardForm
) -> bool:
    data = {**form.cleaned_data}
    entry = LibraryEntry.objects.filter(pk=data.pop("entry") or "").first()
    try:
        services.hazard_add(
            actor=request.actor,
            visit=found,
            item=item,
            risk_point=point,
            entry=entry,
            clause_code=entry.clause_code if entry else "",
            **data,
        )
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    return True


@login_required
@require_POST
def hazard_remove(request: Request, pk: UUID) -> HttpResponse:
    """Take a finding back while the visit is open."""
    found = hazard_for(request.actor, pk, "visit_log")
    visit_for(request.actor, found.visit_id, "visit_log")
    try:
        services.hazard_remove(actor=request.actor, hazard=found)
        messages.success(request, f"已撤回 {found.number}，编号保留")
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("inspections:visit", pk=found.visit_id)


@login_required
@require_http_methods(["GET", "POST"])
def visit_sign(request: Request, pk: UUID) -> HttpResponse:
    """The representative signs, or his refusal is recorded."""
    found = visit_for(request.actor, pk, "visit_log")
    refusing = request.POST.get("do") == "refuse"
    sign = SignForm(None if refusing else request.POST or None)
    refuse = RefuseForm(request.POST if refusing else None)
    form = refuse if refusing else sign
    if request.method == "POST" and form.is_valid() and _finish(request, found, form, refusing):
        return redirect("inspections:visit", pk=pk)
    context = {
        "visit": found,
        "sign": sign,
        "refuse": refuse,
        "refusing": refusing,
        "hazards": found.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number"),
        "missing": len(asked_on(found).unanswered),
    }
    status = 422 if form.errors else 200
    return render(request, "inspections/visit_sign.html", context, status=status)


def _finish(request: Request, found: Visit, form: Any, refusing: bool) -> bool:
    data = {**form.cleaned_data}
    try:
        if refusing:
            services.visit_refuse(actor=request.actor, visit=found, **data)
        else:
            data["signature"] = drawn_png(data["signature"])
            services.visit_sign(actor=request.actor, visit=found, **data)
    except DomainError as error:
        name = error.field if error.field in form.fields else None
        form.add_error(name, error.message)
        return False
    messages.success(request, "检查已结束，记录已签发")
    return True


@heavy
@login_required
@require_http_methods(["GET", "POST"])
def visit_confirm(request: Request, pk: UUID) -> HttpResponse:
    """The project lead looks over the findings, mends wording, dismisses, and hands them over."""
    require(request.actor, "hazard_confirm")
    found = visit_for(request.actor, pk)
    if request.method == "POST":

        def act() -> None:
            services.hazards_confirm(actor=request.actor, visit=found)

        try:
            if request.POST.get("preview"):
                return preview(act)
            act()
            messages.success(request, "已确认并交底，隐患整改建议书已签发给企业")
            return redirect("inspections:visit", pk=pk)
        except DomainError as error:
            messages.error(request, error.message)
    hazards = list(found.hazards.filter(state=Hazard.State.FOUND).order_by("number"))
    photos = photos_of("inspections.hazard", [h.pk for h in hazards], actor=request.actor)
    context = {
        "visit": found,
        "rows": [(hazard, photos.get(str(hazard.pk), [])) for hazard in hazards],
    }
    return render(request, "inspections/visit_confirm.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def hazard_edit(request: Request, pk: UUID) -> HttpResponse:
    """Mend a finding's wording or deadline before it is confirmed, or dismiss it."""
    require(request.actor, "hazard_confirm")
    found = hazard_for(request.actor, pk)
    start = {name: getattr(found, name) for name in HazardEditForm.base_fields}
    form = HazardEditForm(None if "reason" in request.POST else request.POST or None, initial=start)
    if request.method == "POST":
        try:
            if "reason" in request.POST:
                reason = request.POST["reason"]
                services.hazard_dismiss(actor=request.actor, hazard=found, reason=reason)
                return redirect("inspections:visit-confirm", pk=found.visit_id)
            if form.is_valid():
                services.hazard_edit(actor=request.actor, hazard=found, **form.cleaned_data)
                return redirect("inspections:visit-confirm", pk=found.visit_id)
        except DomainError as error:
            if "reason" in request.POST or error.field not in form.fields:
                messages.error(request, error.message)
            else:
                form.add_error(error.field, error.message)
    context = {"form": form, "hazard": found}
    return render(
        request, "inspections/hazard_edit.html", context, status=422 if form.errors else 200
    )
