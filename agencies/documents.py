"""Papers of a purchase, as frozen content. Nothing here computes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class AwardLine:
    """How one lot ended."""

    lot: str
    business: str
    offers: int
    winner: str
    price: Decimal | None
    total: Decimal | None
    reason: str
    failed_reason: str


@dataclass(frozen=True)
class RankLine:
    """One offer in the ranking of its lot; only what is published of it."""

    lot: str
    rank: int
    provider: str
    total: Decimal | None


@dataclass(frozen=True)
class AwardNoticeDocument:
    """中标（成交）结果公告: project, method, who won which lot at what price, and the ranking."""

    training: bool
    issuer_name: str
    addressee: str
    project_number: str
    project_title: str
    method: str
    plan: str
    outside_reason: str
    announced_on: date
    lines: tuple[AwardLine, ...]
    ranking: tuple[RankLine, ...]
    criteria: tuple[tuple[str, Decimal], ...]
    public_url: str
    issued_on: date
