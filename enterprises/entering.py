"""no_phone_note · no_phone_end · act_enter · act_entered: what is entered for an owner without a phone.

Apps above register the kinds of act (`register_kind`): what an owner could do now, and what the slip
asks that he fills in and signs. Whoever enters acts within the enterprise's reach, under his own
name; the services are those that the owner himself would use.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import EnteredAct, Enterprise, EntersFor, NoPhone
from evidence.models import Photo
from evidence.services import photo_add
from tenancy import clock
from tenancy.actors import SYSTEM, Actor, actor_for, entering_for
from tenancy.enums import OrgKind
from tenancy.models import Membership, TenantModel
from tenancy.selectors import is_same_person

CLAIMED = "企业已开通账号"


@dataclass(frozen=True, slots=True)
class Slip:
    """The paper that the owner signed, as photographed."""

    photos: Sequence[bytes]
    signed_on: date
    signer_name: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that an owner could do now: where it is entered, and what the slip asks."""

    title: str
    url: str
    lines: tuple[str, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of act. `is_for_providers`: no interest of the provider's speaks against it."""

    key: str
    title: str
    duties: Callable[[Actor, Enterprise], list[Duty]]
    is_for_providers: bool = False
    # Entered for whoever signs, phone or not: it is seen on site, and rechecked by another.
    needs_mark: bool = True


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Name a kind of act; called in AppConfig.ready() of the app whose act it is."""
    _kinds[kind.key] = kind


def kinds_for(actor: Actor, mark: NoPhone | None) -> list[Kind]:
    """Return the kinds that the actor may enter for an owner who is marked so, or not at all."""
    return [kind for kind in _kinds.values() if not _why_not(actor, kind, mark)]


def duties_of(
    actor: Actor, enterprise: Enterprise, mark: NoPhone | None
) -> list[tuple[Kind, list[Duty]]]:
    """Return what the actor could enter for an owner now, by kind; kinds with nothing due are left out."""
    groups = [(kind, kind.duties(actor, enterprise)) for kind in kinds_for(actor, mark)]
    return [(kind, duties) for kind, duties in groups if duties]


def kind_words() -> dict[str, str]:
    """Return {key: title} of every kind."""
    return {kind.key: kind.title for kind in _kinds.values()}


def mark_of(enterprise: Enterprise) -> NoPhone | None:
    """Return the mark in force of an enterprise, if its owner has no phone.

    Of a file that was merged into another: that one's.
    """
    file = enterprise.merged_into_id or enterprise.pk
    return NoPhone.objects.filter(enterprise=file, ended_at=None).first()


def _why_not(actor: Actor, kind: Kind, mark: NoPhone | None) -> str:
    if actor.is_provider and not kind.is_for_providers:
        return "这一项与服务机构有利害关系，由监管部门代录"
    if not kind.needs_mark:
        return ""
    if mark is None:
        return "企业没有标注“无手机”，由企业自己办理；确实没有手机的，先在企业档案标注"
    if actor.is_provider and mark.enters != EntersFor.PROVIDER:
        return "这家企业由监管部门代录"
    return ""


@transaction.atomic
def no_phone_note(*, actor: Actor, enterprise: Enterprise, enters: str, reason: str) -> NoPhone:
    """Mark an owner as being without a phone, and say who enters for him. DomainError says why not."""
    Enterprise.objects.select_for_update(of=("self",), no_key=True).get(pk=enterprise.pk)
    if not reason.strip():
        raise DomainError("请写明原因", field="reason")
    if enters not in EntersFor.values:
        raise DomainError("请选择由谁代录", field="enters")
    if mark_of(enterprise):
        raise DomainError("已标注“无手机”")
    if _has_account(enterprise):
        raise DomainError(f"{CLAIMED}，由企业自己办理；账号没有人用的，请先停用")
    now = clock.now(enterprise.owner_agency_id)
    row = NoPhone.objects.create(
        **enterprise.tenant, enterprise=enterprise, enters=enters, reason=reason.strip()[:200],
        noted_at=now, noted_by_name=actor.display[:80],
    )  # fmt: skip
    record(actor=actor, act="nophone.note", subject=row, summary=row.get_enters_display(), at=now)
    return row


def _has_account(enterprise: Enterprise) -> bool:
    with acting_as(SYSTEM):  # who has one there is not the actor's to see, but that somebody has
        return Membership.objects.own().filter(org_id=enterprise.enterprise_org_id).exists()


@transaction.atomic
def no_phone_end(*, actor: Actor, mark: NoPhone, reason: str) -> NoPhone:
    """Take a mark off; what was entered until now stays as it is."""
    row = NoPhone.objects.select_for_update(of=("self",), no_key=True).get(pk=mark.pk)
    if row.ended_at:
        raise DomainError("标注已取消")
    if not reason.strip():
        raise DomainError("请写明原因", field="reason")
    return _end(actor, row, reason.strip()[:200])


def _end(actor: Actor, row: NoPhone, reason: str) -> NoPhone:
    row.ended_at = clock.now(row.owner_agency_id)
    row.ended_by_name, row.ended_reason = actor.display[:80], reason
    row.save(update_fields=["ended_at", "ended_by_name", "ended_reason"])
    record(actor=actor, act="nophone.end", subject=row, summary=reason, at=row.ended_at)
    return row


def no_phone_over(*, actor: Actor, former: Enterprise, into: Enterprise) -> None:
    """Let the mark of a file that is merged go over to the other, unless somebody has an account there."""
    mark = NoPhone.objects.filter(enterprise=former, ended_at=None).first()
    if mark is None:
        return
    _end(actor, mark, "档案已合并")
    if not mark_of(into) and not _has_account(into):
        no_phone_note(actor=actor, enterprise=into, enters=mark.enters, reason=mark.reason)


def no_phone_follow(membership: Membership, **_: Any) -> None:
    """Somebody of the enterprise has an account now: nobody enters for it any more."""
    if membership.org.kind != OrgKind.ENTERPRISE:
        return
    actor = actor_for(membership)
    with acting_as(SYSTEM):
        rows = NoPhone.objects.select_for_update(of=("self",), no_key=True)
        for row in rows.filter(enterprise__enterprise_org=membership.org_id, ended_at=None):
            _end(actor, row, CLAIMED)


@transaction.atomic
def act_enter(
    *,
    actor: Actor,
    enterprise: Enterprise,
    kind: str,
    title: str,
    slip: Slip,
    act: Callable[[Actor], TenantModel],
) -> EnteredAct:
    """Do for an owner what he signed: `act` gets the actor within the enterprise's reach.

    It returns what was done, to which the entry points. DomainError says why it may not be entered
    so, or names the field of the slip.
    """
    if why := _why_not(actor, _kinds[kind], mark_of(enterprise)):
        raise DomainError(why)
    _check_slip(slip, clock.today(enterprise.owner_agency_id))
    assert enterprise.enterprise_org_id is not None  # every file has a body
    owner = entering_for(actor, enterprise.enterprise_org_id)
    with acting_as(owner):
        made = _note(actor, enterprise, kind, title, act(owner), slip)
        for content in slip.photos:
            _keep(owner, made, content)
    return made


def _check_slip(slip: Slip, today: date) -> None:
    if not slip.photos:
        raise DomainError("代录须上传企业签字的确认单照片", field="slip")
    if not slip.signer_name.strip():
        raise DomainError("请填写签字人", field="signer_name")
    if slip.signed_on > today:
        raise DomainError("签字日期不能晚于今天", field="signed_on")


def _keep(owner: Actor, made: EnteredAct, content: bytes) -> None:
    try:
        photo_add(
            actor=owner, subject=made, purpose=Photo.Purpose.SLIP, content=content,
            issued_at=made.entered_at,
        )  # fmt: skip
    except DomainError as error:
        raise DomainError(error.message, field="slip") from None


def act_entered(
    *, actor: Actor, enterprise: Enterprise, kind: str, title: str, subject: TenantModel
) -> EnteredAct:
    """Note that the caller has entered an act for an owner and keeps the slip with it."""
    return _note(actor, enterprise, kind, title, subject, None)


def _note(
    actor: Actor,
    enterprise: Enterprise,
    kind: str,
    title: str,
    subject: TenantModel,
    slip: Slip | None,
) -> EnteredAct:
    whose = {"provider_org_id": actor.org_id if actor.is_provider else None}
    row = EnteredAct.objects.create(
        **{**enterprise.tenant, **whose}, enterprise=enterprise, kind=kind, title=title[:120],
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk),
        signed_on=slip.signed_on if slip else None,
        signer_name=slip.signer_name.strip()[:40] if slip else "",
        entered_at=clock.now(enterprise.owner_agency_id), entered_by_id=actor.member,
        entered_by_name=actor.display[:80],
    )  # fmt: skip
    record(actor=actor, act="enteredact.add", subject=row, summary=row.title, at=row.entered_at)
    return row


def was_entered_by(actor: Actor, *subjects: TenantModel) -> bool:
    """Whether one of these acts was entered for its owner by the actor, who so does not decide it."""
    if not subjects:
        return False
    rows = EnteredAct.objects.filter(
        subject_type=subjects[0]._meta.label_lower, subject_id__in=[str(s.pk) for s in subjects]
    )
    members = list(rows.values_list("entered_by", flat=True))
    return bool(members) and is_same_person(actor, *members)


def own_entries(actor: Actor, model: type[TenantModel]) -> QuerySet:
    """Return the keys of a model's rows that the actor has entered, which others decide."""
    rows = EnteredAct.objects.filter(
        subject_type=model._meta.label_lower, entered_by__in=actor.places
    )
    return rows.values(row=Cast("subject_id", model._meta.pk))
