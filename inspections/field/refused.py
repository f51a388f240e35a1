"""What a phone sent and what does not stand: kept, shown, and dealt with by a person."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from agencies.models import Assignment
from audit.services import record
from common.errors import DomainError
from enterprises.models import Enterprise
from inspections.access import LEADS
from inspections.field.words import kind_words, words_of
from inspections.models import FieldFile, FieldOperation
from tenancy import clock
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor

WITH_START = "with_start"


def refused_of(actor: Actor) -> QuerySet[FieldOperation]:
    """Return what does not stand of the actor's own phone; leads see their whole firm's.

    What fell with the beginning of its visit comes with that, not by itself.
    """
    require(actor, "visit_log")
    rows = FieldOperation.objects.filter(
        state__in=[FieldOperation.State.REFUSED, FieldOperation.State.CONFLICT],
        member__org_id=actor.org,
    ).exclude(outcome__has_any_keys=["settled_by", WITH_START])
    return rows if actor.role in LEADS else rows.filter(member_id=actor.membership_id)


def refused_for(actor: Actor, pk: object) -> FieldOperation:
    """Return one of them."""
    return visible_or_404(refused_of(actor).select_related("member__user"), pk)


@transaction.atomic
def seen(*, actor: Actor, operation: FieldOperation, note: str) -> FieldOperation:
    """A person says what he did about it; the record itself stays for good."""
    if not note.strip():
        raise DomainError("请写明怎样处理的", field="note")
    operation.seen_at = clock.now(operation.owner_agency_id)
    operation.seen_by_name, operation.seen_note = actor.display[:80], note.strip()[:200]
    operation.save(update_fields=["seen_at", "seen_by_name", "seen_note"])
    record(
        actor=actor, act="field.seen", subject=operation, summary=operation.seen_note,
        at=operation.seen_at,
    )  # fmt: skip
    return operation


@dataclass(frozen=True, slots=True)
class Line:
    """One of them as the page shows it."""

    row: FieldOperation
    kind: str
    enterprise: str
    said: list[tuple[str, str]]
    files: list[FieldFile]
    fell_with_it: list["Line"]


def lines(rows: Sequence[FieldOperation]) -> list[Line]:
    """Return what the page shows of each, in a fixed number of statements."""
    names = _names(rows)
    fell = FieldOperation.objects.filter(
        visit_id__in=[row.visit_id for row in rows if row.kind == "visit.start"],
        outcome__has_key=WITH_START,
    )
    below = list(fell.order_by("visit_id", "device", "sequence"))
    files: dict[object, list[FieldFile]] = defaultdict(list)
    of_any = FieldFile.objects.filter(operation__in=[*rows, *below])
    for file in of_any.select_related("photo").order_by("pk"):
        files[file.operation_id].append(file)

    def line(row: FieldOperation, fell_with_it: list[Line]) -> Line:
        kind, name = kind_words(row.kind), names.get(row.place, "")
        return Line(row, kind, name, words_of(row), files[row.pk], fell_with_it)

    by_visit: dict[object, list[Line]] = defaultdict(list)
    for row in below:
        by_visit[row.visit_id].append(line(row, []))
    return [line(row, by_visit[row.visit_id]) for row in rows]


def _names(rows: Sequence[FieldOperation]) -> dict[str, str]:
    places = {row.place for row in rows}
    of_batches = [int(p[1:]) for p in places if p.startswith("a")]
    firms = [int(p[1:]) for p in places if p.startswith("e")]
    named = Assignment.objects.filter(pk__in=of_batches).values_list("pk", "enterprise__name")
    found = {f"a{pk}": name for pk, name in named}
    return found | {
        f"e{pk}": name
        for pk, name in Enterprise.objects.filter(pk__in=firms).values_list("pk", "name")
    }
