"""visit_sign · visit_refuse: how a visit ends, and the record that is issued with it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from agencies.models import Assignment
from common.errors import DomainError
from documents.models import Document
from documents.services import Issuer, document_issue
from evidence.models import Photo
from evidence.services import photo_add
from inspections import papers
from inspections.models import Answer, Hazard, Visit
from inspections.papers.enforcement import check_record
from inspections.selectors import asked_on
from inspections.services.official import official_left
from inspections.services.signs import signs_due
from inspections.services.visits import lock_open, provider_issuer
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.services import certified_pair
from workflow.services import transition


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
    asked = asked_on(visit)
    if asked.unanswered:
        raise DomainError(f"还有 {len(asked.unanswered)} 项没有检查，请逐项作答或标为不涉及")
    found = visit.hazards.values_list("item_id", "risk_point_id")
    named = {key for pair in found for key in pair}
    failed = [key for key in asked.keys if asked.answers[key].result == Answer.Result.FAIL]
    bare = [key for key in failed if key not in named]
    if bare:
        raise DomainError(f"有 {len(bare)} 项不符合还没有登记隐患，请登记后再签字")
    _check_issued(visit, set(asked.keys) - set(failed))


def _check_issued(visit: Visit, other: set[int | UUID]) -> None:
    """On a visit that was opened again: what was issued stands, until it is withdrawn itself."""
    unissued = (Hazard.State.FOUND, Hazard.State.DISMISSED)
    for hazard in visit.hazards.exclude(state__in=unissued).order_by("number"):
        if {hazard.item_id, hazard.risk_point_id} & other:
            words = f"{hazard.number}已经交底，检查项不能改为符合或不涉及"
            raise DomainError(f"{words}；隐患有误请先撤销该隐患")


def _leaving(visit: Visit, left_at: datetime | None) -> dict[str, Any]:
    now = clock.now(visit.owner_agency_id)
    left = left_at or now
    if not visit.arrived_at <= left <= now:
        raise DomainError("离开时间应在到达之后、现在之前", field="left_at")
    reopened = visit.reopened()
    was_left = datetime.fromisoformat(reopened.former["left_at"]) if reopened else left
    return {"left_at": was_left, "signed_at": left}


def _left(actor: Actor, visit: Visit, signature: bytes) -> None:
    """Issue the record, note which parts of the check are done, and tell whoever waits for it."""
    if visit.is_official:
        issue_check_record(actor, visit, signature)
        official_left(actor=actor, visit=visit)
    else:
        _issue_record(actor, visit, signature)
        if visit.kind == Visit.Kind.SURVEY:
            _note_parts(visit)
        signs_due(visit)


def _note_parts(visit: Visit) -> None:
    assert visit.left_at is not None  # set with the signature
    day = timezone.localdate(visit.left_at)
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.served_id)
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
    """Issue the record; that of a visit that was opened again voids the former one by its number."""
    content = papers.service_record(visit, signature)
    more: dict[str, Any] = {}
    if (reopened := visit.reopened()) is not None:
        reopened.closed_at = clock.now(visit.owner_agency_id)
        reopened.save(update_fields=["closed_at"])
        former = Document.objects.filter(
            kind="service_record", subject_id=str(visit.pk), state=Document.State.ISSUED
        ).first()
        if former is not None:
            words = f"代替{former}，原文书作废。原因：{reopened.reason}"
            content = replace(content, correction=words)
        more = {"replaces": former, "issue_key": f"service_record:{visit.pk}:{reopened.pk}"}
    return document_issue(
        actor=actor,
        kind="service_record",
        subject=visit,
        content=content,
        title=f"{visit.enterprise.name}社会化服务检查记录",
        issuer=provider_issuer(actor),
        **more,
    )
