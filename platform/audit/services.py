"""record · record_many · chain_seal · chains_waiting"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from audit.models import AuditEntry, Seal, Unsealed
from audit.verify_chain import GENESIS, canonical, link_hash
from common.db.columns import insert_columns
from common.ids import uuid7

PLATFORM = 0
PIECE = 5_000  # acts sealed in one transaction
# The columns of an act that its seal covers: all.
FIELDS = (
    "id", "agency_id", "region_code", "org_id", "user_id", "membership_id", "actor_name", "act",
    "subject_type", "subject_id", "summary", "data", "at",
)  # fmt: skip


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
    """Append one act on each of many tenant rows of one kind, {row: summary}, in one statement."""
    if not subjects:
        return
    kind, _ = _name(next(iter(subjects)))
    columns = {
        "id": [uuid7() for _ in subjects],
        "agency_id": [row.owner_agency_id for row in subjects],
        "region_code": [row.region_code for row in subjects],
        "subject_id": [str(row.pk) for row in subjects],
        "summary": [summary[:300] for summary in subjects.values()],
    }
    shared = _entry(actor, act, (kind, ""), "", None, at)
    same = {name: getattr(shared, name) for name in FIELDS if name not in columns}
    insert_columns(AuditEntry, columns, **same)


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


def act_text(values: Mapping[str, Any]) -> str:
    """Return an act, given as its FIELDS, as the canonical JSON that is sealed: docs/chain.md."""
    at = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return canonical({**values, "id": str(values["id"]), "at": at})


@transaction.atomic
def chain_seal(*, agency_id: int, limit: int = PIECE) -> int:
    """Chain committed acts of one agency that wait, oldest id first; return how many.

    An advisory lock lets one sealer at a time extend a chain. Writers never wait: they only append.
    What is wrong in the queue (the act is gone, or has a seal) stays there, for a check to name it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x5EA1, agency_id % 2**31])
    last = Seal.objects.filter(agency_id=agency_id).order_by("-sequence").first()
    sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
    acts = _waiting(agency_id, limit)
    seals = []
    for act in acts:
        sequence, previous = sequence + 1, link_hash(previous, act_text(act))
        seals.append(
            Seal(agency_id=agency_id, sequence=sequence, entry_id=act["id"], hash=previous)
        )
    Seal.objects.bulk_create(seals)
    Unsealed.objects.filter(entry_id__in=[act["id"] for act in acts]).delete()
    return len(seals)


def _waiting(agency_id: int, limit: int) -> list[dict[str, Any]]:
    """Return the acts at the head of the queue; each statement reads so many by an index, no more.

    What is wrong at the head is passed over, so that it cannot hold up the rest.
    """
    queue = Unsealed.objects.filter(agency_id=agency_id).order_by("entry_id")
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        ids = list(queue.values_list("entry_id", flat=True)[:limit])
        sealed = set(Seal.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True))
        acts = AuditEntry.objects.filter(pk__in=ids).order_by("pk").values(*FIELDS)
        found += [act for act in acts if act["id"] not in sealed]
        if len(ids) < limit:
            break
        queue = queue.filter(entry_id__gt=ids[-1])
    return found[:limit]


def chains_waiting() -> list[int]:
    """Return the chains that have acts to be sealed."""
    return list(
        Unsealed.objects.order_by("agency_id").values_list("agency_id", flat=True).distinct()
    )
