"""Distances on the earth."""

from hypothesis import given
from hypothesis import strategies as st

from common.geo import box_around, distance_m

PLACES = st.tuples(st.floats(-80, 80), st.floats(-179, 179))


def test_a_degree_of_latitude_is_111_kilometres():
    assert abs(distance_m((39, 119), (40, 119)) - 111_195) < 1


@given(PLACES, PLACES)
def test_it_is_as_far_there_as_back_and_nowhere_is_near_itself_alone(a, b):
    assert distance_m(a, b) == distance_m(b, a)
    assert distance_m(a, a) == 0


@given(PLACES, st.floats(1, 20_000), st.floats(-1, 1), st.floats(-1, 1))
def test_whatever_is_within_the_circle_is_within_the_box(place, metres, north, east):
    box = box_around(place, metres)
    lat = place[0] + north * metres / 111_000
    lon = place[1] + east * (box[3] - place[1]) * 1.2
    if distance_m(place, (lat, lon)) <= metres:
        assert box[0] <= lat <= box[2]
        assert box[1] <= lon <= box[3]
