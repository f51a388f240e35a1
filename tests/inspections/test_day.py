"""The order of a day, as promises: nothing is lost, hours are kept, the road is short."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections.day import (
    CLOSED,
    NO_PLACE,
    TOO_LATE,
    Stop,
    StraightLines,
    plan_day,
)
from inspections.routing import RoutingService

HOUR = 3600
START = (39.95, 119.5)
MORNING, EVENING = 8 * HOUR + 1800, 17 * HOUR + 1800
TRAVEL = StraightLines()


def places():
    return st.tuples(st.floats(39.8, 40.1), st.floats(119.3, 119.7))


def hours():
    begins = st.integers(6, 18)
    return st.one_of(
        st.just((0, 24)), begins.flatmap(lambda h: st.tuples(st.just(h), st.integers(h + 1, 24)))
    )


@st.composite
def stops(draw, least=0, most=9, with_hours=True):
    found = []
    for number in range(draw(st.integers(least, most))):
        opens, closes = draw(hours()) if with_hours else (0, 24)
        found.append(
            Stop(
                key=f"a{number}",
                place=draw(st.one_of(st.none(), places(), places(), places())),
                seconds=draw(st.integers(5, 150)) * 60,
                priority=draw(st.integers(0, 4)),
                opens_at=opens * HOUR,
                closes_at=closes * HOUR,
            )
        )
    return found


def plan(given_stops, start=START, leaves_at=MORNING, ends_at=EVENING):
    return plan_day(start, given_stops, leaves_at=leaves_at, ends_at=ends_at, travel=TRAVEL)


def walked(given_stops, start=START):
    """The day in the order given, or None where that does not keep the hours; its own arithmetic."""
    at, here, metres = MORNING, start, 0
    for stop in given_stops:
        road = TRAVEL.table([here, stop.place]).metres[0][1]
        at = max(at + TRAVEL.seconds(road), stop.opens_at) + stop.seconds
        if at > min(stop.closes_at, EVENING):
            return None
        metres, here = metres + road, stop.place
    return metres, metres + 2 * (at - MORNING)


@given(stops())
@settings(max_examples=60)
def test_every_stop_is_in_the_order_or_left_out_with_a_reason(found):
    day = plan(found)
    keys = [leg.stop.key for leg in day.legs] + [stop.key for stop, _ in day.left_out]
    assert sorted(keys) == sorted(stop.key for stop in found)
    for stop, reason in day.left_out:
        assert (reason == NO_PLACE) == (stop.place is None)
        assert reason in (NO_PLACE, CLOSED, TOO_LATE)


@given(stops())
@settings(max_examples=60)
def test_hours_are_kept_and_times_follow_from_each_other(found):
    day, at = plan(found), MORNING
    for number, leg in enumerate(day.legs):
        assert leg.arrive == at + leg.travel or number == 0
        assert leg.arrive >= at + leg.travel
        begin = leg.arrive + leg.wait
        assert leg.stop.opens_at <= begin
        assert leg.leave == begin + leg.stop.seconds <= min(leg.stop.closes_at, EVENING)
        at = leg.leave
    assert day.starts_at >= MORNING or not day.legs


@given(stops(least=2))
@settings(max_examples=60)
def test_the_day_is_never_worse_than_the_order_given(found):
    found = [stop for stop in found if stop.place]
    as_given = walked(found)
    if as_given:
        day = plan(found)
        assert day.left_out == ()
        assert day.cost <= as_given[1]


@given(stops(least=2, with_hours=False))
@settings(max_examples=60)
def test_where_nobody_waits_the_road_is_no_longer_than_the_one_given(found):
    found = [stop for stop in found if stop.place]
    as_given = walked(found)
    if as_given:  # a second more or less on each way comes from rounding
        assert plan(found).metres <= as_given[0] + 2 * len(found)


@given(stops(least=2))
@settings(max_examples=60)
def test_nothing_urgent_is_left_out_for_something_that_is_less_so(found):
    day = plan(found)
    order = [leg.stop for leg in day.legs]
    for stop, reason in day.left_out:
        if reason == NO_PLACE:
            continue
        for other in order:
            if other.priority < stop.priority:
                rest = [s for s in order if s.key != other.key]
                for at in range(len(rest) + 1):
                    assert walked([*rest[:at], stop, *rest[at:]]) is None


@given(stops())
@settings(max_examples=20)
def test_the_same_day_gives_the_same_answer(found):
    assert plan(found) == plan(found)


def test_what_comes_around_the_corner_is_done_on_the_way():
    line = [Stop(str(n), (39.95, 119.5 + n / 100), 1800) for n in (3, 1, 4, 2)]
    assert [leg.stop.key for leg in plan(line).legs] == ["1", "2", "3", "4"]


def test_reasons_tell_a_closed_door_from_a_day_that_is_too_short():
    near = (39.951, 119.5)
    early = Stop("early", near, 1800, opens_at=0, closes_at=8 * HOUR)
    far = Stop("far", (41.9, 119.5), 1800)
    whole = Stop("whole", near, 10 * HOUR)
    where = Stop("where", None, 1800)
    reasons = {stop.key: reason for stop, reason in plan([early, far, whole, where]).left_out}
    assert reasons == {"early": CLOSED, "far": TOO_LATE, "whole": TOO_LATE, "where": NO_PLACE}


def test_nobody_waits_at_the_first_door():
    [leg] = plan([Stop("a", START, 1800, opens_at=10 * HOUR)]).legs
    assert (leg.arrive, leg.wait) == (10 * HOUR, 0)


def test_without_a_start_the_day_begins_at_a_stop():
    day = plan([Stop("a", (39.9, 119.5), 1800), Stop("b", (39.95, 119.5), 1800)], start=None)
    assert (day.legs[0].metres, len(day.legs)) == (0, 2)


def test_thirty_stops_are_answered_within_a_second():
    grid = [
        Stop(f"a{n}", (39.9 + n % 6 / 60, 119.4 + n // 6 / 50), (10 + n % 4) * 60, n % 5,
             opens_at=(8 + n % 3) * HOUR, closes_at=(15 + n % 3) * HOUR)
        for n in range(30)
    ]  # fmt: skip
    began = time.process_time()  # what it takes, however busy the machine is
    day = plan(grid)
    assert time.process_time() - began < 1
    assert len(day.legs) > 20


class FakeRoads(BaseHTTPRequestHandler):
    """Speaks OSRM's `table`: each way is ten times its straight line."""

    def do_GET(self):  # noqa: N802
        self.server.asked.append(self.path)
        time.sleep(self.server.slow)
        body = self.server.answer or json.dumps(self._table()).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def _table(self):
        where = self.path.split("?")[0].rsplit("/", 1)[1].split(";")
        points = [tuple(map(float, reversed(pair.split(",")))) for pair in where]
        metres = StraightLines(factor=10).table(points).metres
        metres[0][1] = None
        return {"code": "Ok", "distances": metres, "durations": metres}

    def log_message(self, *args):
        pass


@contextmanager
def roads(answer=b"", slow=0.0):
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeRoads)
    server.handle_error = lambda *_: None  # whoever asked has hung up
    server.answer, server.slow, server.asked = answer, slow, []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server, f"http://127.0.0.1:{server.server_port}/osrm/"
    server.shutdown()
    server.server_close()
    thread.join()


PAIR = [START, (39.96, 119.52), (39.97, 119.5)]


def test_a_routing_service_is_asked_once_and_what_it_does_not_know_stays_straight():
    with roads() as (server, url):
        table = RoutingService(url).table(PAIR)
    straight = StraightLines().table(PAIR)
    assert table.by == "routing"
    assert table.metres[0][1] == straight.metres[0][1]
    assert table.metres[1][2] == StraightLines(factor=10).table(PAIR).metres[1][2]
    assert server.asked == [
        "/osrm/table/v1/driving/119.500000,39.950000;119.520000,39.960000;119.500000,39.970000"
        "?annotations=duration,distance"
    ]


@pytest.mark.parametrize(
    "answer",
    [b"no json", b"[]", b"{}", b'{"distances": [[0]], "durations": [[0]]}',
     b'{"distances": null, "durations": null}',
     b'{"distances": [[0,-5,1],[1,0,1],[1,1,0]], "durations": [[0,1,1],[1,0,1],[1,1,0]]}',
     b'{"distances": [[0,"x",1],[1,0,1],[1,1,0]], "durations": [[0,1,1],[1,0,1],[1,1,0]]}'],
)  # fmt: skip
def test_a_service_that_answers_nonsense_is_replaced_by_straight_lines(answer):
    with roads(answer) as (_, url):
        assert RoutingService(url).table(PAIR) == StraightLines().table(PAIR)


def test_a_service_that_is_slow_or_gone_is_not_waited_for():
    with roads(slow=2.0) as (_, url):
        began = time.perf_counter()
        assert RoutingService(url, patience=0.2).table(PAIR).by == "straight"
        assert time.perf_counter() - began < 1.0
    assert RoutingService(url, patience=0.5).table(PAIR).by == "straight"
