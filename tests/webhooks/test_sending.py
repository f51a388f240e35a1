"""What is sent and what becomes of it, at a real HTTP server, with the clock turned forward."""

import json
import socket
import threading
import time
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from django.conf import settings as configured
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from audit.models import AuditEntry
from common.errors import DomainError
from common.ids import uuid7
from common.scope import acting_as
from notifications.models import Notification
from tenancy.actors import SYSTEM
from tests import county as counties
from tests.webhooks.conftest import again, hand_out, ping, send
from tests.webhooks.receiver import listening
from webhooks import posting
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.schedule import Health, asked_to_wait, delay
from webhooks.sending import take, write_down
from webhooks.services import (
    deliveries_prune,
    delivery_resend,
    endpoint_change,
    endpoint_pause,
    endpoint_remove,
    endpoint_resume,
    endpoint_rotate,
    failed_resend,
)

pytestmark = pytest.mark.django_db
State = Delivery.State


def tries(row) -> list[Attempt]:
    with acting_as(SYSTEM):
        return list(row.tries.order_by("id"))


def messages(actor) -> list[str]:
    with acting_as(actor):
        return list(Notification.objects.filter(kind="webhook_off").values_list("title", flat=True))


def test_the_library_verifies_what_arrives(county, endpoint_of, receiver):
    endpoint = endpoint_of(county.admin)
    counties.issued(county)
    hand_out(county)
    assert send() == 1
    headers, body = receiver.got[0]
    payload = Webhook(endpoint.secret).verify(body, headers)
    assert payload["type"] == "hazard.issued"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 43 + "=").verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(body + b" ", headers)
    with acting_as(county.admin):
        row = Delivery.objects.get()
    assert (row.state, row.status, headers["webhook-id"]) == (State.DONE, 204, str(row.event_id))
    assert again(endpoint).last_ok_at is not None


def test_for_a_day_after_a_change_both_secrets_sign(county, endpoint_of, receiver, clock):
    old = endpoint_of(county.admin)
    with acting_as(county.admin):
        new = endpoint_rotate(actor=county.admin, endpoint=old)
    ping(county.admin, new)
    send()
    headers, body = receiver.got[0]
    for secret in (old.secret, new.secret):
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    clock.later(hours=25)
    ping(county.admin, new)
    send()
    assert len(receiver.got[1][0]["webhook-signature"].split()) == 1


def test_the_secret_stands_encrypted(county, endpoint_of):
    endpoint = endpoint_of(county.admin)
    with acting_as(SYSTEM):
        raw = Endpoint.objects.raw("SELECT id, secret AS stored FROM webhooks_endpoint")[0].stored
    assert endpoint.secret.startswith("whsec_")
    assert raw.startswith("gAAAAA")
    with acting_as(SYSTEM):
        for act in AuditEntry.objects.filter(act__startswith="webhook."):
            assert "whsec_" not in act.summary


def test_a_failure_is_tried_again_by_the_schedule(county, endpoint_of, receiver, clock, settings):
    settings.WEBHOOK_REST_AFTER = 99
    endpoint = endpoint_of(county.admin)
    receiver.says(500, b"oh no" * 200)
    row = ping(county.admin, endpoint)
    for number, seconds in enumerate(settings.WEBHOOK_SCHEDULE[1:], start=1):
        assert send() == 1
        assert again(row).attempts == number
        assert send() == 0  # not before its time
        clock.later(seconds=seconds * 1.2 + 1)
    assert send() == 1
    row = again(row)
    assert (row.state, row.attempts, row.status, row.next_at) == (State.FAILED, 10, 500, None)
    assert [len(one.answer) for one in tries(row)] == [500] * 10
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert len(ids) == 1


def test_a_dead_endpoint_rests_and_gets_everything_in_order_when_it_is_back(
    county, endpoint_of, receiver, clock
):
    endpoint = endpoint_of(county.admin)
    receiver.says(500)
    rows = [ping(county.admin, endpoint) for _ in range(120)]
    send()
    assert len(receiver.got) == configured.WEBHOOK_REST_AFTER
    assert again(endpoint).is_resting
    for hours in (0.02, 0.1, 0.3, 0.6, 1.1, 1.1, 1.1):
        before = len(receiver.got)
        clock.later(hours=hours)
        assert send() == 1  # one probe
        assert send() == 0
        assert len(receiver.got) == before + 1
    receiver.got.clear()
    receiver.says(200)
    clock.later(hours=1.1)
    assert send() == 120
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [
        str(row.event_id) for row in rows
    ]
    assert all(again(row).state == State.DONE for row in rows)
    assert again(endpoint).failures == 0


def test_without_success_for_days_it_is_switched_off_and_the_administrator_told(
    county, endpoint_of, receiver, clock
):
    endpoint = endpoint_of(county.admin)
    receiver.says(500)
    row = ping(county.admin, endpoint)
    for _ in range(9):
        send()
        clock.later(seconds=10)
    for _ in range(7):
        clock.later(days=0.9)
        send()
    found = again(endpoint)
    assert found.state == Endpoint.State.OFF
    assert "连续 5 天" in found.state_reason
    assert len(messages(county.admin)) == 1
    assert "平台" in messages(county.admin)[0]
    clock.later(days=2)
    assert send() == 0
    assert again(row).state == State.WAITING  # held
    counties.issued(county)
    assert hand_out(county) == 1  # and what happens meanwhile as well
    receiver.says(200)
    with acting_as(county.admin):
        endpoint_resume(actor=county.admin, endpoint=endpoint)
    assert send() == 2


def test_410_switches_off_at_once(county, endpoint_of, receiver):
    endpoint = endpoint_of(county.admin)
    receiver.says(410)
    for _ in range(3):
        ping(county.admin, endpoint)
    assert send() == 1
    assert again(endpoint).state == Endpoint.State.OFF
    assert len(messages(county.admin)) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_gets_it(county, endpoint_of, receiver, clock, status):
    endpoint = endpoint_of(county.admin)
    receiver.says(status, Retry_After="120")
    rows = [ping(county.admin, endpoint) for _ in range(3)]
    assert send() == 1
    assert again(rows[0]).attempts == 0
    clock.later(seconds=100)
    assert send() == 0
    receiver.says(202)
    clock.later(seconds=30)
    assert send() == 3


def test_one_bad_message_does_not_hold_the_others(county, endpoint_of, receiver):
    endpoint = endpoint_of(county.admin)
    receiver.answer = lambda number: (422 if number == 1 else 200, {}, b"no")
    rows = [ping(county.admin, endpoint) for _ in range(3)]
    assert send() == 3
    assert [again(row).state for row in rows] == [State.WAITING, State.DONE, State.DONE]
    assert again(endpoint).failures == 0


def test_a_slow_endpoint_holds_no_other(county, endpoint_of, receiver, settings):
    with listening() as slow:
        release = threading.Event()
        slow.answer = lambda number: (release.wait(4) and 200 or 200, {}, b"")
        lazy = endpoint_of(county.admin, url=slow.url)
        quick = endpoint_of(county.lead)
        ping(county.admin, lazy)
        rows = [ping(county.lead, quick) for _ in range(60)]
        timer = threading.Timer(2.0, release.set)
        timer.start()
        begun = time.monotonic()
        done: list[float] = []
        quick_answer = receiver.answer
        receiver.answer = lambda number: (done.append(time.monotonic()), quick_answer(number))[1]
        send()
        assert len(done) == 60
        assert done[-1] - begun < 2.0
        assert all(again(row).state == State.DONE for row in rows)


def test_two_workers_take_an_endpoint_once(county, endpoint_of, clock):
    endpoint = endpoint_of(county.admin)
    ping(county.admin, endpoint)
    (load,) = take(10)
    assert take(10) == []
    clock.later(seconds=80)
    assert take(10) == []
    clock.later(seconds=20)  # the first one was killed: its lease has run out
    (second,) = take(10)
    assert second.messages == load.messages
    write_down(second, [])


def test_what_is_no_longer_open_to_the_organisation_is_not_sent(county, endpoint_of, receiver):
    endpoint_of(county.lead)
    counties.issued(county)
    hand_out(county)
    with acting_as(county.lead):
        row = Delivery.objects.get()
    with acting_as(SYSTEM):
        other = Delivery.objects.create(
            endpoint_id=row.endpoint_id, org_id=row.org_id, event_id=uuid7(), kind="hazard.issued",
            subject_type="inspections.hazard", subject_id=str(uuid7()), body="{}",
            created_at=row.created_at, next_at=row.next_at,
        )  # fmt: skip
    assert send() == 1
    assert (again(other).state, again(other).problem[:2]) == (State.FAILED, "对象")


def test_paused_it_sends_nothing_and_loses_nothing(county, endpoint_of, receiver):
    endpoint = endpoint_of(county.admin)
    ping(county.admin, endpoint)
    with acting_as(county.admin):
        endpoint_pause(actor=county.admin, endpoint=endpoint)
        with pytest.raises(DomainError, match="没有在发送"):
            endpoint_pause(actor=county.admin, endpoint=endpoint)
    counties.issued(county)
    hand_out(county)
    assert send() == 0
    with acting_as(county.admin):
        endpoint_resume(actor=county.admin, endpoint=endpoint)
    assert send() == 2


def test_a_new_address_gets_what_is_owed(county, endpoint_of, receiver, settings):
    endpoint = endpoint_of(county.admin, url=dead_url())
    ping(county.admin, endpoint)
    send()
    assert again(endpoint).failures == 1
    with acting_as(county.admin):
        endpoint_change(
            actor=county.admin,
            endpoint=endpoint,
            url=receiver.url,
            kinds=["hazard.issued"],
            description="新",
        )
    assert send() == 1
    assert len(receiver.got) == 1


def dead_url() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


def test_failed_ones_are_sent_again_singly_or_all_since_a_moment(
    county, endpoint_of, receiver, settings, clock
):
    settings.WEBHOOK_SCHEDULE = (0,)
    endpoint = endpoint_of(county.admin)
    receiver.says(400)
    rows = [ping(county.admin, endpoint) for _ in range(4)]
    send()
    assert {again(row).state for row in rows} == {State.FAILED}
    receiver.says(200)
    with acting_as(county.admin):
        delivery_resend(actor=county.admin, delivery=rows[0])
        with pytest.raises(DomainError):
            delivery_resend(actor=county.admin, delivery=rows[0])
        count = failed_resend(
            actor=county.admin, endpoint=endpoint, since=posting.now() - timedelta(days=1)
        )
        assert count == 3
        with pytest.raises(DomainError, match="没有未送达"):
            failed_resend(actor=county.admin, endpoint=endpoint, since=posting.now())
    assert send() == 4
    assert {again(row).state for row in rows} == {State.DONE}


def test_removed_it_takes_its_log_along_and_old_ones_are_forgotten(county, endpoint_of, clock):
    first, second = endpoint_of(county.admin), endpoint_of(county.lead)
    ping(county.admin, first)
    ping(county.lead, second)
    send()
    with acting_as(county.admin):
        endpoint_remove(actor=county.admin, endpoint=first)
    with acting_as(SYSTEM):
        assert (Endpoint.objects.count(), Delivery.objects.count(), Attempt.objects.count()) == (
            1,
            1,
            1,
        )
    assert deliveries_prune() == 0
    clock.later(days=31)
    assert deliveries_prune() == 1
    with acting_as(SYSTEM):
        assert (Delivery.objects.count(), Attempt.objects.count()) == (0, 0)


def test_a_long_answer_is_cut_and_kept_in_part(county, endpoint_of, receiver):
    endpoint = endpoint_of(county.admin)
    receiver.says(200, b"x" * 5_000_000)
    row = ping(county.admin, endpoint)
    send()
    assert len(tries(row)[0].answer) == 500
    assert json.loads(again(row).body)["type"] == "webhook.test"


@given(st.integers(0, 9), st.integers(0, 2**32))
def test_each_wait_is_its_step_and_a_fifth_more_at_most(attempts, seed):
    step = configured.WEBHOOK_SCHEDULE[attempts]
    found = delay(attempts, Random(seed))
    assert timedelta(seconds=step) <= found <= timedelta(seconds=step * 1.2)
    assert delay(attempts + 10, Random(seed)) is None


@given(
    st.lists(st.tuples(st.integers(1, 90_000), st.sampled_from([None, 400, 500, 503])), max_size=60)
)
def test_however_it_fails_rests_grow_to_an_hour_and_five_days_end_it(steps):
    at = begun = posting.now()
    health, rests = Health(), []
    for seconds, status in steps:
        at += timedelta(seconds=seconds)
        health = health.failed(at=at, status=status, wait=None)
        if health.is_resting and not health.off_reason:
            rests.append(health.rests_until - at)
        assert bool(health.off_reason) == (at - (health.failing_since or at) >= timedelta(days=5))
        if health.off_reason:
            break
    assert all(a <= b for a, b in pairwise(rests))
    assert all(timedelta(minutes=1) <= rest <= timedelta(hours=1) for rest in rests)
    assert begun <= at


@given(st.text(max_size=30), st.sampled_from([200, 429, 500, 503]))
def test_whatever_a_receiver_asks_the_wait_is_within_a_day(text, status):
    wait = asked_to_wait(status, text, posting.now())
    assert wait is None or timedelta(0) <= wait <= timedelta(days=1)


def test_a_wait_may_be_a_date():
    at = posting.now().replace(
        year=2026, month=12, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    assert asked_to_wait(503, "Tue, 01 Dec 2026 00:10:00 GMT", at) == timedelta(minutes=10)
