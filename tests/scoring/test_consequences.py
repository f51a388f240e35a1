"""What follows from an evaluation: what is paid, and what the next purchase counts it for."""

import html
import re
from decimal import Decimal

import pytest

from agencies.models import LibraryChange, PaymentStage, ServiceContract
from agencies.past import past_of, refusals_of
from agencies.payments import PROPOSED, basis_for
from agencies.services import contract_create, library_class_save, payment_plan_set
from agencies.services.payments import proposal_from
from common.errors import DomainError
from common.scope import acting_as
from inspections.services import breach_add
from scoring.appraisals.statistics import statistics_of
from scoring.models import Appraisal
from tenancy.actors import SYSTEM
from tenancy.clock import today
from tests import county as counties
from tests import world
from tests.agencies import market as markets
from tests.scoring import evaluated as scenes

pytestmark = pytest.mark.django_db


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
    fee(county)
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


def entered(county):
    """The county's provider is in its library."""
    with acting_as(county.admin):
        machines = library_class_save(
            actor=county.admin, agency=county.zone, name="机械", industries=["机械"], risks=[],
            levels=["甲级", "乙级"],
        )  # fmt: skip
        return markets.enter(county, county.contract.provider_org_id, machines), machines


def fee(county) -> None:
    """A breach that is a veto."""
    with acting_as(county.officer):
        breach_add(
            actor=county.officer, contract=county.contract, kind="extra_fee", fact="另收资料费",
            evidence="收据", happened_on=counties.NOW.date(),
        )  # fmt: skip


def test_who_failed_leaves_the_library_for_a_year(county):
    entry, machines = entered(county)
    fee(county)
    row = scenes.decided(county)
    admin = world.client_of(county.admin)
    page = admin.get(f"/appraisals/{row.pk}/").content.decode()
    assert "前不得重新入库" in page
    form = admin.get(html.unescape(re.search(r'href="(/library/\d+/remove/[^"]+)"', page)[1]))
    assert "2026年度考评" in form.content.decode()
    admin.post(
        f"/library/{entry.pk}/remove/",
        {"source": "evaluation", "reason": "不合格", "source_url": f"/appraisals/{row.pk}/"},
    )
    with acting_as(county.admin):
        assert LibraryChange.objects.get(kind="removed").source_url == f"/appraisals/{row.pk}/"
        with pytest.raises(DomainError, match="前不得入库") as caught:
            markets.enter(county, county.contract.provider_org_id, machines)
        assert caught.value.field == "provider_org"
    county.later(days=370)
    with acting_as(county.admin):
        again = refusals_of(entry.provider_org_id, county.zone.pk, today(county.zone.pk))
    assert again.library == ""


def test_who_passed_is_told_to_mend_and_is_asked_again(county):
    row = scenes.decided(county)
    page = world.client_of(county.admin).get(f"/appraisals/{row.pk}/").content.decode()
    assert "责令整改" in page
    link = html.unescape(re.search(r'href="(/providers/standing/new/[^"]+)"', page)[1])
    drafting = world.client_of(county.officer).get(link).content.decode()
    assert "2026年度考评" in drafting
    assert (
        "结果运用"
        not in world.client_of(county.lead).get(f"/appraisals/own/{row.pk}/").content.decode()
    )


@pytest.mark.parametrize(("before", "refused"), [("79.99", True), ("80.00", False), (None, False)])
def test_two_years_in_a_row_below_the_limit_get_no_further_contract(county, before, refused):
    row = scenes.decided(county)
    assert row.score < 80
    if before is not None:
        with acting_as(SYSTEM):
            Appraisal.objects.create(
                **row.tenant, contract=county.contract, year=2025, purpose="final", state="archived",
                score=Decimal(before), grade="C", measures={}, input_sha256="0" * 64,
                scheme_version="v1", made_at=counties.NOW, decided_at=counties.NOW,
                noticed_at=counties.NOW, objection_until=counties.NOW.date(),
            )  # fmt: skip
    with acting_as(county.admin):
        day = today(county.zone.pk)
        words = refusals_of(row.provider_org_id, county.zone.pk, day).contract
        assert bool(words) == refused
        terms = {
            "number": "HT-续", "title": "续签", "kind": "government_purchase", "signed_on": day,
            "starts_on": day, "ends_on": day.replace(year=day.year + 1),
        }  # fmt: skip
        if refused:
            with pytest.raises(DomainError, match="不再续签") as caught:
                contract_create(actor=county.admin, provider_org_id=row.provider_org_id, **terms)
            assert caught.value.field == "provider_org"
        else:
            contract_create(actor=county.admin, provider_org_id=row.provider_org_id, **terms)


def test_few_data_say_that_they_are_few(county):
    row = scenes.decided(county)
    with acting_as(county.officer):
        found = statistics_of(row)
    assert found.whole.against.is_few
    assert found.whole.words == "数据少，不作判断"
    assert (found.misses.value, found.spot_checks) == (None, 0)
    assert not found.spread
