"""The three parties put together (综合评价, domain.md 3.4) and the grade that follows (3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from scoring.appraisals.parameters import SchemeParameters
from scoring.appraisals.rules import ZERO, rounded

FEW_FORMS, NO_THIRD, NO_FORMS = "样本不足", "未聘请第三方", "没有问卷"


@dataclass(frozen=True, slots=True)
class Party:
    """One party's share of the whole: its score out of 100, unrounded, or None where it has none."""

    name: str
    score: Decimal | None
    share: Decimal


@dataclass(frozen=True, slots=True)
class Composite:
    """The parts, what the whole comes to, its grade, and what a reader must know of it."""

    parties: tuple[Party, ...]
    score: Decimal
    grade: str
    flags: tuple[str, ...]
    veto_reason: str = ""


def least_forms(parameters: SchemeParameters, served: int) -> int:
    """Return how many enterprises must answer: max(10, 30 %), all where there are fewer."""
    share = (parameters.response_ratio * served).to_integral_value(ROUND_CEILING)
    return min(served, max(parameters.response_minimum, int(share)))


def compose(
    parameters: SchemeParameters,
    *,
    buyer: Decimal,
    forms: Sequence[Decimal],
    served: int,
    third: Decimal | None,
    veto_reason: str = "",
) -> Composite:
    """Put the parties together; a veto gives grade D whatever the score.

    Scores are out of 100. Too few forms: their share goes to the buyer. No third party: the other
    two keep their proportion (0.625 / 0.375 of the defaults). Rounded once, at the end.
    """
    shares = {"buyer": parameters.buyer_share, "served": parameters.served_share,
              "third": parameters.third_share}  # fmt: skip
    flags = []
    if third is None:
        flags.append(NO_THIRD)
        whole = shares["buyer"] + shares["served"]
        shares = {"buyer": shares["buyer"] / whole, "served": shares["served"] / whole,
                  "third": ZERO}  # fmt: skip
    mean = sum(sorted(forms), ZERO) / len(forms) if forms else None
    if len(forms) < max(1, least_forms(parameters, served)):
        flags.append(FEW_FORMS if forms else NO_FORMS)
        shares["buyer"] += shares["served"]
        shares["served"] = ZERO
    parties = (
        Party("购买主体", buyer, shares["buyer"]),
        Party("服务对象", mean, shares["served"]),
        Party("第三方", third, shares["third"]),
    )
    score = rounded(sum((p.score * p.share for p in parties if p.score is not None), ZERO))
    grade = "D" if veto_reason else parameters.grade_of(score)
    return Composite(parties, score, grade, tuple(flags), veto_reason)
