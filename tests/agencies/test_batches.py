"""Contracts, batches, shares: what is refused, what it costs, who may."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies.access import batch_for, contract_for
from agencies.grants import may_log_visit, officer_grant, officers_of
from agencies.models import Assignment, AssignmentUserObjectPermission
from agencies.services import (
    batch_assign,
    batch_create,
    contract_complete,
    contract_create,
    inspectors_assign,
    split_by_town,
    split_evenly,
)
from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from enterprises.models import Enterprise
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tenancy.services import membership_end
from tests import county as counties
from tests import world

pytestmark = pytest.mark.django_db


def more(county, number):
    with acting_as(county.admin):
        return [counties.enterprise(county.zone, 100 + n).pk for n in range(number)]


def assign(county, ids, actor=None):
    actor = actor or county.admin
    with acting_as(actor):
        return batch_assign(actor=actor, batch=county.batch, enterprise_ids=ids)


@pytest.mark.parametrize("number", [5, 60])
def test_assigning_costs_the_same_number_of_statements_for_few_and_many(
    county, number, django_assert_max_num_queries
):
    ids = more(county, number)
    with django_assert_max_num_queries(20):
        assert len(assign(county, ids)) == number


def test_an_enterprise_is_assigned_once_in_a_batch_and_the_rest_is_not_written(county):
    fresh = more(county, 2)
    with pytest.raises(DomainError, match="北方铸造厂0"):
        assign(county, [*fresh, county.enterprises[0].pk])
    with acting_as(county.admin):
        assert Assignment.objects.count() == 2


def test_a_strangers_enterprise_is_answered_like_one_that_does_not_exist(county):
    other = counties.build("130400", base=500)
    messages = []
    for pk in (other.enterprises[0].pk, 987654):
        with acting_as(county.admin):
            with pytest.raises(DomainError) as caught:
                batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[pk])
            messages.append(caught.value.message)
    assert messages[0] == messages[1]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts_on": date(2026, 5, 1)}, "starts_on"),
        ({"ends_on": date(2026, 12, 1)}, "ends_on"),
        ({"starts_on": date(2026, 7, 1), "ends_on": date(2026, 6, 30)}, "ends_on"),
        ({"code": "B130371"}, "code"),
    ],
)
def test_a_batch_outside_its_contract_is_refused_at_its_field(county, wrong, field):
    values = {
        "name": "第二批", "code": "C2", "starts_on": date(2026, 6, 1), "ends_on": date(2026, 8, 1)
    } | wrong  # fmt: skip
    with acting_as(county.admin), pytest.raises(DomainError) as caught:
        batch_create(actor=county.admin, contract=county.contract, **values)
    assert caught.value.field == field


def test_a_contract_needs_a_provider_and_days_in_order(county):
    values = {
        "number": "X", "title": "X", "kind": "government_purchase", "signed_on": date(2026, 6, 1),
        "starts_on": date(2026, 6, 1), "ends_on": date(2026, 8, 1),
        "provider_org_id": county.contract.provider_org_id,
    }  # fmt: skip
    for wrong, field in [
        ({"provider_org_id": county.zone.pk}, "provider_org"),
        ({"ends_on": date(2026, 5, 1)}, "ends_on"),
        ({"number": county.contract.number}, "number"),
        ({"amount": -1}, "amount"),
    ]:
        with acting_as(county.admin), pytest.raises(DomainError) as caught:
            contract_create(actor=county.admin, **values | wrong)
        assert caught.value.field == field


def test_an_officer_needs_a_hand_in_the_contract_to_assign(county):
    with acting_as(county.officer), pytest.raises(PermissionDenied):
        batch_for(county.officer, county.batch.pk, "batch_assign")
    with acting_as(county.admin):
        officer_grant(county.contract, Membership.objects.get(pk=county.officer.membership_id))
    with acting_as(county.officer):
        assert batch_for(county.officer, county.batch.pk, "batch_assign") == county.batch


def test_a_grant_ends_with_its_membership(county):
    with acting_as(county.inspector):
        assert may_log_visit(county.inspector, county.assignment)
    with acting_as(SYSTEM):
        boss = Membership.objects.get(pk=county.lead.membership_id)
        leaving = Membership.objects.get(pk=county.inspector.membership_id)
        assert boss
        membership_end(actor=county.lead, membership=leaving)
    with acting_as(county.inspector):
        assert not may_log_visit(county.inspector, county.assignment)


def test_another_inspector_takes_the_grant_over(county):
    with acting_as(county.lead):
        plan = {county.assignment.pk: county.idle_inspector.membership_id}
        assert inspectors_assign(actor=county.lead, batch=county.batch, plan=plan) == 1
        holders = AssignmentUserObjectPermission.objects.filter(content_object=county.assignment)
        assert [g.membership_id for g in holders] == [county.idle_inspector.membership_id]


def test_people_of_another_provider_cannot_be_sent(county):
    other = counties.build("130400", base=500)
    with acting_as(county.lead), pytest.raises(DomainError, match="本机构"):
        plan = {county.assignment.pk: other.inspector.membership_id}
        inspectors_assign(actor=county.lead, batch=county.batch, plan=plan)


def test_a_completed_contract_closes_the_files_to_the_provider(county):
    with acting_as(county.lead):
        assert Enterprise.objects.count() == 2
    with acting_as(county.admin):
        contract_complete(actor=county.admin, contract=county.contract)
    with acting_as(county.lead):
        assert Enterprise.objects.count() == 0
        assert contract_for(county.lead, county.contract.pk).state == "completed"


def test_every_move_of_a_contract_is_on_record(county):
    with acting_as(county.admin):
        acts = AuditEntry.objects.filter(subject_type="agencies.servicecontract")
        assert list(acts.order_by("id").values_list("act", flat=True)) == [
            "servicecontract.create",
            "servicecontract.activate",
        ]


ASSIGNMENTS = st.lists(st.sampled_from(["130371001", "130371002", "130371100"]), max_size=40).map(
    lambda codes: [Assignment(pk=n, region_code=code) for n, code in enumerate(codes, start=1)]
)
PEOPLE = st.lists(st.integers(1, 99), min_size=1, max_size=6, unique=True)


@given(ASSIGNMENTS, PEOPLE)
def test_an_even_split_gives_everyone_his_share(assignments, people):
    plan = split_evenly(assignments, people)
    loads = [list(plan.values()).count(person) for person in people]
    assert set(plan) == {a.pk for a in assignments}
    assert max(loads) - min(loads) <= 1


@given(ASSIGNMENTS, PEOPLE)
def test_a_split_by_town_never_divides_a_town(assignments, people):
    plan = split_by_town(assignments, people)
    assert set(plan) == {a.pk for a in assignments}
    for town in {a.region_code for a in assignments}:
        assert len({plan[a.pk] for a in assignments if a.region_code == town}) == 1


def test_only_an_officer_of_ones_own_is_taken_off_a_contract(county, client):
    other = counties.build("130400", base=500)
    with acting_as(county.admin):
        officer = Membership.objects.get(pk=county.officer.member)
        officer_grant(county.contract, officer)
    world.sign_in(client, county.admin)

    def remove(member: int) -> int:
        args = [county.contract.pk, member]
        return client.post(reverse("agencies:officer-remove", args=args)).status_code

    assert remove(other.officer.member) == 404
    assert remove(county.officer.member) == 302
    with acting_as(county.admin):
        assert not officers_of(county.contract).exists()
    assert remove(county.officer.member) == 302, "once more is no error"
