"""record · record_many · chain_seal · chain_problems"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from audit.models import AuditEntry, Seal

GENESIS = "0" * 64
PLATFORM = 0


class Who(Protocol):
    """What audit needs to know of an actor."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def membership_id(self) -> int | None: ...
    @property
    def org_id(self) -> int | None: ...
    @property
    def display(self) -> str: ...


def record(
    *,
    actor: Who | None,
    act: str,
    subject: Any = None,
    summary: str = "",
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    agency_id: int | None = None,
    region_code: str | None = None,
) -> None:
    """Append one act in the caller's transaction. `subject` is a model instance or (type, id).

    The chain is that of the subject's owner agency; an act about nothing owned stands in the
    platform's own chain. `data` holds ids, codes and figures, never personal data.
    """
    entry = _entry(actor, act, subject, summary, data, at, agency_id, region_code)
    entry.save(force_insert=True)


def record_many(
    *, actor: Who | None, act: str, subjects: Mapping[Any, str], at: datetime | None = None
) -> None:
    """Append one act on each of many model instances, {instance: summary}, in one statement."""
    AuditEntry.objects.bulk_create(
        _entry(actor, act, subject, summary, None, at) for subject, summary in subjects.items()
    )


def _entry(
    actor: Who | None,
    act: str,
    subject: Any,
    summary: str,
    data: Mapping[str, Any] | None,
    at: datetime | None,
    agency_id: int | None = None,
    region_code: str | None = None,
) -> AuditEntry:
    kind, pk = subject if isinstance(subject, tuple) else _name(subject)
    owner = getattr(subject, "owner_agency_id", None)
    return AuditEntry(
        agency_id=agency_id or owner or PLATFORM,
        region_code=region_code or getattr(subject, "region_code", None) or "0",
        org_id=actor.org_id if actor else None,
        user_id=actor.user_id if actor else None,
        membership_id=actor.membership_id if actor else None,
        actor_name=(actor.display if actor else "未登录")[:120],
        act=act,
        subject_type=kind,
        subject_id=str(pk)[:64],
        summary=summary[:300],
        data=dict(data or {}),
        at=at or timezone.now(),
    )


def _name(subject: Any) -> tuple[str, str]:
    return ("", "") if subject is None else (subject._meta.label_lower, str(subject.pk))


def entry_hash(previous: str, entry: AuditEntry) -> str:
    """Return the seal of `entry` after the entry sealed as `previous`; the format is public."""
    fields = {
        "id": str(entry.id),
        "agency_id": entry.agency_id,
        "region_code": entry.region_code,
        "org_id": entry.org_id,
        "user_id": entry.user_id,
        "membership_id": entry.membership_id,
        "actor_name": entry.actor_name,
        "act": entry.act,
        "subject_type": entry.subject_type,
        "subject_id": entry.subject_id,
        "summary": entry.summary,
        "data": entry.data,
        "at": entry.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(
            timespec="microseconds"
        ),
    }
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


@transaction.atomic
def chain_seal(*, agency_id: int, limit: int = 5_000) -> int:
    """Chain the committed, still unsealed acts of one agency in order of id; return how many.

    An advisory lock lets one sealer at a time extend a chain. Writers never wait: they only append.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5EA1, agency_id % 2**31])
    last = Seal.objects.filter(agency_id=agency_id).order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    seals = []
    for entry in _unsealed(agency_id, limit):
        sequence, previous = sequence + 1, entry_hash(previous, entry)
        seals.append(Seal(agency_id=agency_id, sequence=sequence, entry_id=entry.id, hash=previous))
    Seal.objects.bulk_create(seals)
    return len(seals)


def _unsealed(agency_id: int, limit: int) -> list[AuditEntry]:
    sealed = Seal.objects.filter(agency_id=agency_id).values("entry_id")
    entries = AuditEntry.objects.filter(agency_id=agency_id).exclude(id__in=sealed)
    return list(entries.order_by("id")[:limit])


def chain_problems(*, agency_id: int) -> Iterator[str]:
    """Yield a sentence for every place where the chain of one agency does not hold."""
    entries = {e.id: e for e in AuditEntry.objects.filter(agency_id=agency_id)}
    expected, previous = 1, GENESIS
    for seal in Seal.objects.filter(agency_id=agency_id).order_by("sequence"):
        if seal.sequence != expected:
            yield f"第{expected}号封存缺失"
        entry = entries.get(seal.entry_id)
        if entry is None:
            yield f"第{seal.sequence}号封存的记录不存在"
        elif entry_hash(previous, entry) != seal.hash:
            yield f"第{seal.sequence}号记录与封存不符"
        expected, previous = seal.sequence + 1, seal.hash
