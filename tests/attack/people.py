"""Who attacks whom: everybody of one county, and what belongs to somebody else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.test import Client

from agencies.services import (
    batch_assign,
    batch_create,
    contract_activate,
    contract_create,
    inspectors_assign,
)
from common.scope import acting_as
from enterprises.models import Enterprise
from inspections.models import Hazard
from providers.services import provider_register
from tenancy.actors import Actor
from tenancy.enums import ROLES_OF, OrgKind, Role
from tests import county as counties
from tests import world
from tests.test_urls import Scene

MINE, OTHERS = "130371", "130400"


@dataclass(frozen=True)
class Attacker:
    """Somebody who is signed in, or nobody; `things` are his own by kind."""

    name: str
    actor: Actor | None
    client: Client
    things: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Victim:
    """Whose rows have this value in this column, its things by kind, and who is to get none.

    Without a column, some things of one's own that are not to be seen yet: `words` tell them.
    """

    name: str
    column: str
    value: int
    things: Mapping[str, Any]
    attackers: tuple[Attacker, ...]
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class World:
    """Everybody; `own` are those of the first county, whose own things must open to them."""

    own: tuple[Attacker, ...]
    victims: tuple[Victim, ...]
    scene: Scene


def _attacker(place: str, actor: Actor, things: Mapping[str, Any]) -> Attacker:
    client = Client(raise_request_exception=False)
    world.sign_in(client, actor)
    return Attacker(f"{actor.role} of {place}", actor, client, things)


def everybody(kind: OrgKind, org: Any, place: str, things: Mapping[str, Any]) -> Iterator[Attacker]:
    for role in ROLES_OF[kind]:
        yield _attacker(place, world.member(org, role), things)


def build() -> World:
    """Two counties with everything in them, and within the first a rival and a second firm."""
    scene, other = Scene(MINE, 0), Scene(OTHERS, 500)
    rival = _rival(scene.county)
    own = tuple(_of_county(scene))
    second = scene.county.enterprises[1]
    with acting_as(scene.county.admin):
        rival_org, second_org = rival.contract.provider_org, second.enterprise_org
    neighbours = tuple(
        everybody(OrgKind.ENTERPRISE, second_org, "the next firm", _firm_things(second))
    )
    rivals = tuple(everybody(OrgKind.PROVIDER, rival_org, "the rival", _rival_things(rival)))
    town = world.agency(f"{MINE}001")
    strangers = (
        *everybody(OrgKind.AGENCY, town.org, "a township", {}),
        Attacker("nobody", None, Client(raise_request_exception=False)),
    )
    mine = scene.county
    provider, firm = mine.contract.provider_org_id, mine.enterprises[0].enterprise_org_id
    assert firm is not None
    victims = (
        Victim("another agency", "owner_agency_id", other.county.zone.pk, other.things,
               (*own, *rivals, *neighbours)),
        Victim("another provider", "provider_org_id", provider, scene.things, rivals),
        Victim("another firm", "enterprise_org_id", firm, scene.things, neighbours),
        Victim("the county", "owner_agency_id", mine.zone.pk, scene.things, strangers),
    )  # fmt: skip
    return World((*own, *rivals, *neighbours), victims, scene)


def _of_county(scene: Scene) -> Iterator[Attacker]:
    county, things = scene.county, scene.things
    yield from everybody(OrgKind.AGENCY, county.zone.org, "the county", things)
    for actor in (county.officer, county.lead, county.inspector, county.principal):
        yield _attacker("the county, who acted", actor, things)
    with acting_as(county.admin):
        provider, firm = county.contract.provider_org, county.enterprises[0].enterprise_org
    yield from everybody(OrgKind.PROVIDER, provider, "the provider", things)
    yield from everybody(OrgKind.ENTERPRISE, firm, "the firm", things)


def _rival(county: counties.County) -> counties.County:
    """Another provider with a contract of the same agency, an enterprise and a visit of its own."""
    admin = county.admin
    with acting_as(admin):
        provider = provider_register(
            actor=admin, name="对手评价机构", short_name="对手",
            credit_code=counties.code_for(9_100_000, MINE),
        )  # fmt: skip
        firm = counties.enterprise(county.zone, 300)
        org, firm_org = provider.org, firm.enterprise_org
    lead = world.member(org, Role.PROJECT_LEAD, qualification="注册安全工程师")
    with acting_as(admin):
        contract = contract_create(
            actor=admin, provider_org_id=org.pk, number="HT-R", title="对手的服务",
            kind="government_purchase", signed_on=date(2026, 5, 28), starts_on=date(2026, 6, 1),
            ends_on=date(2026, 8, 31),
        )  # fmt: skip
        contract = contract_activate(actor=admin, contract=contract)
        batch = batch_create(
            actor=admin, contract=contract, name="对手第一批", code="R1",
            starts_on=date(2026, 6, 1), ends_on=date(2026, 8, 31),
        )  # fmt: skip
        batch_assign(actor=admin, batch=batch, enterprise_ids=[firm.pk])
    with acting_as(lead):
        rows = batch.assignments.select_related(
            "enterprise", "batch__contract", "owner_agency__org"
        )
        assignments = list(rows)
        plan = {a.pk: lead.membership_id for a in assignments}
        inspectors_assign(actor=lead, batch=batch, plan=plan)
    found = replace(
        county, lead=lead, inspector=lead, contract=contract, batch=batch, enterprises=[firm],
        assignments=assignments, principal=world.member(firm_org, Role.PRINCIPAL),
    )  # fmt: skip
    counties.meet(found)
    counties.visit(found, sign=False)
    return found


def _rival_things(rival: counties.County) -> dict[str, Any]:
    with acting_as(rival.lead):
        hazard = Hazard.objects.get(assignment=rival.assignment)
        return {
            "contract": rival.contract.pk, "batch": rival.batch.pk, "assignment": rival.assignment.pk,
            "enterprise": rival.enterprises[0].pk, "visit": hazard.visit_id, "hazard": hazard.pk,
            "topic": "TS-1", "criterion": 3,
        }  # fmt: skip


def _firm_things(firm: Enterprise) -> dict[str, Any]:
    return {"enterprise": firm.pk}
