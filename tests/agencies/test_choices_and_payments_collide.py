"""Two people at the same moment: choosing, closing, approving."""

from decimal import Decimal

import pytest

from agencies.models import (
    ChoiceInvite,
    ChoiceRound,
    PaymentDecision,
    ProviderChoice,
    ServiceBatch,
    ServiceContract,
)
from agencies.payments import Share
from agencies.services import (
    payment_approve,
    payment_plan_set,
    payment_propose,
    provider_choose,
    round_close,
)
from common.errors import DomainError
from common.scope import acting_as
from documents.models import Document
from tenancy.enums import Role
from tests import world
from tests.agencies import market as markets
from tests.test_collisions import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_choices_at_once_are_both_kept_and_the_last_one_counts():
    market = markets.build()
    markets.opened(market)
    offers, invite = markets.offers_of(market), markets.invite_of(market)
    manager = world.member(_org(market), Role.SAFETY_MANAGER)

    def choose(actor, offer):
        with acting_as(actor):
            provider_choose(actor=actor, invite=invite, offer_id=offer.pk)

    raised = together(
        lambda: choose(market.county.principal, offers[0]), lambda: choose(manager, offers[1])
    )
    assert raised == [None, None]
    with acting_as(market.officer):
        made = list(ProviderChoice.objects.order_by("pk"))
        assert {one.offer_id for one in made} == {offer.pk for offer in offers}
        assert ChoiceInvite.objects.get(pk=invite.pk).choice == made[-1]


def _org(market):
    with acting_as(market.officer):
        return market.county.enterprises[0].enterprise_org


def test_a_choice_while_the_round_closes_is_assigned_or_refused_never_lost():
    market = markets.build(enterprises=1)
    markets.opened(market)
    offers, invite = markets.offers_of(market), markets.invite_of(market)
    principal = market.county.principal
    with acting_as(principal):
        provider_choose(actor=principal, invite=invite, offer_id=offers[0].pk)

    def choose():
        with acting_as(principal):
            provider_choose(actor=principal, invite=invite, offer_id=offers[1].pk)

    def close():
        with acting_as(market.officer):
            round_close(actor=market.officer, found=ChoiceRound.objects.get())

    refused, failed = together(choose, close)
    assert failed is None
    assert refused is None or isinstance(refused, DomainError)
    with acting_as(market.officer):
        chosen = ChoiceInvite.objects.select_related("choice__offer__batch").get(pk=invite.pk)
        expected = offers[0] if refused else offers[1]
        assert chosen.choice.offer == expected
        assert chosen.choice.offer.batch.assignments.get().enterprise_id == invite.enterprise_id
        assert ServiceBatch.objects.filter(offer__isnull=False).count() == 1


def test_two_closings_at_once_assign_once():
    market = markets.build(enterprises=1)
    markets.opened(market)
    principal, invite = market.county.principal, markets.invite_of(market)
    with acting_as(principal):
        offer = markets.offers_of(market)[0]
        provider_choose(actor=principal, invite=invite, offer_id=offer.pk)

    def close():
        with acting_as(market.officer):
            round_close(actor=market.officer, found=ChoiceRound.objects.get())

    raised = together(close, close)
    assert sorted(type(error).__name__ for error in raised) == ["DomainError", "NoneType"]
    with acting_as(market.officer):
        assert ServiceBatch.objects.filter(code__startswith="XZ26").count() == 1


@pytest.fixture
def paid():
    """A market whose first contract has two proposals waiting, and two leaders."""
    market = markets.build(enterprises=1)
    admin = market.officer
    shares = [Share(name, Decimal(50), "other", "验收") for name in ("一", "二")]
    with acting_as(admin):
        ServiceContract.objects.filter(pk=market.contracts[0].pk).update(amount=Decimal(1000))
        contract = ServiceContract.objects.get(pk=market.contracts[0].pk)
        stages = payment_plan_set(actor=admin, contract=contract, shares=shares, reason="补录")
        waiting = [
            payment_propose(actor=admin, stage=stage, outcome="full", reason="已验收")
            for stage in stages
        ]
    market.waiting = waiting
    market.leaders = [world.member(_zone(market), Role.AGENCY_LEADER) for _ in range(2)]
    return market


def _zone(market):
    with acting_as(market.officer):
        return market.county.zone.org


def approvals(market, decisions):
    def approve(leader, decision):
        with acting_as(leader):
            payment_approve(actor=leader, decision=decision)

    one, two = market.leaders
    return together(lambda: approve(one, decisions[0]), lambda: approve(two, decisions[1]))


def test_two_approvals_at_once_never_pay_more_than_the_contract_costs(paid):
    with acting_as(paid.officer):
        ServiceContract.objects.filter(pk=paid.contracts[0].pk).update(amount=Decimal(800))
    raised = approvals(paid, paid.waiting)
    assert sorted(type(error).__name__ for error in raised) == ["DomainError", "NoneType"]
    with acting_as(paid.officer):
        approved = PaymentDecision.objects.filter(state="approved")
        assert [one.amount_paid for one in approved] == [Decimal(500)]


def test_one_proposal_approved_twice_at_once_counts_once(paid):
    raised = approvals(paid, [paid.waiting[0]] * 2)
    assert sorted(type(error).__name__ for error in raised) == ["DomainError", "NoneType"]
    with acting_as(paid.officer):
        assert PaymentDecision.objects.filter(state="approved").count() == 1
        assert Document.objects.filter(kind="payment_sheet").count() == 1
