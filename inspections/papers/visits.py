"""From the rows of a visit to the frozen content of its papers."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from enterprises.models import Enterprise
from inspections.documents import (
    ChecklistResult,
    EnterpriseHead,
    FoundHazard,
    Refusal,
    ServiceRecordDocument,
    Signature,
    StaffMember,
    SuggestedHazard,
    SuggestionDocument,
)
from inspections.models import Answer, Hazard, Visit
from tenancy.actors import Actor
from tenancy.models import Membership


def enterprise_head(enterprise: Enterprise) -> EnterpriseHead:
    """The enterprise as papers name it."""
    return EnterpriseHead(
        name=enterprise.name,
        credit_code=enterprise.credit_code,
        address=enterprise.address,
        industry=enterprise.industry,
        scale=f"{enterprise.employee_count}人" if enterprise.employee_count is not None else "",
        principal_name=enterprise.principal_name,
        phone=enterprise.phone,
    )


def _team(visit: Visit) -> tuple[StaffMember, ...]:
    return tuple(
        StaffMember(m.name, m.qualification, m.certificate_number)
        for m in visit.team.order_by("pk")
    )


def service_record(visit: Visit, signature: bytes) -> ServiceRecordDocument:
    """社会化服务检查记录 of a signed or refused visit."""
    assert visit.left_at is not None  # set with the signature
    signed_at = visit.signed_at or visit.left_at
    contract = visit.served.batch.contract
    return ServiceRecordDocument(
        training=visit.owner_agency.org.is_training,
        provider_name=contract.provider_org.name if contract.provider_org else "",
        agency_name=visit.owner_agency.org.name,
        contract_number=contract.number,
        contract_title=contract.title,
        enterprise=enterprise_head(visit.enterprise),
        visit_kind=visit.get_kind_display(),
        arrived_at=visit.arrived_at,
        left_at=visit.left_at,
        position=_position(visit),
        team=_team(visit),
        checklists=_checklists(visit),
        hazards=_found(visit),
        process_note=visit.process_note,
        signature=Signature(
            visit.representative_name, visit.representative_post, signed_at, signature
        )
        if signature
        else None,
        refusal=None if signature else Refusal(visit.refusal_reason, visit.witness_name, signed_at),
    )


def _position(visit: Visit) -> str:
    if visit.latitude is None:
        return "未取得定位"
    accuracy = f"，精度约{visit.accuracy}米" if visit.accuracy else ""
    return f"北纬{visit.latitude}，东经{visit.longitude}（WGS-84）{accuracy}"


def _checklists(visit: Visit) -> tuple[ChecklistResult, ...]:
    counts: Counter[tuple[int | None, str]] = Counter(
        Answer.objects.filter(visit=visit).values_list("item__template_id", "result")
    )
    lists: list[tuple[int | None, str, str]] = [
        (t.pk, t.name, t.version) for t in visit.templates.order_by("pk")
    ]
    if any(pk is None for pk, _ in counts):
        lists.append((None, "本企业风险点", ""))
    return tuple(
        ChecklistResult(
            name=name,
            version=version,
            passed=counts[pk, Answer.Result.OK],
            failed=counts[pk, Answer.Result.FAIL],
            not_applicable=counts[pk, Answer.Result.NA],
        )
        for pk, name, version in lists
    )


def _found(visit: Visit) -> tuple[FoundHazard, ...]:
    rows = visit.hazards.exclude(state=Hazard.State.DISMISSED).order_by("number")
    return tuple(
        FoundHazard(
            position=position,
            number=hazard.number,
            place=hazard.place,
            description=hazard.description,
            severity=hazard.get_severity_display(),
            basis=hazard.basis,
            due_on=hazard.due_on,
        )
        for position, hazard in enumerate(rows, start=1)
    )


def suggestion(
    visit: Visit, hazards: Sequence[Hazard], actor: Actor, issued_on: date
) -> SuggestionDocument:
    """隐患整改建议书 of the hazards that the project lead confirmed."""
    contract = visit.served.batch.contract
    lead = Membership.objects.get(pk=actor.member)
    return SuggestionDocument(
        training=visit.owner_agency.org.is_training,
        provider_name=contract.provider_org.name if contract.provider_org else "",
        agency_name=visit.owner_agency.org.name,
        contract_number=contract.number,
        contract_title=contract.title,
        enterprise=enterprise_head(visit.enterprise),
        inspected_on=visit.arrived_at.date(),
        team=_team(visit),
        lead=StaffMember(actor.user_name, lead.qualification, lead.certificate_number),
        issued_on=issued_on,
        hazards=tuple(
            SuggestedHazard(
                position=position,
                number=hazard.number,
                place=hazard.place,
                description=hazard.description,
                severity=hazard.get_severity_display(),
                basis=hazard.basis,
                measure=hazard.measure,
                due_on=hazard.due_on,
                due_reason=hazard.due_reason,
            )
            for position, hazard in enumerate(hazards, start=1)
        ),
    )
