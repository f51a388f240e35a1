"""The point system as a function of what happened (domain.md 2.4): pure, exact, explained.

Points are Decimals in steps of 0.5, never floats. A total is computed from all entries of one
enterprise in one cycle; nothing is updated in place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Literal

ZERO = Decimal(0)
HALF = Decimal("0.5")
Outcome = Literal["open", "timely", "late", "overdue"]
ASPECTS = ("基础管理", "隐患排查", "应急管理", "其他管理", "作业现场")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a rule book decides beside its clauses (domain.md 2.3).

    All but the thresholds are [proposal], so they are data. Points are in steps of 0.5; days are
    working days (工作日) but for `training_due_days`, which are days.
    """

    t_report: Decimal = Decimal(12)
    t_veto: Decimal = Decimal(18)
    t_training_hint: Decimal = Decimal(6)
    yellow_from: Decimal = Decimal(3)
    orange_from: Decimal = Decimal(6)
    red_from: Decimal = Decimal(12)
    timely_share: Decimal = HALF
    on_site_waiver: bool = True
    training_points: Decimal = Decimal(1)
    training_sessions: int = 2
    reduction_cap: Decimal = Decimal(6)
    repeat_factor: int = 2
    overdue_factor: int = 1
    refusal_surcharge: Decimal = Decimal(3)
    assistant_may_second: bool = False
    appeal_days: int = 5
    decision_days: int = 10
    training_due_days: int = 30
    veto_years: int = 1

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Parameters":
        """Return the parameters of a rule book: the defaults, with what it says otherwise.

        ValueError names the parameter that makes no sense.
        """
        found: dict[str, Any] = {}
        for one in fields(cls):
            if one.name in data:
                found[one.name] = _value(one.name, type(one.default), data[one.name])
        made = cls(**found)
        made._check()
        return made

    def _check(self) -> None:
        if not self.yellow_from < self.orange_from < self.red_from:
            raise ValueError("等级界限应依次升高：黄、橙、红")
        if not self.t_report < self.t_veto:
            raise ValueError("一票否决的分值应高于抄报的分值")
        if not 0 <= self.timely_share <= 1:
            raise ValueError("按期整改的减免比例应在0到1之间")

    @property
    def as_data(self) -> dict[str, object]:
        """What a rule book stores: JSON values, decimals as text."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {n: str(v) if isinstance(v, Decimal) else v for n, v in values.items()}


SHARES = frozenset({"timely_share"})  # no points: need not be a multiple of a half


def _value(name: str, kind: type, given: object) -> Any:
    if kind is bool:
        if not isinstance(given, bool):
            raise ValueError(f"{name} 应为是或否")
        return given
    try:
        value = Decimal(str(given))
    except ArithmeticError:
        raise ValueError(f"{name} 应为数字") from None
    if not value.is_finite() or value < 0 or (kind is int and value % 1):
        raise ValueError(f"{name} 应为不小于0的{'整数' if kind is int else '数'}")
    if kind is Decimal and name not in SHARES and value % HALF:
        raise ValueError(f"{name} 应为0.5的倍数")
    return int(value) if kind is int else value


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
    is_revoked: bool = False


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
    is_revoked: bool = False

    @property
    def net(self) -> Decimal:
        """What the entry adds to the total, before the cap on all reductions together."""
        return self.points + self.surcharge - self.reduction


@dataclass(frozen=True, slots=True)
class Total:
    """One enterprise's cycle. `reduction` is after the cap; `net` is what counts.

    `obstruction` is the part of the surcharge that hangs on no entry: inspections refused.
    """

    lines: tuple[Line, ...] = ()
    gross: Decimal = ZERO
    by_aspect: Mapping[str, Decimal] = field(default_factory=dict)
    waived: int = 0
    timely_reduction: Decimal = ZERO
    training_reduction: Decimal = ZERO
    reduction: Decimal = ZERO
    surcharge: Decimal = ZERO
    obstruction: Decimal = ZERO
    net: Decimal = ZERO
    colour: str = "绿"
    has_reached_report: bool = False
    has_reached_veto: bool = False

    @property
    def unreduced(self) -> Decimal:
        """What it would have been without any reduction."""
        return self.gross + self.surcharge

    @property
    def capped(self) -> Decimal:
        """How much the cap kept from being taken away."""
        return self.timely_reduction + self.training_reduction - self.reduction


def outcome_of(happened: Iterable[str]) -> Outcome:
    """Return what became of an entry from what happened to it, in any order (2.4.4).

    Overdue: a recheck after the deadline found it not mended; to mend it later takes no point away.
    Timely: mended, as a recheck found, by what was handed in by the deadline; the provider's own
    delay costs the enterprise nothing. Late: mended, but handed in after it.
    """
    kinds = set(happened)
    for kind in ("overdue", "late", "timely"):
        if kind in kinds:
            return kind  # type: ignore[return-value]
    return "open"


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
    obstruction = rules.refusal_surcharge * obstructions
    surcharge = sum((line.surcharge for line in lines), obstruction)
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
        obstruction=obstruction,
        net=net,
        colour=colour_of(net, rules),
        has_reached_report=net >= rules.t_report,
        has_reached_veto=net >= rules.t_veto,
    )


def _repeats(entry: Entry, entries: Sequence[Entry]) -> int:
    """Count the same clause in earlier inspections; waived ones count too, revoked ones do not."""
    return sum(
        e.sheet < entry.sheet and e.clause.code == entry.clause.code and not e.is_revoked
        for e in entries
    )


def _line(entry: Entry, repeats: int, rules: Parameters) -> Line:
    clause = entry.clause
    base = base_points(clause, entry.units)
    points = base * (rules.repeat_factor if repeats else 1)
    if entry.is_revoked:
        return Line(entry.key, clause, base, 0, ZERO, False, ZERO, ZERO, "已撤销，不记分", True)
    if entry.is_corrected_on_site and clause.is_on_site_waivable and rules.on_site_waiver:
        return Line(entry.key, clause, base, repeats, ZERO, True, ZERO, ZERO, "当场改正，免记")
    reducible = clause.is_reducible and not repeats and not entry.is_obstructed
    reduction = surcharge = ZERO
    if entry.outcome == "timely" and reducible:
        reduction = points - floor_half(points * (1 - rules.timely_share))
    elif entry.outcome == "overdue":
        surcharge = base * rules.overdue_factor
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
        because = "检查受阻" if entry.is_obstructed else "该款"
        words.append(f"按期整改，{because}不予减免")
    elif entry.outcome == "late":
        words.append("逾期后整改，不予减免")
    if surcharge:
        words.append(f"逾期未整改，加处{surcharge}分")
    return "；".join(words)


def _by_aspect(lines: Iterable[Line]) -> dict[str, Decimal]:
    sums = dict.fromkeys(ASPECTS, ZERO)
    for line in lines:
        sums[line.clause.aspect] = sums.get(line.clause.aspect, ZERO) + line.points
    return sums
