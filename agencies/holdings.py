"""The contracts that were put into an officer's hands, and how a colleague takes them over."""

from django.urls import reverse

from agencies import grants
from audit.services import record
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.leaving import Held, Holding, register_holding
from tenancy.models import Membership


def contracts_of(member: Membership) -> list[Held]:
    """Contracts that he works on by grant."""
    return [
        Held(row.title, reverse("agencies:contract", args=[row.pk]))
        for row in grants.contracts_given(member)
    ]


def contracts_hand(*, actor: Actor, member: Membership, to: Membership, reason: str) -> int:
    """The colleague works on them, and he no longer."""
    rows = list(grants.contracts_given(member))
    for contract in rows:
        grants.officer_grant(contract, to)
        grants.officer_revoke(contract, member)
        record(
            actor=actor, act="contract.officer_change", subject=contract, summary=reason,
            data={"from": member.pk, "to": to.pk}, at=clock.now(contract.owner_agency_id),
        )  # fmt: skip
    return len(rows)


def register_contracts() -> None:
    """Name the kind."""
    register_holding(
        Holding(
            "contracts", "经办的合同", "份", contracts_of, (Role.OFFICER, Role.ASSISTANT),
            contracts_hand,
        )
    )  # fmt: skip
