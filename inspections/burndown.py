"""How what was done is shared among the obligations of a contract (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation as sharing sees it."""

    key: int
    quantity: int
    due_on: date


@dataclass(frozen=True, slots=True)
class Share:
    """Which records of a kind count for an obligation: `number` of them, after the first `start`."""

    start: int
    number: int


def shares(owed: Iterable[Owed], done: int) -> dict[int, Share]:
    """Share `done` records among the obligations of one kind: what is due first is filled first.

    A record counts once, in the order of the days. What is done beyond all that is owed counts for
    the last, so that nothing done is lost.
    """
    order = sorted(owed, key=lambda one: (one.due_on, one.key))
    found, start = {}, 0
    for place, one in enumerate(order, start=1):
        left = done - start
        number = left if place == len(order) else min(left, one.quantity)
        found[one.key] = Share(start, number)
        start += number
    return found


def percent(done: int, quantity: int) -> int:
    """Return how much of what was bought is done, of 100, rounded down; more than all is all."""
    return min(100, done * 100 // quantity)
