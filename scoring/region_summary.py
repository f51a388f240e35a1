"""What the points of a town or district come to (domain.md 2.7), as sums that can be added (pure).

Nothing keeps single enterprises: totals are kept as a histogram, so that medians of several towns
together are exact, and points given in an inspection as count, sum and sum of squares.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import Any

from scoring.points import ASPECTS, ZERO, cycle_total
from scoring.tryout import Year

LEAST = 5  # inspections; of fewer nothing is said of how strict they were
SIGMAS = 1.96  # 95 of 100
BINS = (0, 3, 6, 9, 12, 15, 18)


@dataclass(slots=True)
class Summary:
    """One town's or district's year."""

    enterprises: int = 0
    inspected: int = 0
    sheets: int = 0
    refusals: int = 0
    entries: int = 0
    timely: int = 0
    waived: int = 0
    gross: Decimal = ZERO
    reduction: Decimal = ZERO
    surcharge: Decimal = ZERO
    at_12: int = 0
    at_18: int = 0
    given: Decimal = ZERO  # points of all sheets together
    squares: Decimal = ZERO  # of the points of each sheet
    aspects: dict[str, Decimal] = field(default_factory=dict)
    items: dict[str, Decimal] = field(default_factory=dict)
    clauses: dict[str, int] = field(default_factory=dict)
    colours: dict[str, int] = field(default_factory=dict)
    nets: dict[str, int] = field(default_factory=dict)  # {total: enterprises}

    def __add__(self, other: "Summary") -> "Summary":
        """Two regions together."""
        return Summary(
            **{one.name: _added(getattr(self, one.name), getattr(other, one.name))
               for one in fields(self)}
        )  # fmt: skip

    @property
    def coverage(self) -> Decimal | None:
        """Per cent of the enterprises that were inspected."""
        return _percent(self.inspected, self.enterprises)

    @property
    def timely_rate(self) -> Decimal | None:
        """Per cent of the entries that were mended in time."""
        return _percent(self.timely, self.entries)

    @property
    def net(self) -> Decimal:
        """All totals together."""
        return sum((Decimal(total) * number for total, number in self.nets.items()), ZERO)

    @property
    def mean(self) -> Decimal | None:
        """The mean total of those that were inspected."""
        number = sum(self.nets.values())
        return _tenth(self.net / number) if number else None

    @property
    def median(self) -> Decimal | None:
        """The median total of those that were inspected."""
        ordered = sorted((Decimal(total), number) for total, number in self.nets.items())
        number = sum(self.nets.values())
        if not number:
            return None
        middle = [_nth(ordered, (number - 1) // 2), _nth(ordered, number // 2)]
        return _tenth(sum(middle, ZERO) / 2)

    @property
    def distribution(self) -> list[tuple[str, int]]:
        """How many enterprises lie between the limits of BINS."""
        found = []
        for place, low in enumerate(BINS):
            high = BINS[place + 1] if place + 1 < len(BINS) else None
            number = sum(
                count
                for total, count in self.nets.items()
                if Decimal(total) >= low and (high is None or Decimal(total) < high)
            )
            found.append((f"{low}—{high}" if high else f"{low}以上", number))
        return found

    @property
    def per_sheet(self) -> "Strictness | None":
        """Points given in an inspection, with bounds; None where there were too few."""
        if self.sheets < LEAST:
            return None
        mean = float(self.given) / self.sheets
        spread = max(0.0, float(self.squares) - self.sheets * mean**2) / (self.sheets - 1)
        half = SIGMAS * sqrt(spread / self.sheets)
        return Strictness(mean, mean - half, mean + half)


@dataclass(frozen=True, slots=True)
class Strictness:
    """The mean points of an inspection, and between what it lies in 95 of 100 cases."""

    mean: float
    low: float
    high: float

    def beside(self, whole: float) -> str:
        """Say whether a town is milder or stricter than the district, '' where it may be chance."""
        if self.low > whole:
            return "偏严"
        return "偏松" if self.high < whole else ""


def summary_of(
    years: Iterable[Year], enterprises: int, sheets: Iterable[Mapping[str, Any]]
) -> Summary:
    """Add a town's year up. `sheets` are {given: points, is_refused} of each inspection."""
    found = Summary(enterprises=enterprises)
    for sheet in sheets:
        found.sheets += 1
        found.given += sheet["given"]
        found.squares += sheet["given"] ** 2
        found.refusals += sheet["is_refused"]
    for year in years:
        _add_year(found, year)
    return found


def _add_year(found: Summary, year: Year) -> None:
    total = cycle_total(
        year.entries, obstructions=year.obstructions, trainings=year.trainings,
        parameters=year.rules,
    )  # fmt: skip
    standing = [line for line in total.lines if not line.is_revoked]
    if not standing and not year.obstructions:
        return
    found.inspected += 1
    found.entries += len(standing)
    found.timely += sum(e.outcome == "timely" and not e.is_revoked for e in year.entries)
    found.waived += total.waived
    found.gross += total.gross
    found.reduction += total.reduction
    found.surcharge += total.surcharge
    found.at_12 += total.has_reached_report
    found.at_18 += total.has_reached_veto
    _count(found.colours, total.colour, 1)
    _count(found.nets, str(total.net), 1)
    for aspect in ASPECTS:
        _count(found.aspects, aspect, total.by_aspect.get(aspect, ZERO))
    for line in standing:
        _count(found.clauses, line.clause.code, 1)
        _count(found.items, line.clause.code.partition(".")[0], line.points)


def _count(sums: dict[str, Any], key: str, number: Any) -> None:
    sums[key] = sums.get(key, 0) + number


def _added(one: Any, other: Any) -> Any:
    if not isinstance(one, dict):
        return one + other
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}


def _nth(ordered: list[tuple[Decimal, int]], place: int) -> Decimal:
    for total, number in ordered:
        if place < number:
            return total
        place -= number
    return ZERO


def _percent(part: int, whole: int) -> Decimal | None:
    return _tenth(Decimal(part * 100) / whole) if whole else None


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
