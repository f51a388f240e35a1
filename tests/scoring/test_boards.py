"""The board on the wall, in versions and two sizes, and the page that its code opens."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from enterprises.services import risk_point_add
from scoring.boards import BoardPerson, PlateContact
from scoring.models import NoticeBoard, PublishedGrade
from scoring.services import board_make, grades_renew, plate_make, presentation_save
from scoring.services.boards import public_url
from tests import county as counties
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db
PEOPLE = [BoardPerson("主要负责人", "张立新", "全面负责")]


@pytest.fixture
def town():
    return townships.build()


def board(town, **more):
    values = {"people": PEOPLE, "levels": {}, "fire_words": "东门、西门各一处"} | more
    with acting_as(town.officer):
        return board_make(actor=town.officer, enterprise=town.firm, **values)


def text(page) -> str:
    """What stands on a page, without its marks."""
    return re.sub(r"<[^>]+>", "", page.content.decode())


def risk(town):
    with acting_as(town.officer):
        return risk_point_add(
            actor=town.officer, enterprise=town.firm, place="喷漆房", risk="火灾、爆炸",
            measure="禁火、通风",
        )  # fmt: skip


def test_a_board_stands_on_what_the_file_says_and_on_nothing_made_up(town):
    with pytest.raises(DomainError, match="登记风险点"):
        board(town)
    point = risk(town)
    for more, field in (({"people": []}, "people"), ({"fire_words": ""}, "fire_words")):
        with pytest.raises(DomainError) as caught:
            board(town, **more)
        assert caught.value.field == field
    made = board(town, levels={str(point.pk): "较大风险"}, fire_plan=counties.picture())
    with acting_as(town.officer):
        assert made.content["risks"][0]["level"] == "较大风险"
        papers = Document.objects.filter(kind="notice_board")
        assert sorted(paper.content["size"] for paper in papers) == ["A2", "A4"]


def test_versions_count_up_and_a_plate_has_its_own(town):
    risk(town)
    assert [board(town).version, board(town).version] == [1, 2]
    with acting_as(town.officer):
        with pytest.raises(DomainError, match="联系人和电话"):
            plate_make(actor=town.officer, enterprise=town.firm, contacts=[])
        contacts = [PlateContact("张立新", "13405461647", "主要负责人")]
        plate = plate_make(actor=town.officer, enterprise=town.firm, contacts=contacts)
        assert (plate.kind, plate.version) == ("plate", 1)
        assert NoticeBoard.objects.count() == 3


def test_the_public_sees_the_colour_of_today_and_nothing_else(town, client):
    risk(town)
    board(town)
    with acting_as(town.admin):
        grade = PublishedGrade.objects.get()
    page = client.get(reverse("scoring:grade", args=[grade.token]))
    assert page.status_code == 200
    assert "记分等级：绿" in text(page)
    assert grade.token in public_url(grade)
    town.give("9.3")
    page = text(client.get(reverse("scoring:grade", args=[grade.token])))
    assert "记分等级：橙" in page
    assert "6.0" not in page
    assert client.get(reverse("scoring:grade", args=["nobody"])).status_code == 404


def test_a_township_presents_the_points_in_its_own_words_and_changes_none(town):
    with acting_as(town.admin):
        presentation_save(
            actor=town.admin, agency=town.agency, appeal_place="安监所201室", contact_name="孙丽",
            contact_phone="0335-1234", notice_words="请在政务大厅办理。", board_title="安全公示",
        )  # fmt: skip
    town.give("2.1")
    risk(town)
    board(town)
    with acting_as(town.admin):
        notice = Document.objects.get(kind="points_notice").content
        assert (notice["appeal_place"], notice["contact"]) == ("安监所201室", "孙丽 0335-1234")
        assert notice["words"] == "请在政务大厅办理。"
        assert {p.content["title"] for p in Document.objects.filter(kind="notice_board")} == {
            "安全公示"
        }


def test_a_new_year_begins_green_and_last_years_points_stay_where_they_are(town, client):
    risk(town)
    board(town)
    other = another_with_board(town)
    town.give("9.3")
    with acting_as(town.admin):
        token = PublishedGrade.objects.get(enterprise_id=town.firm.pk).token
    town.at(datetime(2027, 1, 1, 2, 0, tzinfo=UTC))
    town.give("9.3", firm=other)  # on New Year's Day, before the night came
    with acting_as(town.system):
        assert grades_renew(agency_id=town.agency.pk) == 1
        assert grades_renew(agency_id=town.agency.pk) == 0
    page = text(client.get(reverse("scoring:grade", args=[token])))
    assert "2027年度安全生产监督检查记分等级：绿" in page
    with acting_as(town.admin):
        assert PublishedGrade.objects.get(enterprise_id=other.pk).colour == "orange"
    assert (town.cycle(2026).total, town.cycle(2026).colour) == (Decimal(6), "orange")


def another_with_board(town):
    with acting_as(town.admin):
        other = counties.enterprise(town.agency, 7)
    with acting_as(town.officer):
        risk_point_add(actor=town.officer, enterprise=other, place="锅炉房", risk="爆炸")
        board_make(
            actor=town.officer, enterprise=other, people=PEOPLE, levels={}, fire_words="南门"
        )
    return other
