"""The evaluation of a provider's performance (绩效考评) as a function of measures (domain.md 3.3).

Weights and scales are [proposal], so a scheme is data; what it may compute with stands here: a few
formulae, each from a measure to points between nothing and the weight. Decimal throughout; rounding
half up to two decimals once, at the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from scoring.appraisals.parameters import SchemeParameters

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
CENT = Decimal("0.01")
NO_CASES = "本合同没有适用的情形"
NOT_MEASURED = "尚未计量"


def rounded(value: Decimal) -> Decimal:
    """Return a figure to two decimals, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Measure:
    """How many of how many. Without cases, or not measured, it says why instead."""

    numerator: Decimal = ZERO
    denominator: Decimal = ZERO
    unmeasured_reason: str = ""

    @property
    def is_measured(self) -> bool:
        """Whether there is something to score."""
        return not self.unmeasured_reason and self.denominator > 0

    @property
    def share(self) -> Decimal:
        """The part of the whole."""
        return self.numerator / self.denominator


def _share(weight: Decimal, measure: Measure, given: Mapping[str, Decimal]) -> Decimal:
    return weight * measure.share


def _linear(weight: Decimal, measure: Measure, given: Mapping[str, Decimal]) -> Decimal:
    low, high = given["zero_at"], given["full_at"]
    return weight * (measure.share - low) / (high - low)


def _missed(weight: Decimal, measure: Measure, given: Mapping[str, Decimal]) -> Decimal:
    return weight - measure.share / given["step"]


def _each(weight: Decimal, measure: Measure, given: Mapping[str, Decimal]) -> Decimal:
    return weight - measure.numerator * given["off"]


@dataclass(frozen=True, slots=True)
class Formula:
    """One way from a measure to points; `fields` are its figures, each with a label."""

    label: str
    compute: Callable[[Decimal, Measure, Mapping[str, Decimal]], Decimal]
    fields: Mapping[str, str] = field(default_factory=dict)


# All that a scheme may compute with; nothing typed in is ever evaluated.
FORMULAE: Mapping[str, Formula] = {
    "share": Formula("分值×占比", _share),
    "linear": Formula(
        "占比在两个界限之间按比例", _linear, {"zero_at": "不得分的占比", "full_at": "满分的占比"}
    ),
    "missed": Formula("占比每满一档扣1分（按比例）", _missed, {"step": "每档占比"}),
    "each": Formula("每起扣分", _each, {"off": "每起扣几分"}),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the scheme: what it weighs, what is measured, how that is scored.

    `full_without_cases`: where nothing applies, full points instead of leaving it out (3.3, D1).
    """

    code: str
    group: str
    name: str
    weight: Decimal
    measure: str
    formula: str = "share"
    figures: Mapping[str, Decimal] = field(default_factory=dict)
    full_without_cases: bool = False
    point: str = ""
    scoring: str = ""
    method: str = ""
    duty: str = ""

    def score(self, measure: Measure) -> Decimal:
        """Return the points of a measure, never below nothing nor above the weight; unrounded."""
        points = FORMULAE[self.formula].compute(self.weight, measure, self.figures)
        return min(self.weight, max(ZERO, points))


class SchemeError(ValueError):
    """A scheme contradicts itself; the message says how, in the words of the page."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of the indicators; `check` before it is used."""

    name: str
    version: str
    is_proposal: bool
    indicators: tuple[Indicator, ...]
    parameters: SchemeParameters = field(default_factory=SchemeParameters)

    def check(self) -> None:
        """Raise SchemeError unless weights add up to 100 and every formula has its figures."""
        whole = sum((i.weight for i in self.indicators), ZERO)
        if whole != HUNDRED:
            raise SchemeError(f"各指标分值合计应为100分，现在是{whole.normalize():f}分")
        codes = [i.code for i in self.indicators]
        if twice := {code for code in codes if codes.count(code) > 1}:
            raise SchemeError(f"指标{'、'.join(sorted(twice))}重复")
        for indicator in self.indicators:
            check_indicator(indicator)


def check_indicator(indicator: Indicator) -> None:
    """Raise SchemeError where an indicator cannot be computed."""
    if indicator.weight <= 0:
        raise SchemeError(f"{indicator.code}的分值应大于0")
    formula = FORMULAE.get(indicator.formula)
    if formula is None:
        raise SchemeError(f"{indicator.code}没有可用的计分公式")
    given = indicator.figures
    for name, label in formula.fields.items():
        if name not in given or given[name] < 0:
            raise SchemeError(f"{indicator.code}请填写{label}")
    if indicator.formula == "linear" and not given["zero_at"] < given["full_at"]:
        raise SchemeError(f"{indicator.code}满分的占比应高于不得分的占比")
    if indicator.formula == "missed" and not given["step"]:
        raise SchemeError(f"{indicator.code}每档占比应大于0")


@dataclass(frozen=True, slots=True)
class Scored:
    """One indicator with its measure; `score` is None where it is left out."""

    indicator: Indicator
    measure: Measure
    score: Decimal | None
    deduction: str
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """The whole: `raw_score` out of `measured_weight`, `exact` and (rounded) `score` out of 100."""

    scored: tuple[Scored, ...]
    measured_weight: Decimal
    raw_score: Decimal
    exact: Decimal

    @property
    def score(self) -> Decimal:
        """Out of 100, to two decimals."""
        return rounded(self.exact)


def appraise(scheme: Scheme, measures: Mapping[str, Measure]) -> Result:
    """Score a scheme. What is not measured or has no cases is left out and the rest made 100."""
    scored = tuple(_scored(i, measures.get(i.code, Measure())) for i in scheme.indicators)
    counted = [(s.indicator.weight, s.score) for s in scored if s.score is not None]
    weight = sum((one for one, _ in counted), ZERO)
    raw = sum((one for _, one in counted), ZERO)
    return Result(scored, weight, rounded(raw), raw * HUNDRED / weight if weight else ZERO)


def _scored(indicator: Indicator, measure: Measure) -> Scored:
    if not measure.is_measured:
        reason = measure.unmeasured_reason or NO_CASES
        if indicator.full_without_cases and not measure.unmeasured_reason:
            return Scored(indicator, measure, indicator.weight, "", f"{reason}，按满分计")
        return Scored(indicator, measure, None, "", reason)
    score = indicator.score(measure)
    return Scored(indicator, measure, score, _deduction(indicator, measure, score), "")


def _deduction(indicator: Indicator, measure: Measure, score: Decimal) -> str:
    if score >= indicator.weight:
        return ""
    lost = rounded(indicator.weight - score)
    if indicator.formula == "each":
        return f"{measure.numerator:f}起，扣{lost}分"
    share = rounded(measure.share * HUNDRED)
    return f"{measure.numerator:f}/{measure.denominator:f}（{share}%），扣{lost}分"
