"""A year's points of a town or district, by town: how its townships give them, and the papers."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from scoring import services
from scoring.services.outputs import documents_of
from scoring.services.summaries import KIND, summary_content
from tenancy import clock
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request
from workflow.models import Job, JobPart


class YearFilter(forms.Form):
    """Which year."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, required=False)


@login_required
@require_http_methods(["GET", "POST"])
def summary(request: Request) -> HttpResponse:
    """The newest summary of a year of the actor's agency; POST adds the year up anew."""
    actor = require(request.actor, "points_view")
    this_year = clock.today(actor.org).year
    form = YearFilter(request.POST or request.GET)
    year = (form.cleaned_data["year"] if form.is_valid() else None) or this_year
    if request.method == "POST":
        require(actor, "outputs_make")
        agency = Agency.objects.get(pk=actor.org_id)
        services.region_summary_start(actor=actor, agency=agency, year=year)
        return redirect(f"{reverse('scoring:summary')}?year={year}")
    rows = Job.objects.filter(
        kind=KIND, subject_type="tenancy.agency", subject_id=str(actor.org_id), frozen__year=year
    )
    context = {
        "year": year,
        "years": range(this_year, this_year - 5, -1),
        "may_make": actor.may("outputs_make"),
        **_shown(rows.order_by("-created_at").first()),
    }
    return render(request, "scoring/summary.html", context)


def _shown(job: Job | None) -> dict[str, Any]:
    if job is None:
        return {}
    parts = sorted(job.parts.all(), key=lambda part: (part.step, part.pk))
    return {
        "job": job,
        "parts": parts,
        "done": sum(part.state == JobPart.State.DONE for part in parts),
        "has_failed": any(part.state == JobPart.State.FAILED for part in parts),
        "is_running": job.state == Job.State.RUNNING,
        "content": summary_content(job),
        "papers": documents_of(job),
    }
