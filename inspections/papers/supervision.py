"""From rows to the papers of the watching."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from agencies.models import Assignment, ServiceBatch, ServiceContract
from inspections.documents.supervision import (
    DisclosedFirm,
    DisclosedHazard,
    DisclosureDocument,
    ExpertOpinionDocument,
    OpinionLine,
    TeamLine,
    TeamSheetDocument,
)
from inspections.models import ExpertOpinion, ExpertReview, Hazard, TeamMember, Visit
from inspections.papers.reports import staff_of
from tenancy.actors import Actor


def certificate_words(one: dict[str, str]) -> str:
    """Say one kept certificate in a line."""
    what = " ".join(filter(None, (one["level"], one["kind"], one["specialty"])))
    verified = "已核验" if one["verified"] else "未核验"
    return f"{what} {one['number']}，有效期至{one['valid_until']}，{one['standing']}，{verified}"


def team_sheet(
    contract: ServiceContract, rows: Sequence[TeamMember], now: datetime
) -> TeamSheetDocument:
    """准备情况确认表 of a contract; loaded with its parties."""
    return TeamSheetDocument(
        training=contract.owner_agency.org.is_training,
        agency_name=contract.owner_agency.org.name,
        provider_name=contract.provider_org.name if contract.provider_org else "",
        contract_number=contract.number,
        contract_title=contract.title,
        lines=tuple(
            TeamLine(
                name=row.name,
                duty=row.get_duty_display(),
                qualification=" ".join(filter(None, (row.qualification, row.certificate_number))),
                certificates=tuple(certificate_words(one) for one in row.certificates),
                named_on=timezone.localdate(row.named_at),
                result=row.get_state_display(),
                decided_by=row.decided_by_name,
                decided_at=row.decided_at,
                note="；".join(filter(None, (row.note, row.ended_reason))),
            )
            for row in rows
        ),
        confirmed=sum(row.state == TeamMember.State.CONFIRMED for row in rows),
        made_at=now,
    )


def disclosure(
    actor: Actor,
    batch: ServiceBatch,
    assignments: Sequence[Assignment],
    hazards: Sequence[Hazard],
    words: str,
    made_on: date,
) -> DisclosureDocument:
    """交底书 of several enterprises; `hazards` are what was confirmed at them, in order."""
    found: dict[int | None, list[DisclosedHazard]] = defaultdict(list)
    for hazard in hazards:
        found[hazard.assignment_id].append(_disclosed(hazard))
    visits = Visit.objects.filter(assignment__in=assignments).exclude(kind__in=Visit.OFFICIAL)
    last = dict(visits.order_by().values_list("assignment").annotate(Max("arrived_at")))
    return DisclosureDocument(
        training=batch.owner_agency.org.is_training,
        provider_name=batch.provider_org.name if batch.provider_org else "",
        agency_name=batch.owner_agency.org.name,
        contract_number=batch.contract.number,
        contract_title=batch.contract.title,
        batch_name=batch.name,
        firms=tuple(
            DisclosedFirm(
                name=a.enterprise.name,
                credit_code=a.enterprise.credit_code,
                visited_on=timezone.localdate(last[a.pk]) if a.pk in last else None,
                guided_on=a.guided_on,
                hazards=tuple(found[a.pk]),
            )
            for a in assignments
        ),
        words=words,
        lead=staff_of(actor),
        made_on=made_on,
    )


def _disclosed(hazard: Hazard) -> DisclosedHazard:
    return DisclosedHazard(
        number=hazard.number,
        place=hazard.place,
        description=hazard.description,
        severity=hazard.get_severity_display(),
        measure=hazard.measure,
        due_on=hazard.due_on,
        state=hazard.get_state_display(),
    )


def expert_opinion(
    review: ExpertReview, opinions: Sequence[ExpertOpinion]
) -> ExpertOpinionDocument:
    """专家审核意见 of a closed round; loaded with contract, document and parties."""
    assert review.closed_at is not None  # closed before its paper is made
    contract = review.contract
    return ExpertOpinionDocument(
        training=review.owner_agency.org.is_training,
        agency_name=review.owner_agency.org.name,
        provider_name=contract.provider_org.name if contract.provider_org else "",
        contract_number=contract.number,
        contract_title=contract.title,
        report_title=review.document.title,
        report_number=review.document.number,
        report_sha256=review.document.content_sha256,
        round=review.round,
        result=review.get_state_display(),
        summary=review.words,
        opinions=tuple(
            OpinionLine(
                name=one.name,
                unit=one.unit,
                title=one.title,
                certificate_number=one.certificate_number,
                conflict=one.conflict,
                conclusion=one.get_conclusion_display(),
                points=one.points,
            )
            for one in opinions
        ),
        opened_at=review.opened_at,
        closed_at=review.closed_at,
    )
