"""report_begin · report_edit · report_submit · reports_remind"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.frozen import content_sha256
from evidence.services import attachment_add, attachments_of
from providers.figures import figures_of
from providers.models import (
    PerformanceReport,
    PerformanceReportPublication,
    Provider,
    ProviderRules,
    Qualification,
)
from providers.services.rules import rules_of
from tenancy import clock
from tenancy.actors import Actor
from workflow.services import transition, work_task_close, work_task_open

Files = Sequence[tuple[str, bytes]]  # name, content
FIRST_YEAR = 2016  # of the rules that ask for it (D5)
REMIND = timedelta(days=30)  # before the last day [proposal]


@transaction.atomic
def report_begin(
    *,
    actor: Actor,
    provider: Provider,
    year: int,
    text: str,
    correction: str = "",
    files: Files = (),
) -> PerformanceReport:
    """Begin the report of a year, or the correction of a submitted one as its next version."""
    _own(actor, provider.org_id)
    now = clock.now(provider.registered_by_id)
    if not FIRST_YEAR <= year <= timezone.localdate(now).year:
        raise DomainError("请填写今年或者以前的年度", field="year")
    rows = PerformanceReport.objects.filter(provider_org=provider.org_id, year=year)
    last = rows.aggregate(last=Max("version"))["last"] or 0
    if last and not correction.strip():
        raise DomainError("该年度的报告已提交，更正请写明更正说明", field="correction")
    try:
        with transaction.atomic():
            report = PerformanceReport.objects.create(
                **provider.tenant, year=year, version=last + 1, text=_said(text), begun_at=now,
                correction=correction.strip() if last else "",
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError("该年度已有一份草稿，请继续修改", field="year") from error
    _keep(actor, report, files)
    record(actor=actor, act="performancereport.begin", subject=report, summary=str(report), at=now)
    return report


@transaction.atomic
def report_edit(
    *, actor: Actor, report: PerformanceReport, text: str, files: Files = (), correction: str = ""
) -> PerformanceReport:
    """Write a draft anew, with further files."""
    _own(actor, report.provider_org_id)
    locked = PerformanceReport.objects.select_for_update(of=("self",), no_key=True).get(
        pk=report.pk
    )
    if locked.state != PerformanceReport.State.DRAFT:
        raise DomainError("报告已提交，不能再改；需要更正请提交新版")
    locked.text = _said(text)
    if locked.version > 1:
        locked.correction = correction.strip() or locked.correction
    locked.save(update_fields=["text", "correction"])
    _keep(actor, locked, files)
    return locked


def _said(text: str) -> str:
    if not text.strip():
        raise DomainError("请写明本年度业绩情况", field="text")
    return text.strip()


def _keep(actor: Actor, report: PerformanceReport, files: Files) -> None:
    for name, content in files:
        attachment_add(actor=actor, subject=report, filename=name, content=content)


def _own(actor: Actor, provider_org_id: int | None) -> None:
    if actor.org_id != provider_org_id:
        raise DomainError("由机构自己填报")


@transaction.atomic
def report_submit(*, actor: Actor, report: PerformanceReport) -> PerformanceReport:
    """Submit a report: its figures are counted from the records and frozen, and it is published."""
    _own(actor, report.provider_org_id)
    provider = Provider.objects.select_related("org", "registered_by").get(
        pk=report.provider_org_id
    )
    now = clock.now(report.owner_agency_id)
    body = report_body(report, provider, timezone.localdate(now))
    moved = transition(
        actor=actor, row=report, name="submit", body=body, body_sha256=content_sha256(body),
        submitted_at=now, submitted_by_name=actor.display[:80], summary=str(report),
    )  # fmt: skip
    PerformanceReportPublication.objects.update_or_create(
        provider_org_id=report.provider_org_id, year=report.year,
        defaults={"body": body, "updated_at": now},
        create_defaults={
            "code": _code(report), "owner_agency_id": report.owner_agency_id,
            "region_code": report.region_code, "body": body, "updated_at": now,
        },
    )  # fmt: skip
    work_task_close(actor=actor, row=provider, kind=_task(report.year))
    return moved


def report_body(report: PerformanceReport, provider: Provider, day: date) -> dict[str, Any]:
    """Return what a report says, as it is frozen and published: no names of people or enterprises."""
    files = attachments_of("providers.performancereport", [report.pk])[str(report.pk)]
    valid = Qualification.objects.filter(provider_org=provider.org_id, removed_at=None)
    return {
        "provider": provider.org.name,
        "credit_code": provider.org.credit_code,
        "year": report.year,
        "version": report.version,
        "correction": report.correction,
        "submitted_on": str(day),
        "figures": [list(figure) for figure in figures_of(provider.org_id, report.year)],
        "qualifications": [
            [row.kind, row.level, row.number, str(row.valid_until)]
            for row in valid.order_by("kind", "pk")
        ],
        "text": report.text,
        "files": [[file.filename, file.sha256] for file in files],
    }


def _code(report: PerformanceReport) -> str:
    """Return the 16 letters and digits of its public address, the same for every version."""
    digest = hashlib.sha256(f"performance:{report.provider_org_id}:{report.year}".encode())
    return base64.b32encode(digest.digest())[:16].decode().lower()


def due_on(rules: ProviderRules, year: int) -> date:
    """Return the last day for the report of a year: a day of the next."""
    return date(year + 1, rules.report_month, rules.report_day)


def _task(year: int) -> str:
    return f"performance_report_{year}"


@transaction.atomic
def reports_remind(*, agency_id: int) -> int:
    """Put last year's report before every provider of an agency that has not submitted it.

    From thirty days before the last day on, until it comes. Whoever was registered since owes none.
    """
    today = clock.today(agency_id)
    year, last = today.year - 1, due_on(rules_of(agency_id), today.year - 1)
    if today < last - REMIND:
        return 0
    done = PerformanceReport.objects.filter(year=year, state=PerformanceReport.State.SUBMITTED)
    owed = Provider.objects.filter(registered_by=agency_id, created_at__year__lte=year).exclude(
        org__in=done.values("provider_org")
    )
    providers = list(owed.select_related("registered_by"))
    for provider in providers:
        work_task_open(
            row=provider, org_id=provider.org_id, kind=_task(year),
            title=f"{year}年度业绩报告，{last:%Y-%m-%d}前提交", url=reverse("providers:reports"),
        )  # fmt: skip
    return len(providers)
