"""My day: who goes where and why, what is near, what waits; and what a phone may ask."""

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Assignment
from common.scope import acting_as
from enterprises.models import Enterprise
from inspections.models import Hazard, Visit
from inspections.my_day import day_of
from inspections.services import plan_make, rectification_submit
from tenancy.enums import Role
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db
COUNTY = {"enterprises": 3}
TODAY = counties.NOW.date()
HERE = (39.935, 119.6)


def put(county, number, north=0.0, **fields):
    """Give an enterprise a place, `north` kilometres from here."""
    with acting_as(county.admin):
        place = {
            "latitude": Decimal(f"{HERE[0] + north / 111.2:.6f}"),
            "longitude": Decimal("119.6"),
        }
        Enterprise.objects.filter(pk=county.enterprises[number].pk).update(**place, **fields)


def plan_for(county, number, on):
    with acting_as(county.lead):
        Assignment.objects.filter(pk=county.assignments[number].pk).update(planned_on=on)


def outing(actor, chosen=None, position=HERE, on=TODAY):
    with acting_as(actor):
        return day_of(actor, position=position, day=on, chosen=chosen)


def reasons(found):
    return {c.key: c.reasons for c in found.candidates}


def key(county, number=0):
    return f"a{county.assignments[number].pk}"


def ask(actor, body):
    client = Client()
    if actor is not None:
        world.sign_in(client, actor)
    response = client.post(reverse("field:day"), json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def test_an_inspectors_day_is_what_is_due_and_says_why(county):
    [hazard] = counties.issued(county, hazards=1, severity="major")
    with acting_as(county.principal):
        rectification_submit(
            actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[counties.picture()],
        )  # fmt: skip
    plan_for(county, 1, TODAY - timedelta(days=1))
    plan_for(county, 2, TODAY + timedelta(days=9))
    found = outing(county.inspector)
    assert reasons(found) == {
        key(county): ["重大隐患 1 项未销号", "待复查 1 项"],
        key(county, 1): [f"计划 {TODAY - timedelta(days=1)} 到场"],
    }
    assert [c.priority for c in found.candidates] == [4, 3]
    assert [h.pk for h in found.recheck] == [hazard.pk]
    assert reasons(outing(county.idle_inspector)) == {}


def test_whoever_was_never_visited_and_has_no_day_comes_last(county):
    plan_for(county, 0, TODAY)
    found = outing(county.inspector)
    assert [c.key for c in found.candidates][0] == key(county)
    assert reasons(found)[key(county, 1)] == ["还没有去过"]


def test_a_file_without_a_place_takes_that_of_the_last_visit(county):
    counties.issued(county)
    with acting_as(county.inspector):
        Visit.objects.update(latitude=Decimal("39.9"), longitude=Decimal("119.7"))
    put(county, 1)
    found = {
        c.key: c for c in outing(county.inspector, chosen=[key(county), key(county, 1)]).candidates
    }
    assert found[key(county)].place == (39.9, 119.7)
    assert found[key(county, 1)].place == HERE
    assert outing(county.inspector, chosen=[key(county, 2)]).candidates[0].place is None


def test_chosen_places_are_taken_as_they_are_and_others_are_unknown(county):
    other = counties.build("130400", base=500)
    strange = [key(other), "a0", "e1", "x3", "a99999999999999999999", "a١", ""]
    found = outing(county.inspector, chosen=[key(county, 2), *strange])
    assert [c.key for c in found.candidates] == [key(county, 2)]
    assert found.unknown == strange
    assert outing(county.idle_inspector, chosen=[key(county)]).unknown == [key(county)]
    assert [c.key for c in outing(county.lead, chosen=[key(county)]).candidates] == [key(county)]


def test_open_hazards_within_three_kilometres_are_near_the_nearest_first(county):
    counties.issued(county, hazards=2)
    county.assignments.reverse()
    counties.issued(county, hazards=1)
    put(county, 0, north=2.5)
    put(county, 2, north=-0.5)
    near = outing(county.inspector).nearby
    assert [(h.enterprise_id, round(m, -2)) for h, m in near] == [
        (county.enterprises[2].pk, 500),
        (county.enterprises[0].pk, 2500),
        (county.enterprises[0].pk, 2500),
    ]
    put(county, 0, north=3.1)
    assert len(outing(county.inspector).nearby) == 1
    assert outing(county.inspector, position=None).nearby == []
    assert outing(counties.build("130400", base=500).inspector).nearby == []


def test_officers_see_spot_checks_but_not_what_the_provider_found_there():
    county = counties.build("130372", base=100, enterprises=1)
    put(county, 0)
    counties.drawn(county)
    with acting_as(county.admin):  # a finding that is open again, so that there is one to hide
        Hazard.objects.update(state="submitted", closed_at=None)
    found = outing(county.officer)
    assert reasons(found) == {key(county): ["抽查验收"]}
    assert (found.nearby, found.recheck) == ([], [])
    leader = world.member(county.zone.org, Role.AGENCY_LEADER)
    assert len(outing(leader).nearby) == 1


def test_a_planned_enforcement_check_is_due_for_the_officers_it_names(county):
    referral, officers = counties.listed(county), counties.pair(county)
    with acting_as(county.officer):
        plan_make(actor=county.officer, referral=referral, **officers, **counties.PLAN)
    assert reasons(outing(county.officer, on=date(2026, 6, 9))) == {}
    expected = {key(county): ["执法检查，计划 2026-06-10"]}
    assert reasons(outing(county.officer, on=date(2026, 6, 10))) == expected
    assert reasons(outing(county.second_officer, on=date(2026, 6, 10))) == expected
    assert reasons(outing(county.admin, on=date(2026, 6, 10))) == {}


def test_an_order_is_due_for_the_team_once_its_last_deadline_has_come(county):
    order = counties.ordered(county, faults=2)
    early = order.last_due_on - timedelta(days=1)
    assert reasons(outing(county.officer, on=early)) == {}
    words = f"责令整改待复查，期限 {order.last_due_on}"
    assert reasons(outing(county.officer, on=order.last_due_on)) == {key(county): [words]}
    assert reasons(outing(county.admin, on=order.last_due_on)) == {}


def test_officers_may_choose_any_enterprise_of_their_region(county):
    firm = county.enterprises[1]
    found = outing(county.officer, chosen=[f"e{firm.pk}", key(county)])
    assert [c.key for c in found.candidates] == [f"e{firm.pk}", key(county)]
    other = counties.build("130400", base=500)
    assert outing(other.officer, chosen=[f"e{firm.pk}"]).unknown == [f"e{firm.pk}"]


@pytest.mark.parametrize("number", [3, 12])
def test_the_number_of_statements_does_not_grow(number, django_assert_num_queries):
    county = counties.build("130372", base=100, enterprises=number)
    counties.issued(county, hazards=2)
    for n in {*range(number)} - {1}:
        put(county, n)
    with acting_as(county.inspector), django_assert_num_queries(5):
        day_of(county.inspector, position=HERE, day=TODAY, chosen=None)
    with acting_as(county.officer), django_assert_num_queries(5):
        day_of(county.officer, position=HERE, day=TODAY, chosen=None)


def test_a_phone_gets_times_reasons_and_what_is_left_out(county):
    for number in range(3):
        put(county, number, north=number + 1)
    put(county, 1, north=2, opens_at=time(13), closes_at=time(16))
    with acting_as(county.admin):
        Enterprise.objects.filter(pk=county.enterprises[2].pk).update(latitude=None, longitude=None)
    body = {
        "position": {"latitude": HERE[0], "longitude": HERE[1], "accuracy": 8},
        "day": "2026-06-08", "stops": None, "leaves_at": "09:00", "ends_at": "17:00",
    }  # fmt: skip
    status, answer = ask(county.inspector, body)
    assert status == 200
    assert [stop["key"] for stop in answer["order"]] == [key(county), key(county, 1)]
    first, second = answer["order"]
    assert (first["arrive_at"][:16], first["stay"], first["metres"]) == (
        "2026-06-08T09:02", 90, pytest.approx(1400, abs=5),
    )  # fmt: skip
    assert second["wait"] == pytest.approx(145, abs=3)
    assert second["leave_at"] == "2026-06-08T14:30:00+08:00"
    assert [(x["key"], x["reason"], x["text"]) for x in answer["left_out"]] == [
        (key(county, 2), "no_place", "没有位置坐标")
    ]
    assert (answer["by"], answer["metres"]) == ("straight", first["metres"] + second["metres"])
    assert answer["starts_at"] == "2026-06-08T09:00:00+08:00"
    assert (answer["nearby"], answer["recheck"]) == ([], [])


def test_what_is_near_and_due_comes_in_the_phones_words(county):
    [hazard] = counties.issued(county)
    put(county, 0, north=1)
    with acting_as(county.principal):
        rectification_submit(
            actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[counties.picture()],
        )  # fmt: skip
    position = {"latitude": HERE[0], "longitude": HERE[1]}
    _, answer = ask(county.inspector, {"position": position, "day": "2026-06-08"})
    [near], [due] = answer["nearby"], answer["recheck"]
    assert near.pop("metres") == pytest.approx(1000, abs=5)
    assert near == due
    assert (due["key"], due["number"], due["state"]) == (key(county), hazard.number, "submitted")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "日期"),
        ({"day": "morgen"}, "日期"),
        ({"day": "2026-06-08", "leaves_at": "25:00"}, "出发时间"),
        ({"day": "2026-06-08", "leaves_at": "17:00", "ends_at": "09:00"}, "结束时间"),
        ({"day": "2026-06-08", "position": {"latitude": 91, "longitude": 0}}, "纬度"),
        ({"day": "2026-06-08", "position": {"latitude": "NaN", "longitude": 0}}, "纬度"),
        ({"day": "2026-06-08", "stops": "a1"}, "地点"),
        ({"day": "2026-06-08", "stops": [1]}, "地点"),
        ({"day": "2026-06-08", "stops": ["a1"] * 201}, "地点"),
        ([], "无效数据"),
        ("x", "无效数据"),
    ],
)
def test_a_body_without_sense_is_answered_with_what_is_wrong(county, body, words):
    status, answer = ask(county.inspector, body)
    assert (status, words in answer["message"]) == (422 if "ends_at" in body else 400, True), answer


def test_who_does_not_go_out_is_refused_and_nobody_is_asked_to_sign_in(county):
    assert ask(None, {"day": "2026-06-08"})[0] == 401
    for actor in (county.principal, county.admin):
        assert ask(actor, {"day": "2026-06-08"})[0] == 403


def test_a_late_morning_still_gives_a_day(county):
    put(county, 0)
    status, answer = ask(county.inspector, {"day": "2026-06-08", "leaves_at": "18:10"})
    assert (status, answer["order"]) == (200, [])
    assert datetime.fromisoformat(answer["starts_at"]).hour == 18
