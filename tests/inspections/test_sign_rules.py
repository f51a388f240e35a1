"""The rules behind signs, pure: each on its threshold and just off it, and what holds for all."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.geo import distance_m
from evidence.pictures import phash_distance
from inspections.signs.copies import normalised
from inspections.signs.facts import (
    Facts,
    Finding,
    HazardFact,
    PhotoFact,
    Span,
    TrackPoint,
    VisitFact,
)
from inspections.signs.near import NearIndex
from inspections.signs.rules import findings
from inspections.signs.thresholds import ABOUT, DEFAULTS, Thresholds, thresholds_from

NINE = datetime(2026, 6, 8, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
GATE = (39.9, 119.5)
METRE = 1 / 111_195.08  # of latitude, in degrees
PAIR = ((1, "张三"), (2, "李四"))


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def visit(number: int = 1, begin: float = 0, stay: float = 90, **more) -> VisitFact:
    """A visit with nothing odd about it: number 1 at enterprise 1, by two, at the gate."""
    values = {
        "id": f"v{number}", "assignment": number, "firm": number, "arrived_at": after(begin),
        "left_at": after(begin + stay), "firm_place": GATE, "place": GATE, "accuracy": 12.0,
        "people": PAIR, "recorder": 1, "answers": 30, "hazards": 1,
    }  # fmt: skip
    return VisitFact(**values | more)


def hazard(n: int = 1, of: int = 1, /, **more) -> HazardFact:
    values = {
        "id": f"h{n}", "number": f"B-{n:04}", "assignment": of, "firm": of,
        "visit": f"v{of}", "place": "配电室", "description": f"隐患描述{chr(0x5000 + n) * 8}",
    }  # fmt: skip
    return HazardFact(**values | more)


def photo(n: int, of: int = 1, /, **more) -> PhotoFact:
    values = {
        "id": f"p{n}", "sha256": f"s{n}", "phash": "", "subject": f"hazard:h{n}",
        "visit": f"v{of}", "assignment": of, "firm": of, "hazard": f"h{n}", "number": f"B-{n:04}",
    }  # fmt: skip
    return PhotoFact(**values | more)


def facts(*visits: VisitFact, hazards=None, **more) -> Facts:
    """Assignments 1 to 9 with these visits; each has a hazard of its own words unless told."""
    own = [hazard(v.assignment, v.assignment) for v in visits] if hazards is None else hazards
    return Facts(
        assignments={n: n for n in range(1, 10)}, visits=visits, hazards=tuple(own), **more
    )


def found(known: Facts, thresholds: Thresholds = DEFAULTS, kind: str = "") -> list[Finding]:
    return [f for f in findings(known, thresholds) if not kind or f.kind == kind]


def kinds(known: Facts, thresholds: Thresholds = DEFAULTS) -> list[str]:
    return [f"{f.kind}{f.assignment}" for f in found(known, thresholds)]


def test_an_ordinary_visit_asks_nothing():
    assert found(facts(visit(), visit(2, 200))) == []


# presence


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"stay": 30, "answers": 0, "hazards": 0}, False),
        ({"stay": 29.9, "answers": 0, "hazards": 0}, True),
        ({"stay": 10, "answers": 0, "hazards": 0, "is_survey": False}, False),
        ({"stay": 9.9, "answers": 0, "hazards": 0, "is_survey": False}, True),
        ({"stay": 40, "answers": 180, "hazards": 5}, False),  # 30 + 10 minutes
        ({"stay": 40, "answers": 181, "hazards": 5}, True),
        ({"stay": 40, "answers": 181, "hazards": 5, "phones": 2}, False),
        ({"stay": 12, "answers": 0, "hazards": 0, "rechecks": 6, "is_survey": False}, False),
        ({"stay": 12, "answers": 0, "hazards": 0, "rechecks": 7, "is_survey": False}, True),
    ],
)
def test_too_short_for_the_rule_or_for_what_was_entered(change, asked):
    assert bool(found(facts(visit(**change)), kind="short")) is asked


def test_a_short_visit_is_told_with_its_numbers():
    [sign] = found(facts(visit(stay=12, answers=44, hazards=3)))
    assert sign.text == (
        "06-08停留12分钟（09:00至09:12），少于最短停留30分钟；登记44项回答、3项隐患至少约需13分钟。请核实是否逐项看过。"
    )
    assert sign.figures["登记所需（分钟）"] == 13.3
    assert (sign.visit, sign.key) == ("v1", "v1")


def north(metres: float) -> tuple[float, float]:
    return (GATE[0] + metres * METRE, GATE[1])


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"place": north(499)}, False),
        ({"place": north(501)}, True),
        ({"place": north(501), "accuracy": 502}, False),
        ({"place": north(501), "accuracy": None}, True),
        ({"place": north(501), "firm_place": None}, False),
        ({"track": tuple(TrackPoint(north(m), 10) for m in (0, 501, 502))}, True),
        ({"track": tuple(TrackPoint(north(m), 10) for m in (0, 1, 9_000))}, False),
        ({"place": None, "track": (TrackPoint(north(900), 950),)}, False),
    ],
)
def test_too_far_beyond_the_threshold_and_the_places_own_error(change, asked):
    assert bool(found(facts(visit(**change)), kind="far")) is asked


STILL = tuple(TrackPoint(GATE, 8) for _ in range(5))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"place": None, "accuracy": None}, ["none"]),
        ({"place": None, "accuracy": None, "track": (TrackPoint(GATE, 9),)}, []),
        ({"accuracy": 0}, ["zero"]),
        ({"accuracy": 1}, []),
        ({"accuracy": None}, []),
        ({"track": (TrackPoint(GATE, 0),)}, ["zero"]),
        ({"accuracy": 2_000}, []),
        ({"accuracy": 2_001}, ["coarse"]),
        ({"track": STILL[:4]}, []),
        ({"track": STILL}, ["still"]),
        ({"track": (*STILL, TrackPoint(north(0.2), 8))}, []),
    ],
)
def test_a_place_that_is_missing_perfect_vague_or_never_moves(change, names):
    signs = found(facts(visit(**change)), kind="no_accuracy")
    assert [s.key.split(":")[1] for s in signs] == names


@pytest.mark.parametrize(("people", "asked"), [(PAIR, False), (PAIR[:1], True)])
def test_fewer_people_than_must_come(people, asked):
    assert bool(found(facts(visit(people=people)), kind="alone")) is asked


@pytest.mark.parametrize(
    ("change", "hazards", "asked"),
    [
        ({}, [], True),
        ({}, [hazard()], False),
        ({"is_on_site": False}, [], False),
        ({"is_survey": False}, [], False),
    ],
)
def test_nothing_found_by_a_survey_on_site(change, hazards, asked):
    assert bool(found(facts(visit(**change), hazards=hazards), kind="nothing")) is asked


def test_an_enterprise_that_nobody_visited_has_no_sign():
    assert found(facts(hazards=[])) == []


def test_after_a_further_survey_nothing_found_is_asked_anew():
    one = visit()
    two = replace(visit(2, 500), assignment=1, firm=1)
    [first], [second] = (found(facts(*v, hazards=[]), kind="nothing") for v in ([one], [one, two]))
    assert first.key != second.key
    assert "现场排查2次共180分钟" in second.text


# journeys


def journey(metres: float, gap: float, **more) -> Facts:
    return facts(visit(), visit(2, 90 + gap, firm_place=north(metres), place=north(metres), **more))


@pytest.mark.parametrize(
    ("metres", "gap", "asked"),
    [
        (20_001, 15, True),  # 80 km/h
        (19_999, 15, False),
        (1_001, 0, True),
        (999, 0, False),
        (20_001, 24 * 60 + 1, False),
    ],
)
def test_no_faster_than_one_can_travel(metres, gap, asked):
    signs = found(journey(metres, gap), kind="travel")
    assert [(s.assignment, s.others) for s in signs] == ([(1, ("v2",)), (2, ("v1",))] * asked)


@pytest.mark.parametrize(("gap", "asked"), [(-5, False), (-5.1, True)])
def test_nobody_is_at_two_enterprises_at_once(gap, asked):
    signs = found(journey(200, gap), kind="travel")
    assert bool(signs) is asked
    if asked:
        assert "时间重叠5分钟" in signs[0].text
        assert signs[0].figures["人员"] == "张三、李四"


def test_other_people_and_the_same_enterprise_may_overlap():
    assert found(journey(30_000, -30, people=((3, "王五"), (4, "赵六"))), kind="travel") == []
    again = replace(visit(2, 45), firm=1)
    assert found(facts(visit(), again), kind="travel") == []


def test_a_visit_of_another_batch_counts_but_gets_no_sign_here():
    other = visit(12, 60, firm_place=north(50_000))
    signs = found(facts(visit(), companions=(other,)), kind="travel")
    assert [(s.assignment, s.others) for s in signs] == [(1, ("v12",))]


def tapped(minutes: float, taps: int, stay: float = 60) -> Facts:
    span = Span(after(5), after(5 + minutes))
    return facts(visit(stay=stay, tapped=span, entered=span, taps=taps))


@pytest.mark.parametrize(
    ("minutes", "taps", "stay", "asked"),
    [
        (10, 20, 60, True),
        (10.1, 20, 60, False),
        (10, 19, 60, False),
        (10, 20, 59, False),
    ],
)
def test_a_long_visit_tapped_in_within_minutes(minutes, taps, stay, asked):
    assert bool(found(tapped(minutes, taps, stay), kind="crowded")) is asked


def day_of_visits(spread: float, recorders=(1, 1, 1), gap: float = 100) -> Facts:
    """Three visits of one day, entered in the evening, `spread` minutes from first to last."""
    entered = [Span(after(600 + n * spread / 2), after(600 + n * spread / 2)) for n in range(3)]
    return facts(
        *(
            visit(
                n + 1, n * gap, entered=entered[n], recorder=recorders[n], people=((n, "某"),) * 2
            )
            for n in range(3)
        )
    )


@pytest.mark.parametrize(
    ("known", "who"),
    [
        (day_of_visits(10), [1, 2, 3]),
        (day_of_visits(20.2), []),
        (day_of_visits(20), [1, 2, 3]),  # each ten minutes has two of them
        (day_of_visits(10, recorders=(1, 2, 3)), []),
        (day_of_visits(10, recorders=(1, 1, 3)), [1, 2]),
    ],
)
def test_a_whole_day_entered_in_ten_minutes(known, who):
    signs = found(known, kind="crowded")
    assert [s.assignment for s in signs] == who
    assert all(s.visit not in s.others and s.others for s in signs)


def test_visits_entered_where_they_were_made_are_not_crowded():
    known = facts(*(
        visit(n, n * 100, entered=Span(after(n * 100 + 5), after(n * 100 + 80))) for n in (1, 2, 3)
    ))  # fmt: skip
    assert found(known, kind="crowded") == []


# words

OWN = "西侧配电箱箱门没有接地线"


def copies(count: int, text: str = OWN, **more) -> Facts:
    hazards = [hazard(n, n, description=text, **more) for n in range(1, count + 1)]
    return facts(*(visit(n, n * 1_000) for n in range(1, count + 1)), hazards=hazards)


@pytest.mark.parametrize(("count", "asked"), [(2, 0), (3, 3)])
def test_the_same_words_at_so_many_enterprises(count, asked):
    signs = found(copies(count), kind="copied")
    assert len(signs) == asked
    for sign in signs:
        assert sign.visit == f"v{sign.assignment}"
        assert f"B-{sign.assignment:04}" in sign.text


def test_punctuation_numbers_and_width_make_no_difference():
    texts = [
        "3号 车间配电箱，箱门未接地！",
        "１２号车间配电箱箱门未接地",
        "三号车间配电箱箱门未接地。",
    ]
    hazards = [hazard(n, n, description=text) for n, text in enumerate(texts, start=1)]
    known = facts(*(visit(n, n * 1_000) for n in (1, 2, 3)), hazards=hazards)
    assert len(found(known, kind="copied")) == 3
    assert normalised("ABC ab-12（三）") == "abcab"


@pytest.mark.parametrize(("text", "asked"), [("灭火器压力表失效", 3), ("灭火器压力不足", 0)])
def test_short_words_are_nobodys_own(text, asked):
    assert len(found(copies(3, text), kind="copied")) == asked


@pytest.mark.parametrize(("count", "asked"), [(8, 0), (9, 9)])
def test_the_librarys_own_words_count_only_with_the_place_and_at_many(count, asked):
    nine = replace(DEFAULTS, library_copies=9)
    known = copies(count, is_library=True)
    signs = found(known, nine, kind="copied")
    assert len(signs) == asked
    assert all("照用原文正常" in s.text for s in signs)
    elsewhere = [replace(h, place=f"车间{chr(0x6000 + n)}") for n, h in enumerate(known.hazards)]
    assert found(replace(known, hazards=tuple(elsewhere)), nine, kind="copied") == []


def test_one_enterprise_may_say_the_same_twice():
    hazards = [hazard(n, 1, description=OWN) for n in (1, 2, 3)]
    assert found(facts(visit(), hazards=hazards), kind="copied") == []


def test_a_dismissed_copy_is_asked_anew_when_more_words_are_copied():
    more = copies(3)
    hazards = [hazard(20 + n, n, description=OWN * 2) for n in (1, 2, 3)]
    [one, *_] = found(more, kind="copied")
    [two, *_] = found(replace(more, hazards=(*more.hazards, *hazards)), kind="copied")
    assert one.subject == two.subject
    assert one.key != two.key


# pictures

LOOK, SIX, SEVEN = "f0f0f0f0f0f0f0f0", "f0f0f0f0f0f0f0cf", "f0f0f0f0f0f0f1cf"


def seen(one: PhotoFact, other: PhotoFact) -> list[tuple[int, str]]:
    visits = {v.id: v for v in (visit(one.assignment), visit(other.assignment, 1_000))}
    signs = found(facts(*visits.values(), photos=(one, other)), kind="photo_seen")
    return [(s.assignment, s.subject) for s in signs]


def test_six_bits_are_near_and_seven_are_not():
    assert (phash_distance(LOOK, SIX), phash_distance(LOOK, SEVEN)) == (6, 7)
    one = photo(1, phash=LOOK)
    assert seen(one, photo(2, 2, phash=SIX)) == [(1, "v1:found"), (2, "v2:found")]
    assert seen(one, photo(2, 2, phash=SEVEN)) == []
    assert seen(photo(1), photo(2, 2)) == []  # no hash: nothing is known of the look
    assert seen(photo(1), photo(2, 2, sha256="s1")) == [(1, "v1:found"), (2, "v2:found")]


def test_within_an_enterprise_another_hazard_or_another_visit():
    same, near = {"sha256": "s1"}, {"phash": SIX}
    one = photo(1, phash=LOOK)
    assert seen(one, photo(2, **same)) == [(1, "v1:found")]
    assert seen(one, photo(2, **near)) == []  # two shots of one spot on one visit
    later = {"visit": "v2", "assignment": 1, "firm": 1}
    assert seen(one, photo(2, **near, **later)) == [(1, "v1:found"), (1, "v2:found")]
    site = {"hazard": "", "number": "", "subject": "visit:v1"}
    assert seen(one, photo(2, **same, **site)) == []


def test_a_picture_of_after_is_not_the_picture_of_before():
    closing = {"is_closing": True, "hazard": "h1", "subject": "rectification:r1"}
    one = photo(1, phash=LOOK)
    assert seen(one, photo(2, sha256="s1", **closing)) == [(1, "v1:closing"), (1, "v1:found")]
    assert seen(one, photo(2, phash=LOOK, **closing)) == []  # the same spot, mended


def test_pictures_of_other_batches_count_but_get_no_sign_here():
    other = photo(2, 20, sha256="s1")
    [sign] = found(facts(visit(), photos=(photo(1),), others=(other,)), kind="photo_seen")
    assert (sign.assignment, sign.others) == (1, ("v20",))
    assert "另外1家企业" in sign.text


def closing(n: int, of: int = 1, /, **more) -> PhotoFact:
    return photo(n, of, is_closing=True, subject=f"rectification:r{n}", **more)


def closed(*photos: PhotoFact, **more) -> list[Finding]:
    hazards = [hazard(n, **{"is_handed_in": True, **more}) for n in (1, 2, 3)]
    return found(facts(visit(), hazards=hazards, photos=photos), kind="one_photo")


def test_several_hazards_closed_with_one_photo():
    same = {"sha256": "same"}
    [sign] = closed(closing(1, **same), closing(2, **same), closing(3))
    assert "2项隐患用同一张整改后照片提交或销号（共提交3项）：B-0001、B-0002" in sign.text
    assert closed(closing(1, **same), closing(2), closing(3)) == []
    assert len(closed(closing(1, phash=LOOK), closing(2, phash=SIX))) == 1
    assert closed(closing(1, phash=LOOK), closing(2, phash=SEVEN)) == []
    assert closed(closing(1, **same), closing(2, is_latest=False, **same)) == []
    assert closed(closing(1, **same), closing(2, **same), is_handed_in=False) == []


def test_one_more_hazard_with_that_photo_is_a_new_sign():
    same = {"sha256": "same"}
    [two] = closed(closing(1, **same), closing(2, **same))
    [three] = closed(closing(1, **same), closing(2, **same), closing(3, **same))
    assert two.subject == three.subject
    assert two.key != three.key


# what holds for all

HASHES = st.integers(0, 2**64 - 1).map(lambda n: f"{n:016x}")


@settings(max_examples=60)
@given(st.lists(HASHES, max_size=30), HASHES, st.integers(0, 11), st.data())
def test_the_index_finds_exactly_what_comparing_all_finds(hashes, asked, bits, data):
    flips = st.sets(st.integers(0, 63), max_size=13)
    near = [f"{int(asked, 16) ^ sum(1 << p for p in data.draw(flips)):016x}" for _ in range(5)]
    index = NearIndex([*hashes, *near, ""], bits)
    expected = {h: d for h in [*hashes, *near] if (d := phash_distance(asked, h)) <= bits}
    assert index.near(asked) == expected
    assert index.near("") == {}


PLACES = st.sampled_from([GATE, north(400), north(700), north(3_000), north(60_000)])
POINTS = st.lists(st.builds(TrackPoint, PLACES, st.sampled_from([0, 8, 900, None])), max_size=6)
SPANS = st.builds(
    lambda begin, length: Span(after(begin), after(begin + length)),
    st.integers(0, 900),
    st.sampled_from([0, 4, 9, 30]),
)


@st.composite
def visits(draw, number: int) -> VisitFact:
    return visit(
        number,
        draw(st.integers(0, 900)),
        draw(st.integers(1, 200)),
        firm_place=draw(st.none() | PLACES),
        place=draw(st.none() | PLACES),
        accuracy=draw(st.sampled_from([None, 0, 10, 600, 2_500])),
        track=tuple(draw(POINTS)),
        people=tuple(draw(st.sets(st.sampled_from([*PAIR, (3, "王五")]), min_size=1))),
        recorder=draw(st.integers(1, 2)),
        answers=draw(st.integers(0, 80)),
        hazards=draw(st.integers(0, 9)),
        is_survey=draw(st.booleans()),
        entered=draw(st.none() | SPANS),
        tapped=draw(st.none() | SPANS),
        taps=draw(st.integers(0, 50)),
    )


LOOKS = st.sampled_from(["", LOOK, SIX, SEVEN, "0f0f0f0f0f0f0f0f", "0f0f0f0f0f0f0f00"])


@st.composite
def worlds(draw) -> Facts:
    """A few visits with findings and pictures that may be alike."""
    count = draw(st.integers(1, 4))
    own = [draw(visits(n)) for n in range(1, count + 1)]
    hazards, photos = [], []
    for number in range(1, draw(st.integers(0, 8)) + 1):
        of = draw(st.integers(1, count))
        text = draw(st.sampled_from([OWN, OWN * 2, "短", f"独有的描述文字{chr(0x5000 + number)}"]))
        hazards.append(hazard(
            number, of, description=text, is_library=draw(st.booleans()), is_handed_in=True
        ))  # fmt: skip
        for place, is_closing in enumerate((False, True)):
            photos.append(photo(
                number * 10 + place, of, hazard=f"h{number}", number=f"B-{number:04}",
                sha256=draw(st.sampled_from(["a", "b", f"s{number}{place}"])), phash=draw(LOOKS),
                is_closing=is_closing, subject=f"{place}:{number}",
            ))  # fmt: skip
    return facts(*own, hazards=hazards, photos=tuple(photos))


def asks(signs: list[Finding]) -> dict[tuple[int, str], set[str]]:
    """{(assignment, kind): what the signs of that kind rest on}."""
    known: dict[tuple[int, str], set[str]] = {}
    for sign in signs:
        rests = known.setdefault((sign.assignment, sign.kind), set())
        rests.update(sign.evidence or [sign.key])
    return known


def covers(more: list[Finding], less: list[Finding]) -> bool:
    wide = asks(more)
    return all(rests <= wide.get(key, set()) for key, rests in asks(less).items())


@settings(max_examples=150)
@given(worlds(), st.data())
def test_a_stricter_threshold_never_loses_a_sign(known, data):
    about = data.draw(st.sampled_from(sorted(ABOUT.values(), key=lambda a: a.name)))
    most = min(about.most, about.default * 4 + 4)
    low, high = sorted(data.draw(st.tuples(*[st.integers(about.least, most)] * 2)))
    few, many = (high, low) if not about.is_strict else (low, high)
    lenient, strict = (thresholds_from({about.name: value}) for value in (few, many))
    assert covers(found(known, strict), found(known, lenient))


@settings(max_examples=100)
@given(worlds(), visits(9))
def test_an_unrelated_visit_never_takes_a_sign_away(known, other):
    stranger = replace(other, people=((8, "孙八"), (9, "周九")), recorder=9)
    extra = hazard(99, 9, description="与众不同的另一段描述文字")
    more = replace(
        known,
        visits=(*known.visits, stranger),
        hazards=(*known.hazards, extra),
        photos=(*known.photos, photo(99, 9, phash="aaaa5555aaaa5555")),
    )
    before = found(known)
    assert [f for f in found(more) if f.assignment != 9] == before


@settings(max_examples=100)
@given(worlds())
def test_pairs_are_told_on_both_sides_and_order_does_not_matter(known):
    signs = found(known)
    sides = {(s.visit, other) for s in signs if s.kind == "travel" for other in s.others}
    assert sides == {(other, one) for one, other in sides}
    alike = {(s.visit, other) for s in signs if s.kind == "photo_seen" for other in s.others}
    assert alike == {(other, one) for one, other in alike}
    turned = replace(
        known,
        visits=known.visits[::-1],
        hazards=known.hazards[::-1],
        photos=known.photos[::-1],
    )
    assert asks(found(turned)) == asks(signs)
    assert len({(s.assignment, s.kind, s.key) for s in signs}) == len(signs)
    assert all(len(s.key) <= 100 and len(s.text) <= 300 for s in signs)


@given(PLACES, PLACES)
def test_a_way_is_as_long_there_as_back(one, other):
    assert distance_m(one, other) == pytest.approx(distance_m(other, one))
