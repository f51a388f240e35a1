"""What a provider's earlier evaluations count for at the next purchase.

Evaluations are made above this app: it offers the place, and whoever evaluates fills it in
`AppConfig.ready()`. Until somebody does, the score is entered by hand, and the page says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Past:
    """A score of 100, what it rests on in words, and the page that shows it ('' if there is none)."""

    score: Decimal
    words: str
    url: str = ""


_found: list[Callable[[int], Past | None]] = []


def register_past(fn: Callable[[int], Past | None]) -> None:
    """Say who knows what a provider's earlier evaluations come to; called in AppConfig.ready()."""
    _found[:] = [fn]


def is_known() -> bool:
    """Whether anybody evaluates at all."""
    return bool(_found)


def past_of(provider_org_id: int) -> Past | None:
    """Return what a provider's earlier evaluations come to; None where it has none."""
    return _found[0](provider_org_id) if _found else None
