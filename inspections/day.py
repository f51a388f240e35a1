"""The order of a day: which places, in which sequence, so that the road stays short.

Pure: no model, no network. Times are seconds after midnight, distances metres. What counts, in this
order: priority (a place of a higher one is never left out for one of a lower), then the road, and
with it the time spent waiting at closed doors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pyvrp
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria

from common.geo import distance_m

Place = tuple[float, float]  # latitude, longitude

FACTOR = 1.4  # road over straight line [proposal]
SPEED_KMH = 30.0  # with what traffic and parking take [proposal]
ITERATIONS = 300  # of the solver: ends by itself, so that the same day gives the same answer
BRAKE_SECONDS = 3.0  # on a machine that stands still; never reached otherwise
SEED = 1
METRES_PER_SECOND = 2  # an hour until the day ends weighs as much as 7.2 km of road [proposal]
PRIZE = 1_000_000  # metres that the lowest priority is worth: more than a day of driving
PRIZE_FACTOR = 4  # between one priority and the next
TOP_PRIORITY = 4

NO_PLACE, CLOSED, TOO_LATE = "no_place", "closed", "too_late"
REASONS = {
    NO_PLACE: "没有位置坐标",
    CLOSED: "到达时不在营业时间内",
    TOO_LATE: "今天的时间排不下",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to. `seconds` is how long one stays; `priority` is 0 … TOP_PRIORITY.

    Without opening hours it is always open; one has to be out again when it closes.
    """

    key: str
    place: Place | None
    seconds: int
    priority: int = 1
    opens_at: int = 0
    closes_at: int = 24 * 3600

    @property
    def prize(self) -> int:
        """How many metres of road it is worth."""
        return PRIZE * PRIZE_FACTOR ** max(0, min(self.priority, TOP_PRIORITY))


@dataclass(frozen=True, slots=True)
class Leg:
    """A stop as the day passes it; `metres` and `travel` are from the one before."""

    stop: Stop
    arrive: int
    wait: int
    leave: int
    metres: int
    travel: int


@dataclass(frozen=True, slots=True)
class Table:
    """Metres and seconds from each place to each; `by` says who worked them out."""

    metres: list[list[int]]
    seconds: list[list[int]]
    by: str


class Travel(Protocol):
    """What knows how far places are from each other."""

    def table(self, places: Sequence[Place]) -> Table:
        """Return the distances between all these places, both ways."""
        ...


@dataclass(frozen=True, slots=True)
class StraightLines:
    """Straight lines × a factor, at one speed: good enough where no routing service is set up."""

    factor: float = FACTOR
    kmh: float = SPEED_KMH

    def table(self, places: Sequence[Place]) -> Table:
        """Return the distances between all these places."""
        metres = [[round(self.factor * distance_m(a, b)) for b in places] for a in places]
        return Table(metres, [[self.seconds(m) for m in row] for row in metres], "straight")

    def seconds(self, metres: float) -> int:
        """Return how long a way takes."""
        return round(metres * 3.6 / self.kmh)


@dataclass(frozen=True, slots=True)
class Day:
    """The stops in their order, and those left out with the reason (a key of REASONS)."""

    legs: tuple[Leg, ...]
    left_out: tuple[tuple[Stop, str], ...]
    by: str
    leaves_at: int

    @property
    def starts_at(self) -> int:
        """When to set out: later than wished where the first door is still closed."""
        return self.legs[0].arrive - self.legs[0].travel if self.legs else self.leaves_at

    @property
    def metres(self) -> int:
        """The whole road."""
        return sum(leg.metres for leg in self.legs)

    @property
    def seconds(self) -> int:
        """From setting out until the last stop is done."""
        return self.legs[-1].leave - self.starts_at if self.legs else 0

    @property
    def cost(self) -> int:
        """The road, and the time until the day is over in metres of road: what is kept small."""
        end = self.legs[-1].leave if self.legs else self.leaves_at
        return self.metres + METRES_PER_SECOND * (end - self.leaves_at)


@dataclass(frozen=True, slots=True)
class _Problem:
    """One day with its table. Places are numbered: 0 is the start, a stop is its index + 1."""

    stops: Sequence[Stop]
    table: Table
    has_start: bool
    leaves_at: int
    ends_at: int

    def way(self, a: int, b: int) -> tuple[int, int]:
        """Return metres and seconds; without a known start the day begins at its first stop."""
        if a == 0 and not self.has_start:
            return 0, 0
        return self.table.metres[a][b], self.table.seconds[a][b]

    def walk(self, order: Sequence[int]) -> Iterator[Leg]:
        """Yield the legs of an order of stops; ends early where it does not keep the hours."""
        at, before = self.leaves_at, 0
        for index in order:
            stop = self.stops[index]
            metres, travel = self.way(before, index + 1)
            arrive = at + travel
            begin = max(arrive, stop.opens_at)
            at, before = begin + stop.seconds, index + 1
            if at > min(stop.closes_at, self.ends_at):
                return
            yield Leg(stop, arrive, begin - arrive, at, metres, travel)

    def worth(self, order: Sequence[int]) -> int | None:
        """Return prizes less road and time; None for an order that does not keep the hours."""
        legs = tuple(self.walk(order))
        if len(legs) < len(order):
            return None
        cost = Day(legs, (), "", self.leaves_at).cost
        return sum(leg.stop.prize for leg in legs) - cost


def plan_day(
    start: Place | None, stops: Sequence[Stop], *, leaves_at: int, ends_at: int, travel: Travel
) -> Day:
    """Return the day: every stop stands in the order or is left out with its reason.

    `start` may be unknown: the day then begins at its first stop. The last stop ends the day; the
    way home is not counted. The same input gives the same day.
    """
    placed = [stop for stop in stops if stop.place is not None]
    places = [stop.place for stop in placed if stop.place is not None]
    table = travel.table([start or places[0], *places]) if places else Table([], [], "straight")
    problem = _Problem(placed, table, start is not None, leaves_at, ends_at)
    order = _best_order(problem)
    legs = _without_first_wait(tuple(problem.walk(order)))
    why = _why_left_out(problem, set(order))
    left = [(stop, why.get(stop.key, NO_PLACE)) for stop in stops]
    taken = {leg.stop.key for leg in legs}
    return Day(legs, tuple(pair for pair in left if pair[0].key not in taken), table.by, leaves_at)


def _without_first_wait(legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """Nobody waits at the first door: he sets out later."""
    if not legs:
        return legs
    first = replace(legs[0], arrive=legs[0].arrive + legs[0].wait, wait=0)
    return (first, *legs[1:])


def _why_left_out(problem: _Problem, order: set[int]) -> dict[str, str]:
    """Return {key: reason}: closed where it is the hours alone that keep one out."""
    found = {}
    for index, stop in enumerate(problem.stops):
        if index in order:
            continue
        arrive = problem.leaves_at + problem.way(0, index + 1)[1]
        in_time = arrive + stop.seconds <= problem.ends_at
        is_closed = problem.worth([index]) is None and in_time
        found[stop.key] = CLOSED if is_closed else TOO_LATE
    return found


def _best_order(problem: _Problem) -> list[int]:
    """Return the better of the solver's order and the given one, with what still fits put in."""
    able = [i for i in range(len(problem.stops)) if problem.worth([i]) is not None]
    orders = [_given(problem, able), _solved(problem, able)]
    best = max(orders, key=lambda order: problem.worth(order) or 0)
    while better := _improved(problem, best, able):
        best = better
    return best


def _given(problem: _Problem, able: Sequence[int]) -> list[int]:
    """The stops as they were given, without those that do not fit after the ones before."""
    order: list[int] = []
    for index in able:
        if problem.worth([*order, index]) is not None:
            order.append(index)
    return order


def _improved(problem: _Problem, order: list[int], able: Sequence[int]) -> list[int] | None:
    """Put a stop that was left out in, or in the place of one of lower priority; None: no use."""
    now = problem.worth(order) or 0
    left = [index for index in able if index not in order]
    for index in sorted(left, key=lambda i: (-problem.stops[i].priority, i)):
        lower = [i for i in order if problem.stops[i].priority < problem.stops[index].priority]
        bases = [order, *([i for i in order if i != out] for out in lower)]
        tried = [[*base[:at], index, *base[at:]] for base in bases for at in range(len(base) + 1)]
        best = max(tried, key=lambda order: problem.worth(order) or -1)
        if (problem.worth(best) or -1) > now:
            return best
    return None


def _solved(problem: _Problem, able: Sequence[int]) -> list[int]:
    """Return what the solver finds: one vehicle, each stop optional at its prize."""
    if not able:
        return []
    stop_when = MultipleCriteria([MaxIterations(ITERATIONS), MaxRuntime(BRAKE_SECONDS)])
    result = pyvrp.solve(_data(problem, able), stop_when, SEED, collect_stats=False)
    if not result.is_feasible():
        return []
    return [able[step.idx] for route in result.best.routes() for step in route if step.is_client()]


def _data(problem: _Problem, able: Sequence[int]) -> pyvrp.ProblemData:
    """The day as the solver reads it: location 0 the start, the last one the open end."""
    size = len(able) + 2
    metres: Any = np.zeros((size, size), dtype=np.int64)
    seconds = metres.copy()
    for b, index in enumerate(able, start=1):
        for a, other in enumerate([-1, *able]):
            if other != index:
                metres[a, b], seconds[a, b] = problem.way(other + 1, index + 1)
    shift = pyvrp.VehicleType(
        start_depot=0, end_depot=1, tw_early=problem.leaves_at, tw_late=problem.ends_at,
        start_late=problem.leaves_at, unit_distance_cost=1, unit_duration_cost=METRES_PER_SECOND,
    )  # fmt: skip
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(size)],
        clients=[_client(problem.stops[index], b) for b, index in enumerate(able, start=1)],
        depots=[pyvrp.Depot(0), pyvrp.Depot(size - 1)],
        vehicle_types=[shift],
        distance_matrices=[metres],
        duration_matrices=[seconds],
    )


def _client(stop: Stop, location: int) -> pyvrp.Client:
    return pyvrp.Client(
        location,
        service_duration=stop.seconds,
        tw_early=stop.opens_at,
        tw_late=stop.closes_at - stop.seconds,
        prize=stop.prize,
        required=False,
    )
