"""How sure a figure is: 95 % intervals of a share and of a ratio of counts. Pure."""

from dataclasses import dataclass
from math import inf, sqrt

Z = 1.959963985  # of the normal distribution, two-sided 95 %
FEW = 20  # cases below which a page says that the data are few


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; None where there is nothing to estimate from."""

    value: float | None
    low: float
    high: float
    cases: int

    @property
    def is_few(self) -> bool:
        """Whether so few cases stand behind it that it says little."""
        return self.cases < FEW

    def holds(self, value: float) -> bool:
        """Whether the interval covers a value."""
        return self.low <= value <= self.high


def share(part: int, whole: int) -> Estimate:
    """Return a share with its Wilson interval; it keeps within 0 and 1, and is sane for few cases."""
    if not whole:
        return Estimate(None, 0.0, 1.0, 0)
    p, z = part / whole, Z
    centre = p + z * z / (2 * whole)
    spread = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    bottom = 1 + z * z / whole
    low, high = (centre - spread) / bottom, (centre + spread) / bottom
    return Estimate(p, max(0.0, min(low, p)), min(1.0, max(high, p)), whole)


def ratio(observed: int, expected: float) -> Estimate:
    """Return observed over expected counts with Byar's interval of a Poisson count."""
    if expected <= 0:
        return Estimate(None, 0.0, inf, observed)
    low = observed * (1 - 1 / (9 * observed) - Z / (3 * sqrt(observed))) ** 3 if observed else 0.0
    more = observed + 1
    high = more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3
    return Estimate(observed / expected, max(0.0, low) / expected, high / expected, observed)
