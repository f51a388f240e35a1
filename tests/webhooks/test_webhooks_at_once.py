"""With real transactions beside one another: two workers, and an act that is committed late."""

import threading
from collections import Counter

import pytest
from django.db import connection

from audit.services import record
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tests.webhooks.conftest import hand_out, ping, seal
from webhooks.fanout import fan_out
from webhooks.models import Attempt, Delivery, Position
from webhooks.sending import send_due

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works) -> None:
    """Do it all at once, each in a thread with a connection of its own."""
    problems = []

    def run(work) -> None:
        try:
            work()
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []


def test_two_workers_send_each_event_once(county, endpoint_of, receiver):
    for number in range(12):
        endpoint = endpoint_of(county.admin, url=f"{receiver.url}?{number}")
        for _ in range(20):
            ping(county.admin, endpoint)
    together(*[lambda: send_due(seconds=5)] * 2)
    times = Counter(headers["webhook-id"] for headers, _ in receiver.got)
    assert (len(times), set(times.values())) == (240, {1})
    with acting_as(SYSTEM):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
        assert Attempt.objects.count() == 240


def test_two_workers_hand_out_each_event_once(county, endpoint_of):
    endpoint_of(county.admin, "batch.assigned")
    with acting_as(county.admin):
        for _ in range(300):
            record(actor=county.admin, act="servicebatch.assign", subject=county.batch)
    seal(county.zone)
    together(*[fan_out] * 3)
    fan_out()
    with acting_as(SYSTEM):
        assert Delivery.objects.count() == 300
        assert Position.objects.filter(agency_id=county.zone.pk).count() == 1


def test_a_transaction_that_ends_late_is_not_stepped_over(county, endpoint_of):
    endpoint_of(county.admin, "batch.assigned")
    begun, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        with acting_as(county.admin):
            record(actor=county.admin, act="servicebatch.assign", subject=county.batch)
            begun.set()
            go_on.wait(10)

    def meanwhile() -> None:
        begun.wait(10)
        with acting_as(county.admin):
            record(actor=county.admin, act="servicebatch.assign", subject=county.batch)
        assert hand_out(county) == 1
        go_on.set()

    together(slowly, meanwhile)
    assert hand_out(county) == 1
    with acting_as(SYSTEM):
        late, early = Delivery.objects.order_by("-id")
        assert late.event_id < early.event_id
