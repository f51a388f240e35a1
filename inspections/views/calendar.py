"""The working-day calendar of an agency, and loading a holiday notice with a look before it holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common.errors import DomainError
from inspections.forms.phases import words_field
from inspections.services.deadlines import (
    FIRST_YEAR,
    LAST_YEAR,
    holiday_load,
    holiday_preview,
    parse_days,
)
from tenancy import clock
from tenancy.access import require
from tenancy.models import CalendarDay
from tenancy.request import Request
from tenancy.selectors import work_calendar
from tenancy.workdays import DAY, LAST_NOTICE

SHOWN = 200  # moved deadlines listed in a preview; all of them are counted


@dataclass(slots=True)
class Run:
    """Neighbouring days that are the same, as a notice names them."""

    first: date
    last: date
    kind: str
    source: str = ""

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def word(self) -> str:
        """放假, 调休上班."""
        return CalendarDay.Kind(self.kind).label


class NoticeForm(forms.Form):
    """A holiday notice: its name and its days."""

    source = forms.CharField(label="依据", max_length=100, help_text="通知名称和文号")
    days = words_field(
        "放假和调休",
        rows=8,
        help_text="每行一段，例如：<br>2027-01-01 至 2027-01-03 放假<br>2027-01-04 上班",
    )


class CountForm(forms.Form):
    """From which day, how many working days."""

    start = forms.DateField(
        label="起始日", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    days = forms.IntegerField(label="工作日数", min_value=0, max_value=400)

    def clean_start(self) -> date:
        """Refuse what no calendar knows."""
        start: date = self.cleaned_data["start"]
        if not FIRST_YEAR <= start.year <= LAST_YEAR:
            raise forms.ValidationError(f"请填写{FIRST_YEAR}年至{LAST_YEAR}年之间的日期")
        return start


def runs_of(rows: Iterable[tuple[date, str, str]]) -> list[Run]:
    """Put (day, kind, source), in order of days, into runs."""
    found: list[Run] = []
    for day, kind, source in rows:
        last = found[-1] if found else None
        if last and day - last.last == DAY and (kind, source) == (last.kind, last.source):
            last.last = day
        else:
            found.append(Run(day, day, kind, source))
    return found


@login_required
def calendar(request: Request) -> HttpResponse:
    """The agency's own words over the State Council's calendar; count days on demand."""
    actor = require(request.actor, "calendar_view")
    form = CountForm(request.GET or None, initial={"start": clock.today(actor.org), "days": 20})
    own = CalendarDay.objects.filter(agency_id=actor.org).order_by("day")
    context: dict[str, Any] = {
        "own": runs_of(own.values_list("day", "kind", "source"))[::-1],
        "last_notice": LAST_NOTICE,
        "form": form,
        "kinds": dict(CalendarDay.Kind.choices),
        "may_edit": actor.may("calendar_edit"),
    }
    if form.is_bound and form.is_valid():
        cal, data = work_calendar(actor.org), form.cleaned_data
        context["due"] = cal.add(data["start"], data["days"])
        context["steps"] = list(cal.steps(data["start"], data["days"]))
    return render(request, "inspections/calendar.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def holiday_notice(request: Request) -> HttpResponse:
    """Load a notice: first what it would move, then, confirmed, it holds."""
    actor = require(request.actor, "calendar_edit")
    form = NoticeForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            days = parse_days(data["days"])
            if "confirm" in request.POST:
                moves = holiday_load(
                    actor=actor, agency_id=actor.org, days=days, source=data["source"]
                )
                words = f"，{len(moves)}个期限随之变动并已通知" if moves else "，没有期限变动"
                messages.success(request, f"已录入{len(days)}天{words}")
                return redirect("inspections:calendar")
            if "edit" not in request.POST:
                context |= _preview(actor.org, days)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    status = 422 if form.errors else 200
    return render(request, "inspections/holiday_notice.html", context, status=status)


def _preview(agency_id: int, days: dict[date, Any]) -> dict[str, Any]:
    """Return the days as the notice names them, and the deadlines that they would move."""
    moves = holiday_preview(agency_id=agency_id, days=days)
    return {
        "runs": runs_of((day, kind, "") for day, kind in sorted(days.items())),
        "days_count": len(days),
        "moves": moves[:SHOWN],
        "moves_count": len(moves),
    }
