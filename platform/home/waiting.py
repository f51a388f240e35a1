"""What waits for an actor, the most urgent first: items of every source, in a bounded number."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from home.counting import counts_of
from home.sources import Row, Source, sources_for
from tenancy import clock
from tenancy.actors import Actor
from tenancy.selectors import work_calendars

OF_EACH, OF_ONE = 20, 100  # rows of a source beside others, and alone
LATE, TODAY, ONE, THREE, LATER, UNDATED = range(6)
URGENCIES = ("已逾期", "今天到期", "1个工作日以内", "3个工作日以内", "以后到期", "没有期限")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do: what, whose, by when, where. `days` are working days, negative when late."""

    source: Source
    whose: str
    words: str
    url: str
    due_on: date | None
    days: int | None
    urgency: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The list of one actor. `counts` are of all sources that have something, also beside a filter."""

    groups: list[tuple[str, list[Item]]]
    counts: list[tuple[Source, int]]
    total: int
    shown: int
    late: int
    chosen: Source | None


def waiting(actor: Actor, key: str = "") -> Waiting:
    """Return what waits for the actor; with `key` of that source alone."""
    numbers = counts_of(actor)
    counts = [(s, numbers[s.key]) for s in sources_for(actor) if numbers[s.key]]
    chosen = next((source for source, _ in counts if source.key == key), None)
    asked = [chosen] if chosen else [source for source, _ in counts]
    most = OF_ONE if chosen else OF_EACH
    rows = [(source, row) for source in asked for row in source.first(actor, most)]
    items = sorted(items_of(rows), key=lambda item: (item.urgency, item.due_on or date.max))
    grouped = groupby(items, key=lambda item: item.urgency)
    return Waiting(
        groups=[(URGENCIES[urgency], list(group)) for urgency, group in grouped],
        counts=counts,
        total=sum(number for source, number in counts if source in asked),
        shown=len(items),
        late=sum(item.urgency == LATE for item in items),
        chosen=chosen,
    )


def items_of(rows: Iterable[tuple[Source, Row]]) -> list[Item]:
    """Return each row as an item, its days by its own agency's clock and calendar."""
    found = [(source, row, source.due_on(row)) for source, row in rows]
    agencies = {row["owner_agency_id"] for _, row, due in found if due}
    calendars = work_calendars(agencies) if agencies else {}
    todays = clock.todays(agencies) if agencies else {}
    items = []
    for source, row, due in found:
        days, urgency = None, UNDATED
        if due is not None:
            today = todays[row["owner_agency_id"]]
            days = calendars[row["owner_agency_id"]].between(today, due)
            urgency = urgency_of(due, today, days)
        whose, words = source.said(row)
        items.append(Item(source, whose, words, source.url(row), due, days, urgency))
    return items


def urgency_of(due: date, today: date, days: int) -> int:
    """Return how urgent a deadline is, by calendar whether it is late, by working days how soon."""
    if due < today:
        return LATE
    if due == today:
        return TODAY
    if days <= 1:
        return ONE
    return THREE if days <= 3 else LATER
