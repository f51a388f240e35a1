"""One page says how a contract is kept: the same statements for few rows and for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.services import batch_assign
from common.scope import acting_as
from inspections import criteria
from inspections.models import Hazard, Sign
from inspections.overview import overview
from inspections.services import (
    breach_add,
    complaint_make,
    disclosure_make,
    supervision_rules_save,
)
from inspections.signs.update import signs_update
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
MOST = 15  # statements of the page itself, beside who is asking


def lived(county):
    """Something of everything."""
    counties.issued(county, severity="major")
    with acting_as(county.lead):
        disclosure_make(
            actor=county.lead, batch=county.batch, assignment_ids=[county.assignment.pk]
        )
    with acting_as(county.principal):
        complaint_make(
            actor=county.principal, enterprise=county.enterprises[0], contract=county.contract,
            kind="attitude", text="态度不好",
        )  # fmt: skip
    with acting_as(county.admin):
        breach_add(
            actor=county.admin, contract=county.contract, kind="absent", fact="未到",
            evidence="门岗", happened_on=counties.NOW.date(),
        )  # fmt: skip
        signs_update(actor=county.admin, batch=county.batch)


def page_of(client, county):
    return client.get(reverse("inspections:supervision", args=[county.contract.pk]))


def statements(client, county):
    page_of(client, county)
    with CaptureQueriesContext(connection) as captured:
        assert page_of(client, county).status_code == 200
    return [query["sql"] for query in captured]


def test_the_page_costs_the_same_for_few_and_many(county, client):
    world.sign_in(client, county.admin)
    few = len(statements(client, county))
    lived(county)
    with acting_as(county.admin):
        firms = [counties.enterprise(county.zone, n) for n in range(200, 230)]
        batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[f.pk for f in firms])
    for number in (2, 3):
        counties.issued(counties.second_batch(county, number), severity="major", hazards=2)
    many = statements(client, county)
    assert len(many) == few
    assert few <= MOST, "\n".join(sql[:100] for sql in many)


def test_the_organizer_sees_all_and_the_provider_neither_complaints_nor_signs(county, client):
    lived(county)
    with acting_as(county.admin):
        assert Sign.objects.filter(dismissed_at=None, lapsed_at=None).exists()
    world.sign_in(client, county.admin)
    page = page_of(client, county).content.decode()
    for words in ("投诉举报未办结", "待核实的疑点", "单人到场", "应到而未到现场", "3 / 3"):
        assert words in page, words
    world.sign_in(client, county.lead)
    page = page_of(client, county).content.decode()
    for words in ("投诉举报", "疑点", "单人到场"):
        assert words not in page, words
    assert "应到而未到现场" in page


def test_a_major_hazard_is_measured_against_the_agencys_figures(county):
    counties.issued(county, severity="major")
    with acting_as(county.admin):
        hazard = Hazard.objects.get()
        [row] = overview(county.admin, county.contract, counties.NOW.date()).majors
        assert (row.notice_minutes, row.is_noticed_late, row.is_reported_late) == (0, False, False)
        late = hazard.found_at + timedelta(hours=25)
        Hazard.objects.update(major_noticed_at=late, major_reported_at=late)
        seen = overview(county.admin, county.contract, counties.NOW.date())
    assert (seen.majors[0].notice_minutes, seen.majors[0].report_hours) == (1500, "25.0")
    assert seen.majors[0].is_noticed_late
    assert seen.majors[0].is_reported_late
    assert seen.numbers["majors_late"] == 1


def test_the_acceptance_criterion_is_held_to_the_same_figures(county):
    counties.issued(county, severity="major")
    with acting_as(county.admin):
        [hazard] = Hazard.objects.all()
        Hazard.objects.update(major_noticed_at=hazard.found_at + timedelta(minutes=90))

    def second():
        with acting_as(county.admin):
            known = criteria.known_of([county.assignment], counties.NOW.date())
            return criteria.cells_of(known[county.assignment.pk])[1]

    assert second().result == criteria.OK
    with acting_as(county.admin):
        supervision_rules_save(
            actor=county.admin, notice_minutes=60, report_hours=24, complaint_days=15
        )
    assert second().result == criteria.FAIL
    assert "首报用时1小时30分" in second().note


def test_a_contract_without_anything_says_where_to_begin(county, client):
    world.sign_in(client, county.admin)
    page = page_of(client, county).content.decode()
    assert "没有编制" in page
    assert "没有查出重大隐患" in page
