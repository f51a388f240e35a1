"""Which acts become deliveries, for whom: from the sealed log, once, and never for a stranger."""

import json
from pathlib import Path

import pytest
from django.apps import apps

from audit.models import AuditEntry
from audit.services import record
from common.scope import acting_as
from inspections.models import Hazard
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.test_urls import names
from tests.webhooks.conftest import hand_out, seal
from webhooks.catalogue import BY_ACT, KINDS, PAGES, PAGES_OF_OTHERS
from webhooks.fanout import fan_out
from webhooks.models import Delivery, Endpoint, Position

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = tuple(kind.name for kind in KINDS)


def deliveries(actor, **chosen) -> list[Delivery]:
    with acting_as(actor):
        return list(Delivery.objects.filter(**chosen).order_by("id"))


def kinds_of(actor) -> list[str]:
    return [row.kind for row in deliveries(actor)]


def test_agency_and_provider_and_firm_are_told_of_their_hazard_and_strangers_of_nothing(
    county, endpoint_of
):
    other = counties.build("130400", base=300)
    people = (county.admin, county.lead, county.principal, other.admin, other.lead, other.principal)
    for person in people:
        endpoint_of(person, "hazard.issued", "document.issued")
    counties.issued(county)
    hand_out(county)
    assert kinds_of(county.admin).count("hazard.issued") == 1
    assert kinds_of(county.lead).count("hazard.issued") == 1
    assert kinds_of(county.principal).count("hazard.issued") == 1
    assert [kinds_of(person) for person in people[3:]] == [[], [], []]


def test_a_firm_is_not_told_of_what_was_not_issued_to_it(county, endpoint_of):
    endpoint_of(county.principal, *EVERYTHING)
    endpoint_of(county.admin, *EVERYTHING)
    counties.visit(county)
    hand_out(county)
    assert "visit.signed" in kinds_of(county.admin)
    assert not {"visit.signed", "hazard.issued"} & set(kinds_of(county.principal))


def test_superiors_are_told_and_neighbours_are_not(county, endpoint_of):
    city, neighbour = world.agency("1303"), world.agency("130372")
    above = world.member(city.org, Role.AGENCY_ADMIN)
    beside = world.member(neighbour.org, Role.AGENCY_ADMIN)
    for person in (above, beside):
        endpoint_of(person)
    counties.issued(county)
    hand_out(county)
    assert (kinds_of(above), kinds_of(beside)) == (["hazard.issued"], [])


def test_what_is_sent_is_thin_and_names_the_page(county, endpoint_of, settings):
    settings.SITE_URL = "https://anfu.example"
    endpoint_of(county.admin)
    hazard = counties.issued(county)[0]
    hand_out(county)
    (row,) = deliveries(county.admin)
    payload = json.loads(row.body)
    assert payload["type"] == "hazard.issued"
    assert payload["timestamp"] == "2026-06-08T03:10:00.000Z"  # the agency's own clock
    assert payload["data"] == {
        "subject": "inspections.hazard", "id": str(hazard.pk), "region_code": "130371",
        "url": f"https://anfu.example/hazards/{hazard.pk}/",
        "api": f"https://anfu.example/api/v1/hazards/{hazard.pk}/", "is_training": True,
    }  # fmt: skip
    assert hazard.description not in row.body


def test_an_endpoint_is_told_of_later_events_only_and_of_each_once(county, endpoint_of):
    counties.issued(county)
    endpoint_of(county.admin, "hazard.issued", "hazard.submitted")
    assert hand_out(county) == 0  # sealed after it, recorded before it
    with acting_as(county.principal):
        hazard = Hazard.objects.get()
    counties.mend(county, hazard)
    assert hand_out(county) == 1
    assert hand_out(county) == fan_out() == 0
    with acting_as(SYSTEM):
        Position.objects.update(sequence=0)
    with pytest.raises(Exception, match="delivery_once"):
        fan_out()


def test_an_act_that_is_committed_late_is_not_stepped_over(county, endpoint_of):
    endpoint_of(county.admin, "visit.signed")
    found = counties.visit(county)
    early = AuditEntry(
        agency_id=county.zone.pk, region_code="130371", actor_name="甲", act="visit.sign",
        subject_type="inspections.visit", subject_id=str(found.pk), at=counties.NOW,
    )  # fmt: skip
    assert hand_out(county) == 1
    with acting_as(county.lead):
        record(actor=county.lead, act="visit.sign", subject=found)  # a later id, sealed first
    assert hand_out(county) == 1
    with acting_as(SYSTEM):
        early.save(force_insert=True)  # its transaction ends only now
    assert early.id < deliveries(county.admin)[1].event_id
    assert hand_out(county) == 1


def test_nothing_is_handed_out_before_it_is_sealed(county, endpoint_of):
    endpoint_of(county.admin)
    seal(county.zone)
    counties.issued(county)
    assert fan_out() == 0
    assert hand_out(county) == 1


def test_real_organisations_are_not_told_of_practice(county, endpoint_of):
    endpoint_of(county.admin)
    city = world.agency("1303", training=False)
    real = world.member(city.org, Role.AGENCY_ADMIN)
    endpoint_of(real)
    counties.issued(county)
    hand_out(county)
    assert (len(deliveries(county.admin)), len(deliveries(real))) == (1, 0)


def test_an_act_whose_subject_is_gone_or_nonsense_holds_nothing_up(county, endpoint_of):
    endpoint_of(county.admin)
    with acting_as(county.admin):
        for subject in (("inspections.hazard", "x"), ("no.model", "1"), ("audit.seal", "1")):
            record(
                actor=county.admin, act="hazard.issue", subject=subject,
                agency_id=county.zone.pk, region_code="130371",
            )  # fmt: skip
    counties.issued(county)
    assert hand_out(county) == 1


def test_statements_do_not_grow_with_the_events(county, endpoint_of, django_assert_max_num_queries):
    endpoint_of(county.admin, *EVERYTHING)
    counties.issued(county)
    seal(county.zone)
    fan_out()
    with acting_as(county.lead):
        hazards = list(Hazard.objects.all())
    with acting_as(county.admin):
        for _ in range(200):
            record(actor=county.admin, act="hazard.overdue", subject=hazards[0])
    seal(county.zone)
    with django_assert_max_num_queries(20):
        assert fan_out() == 200


def test_without_endpoints_the_log_is_left_alone(county, endpoint_of):
    with acting_as(SYSTEM):
        Position.objects.create(agency_id=county.zone.pk, sequence=1)
    counties.issued(county)
    assert hand_out(county) == 0
    with acting_as(SYSTEM):
        assert not Position.objects.exists()


def test_an_organisation_reads_only_its_own_endpoints(county, endpoint_of):
    endpoint_of(county.admin)
    counties.issued(county)
    hand_out(county)
    for stranger in (county.lead, county.principal, counties.build("130400", base=300).admin, None):
        with acting_as(stranger):
            assert not Endpoint.objects.exists()
            assert not Delivery.objects.exists()


def test_every_act_of_the_catalogue_is_recorded_somewhere():
    """As a transition of a model, or by name in a service."""
    models = {model._meta.model_name: model for model in apps.get_models()}
    sources = "".join(
        path.read_text() for top in ("agencies", "inspections", "scoring", "providers", "platform")
        for path in (ROOT / top).rglob("*.py") if path.name != "catalogue.py"
    )  # fmt: skip
    for act in BY_ACT:
        thing, _, name = act.partition(".")
        assert hasattr(models.get(thing), name) or f'act="{act}"' in sources, act
    assert {page for page in (*PAGES.values(), *PAGES_OF_OTHERS.values()) if page} <= set(names())
