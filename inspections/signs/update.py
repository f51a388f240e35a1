"""signs_update · signs_of · thresholds_of"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from inspections.models import Sign, SignThresholds
from inspections.signs.facts import Finding
from inspections.signs.load import facts_of
from inspections.signs.rules import findings
from inspections.signs.thresholds import Thresholds, thresholds_from
from tenancy import clock
from tenancy.actors import Actor

LOCK = 0x5163  # first key of the advisory lock; the second is the batch
LONGEST = 300  # of the words
CHANGING = ("key", "text", "figures", "lapsed_at")


def thresholds_of(agency_id: int) -> Thresholds:
    """Return an agency's thresholds: its own, and the defaults for the rest."""
    rows = SignThresholds.objects.filter(owner_agency=agency_id)
    return thresholds_from(rows.values_list("values", flat=True).first() or {})


@transaction.atomic
def signs_update(*, actor: Actor, batch: ServiceBatch) -> int:
    """Let the stored signs of a batch say what its figures bear out now; return how many are new.

    New ones are added, lapsed ones that hold again come back, those no longer borne out lapse.
    Again, it changes nothing. A dismissal stays whatever the figures do; where a finding comes to
    rest on more than was dismissed, it is a sign of its own. Two at once take turns. Whoever calls
    it sees the region: the system, or the agency's own people.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, batch.pk % 2**31])
    thresholds = thresholds_of(batch.owner_agency_id)
    found = findings(facts_of(batch, thresholds), thresholds)
    now = clock.now(batch.owner_agency_id)
    stored = list(Sign.objects.filter(assignment__batch=batch).order_by("found_at", "pk"))
    pairs, new = _matched(stored, found)
    changed = _write(stored, pairs, now)
    _add(batch, new, now)
    if new or changed:
        counts = {"new": len(new), "changed": changed, "found": len(found)}
        record(actor=actor, act="signs.update", subject=batch, data=counts, at=now)
    return len(new)


def _identity(row: Sign | Finding) -> tuple[int, str, str]:
    return (row.assignment_id if isinstance(row, Sign) else row.assignment, row.kind, row.key)


def _matched(
    stored: Sequence[Sign], found: Sequence[Finding]
) -> tuple[list[tuple[Sign, Finding]], list[Finding]]:
    """Return (stored row, finding) pairs, and the findings that are new.

    A finding that rests on more, or on less, than before goes on in the row of the former one, but
    not in one that somebody dismissed.
    """
    by_identity = {_identity(row): row for row in stored}
    pairs = [(by_identity[_identity(f)], f) for f in found if _identity(f) in by_identity]
    taken = {row.pk for row, _ in pairs}
    free = {
        _subject(row): row for row in stored if row.pk not in taken and row.dismissed_at is None
    }
    new = []
    for finding in found:
        if _identity(finding) in by_identity:
            continue
        row = free.pop((finding.assignment, finding.kind, finding.subject, finding.visit), None)
        if row is None:
            new.append(finding)
        else:
            pairs.append((row, finding))
    return pairs, new


def _subject(row: Sign) -> tuple[int, str, str, str | None]:
    visit = str(row.visit_id) if row.visit_id else None
    return (row.assignment_id, row.kind, row.key.partition("#")[0], visit)


def _write(stored: Sequence[Sign], pairs: Iterable[tuple[Sign, Finding]], now: datetime) -> int:
    """Write what changed of the stored rows, in one statement; return how many."""
    changed: dict[Any, Sign] = {}
    borne_out = set()
    for row, finding in pairs:
        borne_out.add(row.pk)
        values = {**_words(finding), "key": finding.key, "lapsed_at": None}
        if any(getattr(row, name) != value for name, value in values.items()):
            changed[row.pk] = row
            for name, value in values.items():
                setattr(row, name, value)
    for row in stored:
        if row.pk not in borne_out and row.lapsed_at is None:
            row.lapsed_at = now
            changed[row.pk] = row
    if changed:
        Sign.objects.bulk_update(changed.values(), CHANGING, batch_size=1_000)
    return len(changed)


def _words(finding: Finding) -> dict[str, Any]:
    numbers = [[label, figure] for label, figure in finding.figures.items()]
    figures = {"numbers": numbers, "visits": list(finding.others)}
    return {"text": finding.text[:LONGEST], "figures": figures}


def _add(batch: ServiceBatch, new: Sequence[Finding], now: datetime) -> None:
    if not new:
        return
    assignments = batch.assignments.in_bulk({f.assignment for f in new})
    Sign.objects.bulk_create(
        Sign(
            **assignments[f.assignment].tenant,
            assignment=assignments[f.assignment],
            enterprise_id=assignments[f.assignment].enterprise_id,
            visit_id=f.visit,
            kind=f.kind,
            key=f.key,
            found_at=now,
            **_words(f),
        )
        for f in new
    )


def signs_of(assignments: Iterable[Assignment]) -> dict[int, list[Sign]]:
    """Return {assignment id: its signs that stand}, as they were last worked out."""
    found: dict[int, list[Sign]] = defaultdict(list)
    rows = Sign.objects.standing().filter(assignment__in=assignments)
    for row in rows.order_by("kind", "found_at", "pk"):
        found[row.assignment_id].append(row)
    return dict(found)
