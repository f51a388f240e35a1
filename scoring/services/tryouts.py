"""tryout_start, and what its workers do town by town: a draft over last year's real events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from common.errors import DomainError
from documents.frozen import content_sha256, freeze
from scoring.models import PointCycle, PointEntry, PointEvent, RuleBook
from scoring.points import Clause, Parameters
from scoring.selectors import clause_of, obstructions, rule_entries
from scoring.tryout import Outcome, Year, tried
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import region_names
from workflow.models import Job, JobPart
from workflow.services import Part, job_start

KIND = "points_tryout"
MOST_MOVED = 200  # of a town; the sums count all


@transaction.atomic
def tryout_start(*, actor: Actor, book: RuleBook, year: int) -> Job:
    """Run a book, mostly a draft, over a year's real events. Nothing but the job is written.

    The job is of the actor's agency: a book from above may be tried, too, and stays untouched.
    """
    rows = PointCycle.objects.filter(
        year=year, region_code__gte=actor.region_lo, region_code__lt=actor.region_hi
    )
    codes = sorted(set(rows.values_list("region_code", flat=True)))
    if not codes:
        raise DomainError(f"{year}年度没有记分，无法试算", field="year")
    names = region_names(set(codes))
    asked = {"book": book.pk, "year": year, "clauses": _clauses(book), "rules": book.parameters}
    return job_start(
        actor=actor, kind=KIND, title=f"{book.version}试算{year}年度",
        subject=Agency.objects.get(pk=actor.org_id),
        parts=[Part(code, names.get(code, code)) for code in codes],
        frozen=asked, input_sha256=content_sha256(asked),
    )  # fmt: skip


def _clauses(book: RuleBook) -> list[dict[str, Any]]:
    return [freeze(clause_of(clause)) for clause in book.clauses.all()]


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Try one town's year; the result is what the page shows."""
    clauses = {
        one["code"]: Clause(**{**one, "points": Decimal(str(one["points"]))})
        for one in job.frozen["clauses"]
    }
    rules = Parameters.of(job.frozen["rules"])
    outcome = tried(years_of(job.frozen["year"], part.key, part.title), clauses, rules)
    return _result(outcome)


def years_of(year: int, region_code: str, town: str) -> Iterator[Year]:
    """Yield the years of one town's enterprises, as the rules see them."""
    cycles = PointCycle.objects.filter(year=year, region_code=region_code, counts_in=None)
    counted = Q(cycle__in=cycles) | Q(cycle__counts_in__in=cycles)
    entries: dict[int, list[PointEntry]] = defaultdict(list)
    rows = PointEntry.objects.filter(counted).filter(issued_at__isnull=False)
    rows = rows.select_related("clause", "variant", "sheet", "cycle")
    for entry in rows.order_by("inspected_at", "sheet_id", "id"):
        entries[entry.cycle.counts_in_id or entry.cycle_id].append(entry)
    events: dict[int, list[PointEvent]] = defaultdict(list)
    for event in PointEvent.objects.filter(counted).select_related("cycle"):
        events[event.cycle.counts_in_id or event.cycle_id].append(event)
    for cycle in cycles.select_related("enterprise", "book"):
        own = events[cycle.pk]
        yield Year(
            enterprise_id=cycle.enterprise_id,
            name=cycle.enterprise.name,
            town=town,
            employees=cycle.enterprise.employee_count,
            entries=rule_entries(entries[cycle.pk], own),
            obstructions=obstructions(own),
            trainings=sum(event.kind == PointEvent.Kind.TRAINED for event in own),
            rules=Parameters.of(cycle.book.parameters) if cycle.book else Parameters(),
        )


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "by_town": {name: freeze(tally) for name, tally in outcome.by_town.items()},
        "by_size": {name: freeze(tally) for name, tally in outcome.by_size.items()},
        "colours": [dict(counter) for counter in outcome.colours],
        "moved": [freeze(one) for one in outcome.moved[:MOST_MOVED]],
        "moved_count": len(outcome.moved),
    }


def result_of(job_id: UUID) -> dict[str, Any]:
    """Return what the finished parts of a try-out come to together."""
    found: dict[str, Any] = {"by_town": {}, "by_size": {}, "colours": [{}, {}], "moved": [],
                             "moved_count": 0}  # fmt: skip
    for result in JobPart.objects.filter(job=job_id, state=JobPart.State.DONE).values_list(
        "result", flat=True
    ):
        for name in ("by_town", "by_size"):
            for key, tally in result[name].items():
                found[name][key] = _added(found[name].get(key), tally)
        for place in (0, 1):
            for colour, number in result["colours"][place].items():
                colours = found["colours"][place]
                colours[colour] = colours.get(colour, 0) + number
        found["moved"] += result["moved"]
        found["moved_count"] += result["moved_count"]
    return found


def _added(one: dict[str, Any] | None, other: dict[str, Any]) -> dict[str, Any]:
    if one is None:
        return other
    pairs = ("at_12", "at_18")
    return {
        "enterprises": one["enterprises"] + other["enterprises"],
        **{name: [a + b for a, b in zip(one[name], other[name], strict=True)] for name in pairs},
        "net": [
            str(Decimal(a) + Decimal(b)) for a, b in zip(one["net"], other["net"], strict=True)
        ],
    }
