"""Yearly reports of providers, and their notices across regions."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from common.pages import act_page, form_page
from common.paging import count_up_to, keyset
from documents.models import Document
from evidence.services import attachments_of
from providers import services
from providers.access import notice_for, own_report, report_for
from providers.figures import Figure, figures_of
from providers.forms.reports import ReportEditForm, ReportForm
from providers.models import CrossRegionNotice, PerformanceReport, Provider
from providers.services.reports import due_on
from tenancy import clock
from tenancy.access import require, within
from tenancy.request import Request

PAGE = 50


@login_required
def reports(request: Request) -> HttpResponse:
    """Reports: a provider's own with its drafts, everybody's submitted ones for agencies."""
    actor = require(request.actor, "report_view")
    rows = PerformanceReport.objects.select_related("provider_org").filter(
        provider_org__is_training=actor.is_training
    )
    if actor.is_provider:
        rows = rows.filter(provider_org=actor.org_id)
    year = request.GET.get("year", "")
    if year.isdigit():
        rows = rows.filter(year=int(year[:4]))
    page = keyset(
        rows, order=["-year", "-id"], size=PAGE, after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )  # fmt: skip
    context: dict[str, Any] = {
        "slice": page, "count": count_up_to(rows), "year": year,
        "may_write": actor.may("report_write"),
    }  # fmt: skip
    if actor.is_provider:
        registrar = Provider.objects.values_list("registered_by", flat=True).get(pk=actor.org_id)
        last = clock.today(registrar).year - 1
        context |= {"last_year": last, "due": due_on(services.rules_of(registrar), last)}
    return render(request, "providers/reports.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def report_new(request: Request) -> HttpResponse:
    """Begin a year's report, or the correction of one."""
    actor = require(request.actor, "report_write")
    provider = Provider.objects.select_related("org", "registered_by").get(pk=actor.org_id)
    start = {"year": request.GET.get("year") or clock.today(provider.registered_by_id).year - 1}
    form = ReportForm(request.POST or None, request.FILES or None, initial=start)

    def act(data: dict[str, Any]) -> str:
        report = services.report_begin(actor=actor, provider=provider, **data)
        return reverse("providers:report", args=[report.pk])

    return form_page(
        request, form, act, title="年度业绩报告", submit="保存草稿", back=reverse("providers:reports"),
        back_text="年度业绩报告", success="已保存草稿，核对数字后提交", draft="performance-report",
        intro="合同、企业、检查和隐患等数字由系统按记录统计，提交时固定。请不要写入被服务企业和个人的信息：提交后公开。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def report_edit(request: Request, pk: int) -> HttpResponse:
    """Go on with a draft."""
    found = own_report(request.actor, pk)
    back = reverse("providers:report", args=[pk])
    start = {"text": found.text, "correction": found.correction}
    form = ReportEditForm(request.POST or None, request.FILES or None, initial=start)

    def act(data: dict[str, Any]) -> str:
        services.report_edit(actor=request.actor, report=found, **data)
        return back

    return form_page(
        request, form, act, title=f"修改{found}", submit="保存草稿", back=back, back_text=str(found),
        success="已保存",
    )  # fmt: skip


@login_required
def report(request: Request, pk: int) -> HttpResponse:
    """One report: as frozen, or a draft with the figures as they stand."""
    found = report_for(request.actor, pk)
    is_draft = found.state == PerformanceReport.State.DRAFT
    assert found.provider_org_id is not None  # a report is a provider's
    figures = (
        figures_of(found.provider_org_id, found.year)
        if is_draft
        else [Figure(*figure) for figure in found.body["figures"]]
    )
    versions = PerformanceReport.objects.filter(provider_org=found.provider_org_id, year=found.year)
    kind = "providers.performancereport"
    context = {
        "report": found,
        "is_draft": is_draft,
        "figures": figures,
        "files": attachments_of(kind, [pk], actor=request.actor)[str(pk)],
        "versions": versions.exclude(pk=pk).order_by("-version"),
        "may_write": request.actor.may("report_write")
        and found.provider_org_id == request.actor.org_id,
    }
    return render(request, "providers/report.html", context)


@login_required
@require_POST
def report_submit(request: Request, pk: int) -> HttpResponse:
    """Submit a report."""
    found = own_report(request.actor, pk)
    return act_page(
        request,
        lambda: services.report_submit(actor=request.actor, report=found),
        reverse("providers:report", args=[pk]),
        success="已提交，数字已固定",
    )


@login_required
def notices(request: Request) -> HttpResponse:
    """Notices across regions: filed to one's agency, or by one's body."""
    actor = require(request.actor, "cross_region_view")
    rows = CrossRegionNotice.objects.filter(within(actor)).select_related(
        "provider_org", "owner_agency__org"
    )
    if request.GET.get("only") == "new":
        rows = rows.filter(acknowledged_at=None)
    page = keyset(
        rows, order=["-id"], size=PAGE, after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {"slice": page, "count": count_up_to(rows), "only": request.GET.get("only", "")}
    return render(request, "providers/notices.html", context)


@login_required
def notice(request: Request, pk: int) -> HttpResponse:
    """One notice."""
    found = notice_for(request.actor, pk)
    papers = Document.objects.filter(
        subject_type="providers.crossregionnotice", subject_id=str(found.pk)
    )
    context = {
        "notice": found,
        "papers": papers.defer("content"),
        "may_acknowledge": request.actor.may("cross_region_acknowledge")
        and found.owner_agency_id == request.actor.org_id
        and found.acknowledged_at is None,
    }
    return render(request, "providers/notice.html", context)


@login_required
@require_POST
def notice_acknowledge(request: Request, pk: int) -> HttpResponse:
    """The agency has seen it."""
    found = notice_for(request.actor, pk, "cross_region_acknowledge")
    return act_page(
        request,
        lambda: services.cross_region_acknowledge(actor=request.actor, notice=found),
        reverse("providers:notice", args=[pk]),
        success="已收悉",
    )
