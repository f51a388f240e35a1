"""What was done stays as it was: appended, queued, sealed once, in whatever order it commits."""

import hashlib
import json
import threading
import uuid
from datetime import UTC
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from audit import chain
from audit.chain import chain_problems, links
from audit.models import AuditEntry, Seal, Unsealed
from audit.services import PIECE, chain_seal, record
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.tasks import seal_chains
from tests import world

pytestmark = pytest.mark.django_db
whole_test = hypothesis(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("aé中"), inner),
    max_leaves=8,
)


@pytest.fixture
def zone():
    return world.agency()


@pytest.fixture
def officer(zone):
    return world.member(zone.org, Role.OFFICER)


def act(officer, zone, times=1, **fields):
    with acting_as(officer):
        for n in range(times):
            record(actor=officer, act=f"act{n}", agency_id=zone.pk, region_code="130371", **fields)


def seal(zone, limit=PIECE):
    with acting_as(SYSTEM):
        return chain_seal(agency_id=zone.pk, limit=limit)


def problems(zone):
    with acting_as(SYSTEM):
        return list(chain_problems(agency_id=zone.pk))


def test_sealing_takes_every_act_once(zone, officer):
    act(officer, zone, 3)
    assert (seal(zone), seal(zone)) == (3, 0)
    act(officer, zone)
    assert seal(zone) == 1
    assert problems(zone) == []


@whole_test
@given(st.lists(st.integers(0, 3) | st.just("act"), max_size=12))
def test_in_whatever_pieces_it_is_sealed_nothing_is_left_or_sealed_twice(zone, officer, steps):
    for step in steps:
        if step == "act":
            act(officer, zone)
        else:
            seal(zone, limit=step)
    while seal(zone, limit=2):
        pass
    with acting_as(SYSTEM):
        assert not Unsealed.objects.filter(agency_id=zone.pk).exists()
        acts = AuditEntry.objects.filter(agency_id=zone.pk).count()
        places = list(Seal.objects.filter(agency_id=zone.pk).order_by("sequence"))
    assert [place.sequence for place in places] == list(range(1, acts + 1))
    assert problems(zone) == []


@whole_test
@given(st.dictionaries(st.text("abc", max_size=3), JSON, max_size=3))
def test_whatever_an_acts_data_hold_the_seal_is_the_same_when_they_are_read_again(
    zone, officer, data
):
    act(officer, zone, data=data)
    seal(zone)
    assert problems(zone) == []


def test_the_seal_is_what_the_document_says(zone, officer):
    act(officer, zone, data={"n": 1.0, "中": "é\n", "long": 1e-07})
    seal(zone)
    with acting_as(SYSTEM):
        row, sealed = AuditEntry.objects.get(agency_id=zone.pk), Seal.objects.get()
    moment = row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
    text = (
        f'{{"act":"act0","actor_name":{json.dumps(row.actor_name, ensure_ascii=False)},'
        f'"agency_id":{zone.pk},"at":"{moment}","data":{{"long":1e-07,"n":1.0,"中":"é\\n"}},'
        f'"id":"{row.pk}","membership_id":{officer.membership_id},"org_id":{zone.pk},'
        f'"region_code":"130371","subject_id":"","subject_type":"","summary":"",'
        f'"user_id":{officer.user_id}}}'
    )
    assert sealed.hash == hashlib.sha256(f"{'0' * 64}\n{text}".encode()).hexdigest()


@pytest.mark.parametrize("table", ["audit_auditentry", "audit_seal", "audit_dailyhead"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET agency_id = 1", "DELETE FROM {}"])
def test_the_web_can_neither_change_nor_remove_an_act_a_seal_or_a_head(
    zone, officer, table, statement
):
    act(officer, zone)
    seal(zone)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
        assert cursor.rowcount == 0
    assert problems(zone) == []


def test_who_acts_can_neither_see_the_queue_of_others_nor_empty_it(zone, officer):
    act(officer, zone)
    lead = world.member(world.agency("130400").org, Role.AGENCY_ADMIN)
    for actor in (officer, lead, None):
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_unsealed")
            assert cursor.rowcount == 0
    assert seal(zone) == 1


def test_a_chain_is_read_by_its_region_only(zone, officer):
    act(officer, zone)
    stranger = world.member(world.agency("130400").org, Role.AGENCY_ADMIN)
    with acting_as(stranger):
        assert not AuditEntry.objects.filter(agency_id=zone.pk).exists()


def test_an_agency_reads_its_whole_chain_also_acts_that_name_no_region(zone, officer):
    with acting_as(SYSTEM):
        record(actor=None, act="elsewhere", agency_id=zone.pk)
    with acting_as(officer):
        assert AuditEntry.objects.get(agency_id=zone.pk).act == "elsewhere"


def test_two_chains_do_not_mix(zone, officer):
    other = world.agency("130400")
    act(officer, zone, 2)
    with acting_as(SYSTEM):
        record(actor=None, act="other", agency_id=other.pk, region_code="130400")
    seal(zone)
    seal(other)
    with acting_as(SYSTEM):
        assert Seal.objects.filter(agency_id=other.pk).get().sequence == 1


def test_sealing_in_a_broken_transaction_seals_nothing(zone, officer):
    act(officer, zone)
    with pytest.raises(DatabaseError), acting_as(SYSTEM), transaction.atomic():
        chain_seal(agency_id=zone.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    assert seal(zone) == 1


def test_beat_seals_everything_that_waits_piece_by_piece(zone, officer, monkeypatch):
    monkeypatch.setattr("tenancy.tasks.PIECE", 2)
    monkeypatch.setattr("tenancy.tasks.chain_seal", partial(chain_seal, limit=2))
    act(officer, zone, 5)
    with acting_as(SYSTEM):
        waiting = Unsealed.objects.count()
    assert seal_chains() == waiting  # the acts by which the agency was made wait too
    assert problems(zone) == []


def test_sealing_takes_the_same_statements_for_one_act_as_for_many(zone, officer):
    def statements(times):
        act(officer, zone, times)
        with CaptureQueriesContext(connection) as captured:
            seal(zone)
        return len(captured)

    assert statements(1) == statements(40)


def test_what_vanished_from_the_queue_does_not_hold_up_the_rest(zone, officer):
    act(officer, zone, 5)
    with acting_as(SYSTEM):
        ids = list(AuditEntry.objects.filter(agency_id=zone.pk).values_list("pk", flat=True))
        Unsealed.objects.bulk_create(
            Unsealed(entry_id=uuid.UUID(int=n), agency_id=zone.pk) for n in range(1, 6)
        )
    assert (seal(zone, limit=2), seal(zone, limit=2), seal(zone, limit=2)) == (2, 2, 1)
    with acting_as(SYSTEM):
        assert Seal.objects.filter(entry_id__in=ids).count() == 5
    assert len(problems(zone)) == 5


def test_a_check_reads_two_statements_a_piece(zone, officer, monkeypatch):
    monkeypatch.setattr(chain, "READ", 4)
    act(officer, zone, 12)
    seal(zone)
    with acting_as(SYSTEM), CaptureQueriesContext(connection) as captured:
        assert len(list(links(agency_id=zone.pk))) == 12
    assert len(captured) == 3 * 2 + 1  # and one that finds no more


@pytest.mark.django_db(transaction=True)
def test_who_commits_late_with_an_older_id_is_sealed_all_the_same(zone, officer):
    recorded, may_commit = threading.Event(), threading.Event()

    def slow():
        with acting_as(officer):
            record(actor=officer, act="late", agency_id=zone.pk, region_code="130371")
            recorded.set()
            may_commit.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert recorded.wait(20)
    act(officer, zone)
    assert seal(zone) == 1
    may_commit.set()
    thread.join()
    assert seal(zone) == 1
    with acting_as(SYSTEM):
        places = dict(Seal.objects.filter(agency_id=zone.pk).values_list("sequence", "entry_id"))
        names = dict(AuditEntry.objects.filter(agency_id=zone.pk).values_list("pk", "act"))
    assert [names[places[n]] for n in (1, 2)] == ["act0", "late"]
    assert places[2] < places[1]  # it began before the other
    assert problems(zone) == []
