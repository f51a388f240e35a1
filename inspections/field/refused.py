"""What a phone sent and what does not stand: kept, shown, and dealt with by a person."""

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


def refused_of(actor: Actor) -> QuerySet[FieldOperation]:
    """Return what does not stand of the actor's own phone; leads see their whole firm's."""
    require(actor, "visit_log")
    rows = FieldOperation.objects.filter(
        state__in=[FieldOperation.State.REFUSED, FieldOperation.State.CONFLICT],
        member__org_id=actor.org,
    ).exclude(outcome__has_key="settled_by")
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


def lines(rows: Sequence[FieldOperation]) -> list[Line]:
    """Return what the page shows of each, in three statements."""
    names = _names(rows)
    files: dict[object, list[FieldFile]] = {row.pk: [] for row in rows}
    for file in FieldFile.objects.filter(operation__in=rows).select_related("photo").order_by("pk"):
        files[file.operation_id].append(file)
    return [
        Line(row, kind_words(row.kind), names.get(row.place, ""), words_of(row), files[row.pk])
        for row in rows
    ]


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
