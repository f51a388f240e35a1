"""How offers are compared (pure): totals, who comes first, what a price is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Bid:
    """An offer that takes part: `total` is None where only the price counts."""

    key: int
    price: Decimal
    total: Decimal | None


def total_of(scores: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Add up (score of 100, weight) pairs; rounded once, at the end, half up to two places."""
    exact = sum((score * weight for score, weight in scores), Decimal(0)) / FULL
    return exact.quantize(CENT, ROUND_HALF_UP)


def ranks(bids: Iterable[Bid]) -> dict[int, int]:
    """Return {key: rank}: the higher total first, of equal ones the lower price.

    Who is equal in both shares a rank (财政部令第87号第五十七条: 得分相同的，按投标报价由低到高).
    """
    order = {bid.key: (-(bid.total or Decimal(0)), bid.price) for bid in bids}
    return {key: 1 + sum(other < place for other in order.values()) for key, place in order.items()}


def price_score(lowest: Decimal, price: Decimal) -> Decimal:
    """低价优先法: the lowest valid price is worth 100, another lowest ÷ price × 100 (第五十五条)."""
    return (lowest / price * FULL).quantize(CENT, ROUND_HALF_UP)


def weights_problem(weights: Mapping[str, Decimal] | Iterable[Decimal]) -> str:
    """Say what is wrong with the weights of criteria; '' where they add up to 100."""
    values = weights.values() if isinstance(weights, Mapping) else weights
    found = sum(values, Decimal(0))
    return "" if found == FULL else f"权重合计应为100，现为{found.normalize():f}"
