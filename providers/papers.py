"""From rows to the papers about a provider's standing, and its own notice."""

from datetime import date

from django.utils import timezone

from documents.models import Document
from evidence.services import attachments_of
from providers.documents import (
    CrossRegionNoticeDocument,
    StandingDecisionDocument,
    StandingFacts,
    StandingLiftDocument,
    StandingNoticeDocument,
)
from providers.models import CrossRegionNotice, Provider, StandingDecision
from tenancy.models import Agency

Measure = StandingDecision.Measure
NOTICE, DECISION, LIFT = "standing_notice", "standing_decision", "standing_lift"
# D5 names 责令整改通知, 通报, 中止服务决定, 黑名单列入决定/告知书; the other headings are [proposal].
NOTICES: dict[str, str] = {Measure.BLACKLIST: "黑名单列入告知书"}
DECISIONS: dict[str, str] = {
    Measure.RECTIFY: "责令整改通知书",
    Measure.REPRIMAND: "通报批评决定书",
    Measure.SUSPEND: "中止服务决定书",
    Measure.REVOKE: "吊销资格移送决定书",
    Measure.BLACKLIST: "黑名单列入决定书",
    Measure.INDUSTRY_BAN: "行业禁入决定书",
    Measure.OCCUPATION_BAN: "职业禁入决定书",
}
LIFTS: dict[str, str] = {Measure.BLACKLIST: "黑名单移出决定书"}


def notice_heading(decision: StandingDecision) -> str:
    """Return what the 告知书 of a measure is called."""
    return NOTICES.get(decision.measure, f"{decision.get_measure_display()}事先告知书")


def lift_heading(decision: StandingDecision) -> str:
    """Return what the paper is called that ends a measure."""
    return LIFTS.get(decision.measure, f"解除{decision.get_measure_display()}决定书")


def _about(decision: StandingDecision) -> StandingFacts:
    files = attachments_of("providers.standingdecision", [decision.pk])[str(decision.pk)]
    return StandingFacts(
        measure=decision.get_measure_display(),
        kind=decision.get_subject_display(),
        name=decision.name,
        credit_code=decision.credit_code,
        id_number=decision.id_number,
        certificate_number=decision.certificate_number,
        ground=decision.why,
        facts=decision.facts,
        basis=decision.basis,
        evidence=tuple(file.filename for file in files),
        from_on=decision.from_on,
        until_on=decision.until_on,
        demand=decision.demand,
        demand_due_on=decision.demand_due_on,
    )


def standing_notice(
    decision: StandingDecision, agency: Agency, days: int
) -> StandingNoticeDocument:
    """告知书 of a decision that is intended."""
    assert decision.noticed_at is not None  # noticed
    assert decision.respond_until is not None
    return StandingNoticeDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=decision.name,
        heading=notice_heading(decision),
        about=_about(decision),
        respond_days=days,
        respond_until=decision.respond_until,
        issued_on=timezone.localdate(decision.noticed_at),
    )


def standing_decision(
    decision: StandingDecision, agency: Agency, statement: str
) -> StandingDecisionDocument:
    """决定书 of a decision that takes effect."""
    assert decision.decided_at is not None  # decided
    return StandingDecisionDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=decision.name,
        heading=DECISIONS[decision.measure],
        about=_about(decision),
        notice_number=_number(decision, NOTICE),
        statement=statement,
        reason=decision.reason,
        issued_on=timezone.localdate(decision.decided_at),
    )


def standing_lift(decision: StandingDecision, agency: Agency, request: str) -> StandingLiftDocument:
    """解除（修复）决定书 of a decision that was lifted."""
    assert decision.decided_at is not None  # before it was lifted
    assert decision.ended_at is not None
    assert decision.last_on is not None
    return StandingLiftDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=decision.name,
        heading=lift_heading(decision),
        measure=decision.get_measure_display(),
        name=decision.name,
        credit_code=decision.credit_code,
        decision_number=_number(decision, DECISION),
        decided_on=timezone.localdate(decision.decided_at),
        request=request,
        reason=decision.ended_reason,
        last_on=decision.last_on,
        issued_on=timezone.localdate(decision.ended_at),
    )


def _number(decision: StandingDecision, kind: str) -> str:
    rows = Document.objects.filter(
        kind=kind, subject_type="providers.standingdecision", subject_id=str(decision.pk)
    )
    return rows.values_list("number", flat=True).first() or ""


def cross_region_notice(
    notice: CrossRegionNotice, provider: Provider, day: date
) -> CrossRegionNoticeDocument:
    """跨区域执业告知书."""
    return CrossRegionNoticeDocument(
        training=provider.org.is_training,
        agency_name=notice.owner_agency.org.name,
        provider_name=provider.org.name,
        credit_code=provider.org.credit_code or "",
        address=provider.address,
        registered_by=provider.registered_by.org.name,
        qualification=notice.qualification,
        people=notice.people,
        project=notice.project,
        contract_number=notice.contract_number,
        from_on=notice.from_on,
        until_on=notice.until_on,
        served=notice.served,
        commitment=notice.commitment,
        filed_by=notice.filed_by_name,
        issued_on=day,
    )
