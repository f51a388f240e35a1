"""The enterprise chooses its provider itself; a regulator does it only with a reason on record."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from agencies import evaluations
from agencies.access import own_invite_for
from agencies.choice_state import (
    Counts,
    candidates_for,
    counts_of,
    drawn_place,
    provider_counts,
    regulators_choices,
)
from agencies.models import (
    Assignment,
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    ConflictReason,
    LibraryProvider,
    ProviderChoice,
    ServiceBatch,
)
from agencies.services import (
    batch_create,
    contract_terminate,
    invite_remove,
    invites_add,
    library_class_save,
    library_suspend,
    provider_choose,
    provider_choose_for,
    round_cancel,
    round_close,
    round_create,
    round_extend,
    round_offer_add,
    round_offer_withdraw,
    round_open,
    tie_add,
)
from common.errors import DomainError, Refused
from common.scope import acting_as
from notifications.models import Notification
from providers.services import rules_set
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Organization
from tests import county as counties
from tests import world
from tests.agencies import market as markets
from tests.providers import barring

pytestmark = pytest.mark.django_db
TODAY = counties.NOW.date()
REASON = "企业两次电话通知后仍未选择，到期由我局代选"


@pytest.fixture
def market():
    return markets.build()


@pytest.fixture
def open_market(market):
    markets.opened(market)
    return market


def principal_of(market, number):
    """The person of another enterprise than the first."""
    with acting_as(SYSTEM):
        org = Organization.objects.get(pk=market.county.enterprises[number].enterprise_org_id)
    return world.member(org, Role.PRINCIPAL)


def choose(market, offer, actor=None, number=0):
    actor = actor or market.county.principal
    invite = markets.invite_of(market, number)
    with acting_as(actor):
        return provider_choose(actor=actor, invite=invite, offer_id=offer.pk)


def choose_for(market, offer, number=0, reason=REASON):
    invite = markets.invite_of(market, number)
    with acting_as(market.officer):
        return provider_choose_for(
            actor=market.officer, invite=invite, offer_id=offer.pk, reason=reason
        )


def close(market):
    with acting_as(market.officer):
        found = ChoiceRound.objects.get()
        return round_close(actor=market.officer, found=found)


def test_an_enterprise_chooses_and_may_change_until_the_last_day(open_market):
    first, second = markets.offers_of(open_market)
    choose(open_market, first)
    made = choose(open_market, second)
    assert choose(open_market, second) == made  # the same again is no new choice
    with acting_as(open_market.county.principal):
        invite = ChoiceInvite.objects.get()
        assert invite.choice.offer == second
        assert invite.choice.made_by_name == open_market.county.principal.display
        kept = ProviderChoice.objects.order_by("pk").values_list("offer", "made_as")
        assert list(kept) == [(first.pk, "enterprise"), (second.pk, "enterprise")]
    open_market.county.at(counties.NOW + timedelta(days=5))
    with pytest.raises(DomainError, match="现在不能选择"):
        choose(open_market, first)


def test_it_sees_only_providers_that_stand_fit_and_are_not_barred(open_market):
    first, second = markets.offers_of(open_market)
    invite = markets.invite_of(open_market)

    def seen():
        with acting_as(open_market.county.principal):
            fresh = own_invite_for(open_market.county.principal, invite.pk)
            return {one.offer for one in candidates_for(fresh)}

    assert seen() == {first, second}
    with acting_as(open_market.officer):
        library_suspend(
            actor=open_market.officer, entry=LibraryProvider.objects.get(provider_org=first.provider_org_id),
            source="supervision", reason="未到现场",
        )  # fmt: skip
    assert seen() == {second}
    with pytest.raises(DomainError, match="不能选择") as caught:
        choose(open_market, first)
    assert caught.value.field == "offer"
    with acting_as(open_market.officer):
        library_class_save(
            actor=open_market.officer, agency=open_market.county.zone, name="机械",
            industries=["纺织"], risks=[], levels=["甲级", "乙级"], found=open_market.machines,
        )  # fmt: skip
    assert seen() == set()


def test_the_order_is_drawn_for_each_enterprise_and_favours_nobody():
    invites = [ChoiceInvite(round_id=7, enterprise_id=number) for number in range(1, 401)]
    offers = [ChoiceOffer(provider_org_id=number) for number in (11, 12, 13, 14)]
    firsts = {11: 0, 12: 0, 13: 0, 14: 0}
    for invite in invites:
        order = sorted(offers, key=lambda offer, invite=invite: drawn_place(invite, offer))
        again = sorted(
            [*reversed(offers)], key=lambda offer, invite=invite: drawn_place(invite, offer)
        )
        assert order == again
        firsts[order[0].provider_org_id] += 1
    assert all(60 <= times <= 140 for times in firsts.values()), firsts


def test_a_published_evaluation_stands_beside_a_provider(open_market, monkeypatch):
    first, _ = markets.offers_of(open_market)
    monkeypatch.setattr(evaluations, "_sources", [])
    evaluations.register_published(
        lambda ids, agency: {first.provider_org_id: evaluations.Published("2025年 优秀")}
    )
    with acting_as(open_market.county.principal):
        invite = own_invite_for(open_market.county.principal, markets.invite_of(open_market).pk)
        shown = {one.offer: one.published for one in candidates_for(invite)}
    assert shown[first].words == "2025年 优秀"
    assert list(shown.values()).count(None) == 1


def test_a_regulator_chooses_only_for_who_was_asked_and_did_not_and_says_why(market):
    markets.drafted(market)
    first, second = markets.offers_of(market)
    with pytest.raises(DomainError, match="不能代为选择"):
        choose_for(market, first)
    with acting_as(market.officer):
        round_open(actor=market.officer, found=ChoiceRound.objects.get())
    for short in ("", "企业没有作出选择", "没有选择" + " " * 9):
        with pytest.raises(DomainError, match="至少 10 个字") as caught:
            choose_for(market, first, reason=short)
        assert caught.value.field == "reason"
    made = choose_for(market, first)
    with acting_as(market.county.principal):
        told = Notification.objects.get(kind="choice.made_for")
        assert REASON in told.title
    with acting_as(market.officer):
        assert regulators_choices([made.invite.round]) == [made]
    choose(market, second)  # the enterprise's own goes before it
    with pytest.raises(DomainError, match="已经自主选择"):
        choose_for(market, first)
    with acting_as(market.officer):
        found = ChoiceRound.objects.get()
        assert counts_of([found])[found.pk] == Counts(asked=2, own=1, by_regulator=0)
        assert regulators_choices([found]) == []
        assert ProviderChoice.objects.count() == 2


def test_the_database_refuses_a_choice_for_another_without_a_reason(open_market):
    first, _ = markets.offers_of(open_market)
    made = choose_for(open_market, first)
    with acting_as(open_market.officer), connection.cursor() as cursor:
        forged = (
            "INSERT INTO agencies_providerchoice SELECT (jsonb_populate_record(c, "
            '\'{"id": 0, "reason": "不必说明"}\')).* FROM agencies_providerchoice c'
        )
        for sql in (
            forged, "UPDATE agencies_providerchoice SET reason = '改了的理由改了的理由'",
            "DELETE FROM agencies_providerchoice",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)
    # Nor does an enterprise's account write one in the regulator's name.
    with (
        acting_as(open_market.county.principal),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        cursor.execute(
            "INSERT INTO agencies_providerchoice SELECT (jsonb_populate_record(c, "
            f"'{{\"id\": 0}}')).* FROM agencies_providerchoice c WHERE id = {made.pk}"
        )


def test_closing_turns_choices_into_assignments_of_each_provider(open_market):
    first, second = markets.offers_of(open_market)
    choose(open_market, first, number=0)
    with pytest.raises(DomainError, match="不能提前结束"):
        close(open_market)
    choose(open_market, second, actor=principal_of(open_market, 1), number=1)
    with acting_as(open_market.officer):  # somebody took the first number for another batch
        batch_create(
            actor=open_market.officer, contract=open_market.contracts[0], name="另一批",
            code="XZ26-1", starts_on=TODAY, ends_on=TODAY,
        )  # fmt: skip
    batches = close(open_market)  # everybody has chosen: the days need not be waited for
    assert [batch.code for batch in batches] == ["XZ26-2", "XZ26-3"]
    with acting_as(open_market.officer):
        rows = Assignment.objects.filter(batch__in=batches).order_by("batch")
        served = list(rows.values_list("enterprise", "provider_org"))
        firms = open_market.county.enterprises
        assert served == [
            (firms[0].pk, first.provider_org_id), (firms[1].pk, second.provider_org_id),
        ]  # fmt: skip
        assert ChoiceRound.objects.get().state == "closed"
        assert {o.batch for o in ChoiceOffer.objects.all()} == set(batches)
    with pytest.raises(DomainError, match="现在不能选择"):
        choose(open_market, second)
    with pytest.raises(DomainError, match="已经结束"):
        choose_for(open_market, second)
    with pytest.raises(DomainError, match="进行中"):
        close(open_market)


def test_who_did_not_choose_is_counted_and_assigned_to_nobody(open_market):
    first, second = markets.offers_of(open_market)
    choose(open_market, first)
    open_market.county.at(counties.NOW + timedelta(days=5))
    [batch] = close(open_market)
    with acting_as(open_market.officer):
        assert batch.assignments.count() == 1
        found = ChoiceRound.objects.get()
        counts = counts_of([found])[found.pk]
        assert (counts, counts.undecided, counts.regulator_share) == (Counts(2, 1, 0), 1, "0.0%")
        per_provider = {one.provider_org_id: one.own for one in provider_counts([found])}
        assert per_provider == {first.provider_org_id: 1, second.provider_org_id: 0}


def test_closing_is_all_or_nothing(open_market):
    first, second = markets.offers_of(open_market)
    choose(open_market, first)
    choose(open_market, second, actor=principal_of(open_market, 1), number=1)
    with acting_as(open_market.officer):
        contract_terminate(
            actor=open_market.officer, contract=open_market.contracts[1], reason="机构解散"
        )
        before = ServiceBatch.objects.count()
    with pytest.raises(DomainError, match="合同生效"):
        close(open_market)
    with acting_as(open_market.officer):
        assert ServiceBatch.objects.count() == before
        assert ChoiceRound.objects.get().state == "open"


def test_a_choice_that_no_longer_stands_is_made_again_before_closing(open_market, client):
    first, second = markets.offers_of(open_market)
    choose(open_market, first)
    choose(open_market, second, actor=principal_of(open_market, 1), number=1)
    with acting_as(open_market.officer):
        round_offer_withdraw(actor=open_market.officer, offer=first, reason="机构来函退出")
    with acting_as(open_market.county.principal):
        assert Notification.objects.filter(title__contains="已退出").count() == 1
    with pytest.raises(DomainError, match="北方铸造厂0选择的"):
        close(open_market)
    world.sign_in(client, open_market.officer)
    found = reverse("agencies:round", args=[first.round_id])
    assert client.get(found).text.count("要重新选择") == 1
    world.sign_in(client, open_market.county.principal)
    assert "请重新选择" in client.get(reverse("agencies:choose-list"), follow=True).text
    choose_for(open_market, second)  # its own choice has fallen
    assert len(close(open_market)) == 1


def test_a_round_opens_only_where_everybody_has_a_choice(market):
    first = market.county.enterprises[0]
    with acting_as(market.officer):
        unfit = counties.enterprise(market.county.zone, 60, industry="纺织", name="合兴纺织厂")
        found = round_create(
            actor=market.officer, agency=market.county.zone, title="选择", code="XZ27",
            kind="government_purchase", service="评估", opens_on=TODAY, closes_on=TODAY,
        )  # fmt: skip
        round_offer_add(actor=market.officer, found=found, contract=market.contracts[0])
        with pytest.raises(DomainError, match="已经参加"):
            round_offer_add(actor=market.officer, found=found, contract=market.contracts[0])
        with pytest.raises(DomainError, match="至少要有2家"):
            round_open(actor=market.officer, found=found)
        round_offer_add(actor=market.officer, found=found, contract=market.contracts[1])
        with pytest.raises(DomainError, match="还没有选定企业"):
            round_open(actor=market.officer, found=found)
        assert invites_add(
            actor=market.officer, found=found, enterprise_ids=[first.pk, unfit.pk]
        ) == 2  # fmt: skip
        with pytest.raises(DomainError, match="合兴纺织厂"):
            round_open(actor=market.officer, found=found)
        invite_remove(
            actor=market.officer, invite=found.invites.select_related("round").get(enterprise=unfit)
        )
        round_open(actor=market.officer, found=found)
        with pytest.raises(DomainError, match="不能再改"):
            invites_add(actor=market.officer, found=found, enterprise_ids=[unfit.pk])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"closes_on": date(2026, 6, 1)}, "closes_on"),
        ({"code": "XZ26"}, "code"),
    ],
)
def test_a_bad_round_is_refused_at_its_field(open_market, wrong, field):
    good = {
        "title": "选择", "code": "XZ27", "kind": "government_purchase", "service": "评估",
        "opens_on": TODAY, "closes_on": TODAY,
    }  # fmt: skip
    with acting_as(open_market.officer), pytest.raises(DomainError) as caught:
        round_create(actor=open_market.officer, agency=open_market.county.zone, **{**good, **wrong})
    assert caught.value.field == field


def test_a_provider_out_of_the_library_takes_no_part(market):
    with acting_as(market.officer):
        LibraryProvider.objects.filter(pk=market.entries[0].pk).update(until_on=TODAY)
        found = round_create(
            actor=market.officer, agency=market.county.zone, title="选择", code="XZ27",
            kind="government_purchase", service="评估", opens_on=TODAY + timedelta(days=1),
            closes_on=TODAY + timedelta(days=9),
        )  # fmt: skip
        with pytest.raises(DomainError, match="机构库") as caught:
            round_offer_add(actor=market.officer, found=found, contract=market.contracts[0])
        assert caught.value.field == "contract"


def test_more_days_and_a_cancellation_are_told_with_their_reason(open_market):
    with acting_as(open_market.officer):
        found = ChoiceRound.objects.get()
        with pytest.raises(DomainError) as caught:
            round_extend(
                actor=open_market.officer, found=found, closes_on=markets.UNTIL, reason="节假日"
            )
        assert caught.value.field == "closes_on"
        round_extend(
            actor=open_market.officer, found=found, closes_on=date(2026, 6, 20), reason="节假日"
        )
        round_cancel(actor=open_market.officer, found=found, reason="预算调整")
    with acting_as(open_market.county.principal):
        titles = list(Notification.objects.order_by("pk").values_list("title", flat=True))
        assert "2026-06-20" in titles[-2]
        assert "预算调整" in titles[-1]
    with pytest.raises(DomainError, match="现在不能选择"):
        choose(open_market, markets.offers_of(open_market)[0])


def test_who_is_not_asked_finds_nothing(open_market, client):
    invite = markets.invite_of(open_market)
    stranger = markets.build("130400", base=500)
    outsider = principal_of(open_market, 1)
    for actor in (stranger.county.principal, outsider):
        with acting_as(actor), pytest.raises(Refused):
            own_invite_for(actor, invite.pk)
    world.sign_in(client, stranger.county.principal)
    assert client.get(reverse("agencies:choose", args=[invite.pk])).status_code == 404
    with acting_as(open_market.county.lead):
        assert ChoiceOffer.objects.count() == ChoiceInvite.objects.count() == 0
    theirs, own = markets.drafted(stranger), open_market.county.enterprises[0]
    with acting_as(stranger.officer), pytest.raises(DomainError, match="不存在"):
        invites_add(actor=stranger.officer, found=theirs, enterprise_ids=[own.pk])


def test_a_draft_is_not_seen_by_enterprises(market):
    markets.drafted(market)
    with acting_as(market.county.principal):
        assert ChoiceRound.objects.count() == 0
        assert ChoiceInvite.objects.count() == 0


def test_the_menu_leads_to_choosing_only_while_there_is_something_to_choose(market, client):
    world.sign_in(client, market.county.principal)
    place = reverse("agencies:choose-list")
    front = reverse("inspections:deadlines")
    assert place not in client.get(front).text
    markets.opened(market)
    assert place in client.get(front).text
    invite = markets.invite_of(market)
    page = client.get(place, follow=True)
    assert page.redirect_chain[-1][0] == reverse("agencies:choose", args=[invite.pk])
    assert "先后由系统按企业随机排定" in page.text
    market.county.at(counties.NOW + timedelta(days=5))
    assert place not in client.get(front).text


@pytest.mark.parametrize("number", [2, 30])
def test_pages_and_closing_take_the_same_statements_for_few_and_many(
    market, client, number, django_assert_max_num_queries
):
    with acting_as(market.officer):
        firms = [counties.enterprise(market.county.zone, 200 + n) for n in range(number)]
    found = markets.opened(market, firms)
    first, second = markets.offers_of(market)
    with acting_as(market.officer):
        for place, invite in enumerate(ChoiceInvite.objects.order_by("pk")):
            provider_choose_for(
                actor=market.officer, invite=invite, reason=REASON,
                offer_id=(first, second)[place % 2].pk,
            )  # fmt: skip
    world.sign_in(client, market.officer)
    for name, args, most in (
        ("round", [found.pk], 26), ("choice-statistics", [], 18), ("rounds", [], 16),
        ("library", [], 18),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"agencies:{name}", args=args)).status_code == 200
    with acting_as(market.officer), django_assert_max_num_queries(85):
        assert len(round_close(actor=market.officer, found=found)) == 2


def test_who_is_barred_anywhere_is_neither_offered_nor_assigned(market, client):
    found = markets.opened(market)
    with acting_as(market.officer):
        round_extend(
            actor=market.officer, found=found, closes_on=date(2026, 7, 31), reason="给企业更多时间"
        )
    first, second = markets.offers_of(market)
    choose(market, first)
    barring.barred(market.county)
    invite = markets.invite_of(market)
    with acting_as(market.county.principal):
        seen = {one.offer for one in candidates_for(invite)}
    assert seen == {second}
    with pytest.raises(DomainError, match="中止服务") as caught:
        choose(market, first, actor=principal_of(market, 1), number=1)
    assert caught.value.field == "offer"
    choose(market, second, actor=principal_of(market, 1), number=1)
    with pytest.raises(DomainError, match="北方铸造厂0选择的"):
        close(market)
    choose(market, second)
    [batch] = close(market)
    with acting_as(market.officer):
        assert batch.provider_org_id == second.provider_org_id


def test_who_advises_an_enterprise_is_not_offered_to_it(open_market):
    first, second = markets.offers_of(open_market)
    lead, firm = open_market.county.lead, open_market.county.enterprises[0]
    with acting_as(lead):
        tie_add(
            actor=lead, provider_org_id=lead.org, enterprise=firm, what="标准化咨询",
            from_on=TODAY, until_on=TODAY,
        )  # fmt: skip
    invite = markets.invite_of(open_market)
    with acting_as(open_market.county.principal):
        assert [one.offer for one in candidates_for(invite)] == [second]
    with pytest.raises(DomainError, match="咨询"):
        choose(open_market, first)
    choose(open_market, first, actor=principal_of(open_market, 1), number=1)
    with acting_as(open_market.officer):
        rules_set(actor=open_market.officer, agency=open_market.county.zone, allows_consultant=True)
    choose(open_market, first)  # the agency's rules let it go on, with the reason on record
    [batch] = close(open_market)
    with acting_as(open_market.officer):
        assert "自主选择" in ConflictReason.objects.get(batch=batch).reason
