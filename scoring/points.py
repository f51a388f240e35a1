"""The point system as a function of what happened (domain.md 2.4): pure, exact, explained.

Points are Decimals in steps of 0.5, never floats. A total is computed from all entries of one
enterprise in one cycle; nothing is updated in place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

ZERO = Decimal(0)
HALF = Decimal("0.5")
Outcome = Literal["open", "timely", "late", "overdue"]
ASPECTS = ("基础管理", "隐患排查", "应急管理", "其他管理", "作业现场")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of domain.md 2.3; all but the thresholds are [proposal], so they are data."""

    t_report: Decimal = Decimal(12)
    t_veto: Decimal = Decimal(18)
    yellow_from: Decimal = Decimal(3)
    orange_from: Decimal = Decimal(6)
    red_from: Decimal = Decimal(12)
    timely_share: Decimal = HALF
    training_points: Decimal = Decimal(1)
    training_sessions: int = 2
    reduction_cap: Decimal = Decimal(6)
    repeat_factor: int = 2
    refusal_surcharge: Decimal = Decimal(3)

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Parameters":
        """Return the parameters of a rule book: the defaults, with what it says otherwise."""
        known = {name: data[name] for name in cls.__slots__ if name in data}
        whole = {"training_sessions", "repeat_factor"}
        return cls(
            **{
                name: int(str(value)) if name in whole else Decimal(str(value))
                for name, value in known.items()
            }  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a rule book; `max_units` None means without limit."""

    code: str
    aspect: str
    points: Decimal
    is_reducible: bool
    is_on_site_waivable: bool = False
    max_units: int | None = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause given. `sheet` orders the inspections: entries of one sheet share it."""

    key: str
    sheet: int
    clause: Clause
    units: int = 1
    is_corrected_on_site: bool = False
    outcome: Outcome = "open"
    is_obstructed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What one entry comes to, and a sentence that says why."""

    key: str
    clause: Clause
    base: Decimal
    repeats: int
    points: Decimal
    is_waived: bool
    reduction: Decimal
    surcharge: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Total:
    """One enterprise's cycle. `reduction` is after the cap; `net` is what counts."""

    lines: tuple[Line, ...] = ()
    gross: Decimal = ZERO
    by_aspect: Mapping[str, Decimal] = field(default_factory=dict)
    waived: int = 0
    timely_reduction: Decimal = ZERO
    training_reduction: Decimal = ZERO
    reduction: Decimal = ZERO
    surcharge: Decimal = ZERO
    net: Decimal = ZERO
    colour: str = "绿"
    has_reached_report: bool = False
    has_reached_veto: bool = False


def outcome_of(*, is_closed: bool, was_overdue: bool, failed_late: bool) -> Outcome:
    """Return what became of an entry (2.4.4), read from its hazard.

    Timely: closed, and what the recheck accepted was handed in by the deadline; the provider's own
    delay costs the enterprise nothing. Overdue: late and not mended, or found not mended after the
    deadline.
    """
    if was_overdue:
        return "late" if is_closed and not failed_late else "overdue"
    return "timely" if is_closed else "open"


def floor_half(value: Decimal) -> Decimal:
    """Round down to a multiple of 0.5."""
    return (value / HALF).to_integral_value(ROUND_FLOOR) * HALF


def base_points(clause: Clause, units: int) -> Decimal:
    """Return the clause's points for so many places, capped (2.4.2)."""
    counted = units if clause.max_units is None else min(units, clause.max_units)
    return clause.points * counted


def colour_of(net: Decimal, parameters: Parameters) -> str:
    """Return the grade of a total: 绿 黄 橙 红."""
    if net >= parameters.red_from:
        return "红"
    if net >= parameters.orange_from:
        return "橙"
    return "黄" if net >= parameters.yellow_from else "绿"


def cycle_total(
    entries: Iterable[Entry],
    *,
    obstructions: int = 0,
    trainings: int = 0,
    parameters: Parameters | None = None,
) -> Total:
    """Add one cycle up (2.4.2 to 2.4.5).

    `obstructions` counts inspections that were refused or obstructed, `trainings` sessions passed.
    """
    rules = parameters or Parameters()
    ordered = sorted(entries, key=lambda entry: entry.sheet)
    lines = tuple(_line(entry, _repeats(entry, ordered), rules) for entry in ordered)
    surcharge = sum((line.surcharge for line in lines), ZERO)
    surcharge += rules.refusal_surcharge * obstructions
    gross = sum((line.points for line in lines), ZERO)
    timely = sum((line.reduction for line in lines), ZERO)
    training = rules.training_points * min(trainings, rules.training_sessions)
    reduction = min(rules.reduction_cap, timely + training)
    net = max(ZERO, gross + surcharge - reduction)
    return Total(
        lines=lines,
        gross=gross,
        by_aspect=_by_aspect(lines),
        waived=sum(line.is_waived for line in lines),
        timely_reduction=timely,
        training_reduction=training,
        reduction=reduction,
        surcharge=surcharge,
        net=net,
        colour=colour_of(net, rules),
        has_reached_report=net >= rules.t_report,
        has_reached_veto=net >= rules.t_veto,
    )


def _repeats(entry: Entry, entries: Sequence[Entry]) -> int:
    """Count the same clause in earlier inspections; waived ones count too (2.4.2, 2.4.3)."""
    return sum(e.sheet < entry.sheet and e.clause.code == entry.clause.code for e in entries)


def _line(entry: Entry, repeats: int, rules: Parameters) -> Line:
    clause = entry.clause
    base = base_points(clause, entry.units)
    points = base * (rules.repeat_factor if repeats else 1)
    waived = entry.is_corrected_on_site and clause.is_on_site_waivable
    if waived:
        return Line(entry.key, clause, base, repeats, ZERO, True, ZERO, ZERO, "当场改正，免记")
    reducible = clause.is_reducible and not repeats and not entry.is_obstructed
    reduction = surcharge = ZERO
    if entry.outcome == "timely" and reducible:
        reduction = points - floor_half(points * (1 - rules.timely_share))
    elif entry.outcome == "overdue":
        surcharge = base
    why = _why(entry, base, points, repeats, reduction, surcharge)
    return Line(entry.key, clause, base, repeats, points, False, reduction, surcharge, why)


def _why(
    entry: Entry,
    base: Decimal,
    points: Decimal,
    repeats: int,
    reduction: Decimal,
    surcharge: Decimal,
) -> str:
    words = [f"第{entry.clause.code}款记{base}分"]
    if entry.units > 1:
        words.append(f"共{entry.units}处")
    if repeats:
        words.append(f"本周期第{repeats + 1}次出现，记{points}分，不予减免")
    if reduction:
        words.append(f"按期整改，减{reduction}分")
    elif entry.outcome == "timely" and not repeats:
        words.append("按期整改，该款不予减免")
    if surcharge:
        words.append(f"逾期未整改，加处{surcharge}分")
    return "；".join(words)


def _by_aspect(lines: Iterable[Line]) -> dict[str, Decimal]:
    sums = dict.fromkeys(ASPECTS, ZERO)
    for line in lines:
        sums[line.clause.aspect] = sums.get(line.clause.aspect, ZERO) + line.points
    return sums
