"""Leaders get a week beside the week before, on one sheet, once each Monday."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from common.scope import acting_as
from home.brief import Span, brief_of, brief_send, rows_of
from inspections.models import Hazard
from notifications.models import Notification
from tenancy.enums import Role
from tenancy.tasks import system_agency
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 6, 8)
WEEK = timedelta(days=7)


@pytest.fixture
def county():
    return counties.build()


def lines(county, monday=MONDAY):
    with acting_as(county.admin):
        found = brief_of(county.admin, monday, MONDAY)
    return {line.figure.key: (line.now, line.before) for line in found.lines}


def send(county):
    actor = system_agency(county.zone.pk)
    with acting_as(actor):
        return brief_send(actor=actor, agency_id=county.zone.pk)


def briefs(actor):
    with acting_as(actor):
        rows = Notification.objects.filter(kind="brief.weekly", membership_id=actor.member)
        return list(rows.order_by("pk").values_list("title", "url"))


def test_each_figure_is_counted_in_its_week_and_beside_the_one_before(county):
    counties.issued(county, hazards=3, severity="major")
    assert lines(county)["found"] == (3, 0)
    assert lines(county)["major"] == (3, 0)
    assert lines(county)["visited"] == (1, 0)
    assert lines(county, MONDAY + WEEK)["found"] == (0, 3)
    assert lines(county, MONDAY - WEEK)["found"] == (0, 0)


def test_a_province_is_told_of_which_moment_its_remembered_figures_are(county):
    """Each agency's are its own; a county's are counted each time."""
    counties.issued(county, hazards=3)
    province = replace(county.admin, region_lo="13", region_hi="13:")
    with acting_as(province):
        first = brief_of(province, MONDAY, MONDAY)
    with acting_as(county.admin):
        Hazard.objects.update(found_on=MONDAY - WEEK)
    with acting_as(province):
        again = brief_of(province, MONDAY, MONDAY)
        other = brief_of(province, MONDAY - WEEK, MONDAY)
    assert (again.lines, again.counted_at) == (first.lines, first.counted_at)
    assert other.lines[0].now == 3
    assert lines(county)["found"] == (0, 3)


def test_what_fell_late_belongs_to_the_week_in_which_its_day_went_by(county):
    counties.issued(county, hazards=2)
    with acting_as(county.admin):
        first, second = Hazard.objects.order_by("pk")
        Hazard.objects.filter(pk=first.pk).update(
            due_on=MONDAY - timedelta(days=1), is_overdue=True, was_overdue=True
        )
        Hazard.objects.filter(pk=second.pk).update(
            due_on=MONDAY + timedelta(days=6), is_overdue=True, was_overdue=True
        )
    assert lines(county)["late"] == (1, 0)
    assert lines(county, MONDAY + WEEK)["late"] == (1, 1)


def test_every_figure_opens_into_exactly_its_rows(county):
    counties.issued(county, hazards=3)
    client = world.client_of(county.admin)
    with acting_as(county.admin):
        for key, (now, _) in lines(county).items():
            figure, rows = rows_of(county.admin, key, Span(MONDAY))
            assert len(rows) == now, figure
    page = client.get(reverse("home:brief"), {"week": "2026-06-10", "open": "found"})
    assert page.status_code == 200
    assert len(page.context["rows"]) == 3
    for _, url in page.context["rows"]:
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("week", ["", "nonsense", "2999-01-01", "0001-01-01", "2026-13-01"])
def test_a_week_that_is_none_gives_one_that_is(county, week):
    client = world.client_of(county.admin)
    for name in ("home:brief", "home:brief-pdf"):
        assert client.get(reverse(name), {"week": week}).status_code == 200


def test_the_sheet_is_one_page_with_many_contracts_and_long_names(county):
    from agencies.models import ServiceContract

    counties.issued(county, hazards=2)
    with acting_as(county.admin):
        row = ServiceContract.objects.get()
        fields = [f.attname for f in ServiceContract._meta.concrete_fields if f.name != "id"]
        values = {name: getattr(row, name) for name in fields}
        ServiceContract.objects.bulk_create(
            ServiceContract(**values | {"number": f"C{n}", "title": "安全生产社会化服务" * 9})
            for n in range(20)
        )
    client = world.client_of(county.admin)
    answer = client.get(reverse("home:brief-pdf"), {"week": str(MONDAY)})
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    assert "工作周报" in text
    assert "内部参考，不是文书" in text
    assert "另有 9 个合同未列" in text


def test_leaders_get_it_on_monday_from_seven_on_and_once(county):
    assert send(county) == 0  # nobody leads
    leader = world.member(county.zone.org, Role.AGENCY_LEADER)
    county.at(counties.NOW.replace(hour=22, minute=59) - timedelta(days=1))  # 06:59 on Monday
    assert send(county) == 0
    county.at(counties.NOW.replace(hour=23, minute=0) - timedelta(days=1))
    assert send(county) == 1
    assert send(county) == 0
    assert briefs(leader) == [("工作周报 06月01日至06月07日", "/brief/?week=2026-06-01")]
    assert briefs(county.officer) == []
    county.later(days=8)  # nothing ran on Monday: Tuesday makes it good
    assert send(county) == 1
    assert len(briefs(leader)) == 2


def test_a_provider_and_an_enterprise_have_none(county):
    for actor in (county.lead, county.principal):
        client = world.client_of(actor)
        assert client.get(reverse("home:brief")).status_code == 403
        assert client.get(reverse("home:brief-pdf")).status_code == 403
