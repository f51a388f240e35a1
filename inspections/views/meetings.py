"""Meetings of a batch, their sign-in sheet on visitors' phones, material and minutes."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agencies.access import batch_for
from common.errors import DomainError
from common.pages import act_page, form_page
from documents.models import Document
from documents.qr import svg_data_uri
from evidence.services import attachments_of
from inspections import services
from inspections.access import meeting_for
from inspections.forms.phases import AttendanceForm, MeetingForm, MinutesForm
from inspections.models import Meeting
from inspections.services import meetings as meeting_services
from tenancy import clock
from tenancy.request import Request


@login_required
def meeting_list(request: Request, pk: int) -> HttpResponse:
    """The meetings of one batch."""
    found = batch_for(request.actor, pk, "meeting_view")
    rows = found.meetings.annotate(
        people=Count("attendances"), there=Count("attendances__assignment", distinct=True)
    ).order_by("-starts_at", "pk")
    kickoffs = [m for m in rows if m.kind == Meeting.Kind.KICKOFF]
    planned = [m for m in kickoffs if m.state == Meeting.State.PLANNED]
    context = {
        "batch": found,
        "rows": rows,
        "firms": found.assignments.filter(withdrawn_at=None).count(),
        "may_manage": request.actor.may("meeting_manage"),
        "kinds": Meeting.Kind.choices,
        "has_kickoff": any(m.state == Meeting.State.HELD for m in kickoffs),
        "next_kickoff": planned[-1] if planned else None,
    }
    return render(request, "inspections/meeting_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def meeting_new(request: Request, pk: int) -> HttpResponse:
    """Plan a meeting."""
    found = batch_for(request.actor, pk, "meeting_manage")
    start = {"kind": request.GET.get("kind", Meeting.Kind.KICKOFF)}
    form = MeetingForm(request.POST or None, initial=start)

    def act(data: dict[str, Any]) -> str:
        meeting = services.meeting_plan(actor=request.actor, batch=found, **data)
        return reverse("inspections:meeting", args=[meeting.pk])

    return form_page(
        request, form, act, title=f"新建会议 · {found.name}", submit="建立会议和签到表",
        back=reverse("inspections:meeting-list", args=[pk]), back_text="会议",
        draft=f"meeting-{pk}",
    )  # fmt: skip


@login_required
def meeting(request: Request, pk: UUID) -> HttpResponse:
    """One meeting: the QR code to sign in with, who is there, minutes and material.

    Asked by htmx it answers with the list alone; once the sheet is closed, the page loads anew.
    """
    found = meeting_for(request.actor, pk)
    is_open = found.state == Meeting.State.PLANNED
    present = _present(found, newest_first=is_open)
    context = {
        "meeting": found,
        "is_open": is_open,
        "may_manage": request.actor.may("meeting_manage"),
        "is_there": any(
            (row.unit_name, row.person_name) == (request.actor.org_name, request.actor.user_name)
            for row in present["people"]
        ),
        "held_back": meeting_services.hold_refusal(found, present["people"]),
        **present,
    }
    if request.htmx:
        response = render(request, "inspections/_attendances.html", context)
        if not is_open:
            response["HX-Refresh"] = "true"
        return response
    context |= _sheet(request, found) if is_open else _kept(request, found)
    return render(request, "inspections/meeting.html", context)


def _present(found: Meeting, *, newest_first: bool) -> dict[str, Any]:
    """Return who is there, and which enterprises of the batch are and are not."""
    order = ["-signed_at", "-pk"] if newest_first else ["signed_at", "pk"]
    people = list(found.attendances.order_by(*order))
    firms = dict(
        found.batch.assignments.filter(withdrawn_at=None)
        .order_by("region_code", "enterprise__name")
        .values_list("pk", "enterprise__name")
    )
    there = {row.assignment_id for row in people}
    both = [org.name for org in (found.owner_agency.org, found.provider_org) if org is not None]
    return {
        "people": people,
        "there": len(there & firms.keys()),
        "firms": len(firms),
        "absent": [name for pk, name in firms.items() if pk not in there],
        "both": both,
        "unit_names": [*both, *firms.values()],
        "sides": meeting_services.sides_of(found, people).items(),
    }


def _sheet(request: Request, found: Meeting) -> dict[str, Any]:
    """Return what a meeting that is still to be written down needs: code, entry at the desk."""
    link = request.build_absolute_uri(
        reverse("inspections:sign-in", args=[meeting_services.sign_in_token(found)])
    )
    form = AttendanceForm()
    closes_at = found.starts_at + meeting_services.CLOSES
    at_desk = request.GET.get("desk") == "1"
    form.fields["unit_name"].widget.attrs |= {"list": "firms", "autofocus": at_desk}
    return {
        "link": link,
        "qr": svg_data_uri(link),
        "refusal": meeting_services.sign_in_refusal(found),
        "closes_at": closes_at,
        "is_over": clock.now(found.owner_agency_id) > closes_at,
        "form": form,
        "at_desk": at_desk,
    }


def _kept(request: Request, found: Meeting) -> dict[str, Any]:
    """Return what remains of a meeting: its material and its papers."""
    files = attachments_of("inspections.meeting", [found.pk], actor=request.actor)
    return {
        "files": files.get(str(found.pk), []),
        "papers": Document.objects.filter(
            subject_type="inspections.meeting", subject_id=str(found.pk)
        ).defer("content"),
    }


@login_required
@require_http_methods(["GET", "POST"])
def attendance_add(request: Request, pk: UUID) -> HttpResponse:
    """Somebody without a phone is put on the sheet at the desk."""
    found = meeting_for(request.actor, pk, "meeting_manage")
    form = AttendanceForm(request.POST or None)
    back = reverse("inspections:meeting", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.attendance_add(meeting=found, **data)
        return f"{back}?desk=1"

    return form_page(
        request, form, act, success="已登记", title="登记到会人员", submit="登记",
        back=back, back_text=found.title,
    )  # fmt: skip


@login_required
@require_POST
def attendance_self(request: Request, pk: UUID) -> HttpResponse:
    """Whoever is signed in says that he himself is there."""
    found = meeting_for(request.actor, pk)
    return act_page(
        request,
        lambda: services.attendance_self(actor=request.actor, meeting=found),
        reverse("inspections:meeting", args=[pk]),
        success="已登记本人到会",
    )


@login_required
@require_http_methods(["GET", "POST"])
def meeting_hold(request: Request, pk: UUID) -> HttpResponse:
    """Write the minutes, keep the material, close the sheet."""
    found = meeting_for(request.actor, pk, "meeting_manage")
    form = MinutesForm(request.POST or None, request.FILES or None)
    back = reverse("inspections:meeting", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.meeting_hold(actor=request.actor, meeting=found, **data)
        return back

    return form_page(
        request, form, act, success="会议已登记，签到结束，会议记录正在制作",
        title=f"会议纪要 · {found.title}", submit="保存纪要并结束签到", back=back,
        back_text=found.title, draft=f"minutes-{pk}",
        confirm="保存后签到结束，纪要不能再改。确定吗？",
    )  # fmt: skip


@login_required
@require_POST
def meeting_cancel(request: Request, pk: UUID) -> HttpResponse:
    """It will not take place."""
    found = meeting_for(request.actor, pk, "meeting_manage")
    return act_page(
        request,
        lambda: services.meeting_cancel(actor=request.actor, meeting=found),
        reverse("inspections:meeting-list", args=[found.batch_id]),
        success="已取消会议",
    )


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """A visitor signs in on his own phone; nobody has to have an account."""
    sheet = meeting_services.sheet_of_token(token)
    if sheet is None or sheet.refusal:
        status = 404 if sheet is None else 403
        return render(request, "inspections/sign_in_dead.html", {"sheet": sheet}, status=status)
    form = AttendanceForm(request.POST or None)
    form.fields["phone"].widget.attrs["inputmode"] = "tel"
    context: dict[str, Any] = {"meeting": sheet.meeting, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            context["done"], context["is_new"] = services.sign_in(token=token, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    status = 422 if form.errors else 200
    return render(request, "inspections/sign_in.html", context, status=status)
