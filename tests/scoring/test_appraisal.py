"""The evaluation's vectors of domain.md 3.6, and what holds for any measures."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.appraisals.composite import compose, least_forms
from scoring.appraisals.parameters import SchemeParameters
from scoring.appraisals.rules import Measure, SchemeError, appraise
from scoring.appraisals.standard import standard_scheme

SCHEME_V1 = standard_scheme()
RULES = SchemeParameters()
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


@pytest.mark.parametrize(
    ("weights", "said"), [({"F2": "3"}, "现在是99分"), ({"F2": "4.5"}, "现在是100.5分")]
)
def test_weights_that_do_not_make_a_hundred_are_refused_with_their_sum(weights, said):
    changed = tuple(
        replace(i, weight=Decimal(weights.get(i.code, i.weight))) for i in SCHEME_V1.indicators
    )
    with pytest.raises(SchemeError, match=said):
        replace(SCHEME_V1, indicators=changed).check()


@pytest.mark.parametrize(
    ("code", "formula", "figures", "said"),
    [
        ("C4", "linear", {"zero_at": "0.95", "full_at": "0.7"}, "应高于"),
        ("C4", "linear", {"zero_at": "0.7"}, "满分的占比"),
        ("B4", "missed", {"step": "0"}, "应大于0"),
        ("B4", "eval", {}, "没有可用的计分公式"),
    ],
)
def test_a_formula_comes_from_the_list_and_has_its_figures(code, formula, figures, said):
    given = {name: Decimal(value) for name, value in figures.items()}
    changed = tuple(
        replace(i, formula=formula, figures=given) if i.code == code else i
        for i in SCHEME_V1.indicators
    )
    with pytest.raises(SchemeError, match=said):
        replace(SCHEME_V1, indicators=changed).check()


def test_a_buyer_may_give_full_points_where_nothing_was_found():
    full = tuple(replace(i, full_without_cases=i.code == "D1") for i in SCHEME_V1.indicators)
    scheme = replace(SCHEME_V1, indicators=full)
    [line] = [s for s in appraise(scheme, {}).scored if s.score is not None]
    assert (line.indicator.code, line.score) == ("D1", Decimal(10))


# The three parties (domain.md 3.4)


def composed(buyer="88", forms=("92.5",) * 30, served=100, third="80", veto=""):
    return compose(
        RULES, buyer=Decimal(buyer), forms=[Decimal(f) for f in forms], served=served,
        third=Decimal(third) if third else None, veto_reason=veto,
    )  # fmt: skip


def test_the_example_of_the_rules():
    whole = composed()
    assert (whole.score, whole.grade, whole.flags) == (Decimal("87.75"), "B", ())


def test_a_veto_gives_the_lowest_grade_whatever_the_score():
    whole = composed(buyer="96", forms=("96",) * 30, third="96", veto="隐瞒重大事故隐患")
    assert (whole.score, whole.grade, whole.veto_reason) == (
        Decimal(96), "D", "隐瞒重大事故隐患"
    )  # fmt: skip


def test_too_few_forms_say_so_and_their_share_goes_to_the_buyer():
    whole = composed(forms=("92.5",) * 29)
    assert whole.score == Decimal("86.40")  # 0.8 × 88 + 0.2 × 80
    assert whole.flags == ("样本不足",)


def test_without_a_third_party_the_other_two_keep_their_proportion():
    whole = composed(third="")
    assert [p.share for p in whole.parties] == [Decimal("0.625"), Decimal("0.375"), 0]
    assert (whole.score, whole.flags) == (Decimal("89.69"), ("未聘请第三方",))


@pytest.mark.parametrize(
    ("served", "least"), [(5, 5), (9, 9), (10, 10), (33, 10), (34, 11), (100, 30), (101, 31)]
)
def test_how_many_must_answer(served, least):
    assert least_forms(RULES, served) == least


FORMS = st.lists(st.integers(0, 100).map(Decimal), max_size=40)


@given(FORMS, st.randoms())
def test_the_order_of_the_forms_does_not_matter(forms, rng):
    shuffled = rng.sample(forms, k=len(forms))
    assert composed(forms=forms, served=40) == composed(forms=shuffled, served=40)


@given(FORMS, st.integers(0, 10000), st.one_of(st.none(), st.integers(0, 100)))
def test_the_whole_lies_between_its_lowest_and_its_highest_part(forms, buyer, third):
    buyer = Decimal(buyer) / 100
    whole = compose(
        RULES, buyer=buyer, forms=forms, served=40,
        third=None if third is None else Decimal(third),
    )  # fmt: skip
    counted = [p.score for p in whole.parties if p.score is not None and p.share]
    assert sum(p.share for p in whole.parties) == 1
    assert min(counted) - Decimal("0.01") <= whole.score <= max(counted) + Decimal("0.01")


def test_a_lost_point_is_explained():
    result = appraise(SCHEME_V1, {"C3": measure(90, 96)})
    line = next(s for s in result.scored if s.indicator.code == "C3")
    assert line.deduction == "90/96（93.75%），扣0.50分"


@pytest.mark.parametrize(
    ("score", "grade"), [("90", "A"), ("89.99", "B"), ("80", "B"), ("60", "C"), ("59.99", "D")]
)
def test_grades_begin_at_their_limits(score, grade):
    assert RULES.grade_of(Decimal(score)) == grade


SHARES = st.integers(1, 400).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
MEASURES = st.dictionaries(
    st.sampled_from(CODES), SHARES.map(lambda pair: measure(*pair)), min_size=1
)


@given(MEASURES)
def test_a_score_lies_between_nothing_and_a_hundred(measures):
    assert 0 <= appraise(SCHEME_V1, measures).score <= 100


@given(MEASURES, st.sampled_from([c for c in CODES if c not in ("B4", "F2")]))
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


@given(MEASURES)
def test_every_indicator_lies_between_nothing_and_its_weight(measures):
    scored = [s for s in appraise(SCHEME_V1, measures).scored if s.score is not None]
    assert all(0 <= s.score <= s.indicator.weight for s in scored)


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 400))
def test_more_misses_never_raise_a_score(few, more, found):
    fewer, most = sorted((few, more))
    scores = [score_of("B4", missed, missed + found) for missed in (fewer, most)]
    assert scores[0] >= scores[1]


@given(st.integers(0, 20), st.integers(0, 20))
def test_more_breaches_never_raise_a_score(few, more):
    scores = [score_of("F2", cases, 1) for cases in sorted((few, more))]
    assert scores[0] >= scores[1]
