"""The evaluation of a provider's performance (绩效考评) as a function of measures (domain.md 3.3).

Weights and scales are [proposal]; the duties behind them are from the documents named with each.
Decimal throughout; rounding half up to two decimals once, at the end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
CENT = Decimal("0.01")
Scale = Callable[[Decimal, Decimal], Decimal]


def by_share(weight: Decimal, share: Decimal) -> Decimal:
    """Weight × share."""
    return weight * share


def linear(zero_at: str, full_at: str) -> Scale:
    """Full from `full_at` on, nothing up to `zero_at`, straight in between."""
    low, high = Decimal(zero_at), Decimal(full_at)

    def scale(weight: Decimal, share: Decimal) -> Decimal:
        return weight * min(ONE, max(ZERO, (share - low) / (high - low)))

    return scale


def per_percent_missed(step: str) -> Scale:
    """One point off for each `step` of the share, in proportion, down to nothing."""
    size = Decimal(step)

    def scale(weight: Decimal, share: Decimal) -> Decimal:
        return max(ZERO, weight - share / size)

    return scale


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of the scheme: what it weighs, what is measured, how that is scored."""

    code: str
    group: str
    name: str
    weight: Decimal
    point: str
    scoring: str
    method: str
    duty: str
    scale: Scale = by_share


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of the indicators; ValueError unless the weights add up to 100."""

    name: str
    version: str
    is_proposal: bool
    indicators: tuple[Indicator, ...]

    def __post_init__(self) -> None:
        if sum((i.weight for i in self.indicators), ZERO) != HUNDRED:
            raise ValueError("the weights of a scheme add up to 100")


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
    """The whole: `raw_score` out of `measured_weight`, `score` out of 100, grade A to D."""

    scored: tuple[Scored, ...]
    measured_weight: Decimal
    raw_score: Decimal
    score: Decimal
    grade: str
    veto_reason: str


NO_CASES = "本合同没有适用的情形"
NOT_MEASURED = "尚未计量"


def appraise(scheme: Scheme, measures: Mapping[str, Measure], *, veto_reason: str = "") -> Result:
    """Score a scheme. What is not measured or has no cases is left out and the rest made 100.

    A veto gives grade D whatever the score.
    """
    scored = tuple(_scored(i, measures.get(i.code, Measure())) for i in scheme.indicators)
    counted = [s for s in scored if s.score is not None]
    weight = sum((s.indicator.weight for s in counted), ZERO)
    raw = sum((s.score for s in counted if s.score is not None), ZERO)
    score = (raw * HUNDRED / weight if weight else ZERO).quantize(CENT, ROUND_HALF_UP)
    grade = "D" if veto_reason else grade_of(score)
    return Result(scored, weight, raw.quantize(CENT, ROUND_HALF_UP), score, grade, veto_reason)


def grade_of(score: Decimal) -> str:
    """Return A from 90, B from 80, C from 60, else D (domain.md 3.5)."""
    limits = (("A", 90), ("B", 80), ("C", 60))
    return next((grade for grade, limit in limits if score >= limit), "D")


def _scored(indicator: Indicator, measure: Measure) -> Scored:
    if not measure.is_measured:
        reason = measure.unmeasured_reason or NO_CASES
        return Scored(indicator, measure, None, "", reason)
    share = measure.numerator / measure.denominator
    score = indicator.scale(indicator.weight, share)
    return Scored(indicator, measure, score, _deduction(indicator, measure, score), "")


def _deduction(indicator: Indicator, measure: Measure, score: Decimal) -> str:
    if score >= indicator.weight:
        return ""
    lost = (indicator.weight - score).quantize(CENT, ROUND_HALF_UP)
    share = (measure.numerator * HUNDRED / measure.denominator).quantize(CENT, ROUND_HALF_UP)
    return f"{measure.numerator:f}/{measure.denominator:f}（{share}%），扣{lost}分"


def _indicator(
    code: str, group: str, name: str, weight: int, texts: Sequence[str], scale: Scale = by_share
) -> Indicator:
    point, scoring, method, duty = texts
    return Indicator(code, group, name, Decimal(weight), point, scoring, method, duty, scale)


_PREPARE, _QUALITY, _MEND = "履约准备", "过程质量", "整改服务"
SCHEME_V1 = Scheme(
    name="服务机构绩效考评指标",
    version="v1",
    is_proposal=True,
    indicators=(
        _indicator(
            "A1", _PREPARE, "人员到位与资质确认", 5,
            ("开工前逐一核实资质且与合同一致的人员占比", "5×占比", "核对人员名单", "D2"),
        ),
        _indicator(
            "A2", _PREPARE, "计划与动员", 5,
            ("计划获批、召开动员会、计划交底", "2+2+1", "查阅会议记录", "D12"),
        ),
        _indicator(
            "B1", _QUALITY, "任务完成率", 10,
            ("按期完成检查的企业占指派企业", "100%得满分，60%及以下不得分，其间按比例", "系统统计", "D2"),
            linear("0.6", "1"),
        ),
        _indicator(
            "B2", _QUALITY, "到场规范", 8,
            ("两人以上、定位在500米内、在场30分钟以上的检查占比", "8×占比", "系统统计", "D2、D5、D13"),
        ),
        _indicator(
            "B3", _QUALITY, "留痕完整", 8,
            ("影像资料、过程控制和现场勘查记录齐全的检查占比", "8×占比", "系统统计", "D2"),
        ),
        _indicator(
            "B4", _QUALITY, "查深查实", 9,
            ("抽查发现的漏查隐患占应查出隐患", "漏查每2%扣1分，18%及以上不得分", "抽查验收", "D2、D12"),
            per_percent_missed("0.02"),
        ),
        _indicator(
            "C1", _MEND, "双向交底", 5,
            ("向组织单位和企业双向交底的企业占比", "5×占比", "系统统计", "D2"),
        ),
        _indicator(
            "C2", _MEND, "建议可操作", 5,
            ("写明措施、条款和期限的隐患占比", "5×占比", "系统统计", "D12"),
        ),
        _indicator(
            "C3", _MEND, "验收确认", 8,
            ("按期复查的隐患占到期应复查隐患", "8×占比", "系统统计", "D2、D12"),
        ),
        _indicator(
            "C4", _MEND, "整改率", 7,
            ("已销号隐患占到期隐患", "95%及以上满分，70%及以下不得分，其间按比例", "系统统计", "D12"),
            linear("0.7", "0.95"),
        ),
        _indicator(
            "D1", "重大隐患", "及时报告", 10,
            ("2小时内首报且24小时内书面报告的重大隐患占比", "10×占比；隐瞒的一票否决", "系统统计", "D2、D12"),
        ),
        _indicator(
            "E1", "成果", "报告与结论", 5,
            ("出具情况报告和结论性意见的企业占比", "5×占比", "查阅文书", "D12"),
        ),
        _indicator(
            "E2", "成果", "信息化录入", 5,
            ("外部系统录入完整的项数占比", "5×占比", "查阅系统", "D12"),
        ),
        _indicator(
            "F1", "评价", "服务对象满意度", 6,
            ("企业问卷平均分", "6×平均分/100", "问卷", "D5、D1"),
        ),
        _indicator(
            "F2", "评价", "廉洁与收费", 4,
            ("经核实的投诉和额外收费", "每起扣2分；额外收费一票否决", "核查投诉", "D2"),
        ),
    ),
)  # fmt: skip
