"""Two officers merge at once, and one merges what another begins something for."""

import pytest

from agencies.models import Assignment
from agencies.services import batch_assign
from common.errors import DomainError
from common.scope import acting_as
from enterprises.merging import files_merge
from enterprises.models import Enterprise, EnterpriseMerge
from inspections.models import Visit
from inspections.services import inspection_begin
from tests import county as counties
from tests.test_collisions import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def county():
    return counties.build()


def pair(county, number):
    with acting_as(county.admin):
        return [
            counties.enterprise(county.zone, 100 + 2 * number + n, name=f"双份{number}-{n}")
            for n in range(2)
        ]


def merging(actor, former, into):
    def work():
        with acting_as(actor):
            files_merge(actor=actor, former=former, into=into, reason="重复")

    return work


def test_two_officers_merge_each_into_the_other_and_one_is_told(county):
    for number in range(ROUNDS):
        one, other = pair(county, number)
        raised = together(
            merging(county.officer, one, other), merging(county.second_officer, other, one)
        )
        assert [type(e) for e in raised if e] == [DomainError]
        with acting_as(county.admin):
            files = Enterprise.objects.filter(pk__in=[one.pk, other.pk])
            assert files.filter(merged_into=None).count() == 1
            assert EnterpriseMerge.objects.filter(former__in=files).count() == 1


def test_a_file_is_closed_or_a_visit_is_begun_there_never_both(county):
    for number in range(ROUNDS):
        one, other = pair(county, number)

        def begin(firm=one):
            with acting_as(county.officer):
                inspection_begin(
                    actor=county.officer, enterprise=firm,
                    member_ids=[county.second_officer.member],
                )  # fmt: skip

        raised = together(begin, merging(county.admin, one, other))
        assert [type(e) for e in raised if e] == [DomainError]
        with acting_as(county.officer):
            is_closed = Enterprise.objects.get(pk=one.pk).merged_into_id is not None
            assert is_closed != Visit.objects.filter(enterprise=one).exists()


def test_a_file_is_closed_or_gets_a_task_never_both(county):
    for number in range(ROUNDS):
        one, other = pair(county, number)

        def assign(firm=one):
            with acting_as(county.admin):
                batch_assign(actor=county.admin, batch=county.batch, enterprise_ids=[firm.pk])

        raised = together(assign, merging(county.officer, one, other))
        assert [type(e) for e in raised if e] == [DomainError]
        with acting_as(county.officer):
            is_closed = Enterprise.objects.get(pk=one.pk).merged_into_id is not None
            assert is_closed != Assignment.objects.filter(enterprise=one).exists()
