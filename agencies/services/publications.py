"""publication_make · publication_withdraw: what anyone may read."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from agencies.models import Publication
from audit.services import record
from common.errors import DomainError
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency, TenantModel

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another


@transaction.atomic
def publication_make(
    *,
    actor: Actor,
    kind: str,
    subject: TenantModel,
    title: str,
    body: Mapping[str, Any],
    until_on: date | None = None,
) -> Publication:
    """Copy out what anyone may read; it stands as it is until its last day, or it is withdrawn.

    DomainError where one of this kind stands already.
    """
    about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    standing = Publication.objects.filter(**about, kind=kind, state=Publication.State.PUBLISHED)
    if standing.exists():
        raise DomainError("已经公开；要更正，先撤回再重新公开")
    agency = Agency.objects.select_related("org").get(pk=subject.owner_agency_id)
    now = clock.now_of(agency)
    made = Publication.objects.create(
        code="".join(secrets.choice(ALPHABET) for _ in range(16)),
        owner_agency=agency,
        region_code=agency.region_code,
        agency_name=agency.org.name,
        is_training=agency.org.is_training,
        kind=kind,
        title=title[:200],
        body=dict(body),
        body_sha256=body_sha256(body),
        published_at=now,
        published_by_name=actor.display[:80],
        until_on=until_on,
        **about,
    )
    record(
        actor=actor, act="publication.make", subject=subject, summary=made.title, at=now,
        data={"code": made.code, "kind": kind, "sha256": made.body_sha256},
    )  # fmt: skip
    return made


def body_sha256(body: Mapping[str, Any]) -> str:
    """Return the hash of what was published: of its JSON with sorted keys and no blanks."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def publication_withdraw(*, actor: Actor, publication: Publication, reason: str) -> Publication:
    """Take it back for a reason; that it was there, and why it is not, stays public."""
    if not reason.strip():
        raise DomainError("请写明撤回原因", field="reason")
    locked = Publication.objects.select_for_update(of=("self",), no_key=True).get(pk=publication.pk)
    if locked.state != Publication.State.PUBLISHED:
        raise DomainError("已经撤回")
    locked.state = Publication.State.WITHDRAWN
    locked.withdrawn_at = clock.now(locked.owner_agency_id)
    locked.withdrawn_reason = reason.strip()[:200]
    locked.withdrawn_by_name = actor.display[:80]
    locked.save(update_fields=["state", "withdrawn_at", "withdrawn_reason", "withdrawn_by_name"])
    record(
        actor=actor, act="publication.withdraw", subject=locked, summary=locked.title,
        data={"code": locked.code}, at=locked.withdrawn_at,
    )  # fmt: skip
    return locked


def publications_of(*subjects: TenantModel) -> list[Publication]:
    """Return what was published of one or several rows of a kind, newest first."""
    kind = subjects[0]._meta.label_lower
    keys = [str(subject.pk) for subject in subjects]
    rows = Publication.objects.filter(subject_type=kind, subject_id__in=keys)
    return list(rows.defer("body").order_by("-published_at", "code"))


def yuan(amount: Decimal | None) -> str:
    """An amount as it is published: a plain number with two places."""
    return "" if amount is None else f"{amount:.2f}"


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts."""
    return sum(amounts, Decimal(0))
