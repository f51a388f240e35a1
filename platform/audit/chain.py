"""links · chain_problems · export_lines: the chain as it stands in the database, read in pieces.

What makes a chain whole says `audit.verify_chain`; here is only where its places come from.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import BinaryIO, cast

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from audit.models import AuditEntry, DailyHead, Seal, Unsealed
from audit.services import FIELDS, act_text
from audit.verify_chain import (
    CHAIN_FORMAT,
    ERASURE,
    GENESIS,
    INSERTED,
    REMOVED,
    Head,
    Link,
    Problem,
    Walk,
    canonical,
    file_problems,
    label,
)

READ = 2_000  # places read by one pair of statements
UNSEALED = "unsealed"
TOO_LONG = timedelta(hours=1)


def links(*, agency_id: int, after: int = 0, until: int | None = None) -> Iterator[Link]:
    """Yield the places of a chain in order, behind one and up to another; two statements a piece."""
    while True:
        rows = Seal.objects.filter(agency_id=agency_id, sequence__gt=after).order_by("sequence")
        if until is not None:
            rows = rows.filter(sequence__lte=until)
        seals = list(rows.values_list("sequence", "entry_id", "hash")[:READ])
        if not seals:
            return
        acts = AuditEntry.objects.filter(pk__in=[entry_id for _, entry_id, _ in seals])
        texts = {act["id"]: act_text(act) for act in acts.values(*FIELDS)}
        for sequence, entry_id, seal in seals:
            yield Link(sequence, seal, texts.get(entry_id))
        after = seals[-1][0]


def last_place(agency_id: int) -> int:
    """Return how many places a chain has by its last seal; 0 for an empty one."""
    rows = Seal.objects.filter(agency_id=agency_id).order_by("-sequence")
    return rows.values_list("sequence", flat=True).first() or 0


def seal_at(agency_id: int, place: int) -> str | None:
    """Return the seal of one place, the beginning's for 0, None where there is none."""
    rows = Seal.objects.filter(agency_id=agency_id, sequence=place)
    return rows.values_list("hash", flat=True).first() if place else GENESIS


def published_heads(agency_id: int, *, after: int = 0) -> dict[int, Head]:
    """Return what was published of a chain beyond a place, by sequence."""
    rows = DailyHead.objects.filter(agency_id=agency_id, sequence__gt=after).order_by("day")
    heads: dict[int, Head] = {}
    for day, sequence, seal in rows.values_list("day", "sequence", "hash"):
        heads.setdefault(sequence, Head(str(day), sequence, seal))
    return heads


def chain_problems(
    *,
    agency_id: int,
    heads: Mapping[int, Head] | None = None,
    files: bool = False,
    seen: Callable[[Link], None] = lambda link: None,
) -> Iterator[Problem]:
    """Yield everything that is wrong with the chain of one agency, in memory that does not grow.

    `heads` are copies kept elsewhere; they go before those of our own tables. With `files` every
    file that an act vouches for is hashed anew. `seen` is called for each place, for progress.
    """
    walk = Walk(published_heads(agency_id) | dict(heads or {}))
    for link in links(agency_id=agency_id):
        seen(link)
        yield from walk.follow(link)
        if files:
            yield from stored_file_problems(agency_id, link)
    yield from walk.finish()
    yield from unsealed_problems(agency_id)


def range_problems(
    *, agency_id: int, after: int, until: int | None, files: bool
) -> Iterator[Problem]:
    """Yield what is wrong behind a place up to another one, or to the end: a part of a check."""
    heads = published_heads(agency_id, after=after)
    walk = Walk(heads, place=after, seal=seal_at(agency_id, after))
    for link in links(agency_id=agency_id, after=after, until=until):
        yield from walk.follow(link)
        if files:
            yield from stored_file_problems(agency_id, link)
    yield from walk.finish(until=until)


def stored_file_problems(agency_id: int, link: Link) -> Iterator[Problem]:
    """Yield what is wrong with the stored file that an act vouches for."""

    def is_erased(sha256: str) -> bool:
        acts = AuditEntry.objects.filter(subject_type="file", subject_id=sha256)
        return acts.filter(act=ERASURE, agency_id=agency_id).exists()

    yield from file_problems(link, _open, is_erased)


def _open(path: str) -> BinaryIO:
    try:
        return cast(BinaryIO, default_storage.open(path, "rb"))
    except SuspiciousOperation:  # a path that no act of ours ever named
        raise FileNotFoundError(path) from None


def unsealed_problems(agency_id: int) -> Iterator[Problem]:
    """Yield acts that bypassed the queue, that vanished from it, or that wait for too long."""
    queue = Unsealed.objects.filter(agency_id=agency_id)
    for act in _unknown(agency_id):
        words = f"记录 {act['id']}{label(act_text(act))}没有封存，也不等待封存：绕过系统插入，或封存被删"
        yield Problem(0, INSERTED, words)
    gone = queue.exclude(Exists(AuditEntry.objects.filter(pk=OuterRef("entry_id"))))
    for entry_id in gone.order_by("entry_id").values_list("entry_id", flat=True):
        yield Problem(0, REMOVED, f"等待封存的记录 {entry_id} 不见了")
    late = queue.filter(queued_at__lt=timezone.now() - TOO_LONG)
    found = late.aggregate(count=Count("pk"), oldest=Min("queued_at"))
    if found["count"]:
        since = timezone.localtime(found["oldest"])
        words = f"有{found['count']}条记录一直没有封存，最早的从 {since:%Y-%m-%d %H:%M} 起等待"
        yield Problem(0, UNSEALED, words)


def _unknown(agency_id: int) -> Iterator[dict[str, object]]:
    rows = _neither_sealed_nor_queued().filter(agency_id=agency_id).order_by("pk")
    while piece := list(rows.values(*FIELDS)[:READ]):
        yield from piece
        rows = rows.filter(pk__gt=piece[-1]["id"])


def _neither_sealed_nor_queued() -> QuerySet[AuditEntry]:
    by_entry = {"entry_id": OuterRef("pk")}
    is_known = Exists(Seal.objects.filter(**by_entry)) | Exists(Unsealed.objects.filter(**by_entry))
    return AuditEntry.objects.exclude(is_known)


def export_lines(*, agency_id: int, name: str) -> Iterator[str]:
    """Yield the lines of an export: whose chain, then each place; the act's text comes last."""
    until = last_place(agency_id)
    head = {
        "format": CHAIN_FORMAT,
        "agency": agency_id,
        "name": name,
        "sequence": until,
        "made_at": timezone.now().isoformat(timespec="seconds"),
    }
    yield canonical(head) + "\n"
    for link in links(agency_id=agency_id, until=until):
        front = f'{{"sequence":{link.sequence},"hash":"{link.hash}","act":'
        yield f"{front}{link.text or 'null'}}}\n"
