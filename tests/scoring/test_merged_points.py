"""Points count for the enterprise: of two files made one they are added up as one, and apart again."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import DomainError
from common.scope import acting_as
from enterprises.merging import figures_of, files_merge, merge_undo
from scoring.lists import cycles_of
from scoring.models import PointCycle, ThresholdEvent
from scoring.points import Parameters
from scoring.recount import recounted
from scoring.selectors import cycle_total_of, total_of_cycles
from scoring.services import entry_revoke, thresholds_send_due
from scoring.services.tryouts import years_of
from tests import county as counties
from tests import world
from tests.scoring import township as townships
from tests.scoring.test_recount import SHEET, Undo, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return townships.build()


@pytest.fixture
def twin(town):
    with acting_as(town.admin):
        return counties.enterprise(town.agency, 7, name="另一份档案")


def merged(town, former, into):
    with acting_as(town.officer):
        return files_merge(actor=town.officer, former=former, into=into, reason="重复")


def cycle_of(town, firm):
    with acting_as(town.admin):
        return PointCycle.objects.get(enterprise=firm, year=2026)


def right(town):
    """Whether every stored total is what the events come to, counted in the database."""
    books = {town.book.pk: Parameters.of(town.book.parameters)}
    with acting_as(town.system):
        return not list(recounted(books))


def test_the_total_of_the_year_is_that_of_both_and_falls_apart_when_undone(town, twin):
    town.give("9.3")  # 6 points
    town.give("2.1", firm=twin)  # 2
    with acting_as(town.officer):
        [figure] = figures_of(twin, town.firm)
    assert (figure.own, figure.former, figure.together) == ("6.0分", "2.0分", "8.0分")
    found = merged(town, twin, town.firm)
    assert cycle_of(town, town.firm).total == 8
    assert cycle_of(town, twin).total == 2  # as it stood, and in no list
    with acting_as(town.officer):
        assert [row.enterprise for row in cycles_of(town.officer, year=2026)] == [town.firm]
        [year] = years_of(2026, town.firm.region_code, "")
        assert len(year.entries) == 2
    assert right(town)
    with acting_as(town.officer):
        merge_undo(actor=town.officer, merge=found, reason="两家")
    assert (cycle_of(town, town.firm).total, cycle_of(town, twin).total) == (6, 2)
    assert right(town)


def test_a_clause_given_in_both_counts_as_given_again(town, twin):
    town.give("2.1")
    town.later(days=1)
    town.give("2.1", firm=twin)
    with acting_as(town.officer):
        [figure] = figures_of(twin, town.firm)
    merged(town, twin, town.firm)
    assert figure.together == f"{cycle_of(town, town.firm).total}分" == "6.0分"
    assert right(town)


def test_what_is_taken_back_afterwards_moves_the_joint_total(town, twin):
    town.give("9.3")
    town.give("2.1", firm=twin)
    merged(town, twin, town.firm)
    with acting_as(town.officer):
        entry_revoke(actor=town.officer, entry=town.entry("2.1"), reason="认定有误")
    assert cycle_of(town, town.firm).total == 6
    assert right(town)


def test_twelve_is_reached_by_both_together_and_lapses_when_undone(town, twin):
    town.give("9.3")
    town.give("9.4", "13.1", firm=twin)
    found = merged(town, twin, town.firm)
    assert town.event().state == "drafted"
    with acting_as(town.officer):
        merge_undo(actor=town.officer, merge=found, reason="两家")
    assert town.event().state == "cancelled"


def test_what_was_reported_of_both_cannot_be_taken_apart_and_is_reported_once(town, twin):
    town.give("9.3")
    town.give("9.4", "13.1", firm=twin)
    found = merged(town, twin, town.firm)
    town.later(days=30)
    with acting_as(town.system):
        assert thresholds_send_due(actor=town.system, agency_id=town.agency.pk) == 1
    with acting_as(town.officer), pytest.raises(DomainError, match="已经抄报"):
        merge_undo(actor=town.officer, merge=found, reason="两家")


def test_what_was_reported_of_the_former_is_not_reported_again(town, twin):
    town.give("9.3", "9.4", "13.1", firm=twin)  # 12 points
    town.later(days=30)
    with acting_as(town.system):
        assert thresholds_send_due(actor=town.system, agency_id=town.agency.pk) == 1
    merged(town, twin, town.firm)
    with acting_as(town.admin):
        assert [event.enterprise for event in ThresholdEvent.objects.all()] == [twin]
    assert cycle_of(town, town.firm).total == 12
    page = world.client_of(town.officer).get(reverse("scoring:firm", args=[town.firm.pk]))
    assert "下一年度重点检查企业" in page.content.decode()


def test_pages_of_the_points_show_the_sheets_of_both(town, twin):
    town.give("9.3")
    sheet = town.give("2.1", firm=twin)
    merged(town, twin, town.firm)
    client = world.client_of(town.officer)
    old = client.get(reverse("scoring:cycle", args=[cycle_of(town, twin).pk]))
    assert old.url == reverse("scoring:cycle", args=[cycle_of(town, town.firm).pk])
    for who, name, args in (
        (client, "scoring:cycle", [cycle_of(town, town.firm).pk]),
        (client, "scoring:firm", [town.firm.pk]),
        (world.client_of(town.principal), "scoring:own", []),
    ):
        page = who.get(reverse(name, args=args)).content.decode()
        assert reverse("scoring:sheet", args=[sheet.pk]) in page, name


@contextmanager
def taken_back(town):
    with pytest.raises(Undo), acting_as(town.system):
        yield
        raise Undo


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    own=st.lists(SHEET, max_size=3), theirs=st.lists(SHEET, max_size=3),
    trainings=st.tuples(st.integers(0, 2), st.integers(0, 2)), is_turned=st.booleans(),
)  # fmt: skip
def test_whichever_file_stays_the_joint_year_comes_to_the_same(
    town, twin, own, theirs, trainings, is_turned
):
    """Beforehand, after the merge in the database and by the rules: one figure; undone, the old two."""
    with taken_back(town):
        cycles = [write(town, own, trainings[0]), write(town, theirs, trainings[1], firm=twin)]
        books = {town.book.pk: Parameters.of(town.book.parameters)}
        apart = [cycle_total_of(cycle) for cycle in cycles]
        joint = total_of_cycles(cycles)
        plain = sum((total.gross for total in apart), Decimal(0))
        assert joint.gross >= plain  # a clause given in both counts as given again, nothing less
        files = (town.firm, twin) if is_turned else (twin, town.firm)
        done = files_merge(actor=town.system, former=files[0], into=files[1], reason="重复")
        kept = PointCycle.objects.get(enterprise=files[1])
        assert (kept.total, kept.gross) == (joint.net, joint.gross)
        [found] = recounted(books, only_wrong=False)
        assert (found.total, found.gross) == (joint.net, joint.gross)
        merge_undo(actor=town.system, merge=done, reason="两家")
        again = {row.enterprise_id: row.total for row in PointCycle.objects.all()}
        assert again == {town.firm.pk: apart[0].net, twin.pk: apart[1].net}
