"""An enterprise runs the table over itself: its own business, until it shows it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from common.errors import DomainError
from common.scope import acting_as
from scoring.models import SelfCheck, SelfCheckItem
from scoring.services import (
    item_mended,
    self_check_answer,
    self_check_begin,
    self_check_finish,
    self_check_share,
)
from scoring.services.selfchecks import Found, cost_of
from tests import world
from tests.scoring import township as townships

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return townships.build()


@pytest.fixture
def begun(town):
    with acting_as(town.principal):
        return self_check_begin(actor=town.principal, enterprise=town.firm)


def answer(town, check, **found):
    with acting_as(town.principal):
        codes = [clause.code for clause in check.book.clauses.all()]
        answers = {code: Found("ok") for code in codes} | found
        return self_check_answer(actor=town.principal, check=check, answers=answers)


def failing(units=1, fact="没有防护罩"):
    return Found("fail", units=units, fact=fact, responsible_person="李工")


def test_it_says_what_an_inspection_would_cost_and_less_once_it_is_mended(town, begun):
    items = answer(town, begun, **{"15.2": failing(), "15.1": failing(units=7)})
    with acting_as(town.principal):
        assert cost_of(begun, items).net == Decimal(3)  # 1, and four of seven places
        bad = next(item for item in items if item.clause.code == "15.2")
        with pytest.raises(DomainError, match="不能晚于今天"):
            item_mended(
                actor=town.principal, item=bad,
                done_on=townships.NOW.date() + timedelta(days=1),
            )  # fmt: skip
        item_mended(actor=town.principal, item=bad, done_on=townships.NOW.date())
        assert cost_of(begun, list(SelfCheckItem.objects.all())).net == Decimal(2)


def test_a_round_is_whole_or_not_finished(town, begun):
    with acting_as(town.principal):
        again = self_check_begin(actor=town.principal, enterprise=town.firm)
        assert again == begun
        with pytest.raises(DomainError, match="还有56款没有自查"):
            self_check_finish(actor=town.principal, check=begun)
    answer(town, begun, **{"2.1": failing(fact="")})
    with acting_as(town.principal), pytest.raises(DomainError, match="请写明第2.1款的情况"):
        self_check_finish(actor=town.principal, check=begun)
    for found, words in ((failing(units=3), "只能记1项"), (Found("maybe"), "没有、有或者不涉及")):
        with pytest.raises(DomainError, match=words) as caught:
            answer(town, begun, **{"2.1": found})
        assert caught.value.field == "2.1"
    with pytest.raises(DomainError, match="第99.9款不在记分表"):
        answer(town, begun, **{"99.9": Found("ok")})


def test_the_regulator_sees_nothing_of_it_until_it_is_shared(town, begun, client):
    answer(town, begun)
    url = reverse("scoring:self-check-round", args=[begun.pk])
    with acting_as(town.principal):
        with pytest.raises(DomainError, match="完成自查以后"):
            self_check_share(actor=town.principal, check=begun)
        self_check_finish(actor=town.principal, check=begun)
    with acting_as(town.admin):
        assert (SelfCheck.objects.count(), SelfCheckItem.objects.count()) == (0, 0)
    world.sign_in(client, town.officer)
    assert client.get(url).status_code == 404
    with acting_as(town.principal):
        self_check_share(actor=town.principal, check=begun)
    with acting_as(town.admin):
        assert (SelfCheck.objects.count(), SelfCheckItem.objects.count()) == (1, 56)
    assert client.get(url).status_code == 200


def test_a_finished_round_does_not_change(town, begun):
    answer(town, begun)
    with acting_as(town.principal):
        self_check_finish(actor=town.principal, check=begun)
    with pytest.raises(DomainError, match="已经完成"):
        answer(town, begun)
