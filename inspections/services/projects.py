"""issue_project_report: what the contract brought, phase by phase."""

from collections import Counter

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from agencies.models import Assignment, ServiceBatch
from common.errors import DomainError
from documents.models import Document
from documents.services import document_issue
from inspections.documents.reports import ProjectReportDocument, ReportFigure
from inspections.models import GuidanceRecord, Hazard, Meeting, Severity, Visit
from inspections.papers.reports import staff_of
from inspections.services.phases import LEADS
from inspections.services.reviews import review_follow
from inspections.services.visits import provider_issuer
from tenancy import clock
from tenancy.actors import Actor
from tenancy.selectors import region_names


@transaction.atomic
def issue_project_report(
    *, actor: Actor, batch: ServiceBatch, problems: str, suggestions: str
) -> Document:
    """Issue 项目总结报告 of a batch whose phase 3 is complete; again, it replaces the former one."""
    if actor.role not in LEADS:
        raise DomainError("只有服务机构的项目负责人可以签发总结报告")
    batch = ServiceBatch.objects.select_related(
        "contract", "provider_org", "owner_agency__org"
    ).get(pk=batch.pk)
    if batch.recheck_completed_on is None:
        raise DomainError("复查验收还没有全部完成，不能签发总结报告")
    standing = Document.objects.filter(
        kind="project_report",
        subject_type="agencies.servicebatch",
        subject_id=str(batch.pk),
        state=Document.State.ISSUED,
    ).first()
    now = clock.now(batch.owner_agency_id)
    document = document_issue(
        actor=actor,
        kind="project_report",
        subject=batch,
        content=_content(actor, batch, problems.strip(), suggestions.strip()),
        title=f"{batch.contract.title}项目总结报告",
        issuer=provider_issuer(actor),
        issue_key=f"project_report:{batch.pk}:{now.isoformat()}",
        replaces=standing,
    )
    review_follow(actor=actor, document=document)
    return document


def _content(
    actor: Actor, batch: ServiceBatch, problems: str, suggestions: str
) -> ProjectReportDocument:
    rows = batch.assignments.filter(withdrawn_at=None)
    hazards = Hazard.objects.filter(assignment__batch=batch, source=Hazard.Source.PROVIDER).exclude(
        state=Hazard.State.DISMISSED
    )
    conclusions = Counter(rows.values_list("conclusion", flat=True))
    words = dict(Assignment.Conclusion.choices)
    categories = hazards.order_by().values_list("subcategory").annotate(n=Count("pk"))
    return ProjectReportDocument(
        training=batch.owner_agency.org.is_training,
        provider_name=batch.provider_org.name if batch.provider_org else "",
        agency_name=batch.owner_agency.org.name,
        contract_number=batch.contract.number,
        contract_title=batch.contract.title,
        batch_name=batch.name,
        period_from=batch.starts_on,
        period_until=batch.ends_on,
        figures=_figures(batch, rows.count(), hazards),
        conclusions=tuple(
            ReportFigure(words[key], f"{n}家") for key, n in sorted(conclusions.items()) if key
        ),
        categories=tuple(
            ReportFigure(name or "其他", f"{n}项")
            for name, n in sorted(categories, key=lambda row: (-row[1], row[0]))[:12]
        ),
        towns=_towns(hazards, batch),
        meetings=_meetings(batch),
        withdrawn=tuple(
            f"{a.enterprise.name}（{a.get_withdrawal_display()}：{a.withdrawn_reason}）"
            for a in batch.assignments.exclude(withdrawn_at=None).select_related("enterprise")
        ),
        problems=problems,
        suggestions=suggestions,
        lead=staff_of(actor),
        made_on=clock.today(batch.owner_agency_id),
    )


def _figures(batch: ServiceBatch, count: int, hazards: object) -> tuple[ReportFigure, ...]:
    totals = hazards.aggregate(  # type: ignore[attr-defined]
        found=Count("pk"),
        closed=Count("pk", filter=Q(state=Hazard.State.CLOSED)),
        major=Count("pk", filter=Q(severity=Severity.MAJOR)),
        overdue=Count("pk", filter=Q(was_overdue=True)),
        refused=Count("pk", filter=Q(is_refused=True)),
    )
    found, closed = totals["found"], totals["closed"]
    visits = Visit.objects.filter(assignment__batch=batch).exclude(kind__in=Visit.OFFICIAL)
    traces = GuidanceRecord.objects.filter(assignment__batch=batch, state=GuidanceRecord.State.DONE)
    return (
        ReportFigure("服务企业", f"{count}家"),
        ReportFigure("到场检查", f"{visits.count()}次"),
        ReportFigure("落实指导事项", f"{traces.count()}项"),
        ReportFigure("查出隐患", f"{found}项"),
        ReportFigure("其中重大隐患", f"{totals['major']}项"),
        ReportFigure("已销号", f"{closed}项"),
        ReportFigure("整改率", f"{closed * 100 / found:.1f}%" if found else "—"),
        ReportFigure("曾逾期", f"{totals['overdue']}项"),
        ReportFigure("拒不整改", f"{totals['refused']}项"),
    )


def _towns(hazards: QuerySet[Hazard], batch: ServiceBatch) -> tuple[tuple[str, ...], ...]:
    """(town, enterprises, found, closed, major) for each town."""
    rows = (
        hazards.order_by()
        .values("region_code")
        .annotate(
            found=Count("pk"),
            closed=Count("pk", filter=Q(state=Hazard.State.CLOSED)),
            major=Count("pk", filter=Q(severity=Severity.MAJOR)),
        )
    )
    counts = {row["region_code"]: row for row in rows}
    firms = Counter(
        batch.assignments.filter(withdrawn_at=None).values_list("region_code", flat=True)
    )
    names = region_names(set(firms))
    empty = {"found": 0, "closed": 0, "major": 0}
    return tuple(
        (
            names.get(code, code),
            str(firms[code]),
            *(str(counts.get(code, empty)[key]) for key in ("found", "closed", "major")),
        )
        for code in sorted(firms)
    )


def _meetings(batch: ServiceBatch) -> tuple[str, ...]:
    held = batch.meetings.filter(state=Meeting.State.HELD).annotate(people=Count("attendances"))
    return tuple(
        f"{timezone.localtime(m.starts_at):%Y-%m-%d} {m.get_kind_display()} {m.title}，"
        f"{m.place}，签到{m.people}人"
        for m in held.order_by("starts_at")
    )
