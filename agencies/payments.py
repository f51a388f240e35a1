"""What of an evaluation bears on payment, and how a price is divided into stages."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from agencies.models import PaymentStage, ServiceContract
from common.errors import DomainError

CENT = Decimal("0.01")
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Basis:
    """What an evaluation says of one stage: the part of it to be paid, why, and where it stands.

    `factor` is from 0 to 1 (domain.md 3.5: A and B 1, C the score of 100 for a retention, D 0);
    `lines` are (label, value) as the calculation sheet prints them.
    """

    factor: Decimal
    words: str
    url: str = ""
    lines: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.factor <= 1:
            raise ValueError(f"a factor of {self.factor}")

    def paid_of(self, due: Decimal) -> Decimal:
        """Return what of `due` is to be paid, to the cent, half up."""
        return (due * self.factor).quantize(CENT, ROUND_HALF_UP)

    def frozen(self) -> dict[str, Any]:
        """Return it as a decision keeps it."""
        return {**asdict(self), "factor": str(self.factor), "lines": [list(x) for x in self.lines]}


BasisOf = Callable[[ServiceContract, PaymentStage], Basis | None]
_bases: list[BasisOf] = []


def register_basis(basis_of: BasisOf) -> None:
    """Say who knows what an evaluation means for a stage; called in AppConfig.ready().

    It is asked under the provider's actor too, and answers None where he may not know yet.
    """
    if basis_of not in _bases:
        _bases.append(basis_of)


def basis_for(contract: ServiceContract, stage: PaymentStage) -> Basis | None:
    """Return the first basis that somebody knows; without one, officers state the ground."""
    return next((found for ask in _bases if (found := ask(contract, stage))), None)


@dataclass(frozen=True, slots=True)
class Share:
    """A stage as it is entered."""

    name: str
    share: Decimal
    condition: str
    condition_words: str = ""
    is_retention: bool = False


# [proposal] of domain.md 3.5: 30 % after phase 1, 40 % after phase 3, 30 % after the evaluation.
PROPOSED = (
    Share("首期款", Decimal(30), PaymentStage.Condition.SURVEY),
    Share("中期款", Decimal(40), PaymentStage.Condition.ACCEPTED),
    Share("尾款", Decimal(30), PaymentStage.Condition.EVALUATION, is_retention=True),
)


def amounts_of(
    price: Decimal, shares: Sequence[Decimal], fixed: Decimal = Decimal(0)
) -> list[Decimal]:
    """Divide a price by shares in percent, to the cent; the last takes what is left.

    The others are rounded down, so that however many they are something is left. `fixed` of the
    price stands already, with its own shares; DomainError where it leaves less than the shares.
    """
    amounts = [(price * share / WHOLE).quantize(CENT, ROUND_DOWN) for share in shares[:-1]]
    last = price - fixed - sum(amounts)
    if last < 0:
        raise DomainError("已决定的阶段占去的金额多于其比例，余下的不够分")
    return [*amounts, last]
