"""What follows from an evaluation: what is paid, and what the next purchase counts it for."""

from decimal import Decimal

import pytest

from agencies.models import PaymentStage, ServiceContract
from agencies.past import past_of
from agencies.payments import PROPOSED, basis_for
from agencies.services import payment_plan_set
from agencies.services.payments import proposal_from
from common.scope import acting_as
from inspections.services import breach_add
from scoring.appraisals.statistics import statistics_of
from tests import county as counties
from tests.scoring import evaluated as scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


def stages(county):
    with acting_as(county.admin):
        ServiceContract.objects.filter(pk=county.contract.pk).update(amount=Decimal(100_000))
        contract = ServiceContract.objects.get(pk=county.contract.pk)
        return payment_plan_set(
            actor=county.admin, contract=contract, shares=PROPOSED, reason="补登记"
        )


def test_a_retention_is_cut_by_the_score_of_a_passed_provider(county):
    *_, retention = stages(county)
    assert retention.condition == PaymentStage.Condition.EVALUATION
    row = scenes.decided(county)
    assert row.grade == "C"
    with acting_as(county.officer):
        basis = basis_for(county.contract, retention)
        assert basis.factor == row.score / 100
        outcome, [cut] = proposal_from(basis, retention)
    assert (outcome, cut.amount) == ("cut", retention.amount - basis.paid_of(retention.amount))


def test_a_veto_withholds_the_retention(county):
    *_, retention = stages(county)
    with acting_as(county.officer):
        breach_add(
            actor=county.officer, contract=county.contract, kind="extra_fee", fact="另收资料费",
            evidence="收据", happened_on=counties.NOW.date(),
        )  # fmt: skip
    assert scenes.decided(county).grade == "D"
    with acting_as(county.officer):
        assert proposal_from(basis_for(county.contract, retention), retention)[0] == "withheld"


def test_before_it_is_decided_nothing_follows(county):
    first, *_, retention = stages(county)
    row = scenes.drafted(county, scenes.asking(county))
    with acting_as(county.officer):
        assert basis_for(county.contract, retention) is None
        assert past_of(row.provider_org_id) is None
    with acting_as(county.lead):
        assert basis_for(county.contract, retention) is None


def test_the_next_purchase_asks_what_the_last_year_came_to(county):
    row = scenes.decided(county)
    with acting_as(county.officer):
        past = past_of(row.provider_org_id)
    assert past.score == row.score
    assert county.contract.title in past.words


def test_few_data_say_that_they_are_few(county):
    row = scenes.decided(county)
    with acting_as(county.officer):
        found = statistics_of(row)
    assert found.whole.against.is_few
    assert found.whole.words == "数据少，不作判断"
    assert (found.misses.value, found.spot_checks) == (None, 0)
    assert not found.spread
