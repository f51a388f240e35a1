"""Accidents, cases and fines by month, as an agency reports them: they stand beside the points."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from common.pages import form_page
from scoring import services
from scoring.effects import change_words
from scoring.forms.effects import EffectMonthForm
from scoring.models import EffectMonth
from scoring.selectors import effect_months
from scoring.views.summaries import YearFilter
from tenancy import clock
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request


@login_required
@require_GET
def effect_list(request: Request) -> HttpResponse:
    """A year's months of the actor's agency, each beside the same month of the year before."""
    actor = require(request.actor, "points_view")
    agency = Agency.objects.get(pk=actor.org_id)
    today = clock.today(agency.pk)
    form = YearFilter(request.GET)
    year = (form.cleaned_data["year"] if form.is_valid() else None) or today.year
    now, then = ({one.month: one for one in effect_months(agency.pk, y)} for y in (year, year - 1))
    context = {
        "year": year,
        "years": range(today.year, today.year - 5, -1),
        "may_note": actor.may("outputs_make"),
        "months": [  # what is over, and what somebody noted
            {"month": month, "now": now.get(month), "then": then.get(month),
             "change": _change(now.get(month), then.get(month))}
            for month in range(1, 13)
            if (year, month) < (today.year, today.month) or month in now
        ],
    }  # fmt: skip
    return render(request, "scoring/effects.html", context)


def _change(now: EffectMonth | None, then: EffectMonth | None) -> str:
    return change_words(now.accidents, then.accidents) if now and then else "—"


@login_required
@require_http_methods(["GET", "POST"])
def effect_month(request: Request, year: int, month: int) -> HttpResponse:
    """Note a month's figures, or correct them."""
    actor = require(request.actor, "outputs_make")
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        raise Http404
    agency = Agency.objects.select_related("org").get(pk=actor.org_id)
    found = effect_months(agency.pk, year).filter(month=month).first()
    back = f"{reverse('scoring:effects')}?year={year}"

    def act(data: dict[str, Any]) -> str:
        services.effect_month_save(actor=actor, agency=agency, year=year, month=month, **data)
        return back

    return form_page(
        request, EffectMonthForm(request.POST or None, instance=found), act,
        title=f"{year}年{month}月成效数据", submit="保存", back=back, back_text="成效数据",
        intro=f"{agency.region_name}辖区当月数据。更正时填写更正后的数，原数留在操作记录里。",
        success="已保存",
    )  # fmt: skip
