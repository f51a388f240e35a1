"""履约验收单 of a contract, as frozen content. Nothing here computes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class StandardLine:
    """One standard that was agreed, and whether it was met."""

    name: str
    text: str
    is_met: bool | None


@dataclass(frozen=True)
class AcceptanceLine:
    """One obligation: what was bought, done and accepted, and each of its standards."""

    position: int
    kind: str
    name: str
    unit: str
    quantity: int
    done: int
    accepted: int
    due_on: date
    standards: tuple[StandardLine, ...]
    notes: tuple[str, ...]
    is_met: bool


@dataclass(frozen=True)
class ContractAcceptanceDocument:
    """履约验收单: every technical, service and safety standard, and what the served enterprises say."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    amount: Decimal | None
    starts_on: date
    ends_on: date
    lines: tuple[AcceptanceLine, ...]
    asked: int
    served_opinion: str
    conclusion: str
    accepted_by: str
    accepted_on: date
