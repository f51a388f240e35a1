"""What a provider's earlier evaluations count for at the next purchase.

Evaluations are made above this app: it offers the place, and whoever evaluates fills it in
`AppConfig.ready()`. Until somebody does, the score is entered by hand, and the page says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Past:
    """A score of 100, what it rests on in words, and the page that shows it ('' if there is none)."""

    score: Decimal
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Why evaluations keep a provider from an agency on a day, in words; '' where they do not."""

    library: str = ""  # it may not enter the agency's library
    contract: str = ""  # it gets no further contract of the agency


Refusing = Callable[[int, int, date], Refusals]
_found: list[Callable[[int], Past | None]] = []
_refusing: list[Refusing] = []


def register_past(fn: Callable[[int], Past | None]) -> None:
    """Say who knows what a provider's earlier evaluations come to; called in AppConfig.ready()."""
    _found[:] = [fn]


def register_refusing(fn: Refusing) -> None:
    """Say who knows (provider, agency, day) → what evaluations refuse; called in AppConfig.ready()."""
    _refusing[:] = [fn]


def refusals_of(provider_org_id: int, agency_id: int, day: date) -> Refusals:
    """Return what an agency's own evaluations of a provider refuse it on a day."""
    return _refusing[0](provider_org_id, agency_id, day) if _refusing else Refusals()


def is_known() -> bool:
    """Whether anybody evaluates at all."""
    return bool(_found)


def past_of(provider_org_id: int) -> Past | None:
    """Return what a provider's earlier evaluations come to; None where it has none."""
    return _found[0](provider_org_id) if _found else None
