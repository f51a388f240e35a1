"""From a plan's line to an award: announced, opened, scored, decided, published; to the contract."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies import past, ranking
from agencies.models import Offer, OfferScore, Procurement, ProcurementLot, Publication
from agencies.services import (
    contract_create,
    contract_terminate,
    criteria_set,
    lot_award,
    lot_fail,
    lot_save,
    lot_undecide,
    offer_add,
    offer_disqualify,
    plan_publish,
    procurement_announce,
    procurement_award,
    procurement_cancel,
    procurement_close,
    procurement_draft,
    procurement_fail,
    scores_set,
)
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from notifications.models import Notification
from providers.models import Provider
from providers.services import credential_remove, qualification_add
from tests import county as counties
from tests import purchases, world

pytestmark = pytest.mark.django_db
COUNTY = {"kicked_off": False}


def seen_by(actor, table: str) -> int:
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_a_project_comes_from_a_plan_in_force_or_states_why_not(county):
    draft = purchases.draft_plan(county, year=2027)
    fields = {"number": "CG-9", "title": "x", "method": "inquiry", "note": ""}
    with acting_as(county.officer):
        with pytest.raises(DomainError) as caught:
            procurement_draft(actor=county.officer, outside_reason=" ", **fields)
        assert caught.value.field == "outside_reason"
        with pytest.raises(DomainError) as caught:
            procurement_draft(actor=county.officer, plan_item=draft.items.get(), **fields)
        assert caught.value.field == "plan_item"


@pytest.mark.parametrize(("weights", "found"), [((50, 49), "99"), ((60, "40.01"), "100.01")])
def test_weights_that_do_not_add_up_are_refused_with_their_sum(county, weights, found):
    project = purchases.project(county)
    criteria = [
        {"name": f"因素{n}", "kind": "other", "weight": Decimal(w)} for n, w in enumerate(weights)
    ]
    with acting_as(county.officer), pytest.raises(DomainError, match=f"现为{found}"):
        criteria_set(actor=county.officer, procurement=project, criteria=criteria)


def test_what_is_scored_is_not_announced_without_criteria_and_nothing_without_a_lot(county):
    project = purchases.project(county)
    with acting_as(county.officer):
        criteria_set(actor=county.officer, procurement=project, criteria=[])
        with pytest.raises(DomainError, match="须有评审因素"):
            procurement_announce(
                actor=county.officer, procurement=project, offers_due_on=purchases.DUE
            )
        project.lots.all().delete()
        with pytest.raises(DomainError, match="标段"):
            procurement_announce(
                actor=county.officer, procurement=project, offers_due_on=purchases.DUE
            )


def test_projects_of_one_line_together_keep_to_its_budget(county):
    plan = purchases.plan(county, amount=Decimal("900000"))
    with acting_as(county.officer):
        item = plan.items.select_related("plan").get()
    first = purchases.project(county, item=item)
    second = purchases.project(county, item=item, number="CG-2")
    with acting_as(county.officer):
        procurement_announce(actor=county.officer, procurement=first, offers_due_on=purchases.DUE)
        with pytest.raises(DomainError, match="其他项目已用480000.00元"):
            procurement_announce(
                actor=county.officer, procurement=second, offers_due_on=purchases.DUE
            )
    with acting_as(county.admin):
        procurement_cancel(actor=county.admin, procurement=first, reason="需求变化")
        procurement_announce(actor=county.admin, procurement=second, offers_due_on=purchases.DUE)


def test_nothing_of_it_changes_once_it_is_announced_and_nothing_is_opened_early(county):
    project = purchases.project(county)
    lot = purchases.LOT | {"ceiling": Decimal(1)}
    with acting_as(county.officer):
        procurement_announce(actor=county.officer, procurement=project, offers_due_on=purchases.DUE)
        with pytest.raises(DomainError, match="已公告"):
            criteria_set(actor=county.officer, procurement=project, criteria=purchases.CRITERIA)
        with pytest.raises(DomainError, match="已公告"):
            lot_save(actor=county.officer, procurement=project, **lot)
        with pytest.raises(DomainError, match="到期以后才能开启"):
            procurement_close(actor=county.officer, procurement=purchases.running(project))
        with pytest.raises(DomainError, match="已公告"):
            offer_add(
                actor=county.officer, lot=project.lots.get(), provider_org_id=county.lead.org,
                price=Decimal(1),
            )  # fmt: skip


def test_an_offer_above_the_ceiling_is_kept_and_invalid(county):
    lot = purchases.opened(county)
    above = purchases.offer(county, lot, county.lead.org, "480000.01")
    assert "超过最高限价" in above.disqualified_reason
    with acting_as(county.admin), pytest.raises(DomainError) as caught:
        lot_award(actor=county.admin, lot=lot, offer=above)
    assert caught.value.field == "offer"
    with pytest.raises(DomainError) as caught:
        purchases.offer(county, lot, county.lead.org, "1")
    assert caught.value.field == "provider_org"


def test_totals_are_rounded_once_at_the_end_and_ranked(county):
    _, mine, other = purchases.ranked(county)
    # 97.78×20% + 90×60% + 88×20% = 91.156; 100×20% + 80×60% + 80×20% = 84
    assert (mine.total, mine.rank) == (Decimal("91.16"), 1)
    assert (other.total, other.rank) == (Decimal("84.00"), 2)


def test_nobody_has_a_rank_before_every_offer_is_scored(county):
    lot, mine, _ = purchases.ranked(county)
    third = purchases.offer(county, lot, purchases.provider(county, 77), "460000")
    with acting_as(county.admin):
        assert Offer.objects.get(pk=mine.pk).rank is None
        with pytest.raises(DomainError, match="全部有效报价"):
            lot_award(actor=county.admin, lot=lot, offer=mine)
        scores = {o.pk: {} for o in lot.offers.all()}
        with pytest.raises(DomainError, match="还没有打分"):
            scores_set(actor=county.admin, lot=lot, scores=scores)
        offer_disqualify(actor=county.admin, offer=third, reason="没有实质响应")
        assert Offer.objects.get(pk=mine.pk).rank == 1


def test_a_score_is_of_a_hundred(county):
    lot, mine, other = purchases.ranked(county)
    with pytest.raises(DomainError, match="0至100"):
        purchases.score(county, lot, {mine.pk: ("100.01", "1", "1"), other.pk: ("1", "1", "1")})


def test_who_is_not_the_first_is_chosen_for_a_written_reason_that_is_published(county):
    lot, _, other = purchases.ranked(county)
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            lot_award(actor=county.admin, lot=lot, offer=other, reason="  ")
        assert caught.value.field == "reason"
        lot_award(actor=county.admin, lot=lot, offer=other, reason="第一名放弃")
        procurement_award(actor=county.admin, procurement=lot.procurement)
        body = Publication.objects.get(kind="award").body
    [result] = body["results"]
    assert (result["winner"], result["reason"]) == (other.provider_name, "第一名放弃")
    assert [row["total"] for row in result["ranking"]] == ["91.16", "84.00"]


def require(county, words: str) -> None:
    with acting_as(county.admin):
        Provider.objects.filter(pk=county.lead.org).update(required_qualification=words)


def qualify(county, kind: str = "安全评价", until: date = date(2027, 12, 31)):
    with acting_as(county.lead):
        provider = Provider.objects.select_related("registered_by").get(pk=county.lead.org)
        return qualification_add(
            actor=county.lead, provider=provider, kind=kind, scope="x", number=f"Q{until}{kind}",
            issued_by="应急管理部", valid_from=date(2020, 1, 1), valid_until=until,
            files=[("证书.jpg", counties.picture())],
        )  # fmt: skip


def test_what_a_law_asks_must_be_valid_on_the_day_and_nothing_else_is_asked(county):
    lot, mine, _ = purchases.ranked(county)
    require(county, "安全评价")
    qualify(county, kind="消防检测")
    qualify(county, until=purchases.DUE - timedelta(days=1))
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="没有有效的资质") as caught:
            lot_award(actor=county.admin, lot=lot, offer=mine)
        assert caught.value.field == "offer"
    valid = qualify(county)
    with acting_as(county.admin):
        lot_award(actor=county.admin, lot=lot, offer=mine)
    with acting_as(county.lead):
        credential_remove(actor=county.lead, credential=valid, reason="吊销")
    # and asked again when the result is published
    with acting_as(county.admin), pytest.raises(DomainError, match="没有有效的资质"):
        procurement_award(actor=county.admin, procurement=lot.procurement)
    require(county, "")
    with acting_as(county.admin):
        procurement_award(actor=county.admin, procurement=lot.procurement)


def test_a_direct_contract_goes_through_the_same_gate(county):
    require(county, "安全评价")
    with acting_as(county.admin), pytest.raises(DomainError, match="没有有效的资质") as caught:
        contract_create(
            actor=county.admin, provider_org_id=county.lead.org, number="D-1", title="直接",
            kind="enterprise_commission", signed_on=purchases.TODAY, starts_on=purchases.TODAY,
            ends_on=purchases.TODAY,
        )  # fmt: skip
    assert caught.value.field == "provider_org"


def test_no_provider_sees_an_offer_before_the_award_and_each_its_own_after_it(county, client):
    lot, mine, other = purchases.ranked(county)
    for table in ("offer", "offerscore", "procurement", "procurementlot", "awardcriterion"):
        assert seen_by(county.lead, f"agencies_{table}") == 0, table
    world.sign_in(client, county.lead)
    url = reverse("agencies:own-offers")
    assert "还没有已公布的结果" in client.get(url).content.decode()
    with acting_as(county.admin):
        lot_award(actor=county.admin, lot=lot, offer=mine)
        procurement_award(actor=county.admin, procurement=lot.procurement)
    with acting_as(county.lead):
        assert Offer.objects.get() == mine
        assert set(OfferScore.objects.values_list("offer", flat=True)) == {mine.pk}
        assert Notification.objects.filter(kind="procurement.awarded").count() == 1
        with connection.cursor() as cursor:
            cursor.execute("UPDATE agencies_offer SET price = 1")
            assert cursor.rowcount == 0
    page = client.get(url).content.decode()
    assert "91.16" in page
    assert other.provider_name not in page
    assert client.get(reverse("agencies:lot", args=[lot.pk])).status_code == 403


def test_a_result_is_published_once_every_lot_is_decided_and_is_a_paper(county, client):
    lot, mine, _ = purchases.ranked(county)
    with acting_as(county.admin):
        with pytest.raises(DomainError, match="还有标段没有定标"):
            procurement_award(actor=county.admin, procurement=lot.procurement)
        lot_fail(actor=county.admin, lot=lot, reason="无人合格")
        with pytest.raises(DomainError, match="整个项目作废标处理"):
            procurement_award(actor=county.admin, procurement=lot.procurement)
        with pytest.raises(DomainError, match="已经定标"):
            lot_award(actor=county.admin, lot=lot, offer=mine)
        lot_undecide(actor=county.admin, lot=lot)
        lot_award(actor=county.admin, lot=lot, offer=mine)
        awarded = procurement_award(actor=county.admin, procurement=lot.procurement)
        paper = Document.objects.get(kind="award_notice")
        with pytest.raises(DomainError, match="已定标"):
            lot_undecide(actor=county.admin, lot=lot)
        code = Publication.objects.get(kind="award").code
    assert awarded.state == "awarded"
    assert "采公〔2026〕1号" in paper.number
    page = client.get(reverse("portal:publication", args=[code])).content.decode()
    assert mine.provider_name in page
    assert "450,000.00" in page


@pytest.mark.parametrize(
    ("end", "word"), [(procurement_fail, "废标"), (procurement_cancel, "终止")]
)
def test_what_ends_badly_says_why_in_public(county, end, word):
    lot = purchases.opened(county)
    with acting_as(county.admin):
        with pytest.raises(DomainError) as caught:
            end(actor=county.admin, procurement=lot.procurement, reason="")
        assert caught.value.field == "reason"
        end(actor=county.admin, procurement=lot.procurement, reason="不足三家")
        ended = Publication.objects.get(kind="ended")
    assert (word in ended.title, ended.body["reason"]) == (True, "不足三家")


def test_the_contract_keeps_to_the_award_and_follows_once(county):
    lot = purchases.awarded(county)
    other = purchases.provider(county, 55)
    right = {
        "actor": county.admin, "provider_org_id": county.lead.org, "number": "HT-1", "title": "x",
        "kind": "government_purchase", "signed_on": purchases.TODAY, "starts_on": purchases.TODAY,
        "ends_on": purchases.DUE, "amount": Decimal("450000"), "lot": lot,
    }  # fmt: skip
    with acting_as(county.admin):
        for wrong, field in (
            ({"provider_org_id": other}, "provider_org"),
            ({"amount": Decimal("450000.01")}, "amount"),
            ({"amount": None}, "amount"),
            ({"kind": "enterprise_commission"}, "kind"),
        ):
            with pytest.raises(DomainError) as caught:
                contract_create(**right | wrong)
            assert caught.value.field == field
        contract = contract_create(**right)
        with pytest.raises(DomainError, match="已经订立合同"):
            contract_create(**right | {"number": "HT-2"})
        contract_terminate(actor=county.admin, contract=contract, reason="未履行")
        contract_create(**right | {"number": "HT-2"})


def test_the_contracts_form_is_filled_from_the_lot(county, client):
    lot = purchases.awarded(county)
    world.sign_in(client, county.admin)
    url = f"{reverse('agencies:contract-new')}?lot={lot.pk}"
    form = client.get(url).context["form"]
    assert form["provider_org"].value() == county.lead.org
    assert form["amount"].value() == Decimal("450000.00")
    answer = client.post(
        url,
        {"provider_org": county.lead.org, "number": "HT-F", "title": "x",
         "kind": "government_purchase", "signed_on": "2026-07-01", "starts_on": "2026-07-01",
         "ends_on": "2026-12-31", "amount": "450000"},
    )  # fmt: skip
    assert "采购项目" in client.get(answer.url).content.decode()


def test_what_earlier_evaluations_found_is_proposed_and_its_change_noted(
    county, client, monkeypatch
):
    lot, mine, other = purchases.ranked(county)
    known = past.Past(Decimal(88), "2025年度 良好", "/appraisals/1/")
    monkeypatch.setattr(past, "_found", [lambda org: known if org == county.lead.org else None])
    purchases.score(county, lot, {mine.pk: ("97.78", "90", "88"), other.pk: ("100", "80", "80")})
    with acting_as(county.officer):
        bases = {s.offer_id: s.basis for s in OfferScore.objects.filter(criterion__kind="past")}
    assert bases[mine.pk] == "2025年度 良好"
    assert "没有系统内的考评结果" in bases[other.pk]
    purchases.score(county, lot, {mine.pk: ("1", "1", "70"), other.pk: ("1", "1", "1")})
    with acting_as(county.officer):
        changed = OfferScore.objects.get(criterion__kind="past", offer=mine)
        OfferScore.objects.all().delete()
        criterion = lot.procurement.criteria.get(kind="past").pk
    assert "改为70分" in changed.basis
    world.sign_in(client, county.officer)
    scores = reverse("agencies:scores", args=[lot.pk])
    page = client.get(scores)
    assert page.context["form"][f"o{mine.pk}-c{criterion}"].value() == Decimal(88)
    monkeypatch.setattr(past, "_found", [])
    assert "由评审人员填写" in client.get(scores).content.decode()


def test_without_criteria_the_lowest_price_comes_first(county):
    with acting_as(county.officer):
        made = procurement_draft(
            actor=county.officer, number="CG-X", title="询价", method="inquiry",
            outside_reason="小额", note="",
        )  # fmt: skip
        lot_save(actor=county.officer, procurement=made, **purchases.LOT)
        procurement_announce(actor=county.officer, procurement=made, offers_due_on=purchases.DUE)
    county.later(days=20)
    with acting_as(county.officer):
        procurement_close(actor=county.officer, procurement=purchases.running(made))
        lot = ProcurementLot.objects.select_related("procurement").get(procurement=made)
    dear = purchases.offer(county, lot, county.lead.org, "300000")
    cheap = purchases.offer(county, lot, purchases.provider(county, 3), "299999.99")
    with acting_as(county.officer):
        assert Offer.objects.get(pk=cheap.pk).rank == 1
        assert Offer.objects.get(pk=dear.pk).rank == 2


def test_pages_show_scores_and_bad_input_beside_its_field(county, client):
    lot, mine, _ = purchases.ranked(county)
    world.sign_in(client, county.officer)
    page = client.get(reverse("agencies:lot", args=[lot.pk])).content.decode()
    assert "91.16" in page
    assert "无需资质" in page
    world.sign_in(client, county.admin)
    answer = client.post(reverse("agencies:lot-award", args=[lot.pk]), {"offer": "0"})
    assert answer.status_code == 422
    project = purchases.project(county, number="CG-2")
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 0}
    for n, weight in enumerate((60, 39)):
        data |= {
            f"form-{n}-name": f"因素{n}",
            f"form-{n}-kind": "other",
            f"form-{n}-weight": weight,
        }
    answer = client.post(reverse("agencies:criteria", args=[project.pk]), data)
    assert answer.status_code == 422
    assert "现为99" in answer.content.decode()
    assert "因素1" in answer.content.decode()
    with acting_as(county.officer):
        assert project.criteria.count() == len(purchases.CRITERIA)
        assert Procurement.objects.get(pk=project.pk).state == "draft"


def test_a_published_plan_is_found_by_its_agency(county, client):
    plan = purchases.plan(county)
    with acting_as(county.admin):
        plan_publish(actor=county.admin, plan=plan)
    url = reverse("portal:publications")
    assert "购买计划" in client.get(url, {"q": "应急管理局", "kind": "plan"}).content.decode()
    assert "没有符合条件" in client.get(url, {"kind": "award"}).content.decode()
    assert client.get(url, {"kind": "nonsense"}).status_code == 200


MONEY = st.decimals(min_value=1, max_value=10**6, places=2)
SCORE = st.decimals(min_value=0, max_value=100, places=2)


@given(st.lists(st.tuples(SCORE, SCORE, MONEY), min_size=1, max_size=8))
def test_ranks_do_not_depend_on_the_order_and_more_is_never_worse(rows):
    half = Decimal(50)
    bids = [
        ranking.Bid(key, price, ranking.total_of([(a, half), (b, half)]))
        for key, (a, b, price) in enumerate(rows)
    ]
    places = ranking.ranks(bids)
    assert ranking.ranks(reversed(bids)) == places
    assert min(places.values()) == 1
    for one in bids:
        for two in bids:
            if one.total > two.total or (one.total == two.total and one.price < two.price):
                assert places[one.key] < places[two.key]


@given(st.lists(st.tuples(SCORE, st.integers(1, 50)), min_size=1, max_size=6))
def test_a_total_is_the_exact_sum_rounded_half_up(rows):
    total = ranking.total_of([(score, Decimal(weight)) for score, weight in rows])
    exact = sum(score * weight for score, weight in rows) / 100
    assert abs(total - exact) <= Decimal("0.005")
    assert total.as_tuple().exponent == -2
    assert ranking.total_of([(Decimal("90.01"), Decimal(50))]) == Decimal("45.01")  # 45.005


@given(st.lists(MONEY, min_size=1, max_size=6))
def test_the_lowest_price_is_worth_a_hundred_and_a_higher_one_less(prices):
    lowest = min(prices)
    worth = [ranking.price_score(lowest, price) for price in prices]
    assert max(worth) == 100
    assert all(0 <= score <= 100 for score in worth)
