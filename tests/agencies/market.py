"""A county whose library has two providers with framework contracts, for tests of choosing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencies.models import (
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    LibraryClass,
    LibraryProvider,
    ServiceContract,
)
from agencies.services import (
    contract_activate,
    contract_create,
    invites_add,
    library_class_save,
    library_enter,
    round_create,
    round_offer_add,
    round_open,
)
from common.scope import acting_as
from providers.services import provider_register
from tenancy.actors import Actor
from tenancy.enums import Role
from tests import county as counties
from tests import world

FROM, UNTIL = date(2026, 6, 8), date(2026, 6, 12)  # the county's clock stands on the first


@dataclass
class Market:
    """A county, its library of two providers, and what their people and contracts are."""

    county: counties.County
    machines: LibraryClass
    entries: list[LibraryProvider]
    contracts: list[ServiceContract]
    second_lead: Actor

    @property
    def officer(self) -> Actor:
        """The administrator, who has a hand in every contract."""
        return self.county.admin


def build(code: str = "130371", base: int = 0, **more: object) -> Market:
    """The county's own provider and a second one, both 甲级 or 乙级 in a class for machines."""
    county = counties.build(code, base=base, **more)
    admin = county.admin
    with acting_as(admin):
        second = provider_register(
            actor=admin, name=f"安评第二机构{code}", short_name="二评",
            credit_code=counties.code_for(9_100_000 + base, code),
        )  # fmt: skip
        contract = contract_create(
            actor=admin, provider_org_id=second.pk, number=f"HT-{code}-2", title="第二框架合同",
            kind="government_purchase", signed_on=date(2026, 5, 28), starts_on=date(2026, 6, 1),
            ends_on=date(2026, 8, 31), amount=Decimal("100000.00"),
        )  # fmt: skip
        contracts = [county.contract, contract_activate(actor=admin, contract=contract)]
        machines = library_class_save(
            actor=admin, agency=county.zone, name="机械", industries=["机械"], risks=["涉氨"],
            levels=["甲级", "乙级"],
        )  # fmt: skip
        entries = [
            enter(county, one.provider_org_id, machines, level)
            for one, level in zip(contracts, ("甲级", "乙级"), strict=True)
        ]
        body = second.org
    lead = world.member(body, Role.PROJECT_LEAD)
    return Market(county, machines, entries, contracts, lead)


def enter(county: counties.County, provider: int, machines: LibraryClass, level: str = "甲级"):
    """Enter a provider into the county's library."""
    return library_enter(
        actor=county.admin, agency=county.zone, provider_org_id=provider, business_class=machines,
        level=level, from_on=date(2026, 6, 1), source="procurement", reason="框架采购入围",
    )  # fmt: skip


def drafted(market: Market, enterprises=None) -> ChoiceRound:
    """A round with both providers and the county's enterprises, not sent yet."""
    county = market.county
    with acting_as(county.admin):
        found = round_create(
            actor=county.admin, agency=county.zone, title="自主选择", code="XZ26",
            kind="government_purchase", service="安全评估", opens_on=FROM, closes_on=UNTIL,
        )  # fmt: skip
        for contract in market.contracts:
            round_offer_add(
                actor=county.admin, found=found, contract=contract, price=Decimal(3000),
                price_unit="每家",
            )  # fmt: skip
        firms = county.enterprises if enterprises is None else enterprises
        invites_add(actor=county.admin, found=found, enterprise_ids=[one.pk for one in firms])
    return found


def opened(market: Market, enterprises=None) -> ChoiceRound:
    """The same, sent to the enterprises."""
    found = drafted(market, enterprises)
    with acting_as(market.county.admin):
        return round_open(actor=market.county.admin, found=found)


def invite_of(market: Market, number: int = 0) -> ChoiceInvite:
    """An enterprise's place in the round."""
    with acting_as(market.county.admin):
        return ChoiceInvite.objects.select_related("round", "enterprise").get(
            enterprise=market.county.enterprises[number]
        )


def offers_of(market: Market) -> list[ChoiceOffer]:
    """What is offered, in the order of the contracts."""
    with acting_as(market.county.admin):
        rows = ChoiceOffer.objects.select_related("round", "provider_org")
        return list(rows.order_by("contract_id"))
