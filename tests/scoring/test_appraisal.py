"""The evaluation's vectors of domain.md 3.6, and what holds for any measures."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.appraisal import SCHEME_V1, Measure, Scheme, appraise, grade_of

CODES = [i.code for i in SCHEME_V1.indicators]


def measure(numerator, denominator):
    return Measure(Decimal(numerator), Decimal(denominator))


def score_of(code, numerator, denominator):
    result = appraise(SCHEME_V1, {code: measure(numerator, denominator)})
    return next(s.score for s in result.scored if s.indicator.code == code)


@pytest.mark.parametrize(
    ("code", "numerator", "denominator", "score"),
    [
        ("B3", 294, 300, "7.84"),
        ("B4", 4, 100, "7"),
        ("B4", 18, 100, "0"),
        ("C4", 88, 100, "5.04"),
        ("C4", 97, 100, "7"),
        ("B1", 60, 100, "0"),
        ("B1", 80, 100, "5"),
        ("D1", 2, 2, "10"),
    ],
)
def test_the_vectors_of_the_rules(code, numerator, denominator, score):
    assert score_of(code, numerator, denominator) == Decimal(score)


def test_what_is_not_measured_is_left_out_and_the_rest_is_made_a_hundred():
    result = appraise(SCHEME_V1, {"B2": measure(1, 1), "B3": measure(1, 2)})
    assert (result.measured_weight, result.raw_score) == (Decimal(16), Decimal(12))
    assert result.score == Decimal("75.00")


def test_an_indicator_without_cases_is_left_out_and_says_so():
    result = appraise(SCHEME_V1, {"B2": measure(1, 1), "D1": measure(0, 0)})
    major = next(s for s in result.scored if s.indicator.code == "D1")
    assert (major.score, major.reason) == (None, "本合同没有适用的情形")
    assert result.score == Decimal(100)


def test_a_veto_gives_the_lowest_grade_whatever_the_score():
    result = appraise(SCHEME_V1, {"B2": measure(1, 1)}, veto_reason="隐瞒重大事故隐患")
    assert (result.score, result.grade) == (Decimal(100), "D")


def test_weights_that_do_not_make_a_hundred_are_refused():
    short = SCHEME_V1.indicators[1:]
    with pytest.raises(ValueError, match="100"):
        Scheme("x", "x", True, short)


def test_a_lost_point_is_explained():
    result = appraise(SCHEME_V1, {"C3": measure(90, 96)})
    line = next(s for s in result.scored if s.indicator.code == "C3")
    assert line.deduction == "90/96（93.75%），扣0.50分"


@pytest.mark.parametrize(
    ("score", "grade"), [("90", "A"), ("89.99", "B"), ("80", "B"), ("60", "C"), ("59.99", "D")]
)
def test_grades_begin_at_their_limits(score, grade):
    assert grade_of(Decimal(score)) == grade


SHARES = st.integers(1, 400).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
MEASURES = st.dictionaries(
    st.sampled_from(CODES), SHARES.map(lambda pair: measure(*pair)), min_size=1
)


@given(MEASURES)
def test_a_score_lies_between_nothing_and_a_hundred(measures):
    assert 0 <= appraise(SCHEME_V1, measures).score <= 100


@given(MEASURES, st.sampled_from([c for c in CODES if c != "B4"]))
def test_doing_more_never_costs_points(measures, code):
    worse = {**measures, code: measure(1, 3)}
    better = {**measures, code: measure(2, 3)}
    assert appraise(SCHEME_V1, better).score >= appraise(SCHEME_V1, worse).score


@given(MEASURES)
def test_leaving_one_out_does_not_change_the_scores_of_the_others(measures):
    code = next(iter(measures))
    rest = {c: m for c, m in measures.items() if c != code}
    whole = {s.indicator.code: s.score for s in appraise(SCHEME_V1, measures).scored}
    part = {s.indicator.code: s.score for s in appraise(SCHEME_V1, rest).scored}
    assert all(part[c] == whole[c] for c in rest)


def test_a_scheme_is_frozen():
    with pytest.raises(AttributeError):
        SCHEME_V1.version = "v2"
    assert replace(SCHEME_V1, version="v2").version == "v2"
