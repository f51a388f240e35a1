"""A visit is opened again while its phone still sends: in either order, and at once, nothing is lost."""

import pytest
from django.test import Client

from common.scope import acting_as
from inspections.models import Answer, FieldOperation, Visit
from inspections.services import reopening_allow, reopening_ask
from tests import county as counties
from tests import world
from tests.field.phone import Phone
from tests.field.test_api import post
from tests.test_collisions import together

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
NOTE = "锅炉房停用"


@pytest.fixture
def county():
    return counties.build(enterprises=ROUNDS)


def signed(county, number=0):
    """A visit whose phone has sent everything, and the request to open it again."""
    phone = Phone(county.inspector, county.assignments[number])
    phone.whole_visit(hazards=1)
    assert phone.sync()[-1].state == "done"
    with acting_as(county.lead):
        visit = Visit.objects.get(pk=phone.visit)
        return phone, reopening_ask(actor=county.lead, visit=visit, reason="漏查了锅炉房")


def allow(county, asked):
    with acting_as(county.officer):
        reopening_allow(actor=county.officer, reopening=asked)


def later(phone):
    """What was done on the phone after the signature, as a person would set an answer right."""
    item = phone.items[3]
    first = next(one for one in phone.log if one.body.get("item") == item.pk)
    operation = phone.do("answer", item=item.pk, result="na", note=NOTE, base=str(first.id))
    return item, operation


def standing(phone, item, operation):
    """(state of the visit, of what the phone sent, its reason, whether the answer stands)."""
    with acting_as(phone.actor):
        kept = FieldOperation.objects.get(pk=operation.id)
        answer = Answer.objects.get(visit=phone.visit, item=item)
        visit = Visit.objects.get(pk=phone.visit)
    return visit.state, kept.state, kept.outcome.get("message", ""), answer.note == NOTE


def test_opened_first_what_the_phone_sends_stands(county):
    phone, asked = signed(county)
    item, operation = later(phone)
    allow(county, asked)
    answer = post(world.client_of(county.inspector), phone)
    assert answer.json()["receipts"][-1]["state"] == "done"
    assert standing(phone, item, operation) == ("open", "done", "", True)


def test_sent_first_it_is_kept_with_the_reason_and_can_be_done_again(county):
    phone, asked = signed(county)
    item, operation = later(phone)
    client = world.client_of(county.inspector)
    receipt = post(client, phone).json()["receipts"][-1]
    assert (receipt["state"], bool(receipt["message"])) == ("refused", True)
    allow(county, asked)
    state, kept, why, stands = standing(phone, item, operation)
    assert (state, kept, stands) == ("open", "refused", False)
    assert "签字" in why
    again = phone.do("answer", item=item.pk, result="na", note=NOTE, base=operation.body["base"])
    assert post(client, phone).json()["receipts"][-1]["state"] == "done"
    assert standing(phone, item, again)[3]


def test_at_once_the_visit_is_open_and_what_was_sent_stands_or_says_why_not(county):
    for number in range(ROUNDS):
        phone, asked = signed(county, number)
        item, operation = later(phone)
        client: Client = world.client_of(county.inspector)
        raised = together(lambda c=client, p=phone: post(c, p), lambda a=asked: allow(county, a))
        assert raised == [None, None]
        state, kept, why, stands = standing(phone, item, operation)
        assert state == "open"
        assert (kept, stands) in {("done", True), ("refused", False)}
        assert bool(why) == (kept == "refused")
