"""The point system against the vectors of domain.md 2.8 and the algebra any total obeys."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.points import (
    ASPECTS,
    Clause,
    Entry,
    Parameters,
    cycle_total,
    floor_half,
    outcome_of,
)
from scoring.rulebook import load_clauses
from tests.scoring.reference import Gave, Learnt, Mended, NotMended, Refused, TakenBack, Year

CLAUSES = {
    c.code: Clause(c.code, c.aspect, c.points, c.is_reducible, c.is_on_site_waivable, c.max_units)
    for c in load_clauses()
}


def given_(*codes, sheet=1, **fields):
    return [
        Entry(f"{sheet}-{n}-{code}", sheet, CLAUSES[code], **fields) for n, code in enumerate(codes)
    ]


def net(entries, **more):
    return cycle_total(entries, **more).net


V8A = ("14.3", "15.4", "8.4", "2.1", "10.1")


@pytest.mark.parametrize(
    ("name", "entries", "more", "expected"),
    [
        ("V1", given_("10.1"), {}, "0.5"),
        ("V2", given_("10.1", outcome="timely"), {}, "0"),
        (
            "V3",
            given_("10.1", outcome="timely") + given_("10.1", sheet=2, outcome="timely"),
            {},
            "1.0",
        ),
        ("V4", given_("2.1", "6.2", outcome="timely"), {}, "1.5"),
        ("V5", given_("2.1", outcome="overdue"), {}, "4.0"),
        ("V6", given_("14.3", outcome="timely"), {}, "3.0"),
        ("V7", given_("15.1", units=7), {}, "2.0"),
        ("V8a", given_(*V8A), {}, "11.5"),
        ("V8b", given_(*V8A, "3.2"), {}, "12.0"),
        ("V9", given_("14.3", "15.4", "8.4", "9.2", "9.3"), {}, "18.0"),
        ("V11", given_("1.3", is_corrected_on_site=True), {}, "0"),
        ("V12", given_("2.2"), {"obstructions": 1}, "4.0"),
    ],
)
def test_the_vectors_of_the_rules(name, entries, more, expected):
    assert net(entries, **more) == Decimal(expected), name


def test_v10_reductions_stop_at_the_cap():
    clause = replace(CLAUSES["2.1"], points=Decimal(3))
    entries = [Entry(str(n), 1, replace(clause, code=f"x{n}"), outcome="timely") for n in range(6)]
    assert net(entries, trainings=2) == Decimal(12)


def test_twelve_and_eighteen_count_from_the_full_number():
    below, at = cycle_total(given_(*V8A)), cycle_total(given_(*V8A, "3.2"))
    assert (below.has_reached_report, at.has_reached_report) == (False, True)
    assert cycle_total(given_("14.3", "15.4", "8.4", "9.2", "9.3")).has_reached_veto


def test_a_waived_entry_counts_nothing_but_makes_the_next_a_repeat():
    entries = given_("1.3", is_corrected_on_site=True) + given_("1.3", sheet=2)
    total = cycle_total(entries)
    assert (total.net, total.waived) == (Decimal("1.0"), 1)


@pytest.mark.parametrize(
    ("value", "floored"), [("0.25", "0"), ("0.5", "0.5"), ("1.75", "1.5"), ("3", "3")]
)
def test_residues_are_rounded_down_to_halves(value, floored):
    assert floor_half(Decimal(value)) == Decimal(floored)


@pytest.mark.parametrize(
    ("points", "colour"),
    [("2.5", "绿"), ("3", "黄"), ("5.5", "黄"), ("6", "橙"), ("11.5", "橙"), ("12", "红")],
)
def test_colours_begin_at_their_limits(points, colour):
    clause = replace(CLAUSES["2.1"], points=Decimal(points))
    assert cycle_total([Entry("1", 1, clause)]).colour == colour


def test_the_rule_book_has_fifteen_items_in_five_aspects_and_fifty_six_clauses():
    clauses = load_clauses()
    assert (len(clauses), len({c.item for c in clauses})) == (56, 15)
    assert tuple(dict.fromkeys(c.aspect for c in clauses)) == ASPECTS
    assert next(c for c in clauses if c.code == "15.1").max_units == 4
    assert next(c for c in clauses if c.code == "15.7").max_units is None
    assert next(c for c in clauses if c.code == "9.3").is_referred


ENTRIES = st.lists(
    st.builds(
        Entry,
        key=st.uuids().map(str),
        sheet=st.integers(1, 4),
        clause=st.sampled_from(sorted(CLAUSES.values(), key=lambda c: c.code)),
        units=st.integers(1, 9),
        is_corrected_on_site=st.booleans(),
        outcome=st.sampled_from(["open", "timely", "late", "overdue"]),
    ),
    max_size=12,
)


@given(ENTRIES, st.integers(0, 3), st.integers(0, 4))
def test_a_total_is_never_negative_and_always_in_halves(entries, obstructions, trainings):
    total = cycle_total(entries, obstructions=obstructions, trainings=trainings)
    assert total.net >= 0
    assert total.net % Decimal("0.5") == 0
    assert total.reduction <= Parameters().reduction_cap
    assert sum(total.by_aspect.values()) == total.gross


@given(ENTRIES, st.randoms())
def test_the_order_in_which_entries_come_does_not_matter(entries, random):
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert cycle_total(shuffled).net == cycle_total(entries).net


@given(ENTRIES, ENTRIES)
def test_a_later_inspection_never_lowers_the_gross_points(entries, more):
    later = [replace(entry, sheet=entry.sheet + 10) for entry in more]
    assert cycle_total(entries + later).gross >= cycle_total(entries).gross


@given(ENTRIES)
def test_a_later_inspection_changes_no_earlier_line(entries):
    before = {line.key: line for line in cycle_total(entries).lines}
    later = [replace(entry, key=f"{entry.key}b", sheet=entry.sheet + 10) for entry in entries]
    after = {line.key: line for line in cycle_total(entries + later).lines}
    assert all(after[key] == line for key, line in before.items())


def diary_of(entries, obstructed, trainings):
    """Return what the entries say, as the reference writes it down."""
    found = [Refused(sheet) for sheet in obstructed] + [Learnt()] * trainings
    for one in entries:
        clause = one.clause
        found.append(
            Gave(
                one.key,
                one.sheet,
                clause.code,
                int(clause.points * 2),
                one.units,
                clause.max_units,
                clause.is_reducible,
                clause.is_on_site_waivable,
                one.is_corrected_on_site,
            )  # fmt: skip
        )
        found += {
            "open": [], "timely": [Mended(one.key, True)], "late": [Mended(one.key, False)],
            "overdue": [NotMended(one.key), Mended(one.key, False)],
        }[one.outcome]  # fmt: skip
        if one.is_revoked:
            found.append(TakenBack(one.key))
    return found


@given(ENTRIES, st.sets(st.integers(1, 4)), st.integers(0, 4), st.data())
def test_it_agrees_with_rules_written_by_somebody_else(entries, obstructed, trainings, data):
    entries = [
        replace(one, is_obstructed=one.sheet in obstructed, is_revoked=data.draw(st.booleans()))
        for one in entries
    ]
    total = cycle_total(entries, obstructions=len(obstructed), trainings=trainings)
    diary = data.draw(st.permutations(diary_of(entries, obstructed, trainings)))
    assert total.net * 2 == Year(diary).halves()


@pytest.mark.parametrize(
    ("happened", "outcome"),
    [
        ([], "open"), (["timely"], "timely"), (["late"], "late"), (["overdue"], "overdue"),
        (["overdue", "late"], "overdue"), (["late", "overdue"], "overdue"),
    ],
)  # fmt: skip
def test_what_became_of_an_entry_does_not_hang_on_the_order_of_its_events(happened, outcome):
    assert outcome_of(happened) == outcome


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"yellow_from": "7"}, "依次升高"), ({"t_report": "18"}, "高于抄报"),
        ({"reduction_cap": "0.3"}, "0.5的倍数"), ({"repeat_factor": "1.5"}, "整数"),
        ({"timely_share": "1.2"}, "0到1"), ({"training_sessions": -1}, "不小于0"),
        ({"t_veto": "many"}, "数字"), ({"on_site_waiver": "yes"}, "是或否"),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_named(data, words):
    with pytest.raises(ValueError, match=words):
        Parameters.of(data)


def test_parameters_are_stored_and_read_again():
    rules = Parameters(t_report=Decimal(10), assistant_may_second=True, timely_share=Decimal("0.3"))
    assert Parameters.of(rules.as_data) == rules
