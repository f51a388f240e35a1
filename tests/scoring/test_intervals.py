"""How sure a figure is: intervals that cover what they should, and say when there is little."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.appraisals.intervals import ratio, share
from scoring.appraisals.parameters import SchemeParameters

COUNTS = st.integers(0, 500)


def test_known_intervals():
    found = share(4, 100)  # Wilson, as tables give it
    assert (round(found.low, 4), round(found.high, 4)) == (0.0157, 0.0984)
    found = ratio(10, 10.0)  # Byar, close to the exact 4.80 to 18.39 of a count of ten
    assert (round(found.low, 2), round(found.high, 2)) == (0.48, 1.84)


def test_few_cases_are_said_to_be_few():
    assert share(1, 5).is_few
    assert not share(10, 50).is_few
    assert share(0, 0).value is None


@given(COUNTS, st.integers(1, 500))
def test_a_share_lies_within_its_interval_and_both_within_nothing_and_all(part, more):
    found = share(part, part + more)
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(COUNTS, st.integers(1, 500))
def test_a_ratio_lies_within_its_interval(observed, expected):
    found = ratio(observed, float(expected))
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high


@given(st.integers(1, 60), st.integers(1, 60), st.integers(2, 8))
def test_more_of_the_same_makes_it_surer(part, rest, times):
    small, large = share(part, part + rest), share(part * times, (part + rest) * times)
    assert large.high - large.low < small.high - small.low


@pytest.mark.parametrize(
    ("grade", "score", "paid"),
    [("A", "95", "1"), ("B", "85", "1"), ("C", "72.5", "0.725"), ("D", "96", "0")],
)
def test_what_a_grade_pays(grade, score, paid):
    assert SchemeParameters().paid_share(grade, Decimal(score)) == Decimal(paid)
