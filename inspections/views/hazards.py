"""The hazard ledger, one hazard, what the enterprise does about it, the second look."""

import tempfile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from common.limits import heavy
from common.pages import form_page
from common.paging import count_up_to, keyset, window_of
from documents.models import Document
from documents.previews import preview
from enterprises.entering_forms import slip_start
from enterprises.entering_views import enter_page
from evidence.services import photos_of
from inspections import exports, services
from inspections.access import (
    extension_for,
    hazard_for,
    may_correct,
    officers_recheck,
)
from inspections.entering import EXTENSION
from inspections.forms.phases import MajorReportForm, UnmendedForm
from inspections.forms.visits import (
    AnswerForm,
    EnterForm,
    ExtensionEnterForm,
    ExtensionForm,
    LedgerFilter,
    RecheckForm,
    SubmitForm,
)
from inspections.lists import extension_page, ledger_filter, ledger_page
from inspections.matching.pairs import compared
from inspections.models import Extension, Hazard, HazardCorrection, Severity
from inspections.timeline import timeline_of
from tenancy import clock
from tenancy.access import require, within
from tenancy.actors import Actor
from tenancy.models import CalendarDay
from tenancy.request import Request
from tenancy.selectors import region_names, work_calendar, work_calendars

PAGE = 50
SHOWN = (*HazardCorrection.OPEN_STATES, HazardCorrection.State.APPLIED)


def _ledger(request: Request) -> LedgerFilter:
    return ledger_filter(require(request.actor, "hazard_ledger"), request.GET)


@login_required
def ledger(request: Request) -> HttpResponse:
    """The hazard ledger: filters in the URL, counts exact to 10,000, pages by key."""
    form = _ledger(request)
    sort = request.GET.get("sort", "")
    page, count, late = ledger_page(form, sort, window_of(request.GET, PAGE))
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "count": count,
        "late": late,
        "sort": sort,
        "towns": region_names({row.region_code for row in page.rows}),
        "days": _days_left([h for h in page.rows if h.state in Hazard.DUE_STATES]),
    }
    return render(request, "inspections/ledger.html", context)


def _days_left(hazards: list[Hazard]) -> dict[Any, int]:
    """Return {hazard id: working days left}, negative when late; with one calendar per agency."""
    agencies = {h.owner_agency_id for h in hazards}
    calendars, todays = work_calendars(agencies), clock.todays(agencies)
    return {
        h.pk: calendars[h.owner_agency_id].between(todays[h.owner_agency_id], h.due_on)
        for h in hazards
    }


@heavy
@login_required
def ledger_export(request: Request) -> Any:
    """Exactly this filter as a sheet with the 30 columns."""
    rows = _ledger(request).rows()
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    exports.write_ledger(out, rows, request.actor)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="隐患排查治理台账.xlsx")


@login_required
def hazard(request: Request, pk: UUID) -> HttpResponse:
    """One hazard: what, by when, who holds it, the one next step, everything that happened."""
    found = hazard_for(request.actor, pk)
    submissions = list(found.rectifications.order_by("round").select_related("recheck"))
    before = photos_of("inspections.hazard", [pk], actor=request.actor)
    after = photos_of("inspections.rectification", [s.pk for s in submissions], actor=request.actor)
    rechecks = [s.recheck.pk for s in submissions if hasattr(s, "recheck")]
    again = photos_of("inspections.recheck", rechecks, actor=request.actor)
    later = [photo for group in (*after.values(), *again.values()) for photo in group]
    papers = Document.objects.filter(
        subject_type="inspections.visit", subject_id=str(found.visit_id)
    )
    context = {
        "hazard": found,
        "before": before.get(str(pk), []),
        "compared": compared(before.get(str(pk), []), later),
        "submissions": [(s, after.get(str(s.pk), [])) for s in submissions],
        "extension": found.extensions.filter(state=Extension.State.ASKED).first(),
        "happenings": timeline_of(found),
        "papers": papers.defer("content").order_by("issued_at"),
        "days": _days_left([found])[found.pk],
        "town": region_names({found.region_code}).get(found.region_code, ""),
        "due": found.state in Hazard.DUE_STATES,
        "officers_recheck": request.actor.may("handed_recheck") and officers_recheck(found),
        "may_correct": may_correct(request.actor, found),
        "may_enter": request.actor.may("enter_for")
        and (request.actor.is_provider or request.actor.org_id == found.owner_agency_id),
        "corrections": found.corrections.filter(state__in=SHOWN).order_by("asked_at"),
    }
    template = "hazard_enterprise" if request.actor.is_enterprise else "hazard"
    return render(request, f"inspections/{template}.html", context)


@login_required
def deadlines(request: Request) -> HttpResponse:
    """The enterprise's first page: what must I do, by when; majors on top, late in red."""
    require(request.actor, "rectification_submit")
    rows = list(Hazard.objects.exclude(state=Hazard.State.CLOSED).order_by("due_on", "number"))
    days = _days_left(rows)
    todo = [h for h in rows if h.state in Hazard.DUE_STATES]
    todo.sort(key=lambda h: (h.severity != Severity.MAJOR, days[h.pk], h.number))
    context = {
        "todo": [(h, days[h.pk]) for h in todo],
        "late": sum(days[h.pk] < 0 for h in todo),
        "waiting": [h for h in rows if h.state == Hazard.State.SUBMITTED],
        "closed": Hazard.objects.filter(state=Hazard.State.CLOSED).count(),
        "papers": Document.objects.defer("content").order_by("-issued_at")[:5],
    }
    return render(request, "inspections/deadlines.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def submit(request: Request, pk: UUID) -> HttpResponse:
    """Say that it is mended; by the enterprise, or for it by whoever has its signed slip."""
    entering = request.actor is not None and not request.actor.is_enterprise
    perm = "enter_for" if entering else "rectification_submit"
    found = hazard_for(request.actor, pk, perm)
    kind = EnterForm if entering else SubmitForm
    start = {
        "responsible_person": found.enterprise.principal_name,
        "done_on": clock.today(found.owner_agency_id),
    }
    form = kind(request.POST or None, request.FILES or None, initial=start)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data}
        data["slip"] = (data.get("slip") or [b""])[0]
        try:
            services.rectification_submit(actor=request.actor, hazard=found, **data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, "已提交，等待复查")
            return redirect("inspections:hazard", pk=pk)
    context = {
        "form": form,
        "hazard": found,
        "entering": entering,
        "days": _days_left([found])[found.pk],
        "before": photos_of("inspections.hazard", [pk], actor=request.actor).get(str(pk), []),
    }
    return render(request, "inspections/submit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def extension_ask(request: Request, pk: UUID) -> HttpResponse:
    """Ask for more time."""
    found = hazard_for(request.actor, pk, "extension_request")
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.extension_ask(actor=request.actor, hazard=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, "延期申请已送达监管部门，答复前仍按原期限整改")
            return redirect("inspections:hazard", pk=pk)
    context = {"form": form, "hazard": found}
    return render(
        request, "inspections/extension_ask.html", context, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def extension_enter(request: Request, pk: UUID) -> HttpResponse:
    """Ask for more time for an owner without a phone, as he signed it."""
    found = hazard_for(request.actor, pk, "enter_for")
    form = ExtensionEnterForm(
        request.POST or None, request.FILES or None, initial=slip_start(found.enterprise)
    )

    def act(owner: Actor, data: dict[str, Any]) -> Extension:
        return services.extension_ask(actor=owner, hazard=found, **data)

    return enter_page(
        request, found.enterprise, form, act, kind=EXTENSION, words=f"{found.number} {found.place}",
        intro=f"现在的期限 {found.due_on:%Y-%m-%d}。你录入的申请由其他监管人员答复，答复前仍按原期限整改。",
    )  # fmt: skip


@login_required
def extension_list(request: Request) -> HttpResponse:
    """Requests for more time, those waiting first."""
    actor = require(request.actor, "extension_answer")
    everything = request.GET.get("all") == "1"
    page, count = extension_page(actor, window_of(request.GET, PAGE), everything=everything)
    context = {"slice": page, "count": count}
    return render(request, "inspections/extension_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def extension_answer(request: Request, pk: UUID) -> HttpResponse:
    """Agree, perhaps to an earlier day, or not."""
    found = extension_for(request.actor, pk)
    form = AnswerForm(
        request.POST or None, initial={"granted_on": found.wanted_on, "decision": "grant"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("preview"):
                return preview(
                    lambda: services.extension_answer(
                        actor=request.actor, extension=found, **form.cleaned_data
                    )
                )
            services.extension_answer(actor=request.actor, extension=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, "已答复")
            return redirect("inspections:extension-list")
    context = {"form": form, "extension": found, "hazard": found.hazard}
    return render(
        request, "inspections/extension_answer.html", context, status=422 if form.errors else 200
    )


@login_required
def recheck_list(request: Request) -> HttpResponse:
    """What was submitted and waits for a second look, oldest first."""
    actor, mine = require(request.actor, "hazard_recheck"), request.GET.get("mine") == "1"
    rows = Hazard.objects.filter(within(actor), state=Hazard.State.SUBMITTED)
    if mine:
        rows = rows.filter(assignment__inspector__in=actor.places)
    page = keyset(
        rows.select_related("enterprise"),
        order=["submitted_at", "id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {"slice": page, "count": count_up_to(rows), "mine": mine}
    return render(request, "inspections/recheck_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def recheck(request: Request, pk: UUID) -> HttpResponse:
    """Close a hazard, or send it back with the reason and a new deadline."""
    found = hazard_for(request.actor, pk, "hazard_recheck")
    form = RecheckForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.hazard_recheck(actor=request.actor, hazard=found, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "已记录复查结论")
            if request.actor.is_agency:
                return redirect("inspections:hazard", pk=pk)
            return redirect("inspections:recheck-list")
    last = found.rectifications.order_by("-round").first()
    before = photos_of("inspections.hazard", [pk], actor=request.actor)
    after = photos_of("inspections.rectification", [last.pk] if last else [], actor=request.actor)
    photos = after.get(str(last.pk), []) if last else []
    context = {
        "form": form,
        "hazard": found,
        "last": last,
        "compared": compared(before.get(str(pk), []), photos),
    }
    return render(request, "inspections/recheck.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def major_report(request: Request, pk: UUID) -> HttpResponse:
    """Write the report of a major hazard."""
    require(request.actor, "hazard_recheck")  # the provider's duty
    found = hazard_for(request.actor, pk, "hazard_recheck")
    form = MajorReportForm(request.POST or None)
    back = reverse("inspections:hazard", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.major_report(actor=request.actor, hazard=found, **data)
        return back

    return form_page(
        request, form, act, success="重大事故隐患报告单已签发，监管部门已收到", preview=preview,
        title=f"书面报告重大隐患 · {found.number}", submit="签发报告单", back=back,
        back_text=found.number, intro=f"{found.place}：{found.description}", draft=f"major-{pk}",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def unmended(request: Request, pk: UUID) -> HttpResponse:
    """A recheck of what was never handed in: not mended, or refused."""
    found = hazard_for(request.actor, pk, "hazard_recheck")
    form = UnmendedForm(request.POST or None, request.FILES or None)
    back = reverse("inspections:hazard", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.hazard_find_unmended(actor=request.actor, hazard=found, **data)
        return back

    return form_page(
        request, form, act, success="已记录复查结果", title=f"现场复查 · {found.number}",
        submit="记录未整改", back=back, back_text=found.number,
        intro=f"{found.place}：{found.description}。企业没有提交整改；已经整改的，请代企业录入后由同事复查。",
    )  # fmt: skip


@login_required
def why(request: Request, pk: UUID) -> HttpResponse:
    """Why the deadline is this day: the rule, and every day of the period."""
    found = hazard_for(request.actor, pk)
    calendar = work_calendar(found.owner_agency_id)
    start, days, due, steps = found.due_from, found.due_days, None, []
    if start is not None and days is not None:
        if found.due_in_workdays:
            due, steps = calendar.add(start, days), list(calendar.steps(start, days))
        else:
            due = calendar.add_calendar(start, days)
    context = {
        "hazard": found,
        "due": due,
        "is_moved": due is not None and due.date != found.due_on,
        "steps": steps,
        "kinds": dict(CalendarDay.Kind.choices),
        "days": _days_left([found])[found.pk],
        "is_running": found.state in Hazard.DUE_STATES,
        "extensions": found.extensions.order_by("asked_at"),
        "rechecks": found.rechecks.exclude(new_due_on=None).order_by("rechecked_at"),
        "layout": "layouts/phone.html" if request.actor.is_enterprise else "layouts/desk.html",
    }
    return render(request, "inspections/why.html", context)
