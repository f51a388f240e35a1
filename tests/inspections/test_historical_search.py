"""Hazards of earlier years are found by their words through the house's index, within the region."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.scope import acting_as
from enterprises.bringing import import_confirm, import_upload
from enterprises.models import Enterprise
from inspections.forms.historical import HistoricalFilter
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
ROWS = (
    ("2020-06-03", "锅炉房", "安全阀未校验"),
    ("2020-06-04", "配电室", "箱门未接地"),
    ("2020-06-05", "二号车间", "叉车无证驾驶"),
)


@pytest.fixture
def county():
    return counties.build()


def bring(county):
    firm = county.enterprises[0].name
    lines = "".join(f"{firm},{day},{place},{words}\n" for day, place, words in ROWS)
    sheet = f"企业名称,排查日期,部位/场所,隐患描述\n{lines}"
    with acting_as(county.officer):
        ledger = import_upload(
            actor=county.officer, agency=county.zone, content=sheet.encode(), filename="2020.csv",
            kind="hazards",
        )  # fmt: skip
        import_confirm(actor=county.officer, draft=ledger, valid_only=False)


def found(county, text):
    with acting_as(county.officer):
        form = HistoricalFilter({"q": text}, actor=county.officer)
        return {row.place for row in form.rows()}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("叉车", {"二号车间"}),
        ("锅炉", {"锅炉房"}),
        ("接地", {"配电室"}),
        ("北方铸造", {"锅炉房", "配电室", "二号车间"}),
        ("bfzz", {"锅炉房", "配电室", "二号车间"}),  # pinyin initials of the enterprise
        ("炉", {"锅炉房"}),  # a single character is no pair: read in order
        ("起重机", set()),
        ("%", set()),
    ],
)
def test_two_characters_anywhere_or_the_enterprise_find_a_row(county, text, places):
    bring(county)
    assert found(county, text) == places


def test_a_neighbour_finds_nothing_and_the_table_is_not_read_by_pattern(county):
    bring(county)
    neighbour = counties.build("130372", base=1000)
    assert found(neighbour, "叉车") == set()
    with acting_as(county.officer), CaptureQueriesContext(connection) as told:
        form = HistoricalFilter({"q": "叉车"}, actor=county.officer)
        assert len(form.rows()) == 1
    assert not any("UPPER(" in query["sql"] for query in told.captured_queries)
    assert any("inspections_historicalhazard_search" in q["sql"] for q in told.captured_queries)


def test_the_page_of_one_file_shows_what_was_merged_into_it(county):
    bring(county)
    with acting_as(county.officer):
        other = counties.enterprise(county.zone, 60)
        # As a merge leaves it; merging itself: tests/enterprises.
        Enterprise.objects.filter(pk=county.enterprises[0].pk).update(merged_into=other)
    client = world.client_of(county.officer)
    page = client.get(reverse("inspections:historical-list"), {"enterprise": other.pk, "q": "叉车"})
    assert "共 1 项" in page.content.decode()
