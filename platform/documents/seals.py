"""seal_register · seal_retire · approval_ask · approval_answer · approval_revoke"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from audit.services import record
from common.errors import DomainError
from documents.models import Seal, SealApproval
from documents.registry import papers
from evidence.pictures import read_picture
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.selectors import is_same_person

MAX_SEAL = 500_000  # bytes; a seal is a small drawing
PNG = b"\x89PNG\r\n\x1a\n"


def _note(actor: Actor, act: str, kind: str, pk: int, words: str) -> None:
    agency_id = actor.org if actor.is_agency else None
    record(
        actor=actor, act=act, subject=(f"documents.{kind}", str(pk)), summary=words,
        agency_id=agency_id,
    )  # fmt: skip


@transaction.atomic
def seal_register(*, actor: Actor, name: str, image: bytes) -> Seal:
    """Keep the picture of the organisation's seal; the former one is retired."""
    if not image.startswith(PNG):
        raise DomainError("印模须是 PNG 图片（背景透明）", field="image")
    if len(image) > MAX_SEAL:
        raise DomainError("印模图片不能超过 500 KB", field="image")
    try:
        read_picture(image)
    except DomainError as error:
        raise DomainError(error.message, field="image") from None
    now = _now(actor)
    Seal.objects.filter(org_id=actor.org, retired_at=None).update(retired_at=now)
    seal = Seal.objects.create(
        org_id=actor.org,
        name=name.strip(),
        image=image,
        sha256=hashlib.sha256(image).hexdigest(),
        registered_by_id=actor.member,
        registered_at=now,
    )
    _note(actor, "seal.register", "seal", seal.pk, seal.sha256)
    return seal


@transaction.atomic
def approval_ask(
    *,
    actor: Actor,
    seal: Seal,
    kinds: Sequence[str],
    reason: str,
    valid_from: date,
    valid_until: date,
) -> SealApproval:
    """Ask for the seal on papers of some kinds, for a time; somebody else decides."""
    known = {paper.kind for paper in papers()}
    if not kinds or not set(kinds) <= known:
        raise DomainError("请选择文书种类", field="kinds")
    if not reason.strip():
        raise DomainError("请填写用印事由", field="reason")
    if valid_until < valid_from:
        raise DomainError("截止日期不能早于开始日期", field="valid_until")
    row = SealApproval.objects.create(
        seal=seal,
        org_id=actor.org,
        kinds=sorted(kinds),
        reason=reason.strip(),
        asked_by_id=actor.member,
        asked_by_name=actor.display,
        asked_at=_now(actor),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    _note(actor, "seal.ask", "sealapproval", row.pk, row.reason)
    notify(
        org_id=actor.org,
        kind="seal.asked",
        title=f"用印申请待批准：{row.reason}"[:200],
        url=reverse("documents:seals"),
        at=row.asked_at,
    )
    return row


def _now(actor: Actor) -> datetime:
    return clock.now(actor.org if actor.is_agency else None)


@transaction.atomic
def approval_answer(*, actor: Actor, approval: SealApproval, is_granted: bool) -> SealApproval:
    """A leader agrees or not; never the one who asked."""
    locked = SealApproval.objects.select_for_update(of=("self",), no_key=True).get(pk=approval.pk)
    if locked.approved_at or locked.refused_at or locked.revoked_at:
        raise DomainError("该申请已经处理过")
    if is_same_person(actor, locked.asked_by_id):
        raise DomainError("申请人不能批准自己的用印申请，请由另一名负责人批准")
    if is_granted:
        locked.approved_at = _now(actor)
        locked.approved_by_id = actor.member
        locked.approved_by_name = actor.display
    else:
        locked.refused_at = _now(actor)
    locked.save()
    act = "seal.approve" if is_granted else "seal.refuse"
    _note(actor, act, "sealapproval", locked.pk, locked.reason)
    return locked


@transaction.atomic
def approval_revoke(*, actor: Actor, approval: SealApproval) -> None:
    """From now on the seal is not laid under this approval; papers sealed until then stay."""
    changed = SealApproval.objects.filter(
        pk=approval.pk, approved_at__isnull=False, revoked_at=None
    ).update(revoked_at=_now(actor))
    if not changed:
        raise DomainError("该审批没有生效或已收回")
    _note(actor, "seal.revoke", "sealapproval", approval.pk, approval.reason)
