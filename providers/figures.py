"""The figures of a provider's year: the apps above count what they keep (see agencies.gates)."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """One figure: its name, what it comes to, in which unit."""

    label: str
    value: int
    unit: str


Counter = Callable[[int, int], Sequence[Figure]]  # provider, year
_counters: list[Counter] = []


def register_figures(counter: Counter) -> None:
    """Say who counts some of the figures; called in AppConfig.ready(), lower apps first."""
    if counter not in _counters:
        _counters.append(counter)


def figures_of(provider_org_id: int, year: int) -> list[Figure]:
    """Return the figures of a provider's year from the records as they stand."""
    return [figure for counter in _counters for figure in counter(provider_org_id, year)]
