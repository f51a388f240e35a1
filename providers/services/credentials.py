"""qualification_add · staff_certificate_add · credential_verify ·
credential_remove · certificates_end · credentials_remind"""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.services import record
from common.errors import DomainError
from evidence.services import attachment_add
from notifications.services import Message, notify_many
from providers.models import ENDS, Credential, Provider, Qualification, StaffCertificate
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership

REMIND = (60, 30, 7)  # days before the last one [proposal]
Files = Sequence[tuple[str, bytes]]  # name, content
Row = TypeVar("Row", bound=Credential)


@transaction.atomic
def qualification_add(
    *, actor: Actor, provider: Provider, files: Files, **fields: Any
) -> Qualification:
    """Enter a qualification of the body with its scanned evidence. DomainError names the field."""
    row = Qualification(**provider.tenant, **fields)
    return _enter(actor, row, files, "该资质已登记")


@transaction.atomic
def staff_certificate_add(
    *, actor: Actor, provider: Provider, membership: Membership, files: Files, **fields: Any
) -> StaffCertificate:
    """Enter a certificate of one of the provider's people. DomainError names the field.

    A certificate is registered at one body only: who left must be struck off there first.
    """
    if membership.org_id != provider.org_id or not membership.is_active:
        raise DomainError("持证人须是本机构在用人员", field="membership")
    row = StaffCertificate(
        **provider.tenant, membership=membership, holder_name=membership.user.name, **fields
    )
    taken = "该证书已登记；登记在其他机构的，须先在那里注销，注册人员只能在一个单位执业"
    return _enter(actor, row, files, taken)


def _enter(actor: Actor, row: Row, files: Files, taken: str) -> Row:
    if row.valid_until < row.valid_from:
        raise DomainError(ENDS, field="valid_until")
    if not files:
        raise DomainError("请上传证书的扫描件或照片", field="files")
    row.recorded_at = clock.now(row.owner_agency_id)
    row.recorded_by_name = actor.display[:80]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DomainError(taken, field="number") from error
    for name, content in files:
        attachment_add(actor=actor, subject=row, filename=name, content=content)
    record(actor=actor, act="credential.add", subject=row, summary=str(row), at=row.recorded_at)
    return row


@transaction.atomic
def credential_verify(*, actor: Actor, credential: Credential) -> None:
    """The agency that registered the provider compared it with the original."""
    locked = _lock(credential)
    if locked.owner_agency_id != actor.org_id:
        raise DomainError("由登记该机构的监管部门核验")
    if locked.verified_at is not None:
        raise DomainError(f"已由{locked.verified_by_name}核验")
    locked.verified_at = clock.now(locked.owner_agency_id)
    locked.verified_by_name = actor.display[:80]
    locked.save(update_fields=["verified_at", "verified_by_name"])
    record(actor=actor, act="credential.verify", subject=locked, summary=str(locked))


@transaction.atomic
def credential_remove(*, actor: Actor, credential: Credential, reason: str) -> None:
    """Strike a credential off; its row stays, and another body may register the person."""
    if not reason.strip():
        raise DomainError("请写明注销原因", field="reason")
    locked = _lock(credential)
    locked.removed_at = clock.now(locked.owner_agency_id)
    locked.removed_reason = reason.strip()[:200]
    locked.save(update_fields=["removed_at", "removed_reason"])
    record(actor=actor, act="credential.remove", subject=locked, summary=str(locked))


def certificates_end(actor: Actor, membership: Membership) -> None:
    """Strike off who leaves a provider, so that another may register his certificates.

    Whoever keeps another role there keeps them.
    """
    same = {"user_id": membership.user_id, "org_id": membership.org_id, "ended_at": None}
    if Membership.objects.filter(**same).exclude(pk=membership.pk).exists():
        return
    rows = StaffCertificate.objects.filter(
        membership__user=membership.user_id, provider_org=membership.org_id, removed_at=None
    )
    for row in rows:
        credential_remove(actor=actor, credential=row, reason="人员已离开该机构")


def _lock(credential: Credential) -> Credential:
    locked = (
        type(credential)
        ._default_manager.select_for_update(of=("self",), no_key=True)
        .get(pk=credential.pk)
    )
    if locked.removed_at is not None:
        raise DomainError("该证书已注销")
    return locked


@transaction.atomic
def credentials_remind(*, agency_id: int) -> int:
    """Tell providers of an agency what lapses in 60, 30 and 7 days, each once; return how many."""
    today = clock.today(agency_id)
    messages = []
    for row in _standing(agency_id):
        days = _due(row, today)
        if days is None:
            continue
        row.reminded_days = days
        row.save(update_fields=["reminded_days"])
        url = reverse("providers:record", args=[row.provider_org_id])
        messages.append(Message(int(row.provider_org_id or 0), _words(row, today), url))
    notify_many(messages, kind="credential.lapses", at=clock.now(agency_id), is_urgent=True)
    return len(messages)


def _standing(agency_id: int) -> list[Qualification | StaffCertificate]:
    same = {"owner_agency_id": agency_id, "removed_at": None}
    return [*Qualification.objects.filter(**same), *StaffCertificate.objects.filter(**same)]


def _due(row: Credential, today: date) -> int | None:
    """Return the number of days that is now to be reminded of, None where nothing is."""
    left = (row.valid_until - today).days
    reached = [days for days in REMIND if left <= days]
    if left < 0 or not reached:
        return None
    nearest = min(reached)
    return nearest if row.reminded_days is None or nearest < row.reminded_days else None


def _words(row: Qualification | StaffCertificate, today: date) -> str:
    what = (
        f"{row.holder_name}的{row.get_kind_display()}"
        if isinstance(row, StaffCertificate)
        else row.kind
    )
    left = (row.valid_until - today).days
    return f"{what}（{row.number}）{row.valid_until:%Y-%m-%d}到期，还有{left}天"
