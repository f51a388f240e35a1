"""From a contract's obligations to its 履约验收单 and to what is published of it."""

from collections.abc import Sequence
from typing import Any

from agencies.models import Obligation, ServiceContract
from inspections.documents.acceptance import (
    AcceptanceLine,
    ContractAcceptanceDocument,
    StandardLine,
)
from inspections.obligations import Line
from tenancy import clock
from tenancy.actors import Actor


def contract_acceptance(
    contract: ServiceContract,
    lines: Sequence[Line],
    actor: Actor,
    *,
    asked: int,
    served_opinion: str,
    conclusion: str,
) -> ContractAcceptanceDocument:
    """履约验收单; every obligation is settled."""
    assert contract.provider_org is not None  # a contract always names its provider
    return ContractAcceptanceDocument(
        training=contract.owner_agency.org.is_training,
        agency_name=contract.owner_agency.org.name,
        provider_name=contract.provider_org.name,
        contract_number=contract.number,
        contract_title=contract.title,
        amount=contract.amount,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        lines=tuple(_line(position, line) for position, line in enumerate(lines, start=1)),
        asked=asked,
        served_opinion=served_opinion,
        conclusion=conclusion,
        accepted_by=actor.display,
        accepted_on=clock.today_of(contract.owner_agency),
    )


def _line(position: int, line: Line) -> AcceptanceLine:
    owed = line.obligation
    return AcceptanceLine(
        position=position,
        kind=owed.get_kind_display(),
        name=owed.name,
        unit=owed.unit,
        quantity=owed.quantity,
        done=line.done,
        accepted=line.accepted,
        due_on=owed.due_on,
        standards=tuple(
            StandardLine(label, text, line.results[name]) for name, label, text in owed.standards
        ),
        notes=tuple(one.note for one in line.acceptances if one.note),
        is_met=line.is_met,
    )


def acceptance_body(
    contract: ServiceContract,
    lines: Sequence[Line],
    *,
    asked: int,
    served_opinion: str,
    conclusion: str,
) -> dict[str, Any]:
    """Return what of an acceptance anyone may read."""
    assert contract.provider_org is not None
    return {
        "number": contract.number,
        "title": contract.title,
        "provider": contract.provider_org.name,
        "accepted_on": f"{clock.today_of(contract.owner_agency):%Y-%m-%d}",
        "lines": [_public(line) for line in lines],
        "asked": asked,
        "served_opinion": served_opinion,
        "conclusion": conclusion,
    }


def _public(line: Line) -> dict[str, Any]:
    owed = line.obligation
    words = {True: "达到", False: "未达到", None: "未验收"}
    return {
        "kind": owed.get_kind_display(),
        "name": owed.name,
        "unit": owed.unit,
        "quantity": owed.quantity,
        "done": line.done,
        "accepted": line.accepted,
        "standards": [
            {"name": Obligation.STANDARDS[name], "text": text, "result": words[line.results[name]]}
            for name, _, text in owed.standards
        ],
    }
