"""Who attacks whom: everybody of one county, and what belongs to somebody else."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from accounts.models import User
from agencies.services import (
    batch_assign,
    batch_create,
    contract_activate,
    contract_create,
    inspectors_assign,
)
from common.scope import acting_as
from inspections.models import Hazard
from providers.services import provider_register
from tenancy.actors import SYSTEM, Actor, signed_in
from tenancy.enums import ROLES_OF, OrgKind, Role
from tests import county as counties
from tests import world
from tests.attack.canaries import plant
from tests.attack.owner import owner
from tests.scene import Scene

MINE, OTHERS = "130371", "130400"


@dataclass(frozen=True)
class Attacker:
    """Somebody who is signed in, or nobody; `things` are his own by kind."""

    name: str
    actor: Actor | None
    client: Client
    things: Mapping[str, Any] = field(default_factory=dict)

    def send(
        self, method: str, url: str, data: Any = None, headers: Any = None, *, is_json: bool = False
    ) -> Any:
        """Send a request, and stay signed in whatever it was: also where it was to sign out."""
        cookies = deepcopy(self.client.cookies)
        try:
            if is_json:
                body = json.dumps(data, default=str)
                return self.client.generic(method, url, body, "application/json", headers=headers)
            if method == "POST":
                _rewind(data or {})
                return self.client.post(url, data or {}, headers=headers)
            if method == "GET":
                query = f"{'&' if '?' in url else '?'}{urlencode(data)}" if data else ""
                return self.client.get(url + query, headers=headers)
            return self.client.generic(method, url, b"x", headers=headers)
        finally:
            self.client.cookies = cookies

    def is_signed_in(self) -> bool:
        """Whether pages open to him, so that what is refused is refused for what he asked."""
        return (
            self.actor is None or self.send("GET", reverse("accounts:security")).status_code == 200
        )


def _rewind(data: Mapping[str, Any]) -> None:
    for value in data.values():
        if hasattr(value, "seek"):
            value.seek(0)


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
    owner: Actor | None = None  # whose links to files are stolen


@dataclass(frozen=True)
class World:
    """Everybody; `own` are those of the first county, whose own things must open to them."""

    own: tuple[Attacker, ...]
    victims: tuple[Victim, ...]
    scene: Scene


def attacker(place: str, actor: Actor, things: Mapping[str, Any]) -> Attacker:
    """Sign somebody in."""
    client = Client(raise_request_exception=False)
    world.sign_in(client, actor)
    return Attacker(f"{actor.role or 'a user'} of {place}", actor, client, things)


def everybody(kind: OrgKind, org: Any, place: str, things: Mapping[str, Any]) -> Iterator[Attacker]:
    """One person of each role of an organisation."""
    for role in ROLES_OF[kind]:
        yield attacker(place, world.member(org, role), things)


def build() -> World:
    """Two counties with everything in them, and within the first a rival and a second firm."""
    part_ids()
    scene, other = Scene(MINE, 0), Scene(OTHERS, 500)
    mine, theirs = scene.county, other.county
    rival, second = _rival(mine), mine.enterprises[1]
    own = tuple(_of_county(scene))
    with acting_as(mine.admin):
        rival_org, second_org = rival.contract.provider_org, second.enterprise_org
    firm_things = {"enterprise": second.pk}
    neighbours = tuple(everybody(OrgKind.ENTERPRISE, second_org, "the next firm", firm_things))
    rivals = tuple(everybody(OrgKind.PROVIDER, rival_org, "the rival", _rival_things(rival)))
    strangers = tuple(_strangers())
    one_of_each = {person.name: person for person in reversed(own)}.values()
    provider, firm = mine.contract.provider_org_id, mine.enterprises[0].enterprise_org_id
    assert firm is not None
    victims = (
        Victim("another agency", "owner_agency_id", theirs.zone.pk, other.things,
               (*one_of_each, *rivals, *neighbours, *strangers), owner=theirs.officer),
        Victim("another provider", "provider_org_id", provider, scene.things, rivals,
               owner=mine.lead),
        Victim("another firm", "enterprise_org_id", firm, scene.things, neighbours,
               owner=mine.principal),
        Victim("the county", "owner_agency_id", mine.zone.pk, scene.things, strangers,
               owner=mine.officer),
    )  # fmt: skip
    for victim in victims:
        plant(victim.column, victim.value)
    return World(own, victims, scene)


def part_ids() -> None:
    """Let each table count from a place of its own, so that no id opens two kinds of things."""
    with owner() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        for number, (name,) in enumerate(cursor.fetchall(), start=1):
            cursor.execute(f"ALTER SEQUENCE {name} RESTART WITH {number}000000")


def _strangers() -> Iterator[Attacker]:
    """A township within the county, whose region is narrower; somebody without a membership; nobody."""
    town = world.agency(f"{MINE}001")
    yield from everybody(OrgKind.AGENCY, town.org, "a township", {})
    with acting_as(SYSTEM):
        user = User.objects.create_user(username="nowhere", name="无单位", password=world.PASSWORD)
    yield attacker("no organisation", signed_in(user.pk), {})
    yield Attacker("nobody", None, Client(raise_request_exception=False))


def _of_county(scene: Scene) -> Iterator[Attacker]:
    """Those who acted in the scene, and one of each role that nobody had."""
    county, things = scene.county, scene.things
    acted = (county.admin, county.officer, county.second_officer, county.lead, county.inspector,
             county.principal)  # fmt: skip
    with acting_as(county.admin):
        provider, firm = county.contract.provider_org, county.enterprises[0].enterprise_org
    places = ((OrgKind.AGENCY, county.zone.org, "the county"),
              (OrgKind.PROVIDER, provider, "the provider"), (OrgKind.ENTERPRISE, firm, "the firm"))  # fmt: skip
    for kind, org, place in places:
        there = [actor for actor in acted if actor.kind == kind]
        for role in ROLES_OF[kind]:
            own = [a for a in there if a.role == role] or [world.member(org, role)]
            for actor in own:
                yield attacker(place, actor, things)


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
    counties.confirm(found, lead)
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
