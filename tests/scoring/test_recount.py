"""All totals from events in one statement: the same figures as one by one, and only what differs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.scope import acting_as
from scoring.models import PointCycle, PointEntry, PointEvent, PointSheet, PointTraining, RuleClause
from scoring.points import Parameters, base_points
from scoring.recount import recounted
from scoring.selectors import clause_of, cycle_total_of
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db
CODES = ("2.1", "3.2", "9.3", "14.3", "15.1", "1.3")
MENDED, ONCE = ("timely", "late"), ("overdue", "revoked")
GIVEN = st.fixed_dictionaries(
    {
        "code": st.sampled_from(CODES),
        "units": st.integers(1, 6),
        "on_site": st.booleans(),
        "mended": st.lists(st.sampled_from(MENDED), max_size=2),
        "happened": st.sets(st.sampled_from(ONCE)),
    }
)
SHEET = st.fixed_dictionaries(
    {
        "day": st.integers(0, 3),
        "entries": st.lists(GIVEN, max_size=4),
        "obstructed": st.booleans(),
        "is_draft": st.sampled_from([False, False, False, True]),
    }
)


@pytest.fixture
def town():
    return townships.build()


def write(town, sheets, trainings, firm=None):
    """Put a year straight into the tables, as any order of events would leave it."""
    firm = firm or town.firm
    clauses = {c.code: c for c in RuleClause.objects.filter(book=town.book)}
    cycle = PointCycle.objects.create(
        owner_agency=town.agency, region_code=town.agency.region_code, enterprise=firm,
        year=2026, book=town.book,
    )  # fmt: skip
    for one in sheets:
        sheet = PointSheet.objects.create(
            **cycle.tenant, enterprise=firm, cycle=cycle, book=town.book, place="车间",
            inspected_at=townships.NOW + timedelta(days=one["day"]),
            officer_id=town.officer.member, officer_name="甲", officer_certificate="1",
            second_officer_id=town.second.member, second_officer_name="乙",
            is_obstructed=one["obstructed"], issued_at=townships.NOW,
            state="draft" if one["is_draft"] else "signed", representative_name="张立新",
        )  # fmt: skip
        _events(cycle, sheet, one, clauses)
    for number in range(trainings):
        training = PointTraining.objects.create(
            **cycle.tenant, enterprise=firm, year=2026, kind="on_site", state="passed",
            score=90, person_name=f"张{number}", started_at=townships.NOW,
        )  # fmt: skip
        _event(cycle, "trained", training=training)
    return cycle


def _events(cycle, sheet, one, clauses):
    if one["obstructed"] and not one["is_draft"]:
        _event(cycle, "obstructed", sheet=sheet)
    for given_ in one["entries"]:
        clause = clauses[given_["code"]]
        rule = clause_of(clause)
        entry = PointEntry.objects.create(
            **cycle.tenant, sheet=sheet, cycle=cycle, clause=clause, code=clause.code, fact="x",
            inspected_at=sheet.inspected_at, units=given_["units"],
            base=base_points(rule, given_["units"]),
            is_reducible=rule.is_reducible and not sheet.is_obstructed,
            is_corrected_on_site=given_["on_site"],
            is_waived=given_["on_site"] and rule.is_on_site_waivable,
            issued_at=None if one["is_draft"] else townships.NOW,
        )  # fmt: skip
        for kind in [*given_["mended"], *given_["happened"]]:
            _event(cycle, kind, entry=entry)


def _event(cycle, kind, **about):
    PointEvent.objects.create(
        **cycle.tenant, cycle=cycle, kind=kind, happened_at=townships.NOW,
        issued_at=townships.NOW, **about,
    )  # fmt: skip


class Undo(Exception):
    """Takes one example back."""


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(sheets=st.lists(SHEET, max_size=5), trainings=st.integers(0, 3))
def test_the_database_adds_up_what_the_rules_add_up(town, sheets, trainings):
    with pytest.raises(Undo), acting_as(town.system):
        cycle = write(town, sheets, trainings)
        expected = cycle_total_of(cycle)
        books = {town.book.pk: Parameters.of(town.book.parameters)}
        [found] = recounted(books, only_wrong=False)
        assert (found.gross, found.total) == (expected.gross, expected.net)
        raise Undo


def test_only_what_differs_is_named(town):
    with acting_as(town.system):
        write(town, [], 0)
        books = {town.book.pk: Parameters()}
        assert list(recounted(books)) == []
        PointCycle.objects.update(total=Decimal(3))
        [wrong] = recounted(books, agency_id=town.agency.pk)
        assert (wrong.total, wrong.stored_total, wrong.is_right) == (0, 3, False)
        assert list(recounted(books, agency_id=town.agency.pk + 1)) == []


def test_a_recount_sees_what_its_actor_sees(town):
    other = townships.build("130381", 50)
    for one in (town, other):
        one.give("2.1")
    with acting_as(town.system):
        books = {town.book.pk: Parameters(), other.book.pk: Parameters()}
        assert len(list(recounted(books, only_wrong=False))) == 1
