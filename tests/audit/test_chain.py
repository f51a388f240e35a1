"""What was done stays as it was: appended, sealed, and any change of it found."""

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditEntry, Seal
from audit.services import chain_problems, chain_seal, record
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def zone():
    return world.agency()


@pytest.fixture
def officer(zone):
    return world.member(zone.org, Role.OFFICER)


def act(officer, zone, times=1):
    with acting_as(officer):
        for n in range(times):
            record(actor=officer, act=f"act{n}", agency_id=zone.pk, region_code="130371")


def seal(zone):
    with acting_as(SYSTEM):
        return chain_seal(agency_id=zone.pk)


def problems(zone):
    with acting_as(SYSTEM):
        return list(chain_problems(agency_id=zone.pk))


def test_sealing_takes_every_act_once(zone, officer):
    act(officer, zone, 3)
    assert (seal(zone), seal(zone)) == (3, 0)
    act(officer, zone)
    assert seal(zone) == 1
    assert problems(zone) == []


@pytest.mark.parametrize("statement", ["UPDATE", "DELETE"])
def test_the_web_can_neither_change_nor_remove_an_act(zone, officer, statement):
    act(officer, zone)
    sql = {
        "UPDATE": "UPDATE audit_auditentry SET summary = 'x'",
        "DELETE": "DELETE FROM audit_auditentry",
    }[statement]
    with acting_as(SYSTEM):
        before = list(AuditEntry.objects.values_list("id", "summary"))
        with connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount == 0
        assert list(AuditEntry.objects.values_list("id", "summary")) == before


def test_a_chain_is_read_by_its_region_only(zone, officer):
    act(officer, zone)
    stranger = world.member(world.agency("130400").org, Role.AGENCY_ADMIN)
    with acting_as(stranger):
        assert not AuditEntry.objects.filter(agency_id=zone.pk).exists()


def test_two_chains_do_not_mix(zone, officer):
    other = world.agency("130400")
    act(officer, zone, 2)
    with acting_as(SYSTEM):
        record(actor=None, act="other", agency_id=other.pk, region_code="130400")
    seal(zone)
    seal(other)
    with acting_as(SYSTEM):
        assert Seal.objects.filter(agency_id=other.pk).get().sequence == 1


def test_a_changed_act_is_found(zone, officer, monkeypatch):
    act(officer, zone, 3)
    seal(zone)
    original = AuditEntry.from_db.__func__

    def tampered(cls, db, names, values):
        row = original(cls, db, names, values)
        if row.act == "act1":
            row.summary = "改过"
        return row

    monkeypatch.setattr(AuditEntry, "from_db", classmethod(tampered))
    assert problems(zone) == ["第2号记录与封存不符"]


def test_sealing_in_a_broken_transaction_seals_nothing(zone, officer):
    act(officer, zone)
    with pytest.raises(DatabaseError), acting_as(SYSTEM), transaction.atomic():
        chain_seal(agency_id=zone.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
    assert seal(zone) == 1
