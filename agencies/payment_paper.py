"""付款核定表: the calculation of one payment as frozen content."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from agencies.models import PaymentDecision, ServiceContract
from tenancy.models import Agency


@dataclass(frozen=True)
class SheetLine:
    """One line of the calculation; what is taken away is negative."""

    label: str
    rule: str
    amount: Decimal


@dataclass(frozen=True)
class PaymentSheetDocument:
    """付款核定表: every line, what an evaluation said, why, and the names of both who decided."""

    training: bool
    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    price: Decimal
    stage_name: str
    share: Decimal
    condition: str
    outcome: str
    lines: tuple[SheetLine, ...]
    basis: str
    basis_lines: tuple[tuple[str, str], ...]
    reason: str
    proposed_by: str
    proposed_on: date
    approved_by: str
    approved_on: date
    note: str
    is_correction: bool


def payment_sheet(
    contract: ServiceContract, decision: PaymentDecision, agency: Agency
) -> PaymentSheetDocument:
    """Freeze an approved decision as it stands."""
    assert decision.decided_at is not None  # approved
    stage = decision.stage
    basis = decision.basis
    return PaymentSheetDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        provider_name=str(contract.provider_org),
        contract_number=contract.number,
        contract_title=contract.title,
        price=contract.amount or Decimal(0),
        stage_name=stage.name,
        share=stage.share,
        condition=stage.condition_words or stage.get_condition_display(),
        outcome=decision.get_outcome_display(),
        lines=tuple(SheetLine(*line) for line in decision.calculation),
        basis=basis.get("words", ""),
        basis_lines=tuple((label, value) for label, value in basis.get("lines", ())),
        reason=decision.reason,
        proposed_by=decision.proposed_by_name,
        proposed_on=timezone.localdate(decision.proposed_at),
        approved_by=decision.decided_by_name,
        approved_on=timezone.localdate(decision.decided_at),
        note=decision.decision_note,
        is_correction=decision.supersedes_id is not None,
    )
