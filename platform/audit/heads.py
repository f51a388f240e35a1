"""day_publish · days · day_file · stored_days_problems: what is published of all chains each day."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit.models import DailyHead, PublishedDay
from audit.verify_chain import GENESIS, HEADS_FORMAT, REWRITTEN, Problem, canonical

DAYS_READ = 31  # days whose heads are read by one statement

LAST_SEALS = """
    SELECT chain.id, last.sequence, last.hash
    FROM unnest(%s::bigint[]) AS chain(id) CROSS JOIN LATERAL (
        SELECT sequence, hash FROM audit_seal
        WHERE agency_id = chain.id AND sealed_at < %s ORDER BY sequence DESC LIMIT 1
    ) AS last
    ORDER BY chain.id
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """Whose a chain is, in the words of the day."""

    name: str
    is_training: bool = False


@transaction.atomic
def day_publish(
    *, day: date, chains: Mapping[int, Chain], sign: Callable[[bytes], bytes]
) -> PublishedDay | None:
    """Write down where each chain stood at the end of a day, once; None where there was nothing yet.

    Days are published in their order, each naming the hash of the one before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x4EAD5])
    if published := PublishedDay.objects.filter(day=day).first():
        return published
    heads = _heads(day, chains)
    if not heads:
        return None
    last = PublishedDay.objects.filter(day__lt=day).order_by("-day").first()
    previous = last.sha256 if last else GENESIS
    content = day_text(day, previous, heads).encode()
    DailyHead.objects.bulk_create(heads)
    return PublishedDay.objects.create(
        day=day,
        previous=previous,
        sha256=hashlib.sha256(content).hexdigest(),
        signature=sign(content),
    )


def _heads(day: date, chains: Mapping[int, Chain]) -> list[DailyHead]:
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    with connection.cursor() as cursor:
        cursor.execute(LAST_SEALS, [sorted(chains), end])
        found = cursor.fetchall()
    before = dict(
        DailyHead.objects.filter(day=day - timedelta(days=1)).values_list("agency_id", "sequence")
    )
    return [
        DailyHead(
            day=day,
            agency_id=agency_id,
            name=chains[agency_id].name,
            is_training=chains[agency_id].is_training,
            sequence=sequence,
            hash=seal,
            acts=sequence - before.get(agency_id, 0),
        )
        for agency_id, sequence, seal in found
    ]


def day_text(day: date, previous: str, heads: Iterable[DailyHead]) -> str:
    """Return the file of a day, without an end of line: one line of canonical JSON."""
    chains = [
        {
            "agency": head.agency_id,
            "name": head.name,
            "sequence": head.sequence,
            "hash": head.hash,
            "acts": head.acts,
        }
        for head in sorted(heads, key=lambda head: head.agency_id)
    ]
    body = {"format": HEADS_FORMAT, "day": str(day), "previous": previous, "chains": chains}
    return canonical(body)


def days(
    *, first: date | None = None, last: date | None = None
) -> Iterator[tuple[PublishedDay, str]]:
    """Yield each published day of a range with its file, in order, a month of heads at a time."""
    rows = PublishedDay.objects.order_by("day").defer("signature")
    if first:
        rows = rows.filter(day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    found = list(rows)
    for start in range(0, len(found), DAYS_READ):
        piece = found[start : start + DAYS_READ]
        heads = defaultdict(list)
        for head in DailyHead.objects.filter(day__in=[row.day for row in piece]):
            heads[head.day].append(head)
        for row in piece:
            yield row, day_text(row.day, row.previous, heads[row.day])


def day_file(day: date) -> bytes | None:
    """Return the file of one published day, None where none was published."""
    return next((text.encode() for _, text in days(first=day, last=day)), None)


def stored_days_problems(
    *, first: date | None = None, known: Mapping[str, str] | None = None
) -> Iterator[Problem]:
    """Yield what is wrong with our published days: their hashes, their order, and `known` copies.

    `known` are hashes of files kept elsewhere, by day in ISO form; `first` leaves out earlier days.
    """
    left = dict(known or {})
    before = None if first else GENESIS
    for row, text in days(first=first):
        day, sha256 = str(row.day), hashlib.sha256(text.encode()).hexdigest()
        if sha256 != row.sha256:
            yield Problem(0, REWRITTEN, f"{day}的公布与它的哈希不符：公布之后被改过")
        if before is not None and row.previous != before:
            yield Problem(0, REWRITTEN, f"{day}的公布接不上前一次公布：中间有一天被抽走或改过")
        if left.pop(day, row.sha256) != row.sha256:
            yield Problem(0, REWRITTEN, f"{day}的公布与你手中的文件不同")
        before = row.sha256
    for day in sorted(left):
        yield Problem(0, REWRITTEN, f"{day}的公布不见了，而你手中有它的文件")
