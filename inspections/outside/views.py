"""Files for outside systems: what was made and by whom, and making the next."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from common.limits import heavy
from common.pages import form_page
from common.paging import keyset
from inspections.models import OutsideExport
from inspections.outside.forms import ExportForm
from inspections.outside.mapping import NOTICE, TABLES, systems
from inspections.outside.selectors import entered
from inspections.outside.services import KIND, outside_export_start, scope_words
from tenancy.access import require
from tenancy.request import Request
from workflow.models import Job

PAGE = 50


@login_required
def exports(request: Request) -> HttpResponse:
    """Every export of the organisation, newest first, each to be had again."""
    actor = require(request.actor, "outside_export")
    page = keyset(
        OutsideExport.objects.filter(org_id=actor.org).select_related("batch"),
        order=["-id"], size=PAGE, after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )  # fmt: skip
    jobs = Job.objects.filter(kind=KIND, subject_id__in=[str(row.pk) for row in page])
    by_subject = {job.subject_id: job for job in jobs}
    for row in page:
        row.job = by_subject.get(str(row.pk))
        row.system_name, row.scope = systems()[row.system].name, scope_words(row)
        row.counts = [(TABLES[table], row.rows.get(table)) for table in TABLES]
    context = {"slice": page, "entered": entered(actor)}
    return render(request, "inspections/outside_exports.html", context)


@login_required
@heavy
@require_http_methods(["GET", "POST"])
def export_new(request: Request) -> HttpResponse:
    """Choose system and scope; the file is made while one does other things."""
    actor = require(request.actor, "outside_export")
    form = ExportForm(request.POST or None, actor=actor)

    def act(data: dict[str, Any]) -> str:
        return reverse("workflow:job", args=[outside_export_start(actor=actor, **data).pk])

    return form_page(
        request, form, act, title="导出到外部系统", submit="开始导出",
        back=reverse("inspections:outside-list"), back_text="外部系统导出", intro=NOTICE,
    )  # fmt: skip
