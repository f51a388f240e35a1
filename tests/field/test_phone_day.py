"""The day on the phone: its own order without network, and the map with and without a ground."""

import random
from pathlib import Path

import pytest

from inspections.day import METRES_PER_SECOND, Stop, StraightLines, plan_day
from tests.browser.looks import no_barriers, until
from tests.field.conftest import run

pytestmark = pytest.mark.browser
DAY, HERE = "2026-06-08", {"latitude": 39.95, "longitude": 119.5, "accuracy": 12}
PLAN = "const { planLocally } = await import('/static/field/order.js');"
FETCH = "const { fetchDay } = await import('/static/field/order.js');"
MAP = """
    const { drawMap } = await import('/static/field/map.js');
    for (const href of ['npm/leaflet/dist/leaflet.css', 'field/field.css', 'field/map.css']) {
      const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `/static/${href}` });
      await new Promise((done) => { link.onload = done; document.head.append(link); });
    }
    const box = '<div class="map" id="map" role="region" aria-label="地图"></div>';
    document.body.innerHTML = `<main><h1>路线</h1>${box}</main>`;
    window.opened = [];
    const element = document.getElementById('map');
    drawMap(element, { ...given, onOpen: (stop) => window.opened.push(stop.key) });
"""


def place(number, **more):
    return {
        "key": f"a{number}", "assignment": number, "name": f"企业{number}", "kinds": [],
        "latitude": 39.9 + number % 7 / 70, "longitude": 119.4 + number % 5 / 30,
        "opens_at": None, "closes_at": None, "planned_on": None, "last_visit": {"on": "2026-05-01"},
        "hazards": [], **more,
    }  # fmt: skip


def hazard(number, **more):
    return {
        "id": str(number), "number": f"B-{number}", "place": "车间", "description": "未接地",
        "severity": "general", "state": "issued", "is_overdue": False, "can_recheck": True, **more,
    }  # fmt: skip


def random_places(seed):
    rng = random.Random(seed)
    found = []
    for number in range(rng.randint(1, 12)):
        opens = rng.choice([None, "07:00:00", "09:30", "13:00:00"])
        found.append(
            place(
                number, latitude=rng.choice([None, *[39.85 + rng.random() / 5] * 5]),
                longitude=119.4 + rng.random() / 4, opens_at=opens,
                closes_at=rng.choice([None, "16:00:00", "18:00"]),
                planned_on=rng.choice([None, "2026-06-01", DAY]),
                hazards=[hazard(number, severity="major")] if rng.random() < 0.3 else [],
            )
        )  # fmt: skip
    return found


def seconds(words):
    hours, minutes = words.split("T")[-1].split(":")[:2]
    return int(hours) * 3600 + int(minutes[:2]) * 60


def test_the_phones_own_day_keeps_the_hours_loses_nothing_and_is_nearly_as_short(page):
    days = [random_places(seed) for seed in range(30)]
    body = {"position": HERE, "day": DAY, "stops": None, "leaves_at": "08:30", "ends_at": "17:30"}
    answers = run(page, f"{PLAN} return given.days.map((d) => planLocally(d, given.body));",
                  {"days": days, "body": body})  # fmt: skip
    for places, answer in zip(days, answers, strict=True):
        by_key = {one["key"]: one for one in places}
        keys = [s["key"] for s in answer["order"] + answer["left_out"]]
        assert len(keys) == len(set(keys))
        for stop in answer["order"]:
            known = by_key[stop["key"]]
            begin = seconds(stop["arrive_at"]) + stop["wait"] * 60
            assert begin + 60 >= seconds(known["opens_at"] or "00:00")
            assert seconds(stop["leave_at"]) <= seconds(known["closes_at"] or "24:00")
            assert seconds(stop["leave_at"]) <= seconds("17:30")
            assert stop["reasons"]
        compare_with_server(answer, by_key)


def compare_with_server(answer, by_key):
    stops = [
        Stop(
            s["key"], (by_key[s["key"]]["latitude"], by_key[s["key"]]["longitude"]),
            s["stay"] * 60, s["priority"], seconds(by_key[s["key"]]["opens_at"] or "00:00"),
            seconds(by_key[s["key"]]["closes_at"] or "24:00"),
        )
        for s in answer["order"]
    ]  # fmt: skip
    best = plan_day(
        (HERE["latitude"], HERE["longitude"]), stops, leaves_at=seconds("08:30"),
        ends_at=seconds("17:30"), travel=StraightLines(),
    )  # fmt: skip
    if stops:
        end = seconds(answer["order"][-1]["leave_at"]) - seconds("08:30")
        assert answer["metres"] + METRES_PER_SECOND * end <= best.cost * 1.15 + 500


def test_reasons_and_urgency_are_those_of_the_server(page):
    places = [
        place(1, hazards=[hazard(1, severity="major"), hazard(2, is_overdue=True)]),
        place(2, hazards=[hazard(3, state="submitted")]),
        place(3, planned_on="2026-06-08"),
        place(4, last_visit=None),
        place(5, kinds=[{"kind": "spot_check", "label": "抽查验收", "subject": "x"}]),
        place(6, planned_on="2026-07-01"),
        place(7, latitude=None, planned_on="2026-06-08"),
        place(8, opens_at="00:00", closes_at="08:00", planned_on="2026-06-08"),
    ]
    body = {"position": HERE, "day": DAY}
    answer = run(page, f"{PLAN} return planLocally(given.places, given.body);",
                 {"places": places, "body": body})  # fmt: skip
    said = {s["key"]: (s["priority"], s["reasons"]) for s in answer["order"]}
    assert said == {
        "a1": (4, ["重大隐患 1 项未销号", "逾期隐患 1 项"]), "a2": (2, ["待复查 1 项"]),
        "a3": (3, ["计划 2026-06-08 到场"]), "a4": (1, ["还没有去过"]), "a5": (3, ["抽查验收"]),
    }  # fmt: skip
    assert {s["key"]: s["reason"] for s in answer["left_out"]} == {"a7": "no_place", "a8": "closed"}
    assert [h["number"] for h in answer["recheck"]] == ["B-3"]
    assert answer["by"] == "phone"
    chosen = run(page, f"{PLAN} return planLocally(given.places, given.body);",
                 {"places": places, "body": {**body, "stops": ["a6", "x9"]}})  # fmt: skip
    assert [s["key"] for s in chosen["order"]] == ["a6"]
    assert [(s["key"], s["reason"]) for s in chosen["left_out"]] == [("x9", "unknown")]


def test_the_server_is_asked_first_and_the_phone_stands_in_where_it_cannot(page):
    answer = run(page, FETCH + """
        const body = { day: '2026-06-08', position: null };
        const good = { day: async (asked) => ({ by: 'straight', asked }) };
        const bad = { day: async () => { throw new Error('没有网络'); } };
        return [await fetchDay(good, body), await fetchDay(bad, body, [given]),
                await fetchDay(bad, body).catch((error) => error.message)];""",
        place(1, last_visit=None))  # fmt: skip
    assert answer[0] == {"by": "straight", "asked": {"day": DAY, "position": None}}
    assert (answer[1]["by"], answer[1]["problem"]) == ("phone", "没有网络")
    assert [s["key"] for s in answer[1]["order"]] == ["a1"]
    assert answer[2] == "没有网络"


def on_map(page, stops, tmp_path, name, **more):
    run(page, MAP, {"stops": stops, "position": HERE, **more})
    page.wait_for_selector(".map-pin")
    no_barriers(page)
    page.screenshot(path=str(Path(tmp_path) / f"{name}.png"))


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768)])
def test_a_map_without_ground_shows_the_way_and_opens_a_stop(page, tmp_path, width, height):
    page.set_viewport_size({"width": width, "height": height})
    stops = [
        place(
            n, arrive_at=f"{DAY}T09:00+08:00", reasons=["重大隐患 1 项未销号"], priority=4 - n % 2
        )
        for n in range(1, 7)
    ]
    on_map(page, stops, tmp_path, f"route-{width}")
    assert page.locator(".map-pin").all_inner_texts() == ["1", "2", "3", "4", "5", "6"]
    assert page.locator("path.map-line").count() == 1
    assert page.locator(".leaflet-tile").count() == 0
    page.get_by_role("button", name="第 2 站，企业2").click()
    page.get_by_role("button", name="第 3 站，企业3").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("window.opened") == ["a2", "a3"]


def test_places_without_an_order_have_no_numbers_and_no_line(page, tmp_path):
    on_map(page, [place(1), place(2, latitude=None), place(3, late=2)], tmp_path, "places")
    assert page.locator(".map-pin").count() == 2
    assert page.locator(".map-pin.is-urgent").count() == 1
    assert page.locator("path.map-line").count() == 0


def test_with_tiles_there_is_a_ground_and_its_owner_is_named_as_words(page, tmp_path):
    asked = []
    page.route("**/tiles/**", lambda route: (asked.append(route.request.url), route.abort()))
    tiles = {"url": "/tiles/{z}/{x}/{y}.png", "attribution": "某测绘院 <b>1</b>"}
    on_map(page, [place(1)], tmp_path, "tiles", tiles=tiles)
    until(page, "document.querySelectorAll('.leaflet-control-attribution').length")
    assert page.inner_text(".leaflet-control-attribution").endswith("某测绘院 <b>1</b>")
    page.unroute("**/tiles/**")
    assert asked


def test_a_map_that_is_drawn_again_shows_the_new_stops_only(page):
    given = {"first": [place(1), place(2)], "second": [place(3)]}
    count = run(page, """
        const { drawMap } = await import('/static/field/map.js');
        document.body.innerHTML = '<div id="map" style="height: 300px"></div>';
        const element = document.getElementById('map');
        drawMap(element, { stops: given.first });
        const drawn = drawMap(element, { stops: given.second });
        const count = element.querySelectorAll('.map-pin').length;
        drawn.remove();
        return [count, element.querySelectorAll('.map-pin').length];""", given)  # fmt: skip
    assert count == [1, 0]
