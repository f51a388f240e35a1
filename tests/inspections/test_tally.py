"""Counts kept by every write equal a recount, whatever is done to hazards and by how many at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Assignment, AssignmentTally
from common.ids import uuid7
from common.scope import acting_as
from inspections import tally
from inspections.models import Hazard, HazardTally
from tenancy.access import within
from tenancy.actors import SYSTEM
from tests import county as counties
from tests import world

KINDS = ("state", "severity", "is_overdue")
STATES = ("found", "issued", "rectifying", "submitted", "closed", "dismissed")
ACTS = ("add", "turn", "late", "major", "remove", "settle")


def sums(actor) -> Counter:
    """What the tally says, by state, severity and whether it is late."""
    with acting_as(actor):
        found = Counter()
        for *kind, number in tally.tallies(actor).values_list(*KINDS, "number"):
            found[tuple(kind)] += number
    return Counter({kind: number for kind, number in found.items() if number})


def recount(actor) -> Counter:
    """The same by counting the hazards themselves."""
    with acting_as(actor):
        return Counter(Hazard.objects.filter(within(actor)).values_list(*KINDS))


def act(name: str, rng: Random) -> None:
    """Do something to hazards; each leaves what the table's constraints ask for."""
    rows = list(Hazard.objects.order_by("pk"))
    some = Hazard.objects.filter(pk__in=[h.pk for h in rows if rng.random() < 0.5])
    now, state = timezone.now(), rng.choice(STATES)
    if name == "add":
        like = rng.choice(rows)
        like.pk, like.number = uuid7(), f"又{uuid7()}"[:40]
        like.save(force_insert=True)
    elif name == "turn":
        closed = now if state == "closed" else None
        some.update(state=state, issued_at=now, closed_at=closed, dismissed_reason="不构成隐患")
    elif name == "late":
        some.update(is_overdue=rng.random() < 0.5, was_overdue=True)
    elif name == "major":
        some.update(severity=rng.choice(("general", "major")))
    elif name == "remove" and len(rows) > 1:
        rng.choice(rows).delete()
    elif name == "settle":
        with acting_as(SYSTEM):
            tally.tally_settle()


@pytest.fixture
def county():
    found = counties.build()
    visit = counties.visit(found, hazards=4)
    with acting_as(found.admin):  # so that one may be removed: nothing hangs on it
        assert Hazard.objects.filter(visit=visit).count() == 4
    return found


@pytest.mark.django_db
@given(acts=st.lists(st.sampled_from(ACTS), max_size=12), seed=st.integers(0, 2**32))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_counts_equal_a_recount_after_any_acts(county, acts, seed):
    rng = Random(seed)
    with transaction.atomic():
        for name in acts:
            with acting_as(county.admin):
                act(name, rng)
        for actor in (county.admin, county.lead):
            assert sums(actor) == recount(actor)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_melting_leaves_one_row_for_each_combination_and_changes_no_count(county):
    with acting_as(county.admin):
        for seed in range(6):
            act("turn", Random(seed))
    before = sums(county.admin)
    with acting_as(SYSTEM):
        tally.tally_settle()
        kinds = list(HazardTally.objects.values_list("region_code", "provider_org_id", *KINDS))
    assert len(kinds) == len(set(kinds))
    assert sums(county.admin) == before


@pytest.mark.django_db
def test_an_act_that_is_taken_back_takes_its_count_back(county):
    before = sums(county.admin)
    with acting_as(county.admin):
        act("turn", Random(3))
        transaction.set_rollback(True)
    assert sums(county.admin) == before == recount(county.admin)


@pytest.mark.django_db
def test_counts_are_read_by_their_region_and_provider_and_written_by_nobody(county):
    stranger = world.agency("130400")
    other = world.member(stranger.org, county.admin.role)
    assert sums(other) == Counter()
    assert sums(county.principal) == Counter()
    with (
        acting_as(county.admin),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        HazardTally.objects.create(
            region_code="130371", state="found", severity="general", is_overdue=False, number=9
        )


@pytest.mark.django_db
def test_the_phases_of_a_batch_are_counted_without_those_withdrawn(county):
    def recounted() -> Counter:
        live = Assignment.objects.filter(withdrawn_at=None)
        return Counter(live.values_list("batch_id", "state"))

    def summed() -> Counter:
        found = Counter()
        for batch, state, number in AssignmentTally.objects.values_list(
            "batch_id", "state", "number"
        ):
            found[batch, state] += number
        return Counter({key: number for key, number in found.items() if number})

    with acting_as(county.admin):
        assert summed() == recounted()
        Assignment.objects.filter(pk=county.assignments[1].pk).update(
            withdrawn_at=timezone.now(), withdrawal="moved", withdrawn_reason="搬迁"
        )
        assert summed() == recounted()
        assert sum(summed().values()) == 1
    with acting_as(county.principal):
        assert not AssignmentTally.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_and_melting_in_between_lose_nothing():
    county = counties.build()
    counties.visit(county, hazards=6)

    def writer(seed: int) -> None:
        rng = Random(seed)
        try:
            for _ in range(8):
                with acting_as(SYSTEM):
                    if rng.random() < 0.3:
                        tally.tally_settle()
                    else:
                        pk = rng.choice(list(Hazard.objects.values_list("pk", flat=True)))
                        Hazard.objects.filter(pk=pk).update(
                            severity=rng.choice(("general", "major"))
                        )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(writer, range(4)))
    connection.close()
    assert sums(county.admin) == recount(county.admin)
