from dataclasses import dataclass

from django.db.models import Count, Q

from agencies.models import ServiceBatch
from inspections.models import GuidanceRecord
from inspections.outside.mapping import systems
from tenancy.access import within
from tenancy.actors import Actor

SHOWN = 10  # batches, the newest


@dataclass(frozen=True, slots=True)
class Entered:
    """How far the entry of a batch into one system has come: items done of items owed."""

    system_name: str
    done: int
    owed: int


def entered(actor: Actor) -> list[tuple[ServiceBatch, list[Entered]]]:
    """Return the newest batches with how far each system's entry has come (criterion 8).

    Who entered what of which enterprise, and on which day, stands on the batch's page of guidance;
    this is its sum, in two statements.
    """
    stays = Q(assignments__withdrawn_at=None)
    batches = list(
        ServiceBatch.objects.filter(within(actor))
        .annotate(firms=Count("assignments", filter=stays))
        .filter(firms__gt=0)
        .order_by("-pk")[:SHOWN]
    )
    codes = [code for system in systems().values() for code in system.topics]
    records = GuidanceRecord.objects.filter(
        assignment__batch__in=batches, assignment__withdrawn_at=None, topic__in=codes
    )
    counted = records.values_list("assignment__batch", "topic").annotate(
        done=Count("pk", filter=Q(state=GuidanceRecord.State.DONE)),
        na=Count("pk", filter=Q(state=GuidanceRecord.State.NA)),
    )
    done = {(batch, topic): (count, na) for batch, topic, count, na in counted}
    return [
        (batch, [_entered(batch, topics, name, done) for name, topics in _of()])
        for batch in batches
    ]


def _of() -> list[tuple[str, list[str]]]:
    return [(system.name, list(system.topics)) for system in systems().values()]


def _entered(
    batch: ServiceBatch,
    topics: list[str],
    name: str,
    counted: dict[tuple[int, str], tuple[int, int]],
) -> Entered:
    figures = [counted.get((batch.pk, topic), (0, 0)) for topic in topics]
    firms: int = batch.firms  # type: ignore[attr-defined]
    owed = firms * len(topics) - sum(na for _, na in figures)
    return Entered(name, sum(done for done, _ in figures), owed)
