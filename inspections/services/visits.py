"""visit_start · answers_save · visit_note · visit_sign · visit_refuse"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.models import Assignment
from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from documents.models import Document
from documents.services import Issuer, document_issue
from evidence.models import Photo
from evidence.services import photo_add
from inspections import papers
from inspections.models import Answer, Visit, VisitMember
from inspections.papers.enforcement import check_record
from inspections.selectors import checklist_items, checklists_for
from inspections.services.official import official_left
from providers.models import Provider
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency, Membership
from tenancy.selectors import certificate_numbers
from tenancy.services import certified_pair
from workflow.services import transition


@transaction.atomic
def visit_start(
    *,
    actor: Actor,
    assignment: Assignment,
    arrived_at: datetime | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    accuracy: int | None = None,
    member_ids: Sequence[int] = (),
    kind: str = Visit.Kind.SURVEY,
    part: str = Visit.Part.BOTH,
    id: UUID | None = None,
) -> Visit:
    """Arrive at an enterprise with a team; the same `id` again is the same visit.

    The actor is of the team. The provider's first visit moves the assignment to 摸底排查; officers
    come to a spot check or an enforcement check, two of them with valid certificates.
    """
    if id is not None and (found := Visit.objects.filter(pk=id).first()):
        return found
    now = clock.now(assignment.owner_agency_id)
    arrived = arrived_at or now
    official = kind in Visit.OFFICIAL
    _check_arrival(assignment, arrived, now)
    team = _team(actor, member_ids)
    if official:
        certified_pair(team, arrived.date())
    locked = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if not official:
        _check_open(locked)
    same_side = Visit.objects.filter(
        assignment=locked, state=Visit.State.OPEN, provider_org_id=None
    ) if official else Visit.objects.filter(
        assignment=locked, state=Visit.State.OPEN, provider_org_id=locked.provider_org_id
    )  # fmt: skip
    if same_side.exists():
        raise DomainError("该企业有一次检查还没有签字，请先完成那一次")
    whose = {**assignment.tenant, "provider_org_id": None} if official else assignment.tenant
    visit = Visit.objects.create(
        id=id or uuid7(),
        **whose,
        assignment=assignment,
        enterprise_id=assignment.enterprise_id,
        kind=kind,
        part=part,
        started_by_id=actor.member,
        arrived_at=arrived,
        latitude=latitude,
        longitude=longitude,
        accuracy=accuracy,
    )
    visit.templates.set(checklists_for(assignment.enterprise, arrived.date()))
    numbers = certificate_numbers(team, arrived.date()) if official else {}
    VisitMember.objects.bulk_create(_member(visit, m, numbers.get(m.pk, "")) for m in team)
    record(actor=actor, act="visit.start", subject=visit, at=arrived)
    if not official and locked.state == Assignment.Phase.WAITING:
        transition(actor=actor, row=locked, name="begin_survey", surveyed_on=arrived.date())
    return visit


def _check_arrival(assignment: Assignment, arrived: datetime, now: datetime) -> None:
    if arrived > now:
        raise DomainError("到达时间不能晚于现在", field="arrived_at")
    starts = assignment.batch.contract.starts_on
    if arrived.date() < starts:
        raise DomainError(f"到达时间不能早于合同开始日期{starts:%Y-%m-%d}", field="arrived_at")


def _team(actor: Actor, member_ids: Sequence[int]) -> list[Membership]:
    wanted = {actor.member, *member_ids}
    found = Membership.objects.filter(pk__in=wanted, org_id=actor.org_id, ended_at=None)
    team = list(found.select_related("user").order_by("pk"))
    if len(team) != len(wanted):
        raise DomainError("检查人员须是本机构在用人员", field="members")
    return team


def _check_open(assignment: Assignment) -> None:
    if assignment.withdrawn_at:
        raise DomainError("该企业已退出本批次")
    if not assignment.is_open:
        raise DomainError("该企业的复查验收已完成，不能再检查")


def _member(visit: Visit, membership: Membership, certificate: str = "") -> VisitMember:
    return VisitMember(
        **visit.tenant,
        visit=visit,
        membership=membership,
        name=membership.user.name,
        qualification=membership.qualification,
        certificate_number=certificate or membership.certificate_number,
    )


def lock_open(visit: Visit) -> Visit:
    """Return the visit locked; DomainError once it is signed or refused."""
    locked = Visit.objects.select_for_update(of=("self",)).select_related(
        "assignment__batch__contract", "enterprise"
    )
    found = locked.get(pk=visit.pk)
    if found.state != Visit.State.OPEN:
        raise DomainError(f"这次检查{found.get_state_display()}，不能再改；需要补充请另开一次检查")
    return found


@transaction.atomic
def answers_save(*, actor: Actor, visit: Visit, answers: Mapping[int, tuple[str, str]]) -> int:
    """Save {item id: (result, note)}; an answer given again replaces the former one.

    DomainError for a question that is not on this visit's checklists.
    """
    locked = lock_open(visit)
    items = {item.pk for item in checklist_items(locked)}
    if not set(answers) <= items:
        raise DomainError("检查项不在本次检查表中，请刷新页面", field="item")
    if any(result not in Answer.Result.values for result, _ in answers.values()):
        raise DomainError("请选择符合、不符合或不涉及", field="result")
    Answer.objects.bulk_create(
        [
            Answer(**locked.tenant, visit=locked, item_id=item, result=result, note=note[:300])
            for item, (result, note) in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["visit", "item"],
        update_fields=["result", "note"],
    )
    return len(answers)


@transaction.atomic
def visit_note(*, visit: Visit, process_note: str) -> Visit:
    """Keep the process control record (过程控制记录)."""
    locked = lock_open(visit)
    locked.process_note = process_note.strip()
    locked.save(update_fields=["process_note"])
    return locked


@transaction.atomic
def visit_sign(
    *,
    actor: Actor,
    visit: Visit,
    representative_name: str,
    representative_post: str,
    signature: bytes,
    left_at: datetime | None = None,
) -> Visit:
    """The site representative signs on the glass; from that, and only then, the record is issued."""
    if not representative_name.strip():
        raise DomainError("请填写现场负责人姓名", field="representative_name")
    if not signature:
        raise DomainError("请现场负责人在框内签名", field="signature")
    locked = lock_open(visit)
    _check_answered(locked)
    photo_add(actor=actor, subject=locked, purpose=Photo.Purpose.SIGNATURE, content=signature)
    signed = transition(
        actor=actor,
        row=locked,
        name="sign",
        representative_name=representative_name.strip(),
        representative_post=representative_post.strip(),
        **_leaving(locked, left_at),
    )
    _left(actor, signed, signature)
    return signed


@transaction.atomic
def visit_refuse(
    *,
    actor: Actor,
    visit: Visit,
    refusal_reason: str,
    witness_name: str,
    left_at: datetime | None = None,
) -> Visit:
    """The representative refuses to sign: recorded with reason and witness (L1 §68)."""
    if not refusal_reason.strip():
        raise DomainError("请填写拒签原因", field="refusal_reason")
    if not witness_name.strip():
        raise DomainError("请填写见证人姓名", field="witness_name")
    locked = lock_open(visit)
    _check_answered(locked)
    refused = transition(
        actor=actor,
        row=locked,
        name="refuse",
        refusal_reason=refusal_reason.strip(),
        witness_name=witness_name.strip(),
        **_leaving(locked, left_at),
    )
    _left(actor, refused, b"")
    return refused


def _check_answered(visit: Visit) -> None:
    asked = len(checklist_items(visit))
    answered = Answer.objects.filter(visit=visit).count()
    if answered < asked:
        raise DomainError(f"还有 {asked - answered} 项没有检查，请逐项作答或标为不涉及")
    failed = Answer.objects.filter(visit=visit, result=Answer.Result.FAIL)
    bare = failed.exclude(item__in=visit.hazards.exclude(item=None).values("item"))
    if bare.exists():
        raise DomainError(f"有 {bare.count()} 项不符合还没有登记隐患，请登记后再签字")


def _leaving(visit: Visit, left_at: datetime | None) -> dict[str, Any]:
    now = clock.now(visit.owner_agency_id)
    left = left_at or now
    if not visit.arrived_at <= left <= now:
        raise DomainError("离开时间应在到达之后、现在之前", field="left_at")
    return {"left_at": left, "signed_at": left}


def _left(actor: Actor, visit: Visit, signature: bytes) -> None:
    """Issue the record, note which parts of the check are done, and tell whoever waits for it."""
    if visit.is_official:
        issue_check_record(actor, visit, signature)
        official_left(actor=actor, visit=visit)
    else:
        _issue_record(actor, visit, signature)
        if visit.kind == Visit.Kind.SURVEY:
            _note_parts(visit)


def _note_parts(visit: Visit) -> None:
    assert visit.left_at is not None  # set with the signature
    day = timezone.localdate(visit.left_at)
    locked = Assignment.objects.select_for_update(of=("self",)).get(pk=visit.served_id)
    if visit.part != Visit.Part.SITE:
        locked.soft_checked_on = locked.soft_checked_on or day
    if visit.part != Visit.Part.SOFT:
        locked.site_checked_on = locked.site_checked_on or day
    locked.save(update_fields=["soft_checked_on", "site_checked_on"])


def issue_check_record(actor: Actor, visit: Visit, signature: bytes) -> Document:
    """现场检查记录 of an officers' visit: two certified officers, or DomainError."""
    team = [m.membership for m in visit.team.select_related("membership__user").order_by("pk")]
    certified_pair(team, visit.arrived_at.date())
    agency = Agency.objects.select_related("org").get(pk=visit.owner_agency_id)
    return document_issue(
        actor=actor,
        kind="check_record",
        subject=visit,
        content=check_record(visit, agency, signature),
        title=f"{visit.enterprise.name}现场检查记录",
        issuer=Issuer(agency.pk, agency.short_name),
        enterprise_org_id=visit.enterprise.enterprise_org_id,
    )


def _issue_record(actor: Actor, visit: Visit, signature: bytes) -> Document:
    return document_issue(
        actor=actor,
        kind="service_record",
        subject=visit,
        content=papers.service_record(visit, signature),
        title=f"{visit.enterprise.name}社会化服务检查记录",
        issuer=provider_issuer(actor),
    )


def provider_issuer(actor: Actor) -> Issuer:
    """Return the actor's provider as issuer of papers."""
    short = Provider.objects.filter(pk=actor.org).values_list("short_name", flat=True).first()
    return Issuer(actor.org, short or actor.org_name[:6])
