"""A year's evaluations of an agency: begun in one step, compared, published, archived."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies.models import Publication
from common.limits import heavy
from common.pages import act_page
from scoring import services
from scoring.models import Appraisal
from scoring.services.years import (
    compare_sheet,
    finals,
    job_of_year,
    last_years,
    not_begun,
    year_archive,
    year_start,
)
from scoring.views.summaries import YearFilter
from tenancy import clock
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request

YEARS = 5


def _year(request: Request) -> int:
    form = YearFilter(request.POST or request.GET)
    wanted = form.cleaned_data["year"] if form.is_valid() else None
    return wanted or clock.today(request.actor.org).year


@login_required
@require_http_methods(["GET", "POST"])
def year(request: Request) -> HttpResponse:
    """Every contract of a year with its evaluation; POST begins all that have none."""
    actor = require(request.actor, "appraisal_view")
    agency = Agency.objects.select_related("org").get(pk=actor.org_id)
    wanted = _year(request)
    if request.method == "POST":
        actor = require(actor, "appraisal_manage")
        back = f"{reverse('scoring:appraisals')}?year={wanted}"
        return act_page(
            request, lambda: year_start(actor=actor, agency=agency, year=wanted), back,
            success="年度考评已开始，数据正在冻结",
        )  # fmt: skip
    state = request.GET.get("state", "")
    rows = list(finals(agency.pk, wanted))
    states = {row.state for row in rows}
    today = clock.today(agency.pk)
    context = {
        "year": wanted,
        "years": range(today.year, today.year - YEARS, -1),
        "agency": agency,
        "rows": [row for row in rows if not state or row.state == state],
        "count": len(rows),
        "state": state,
        "states": [(s.value, s.label) for s in Appraisal.State if s in states],
        "last": last_years(agency.pk, wanted),
        "waiting": list(not_begun(agency.pk, wanted)),
        "job": job_of_year(agency.pk, wanted),
        "publications": _publications(agency.pk),
        "may_withdraw": actor.may("publication_withdraw"),
        "may_manage": actor.may("appraisal_manage"),
        "may_publish": actor.may("appraisal_decide") and Appraisal.State.DECIDED in states,
        "may_archive": actor.may("appraisal_decide")
        and any(
            r.state == Appraisal.State.PUBLISHED and r.publicity_until and r.publicity_until < today
            for r in rows
        ),
        "today": today,
    }
    return render(request, "scoring/appraisal_year.html", context)


def _publications(agency_id: int) -> list[Publication]:
    rows = Publication.objects.filter(owner_agency=agency_id, kind=Publication.Kind.APPRAISAL)
    return list(rows.defer("body").order_by("-published_at", "code")[:10])


@login_required
@require_POST
def year_publish(request: Request) -> HttpResponse:
    """Publish what is decided, in one notice."""
    actor = require(request.actor, "appraisal_decide")
    agency, wanted = Agency.objects.select_related("org").get(pk=actor.org_id), _year(request)
    back = f"{reverse('scoring:appraisals')}?year={wanted}"
    return act_page(
        request,
        lambda: services.appraisals_publish(actor=actor, agency=agency, year=wanted),
        back, success="已公示",
    )  # fmt: skip


@login_required
@require_POST
def year_close(request: Request) -> HttpResponse:
    """Archive what was published for its days."""
    actor = require(request.actor, "appraisal_decide")
    agency, wanted = Agency.objects.select_related("org").get(pk=actor.org_id), _year(request)
    back = f"{reverse('scoring:appraisals')}?year={wanted}"
    return act_page(
        request, lambda: year_archive(actor=actor, agency=agency, year=wanted), back,
        success="已归档，全部文书正在合成一个文件，做好后在消息里",
    )  # fmt: skip


@login_required
@require_GET
@heavy
def year_export(request: Request) -> FileResponse:
    """The comparison of a year's contracts as a sheet."""
    actor = require(request.actor, "appraisal_view")
    agency, wanted = Agency.objects.select_related("org").get(pk=actor.org_id), _year(request)
    out = io.BytesIO()  # a line a contract
    compare_sheet(out, agency, wanted)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{wanted}年度绩效考评比较表.xlsx")
