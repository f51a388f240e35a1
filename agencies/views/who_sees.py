"""Lists of who can see what, for audits; the sheet is an act on record."""

import tempfile
from datetime import date

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agencies.access import contract_for
from agencies.exports import write_people, write_seers
from agencies.who_sees import opened_on, people_on, seers_of, seers_of_contract
from audit.services import record
from enterprises.access import enterprise_for
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Organization
from tenancy.request import Request


class DayForm(forms.Form):
    """As of which day."""

    day = forms.DateField(
        label="截至", required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def _who(request: Request) -> Actor:
    actor = request.actor
    if actor is None or not (actor.may("audit_view") or actor.may("people_manage")):
        raise PermissionDenied("audit_view")
    return actor


def _day(form: DayForm) -> date:
    chosen: date | None = form.cleaned_data.get("day") if form.is_valid() else None
    return chosen or timezone.localdate()


def _grants_day(form: DayForm, actor: Actor) -> date:
    """Return the day for contracts' days: a training agency's own today where none was chosen."""
    chosen: date | None = form.cleaned_data.get("day") if form.is_valid() else None
    return chosen or (clock.today(actor.org) if actor.is_agency else timezone.localdate())


@login_required
def who_sees(request: Request) -> HttpResponse:
    """People, roles and duties of one's own organisation, and the files opened to providers."""
    actor = _who(request)
    form = DayForm(request.GET or None)
    day = _day(form)
    opened_day = _grants_day(form, actor)
    context = {
        "form": form, "day": day, "people": people_on(actor.org, day),
        "opened": opened_on(opened_day), "opened_day": opened_day,
        "is_past": day < timezone.localdate(),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "agencies/who_sees.html", context, status=status)


@login_required
@require_POST
def who_sees_export(request: Request) -> FileResponse:
    """The same as a sheet, with its day, its moment and who made it; on record."""
    actor = _who(request)
    form = DayForm(request.POST)
    day = _day(form)
    people, opened = people_on(actor.org, day), opened_on(_grants_day(form, actor))
    out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    org = Organization.objects.get(pk=actor.org)
    write_people(out, people, opened, day=day, actor=actor, now=timezone.now())
    record(
        actor=actor,
        act="access.list",
        subject=org,
        summary=f"截至{day}",
        data={"people": len(people)},
    )
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"授权清单{day:%Y%m%d}.xlsx")


@login_required
def who_sees_enterprise(request: Request, pk: int) -> HttpResponse:
    """Who can see one enterprise's file."""
    actor = _who(request)
    if not actor.is_agency:
        raise PermissionDenied("audit_view")
    enterprise = enterprise_for(actor, pk)
    form = DayForm(request.GET or None)
    day = _day(form)
    context = {
        "form": form,
        "day": day,
        "enterprise": enterprise,
        "seers": seers_of(actor, enterprise, day, _grants_day(form, actor)),
    }
    return render(request, "agencies/who_sees_enterprise.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def who_sees_contract(request: Request, pk: int) -> HttpResponseBase:
    """Who can see one contract; POST: the same as a sheet, on record."""
    actor = _who(request)
    if not actor.is_agency:
        raise PermissionDenied("audit_view")
    found = contract_for(actor, pk)
    form = DayForm((request.POST if request.method == "POST" else request.GET) or None)
    day = _day(form)
    seers = seers_of_contract(actor, found, day, _grants_day(form, actor))
    if request.method == "POST":
        out = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        write_seers(out, seers, title=found.title, day=day, actor=actor, now=timezone.now())
        record(actor=actor, act="access.list", subject=found, summary=f"截至{day}")
        out.seek(0)
        name = f"谁能看-{found.number}-{day:%Y%m%d}.xlsx"
        return FileResponse(out, as_attachment=True, filename=name)
    context = {"form": form, "day": day, "contract": found, "seers": seers}
    status = 422 if form.errors else 200
    return render(request, "agencies/who_sees_contract.html", context, status=status)
