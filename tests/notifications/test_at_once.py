"""Two workers at once, and every way a message can go: each ends in exactly one place."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.scope import acting_as
from notifications.delivery import channel_rows
from notifications.kinds import KINDS, group_of
from notifications.models import Channel, Choice, Delivery, Dispatch, Notification, Receiver
from notifications.selectors import reasons
from notifications.stops import channel_start, channel_stop
from notifications.tasks import deliver as deliver_task
from tenancy.actors import SYSTEM
from tests.notifications.conftest import at, deliver


def together(number: int, work) -> None:
    gate, raised = threading.Barrier(number), []

    def run() -> None:
        gate.wait()
        try:
            work()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_everything_once(bureau):
    for actor in (bureau.officer, bureau.admin):
        bureau.choose(actor, "now", quiet_from=0, quiet_until=0)
    with acting_as(SYSTEM):
        channel_rows()
    for number in range(3):
        bureau.say(title=f"消息{number}")
    together(4, deliver_task)
    together(2, deliver_task)
    assert len(mail.outbox) == 6
    ids = {letter.extra_headers["Message-ID"] for letter in mail.outbox}
    assert len(ids) == 6
    with acting_as(SYSTEM):
        assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
        assert Dispatch.objects.count() == 6


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from([*KINDS, "no.such"]), st.booleans(), st.booleans()),
        st.tuples(st.just("choose"), st.sampled_from(["off", "now", "digest"])),
        st.tuples(st.just("wait"), st.integers(1, 900)),
        st.tuples(st.just("stop")),
        st.tuples(st.just("start")),
        st.tuples(st.just("break"), st.booleans()),
    ),
    max_size=14,
)  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_message_is_sent_or_in_a_digest_or_held_with_its_reason_or_not_chosen(
    bureau, monkeypatch, steps
):
    clean(bureau)
    real, now = mail.EmailMessage.send, at(9)
    chosen: dict[str, str] = {}
    for act, *rest in steps:
        if act == "say":
            kind, personal, urgent = rest
            row = bureau.say(kind, to=bureau.officer if personal else None, at=now, urgent=urgent)
            deliver(now)
            chosen[str(row.pk)] = mode_of(bureau, row)
        elif act == "choose":
            bureau.choose(bureau.officer, rest[0])
        elif act == "wait":
            now += timedelta(minutes=rest[0])
            deliver(now)
        elif act == "break":
            monkeypatch.setattr(mail.EmailMessage, "send", refuse if rest[0] else real)
        else:
            with acting_as(SYSTEM):
                channel_rows()
                if act == "stop":
                    channel_stop(actor=SYSTEM, channel="mail", reason="演练")
                else:
                    channel_start(actor=SYSTEM, channel="mail")
    monkeypatch.setattr(mail.EmailMessage, "send", real)
    with acting_as(SYSTEM):
        rows = list(Delivery.objects.filter(user_id=bureau.officer.user_id))
        words = reasons(rows)
        assert {str(r.notification_id) for r in rows} == {
            k for k, m in chosen.items() if m != "off"
        }
        for row in rows:
            assert row.state in ("waiting", "sent", "dropped")
            assert (row.state == "sent") == bool(row.dispatch and row.dispatch.state == "sent")
            assert row.state == "sent" or words[row.pk]
        for dispatch in Dispatch.objects.filter(state="sent"):
            assert dispatch.deliveries.count() == dispatch.size
    with acting_as(SYSTEM):
        channel_start(actor=SYSTEM, channel="mail")
    for day in range(2, 4):
        deliver((now + timedelta(days=day)).replace(hour=12))  # when nobody's hours are quiet
    with acting_as(SYSTEM):
        assert not Delivery.objects.filter(state="waiting").exists()
        assert not Notification.objects.filter(is_owed=True).exists()


def refuse(self, *args) -> int:
    raise ConnectionRefusedError


def mode_of(bureau, row: Notification) -> str:
    group = group_of(row.kind)
    with acting_as(SYSTEM):
        one = Choice.objects.filter(receiver__user_id=bureau.officer.user_id, group=group.key)
        return getattr(one.first(), "mode", group.mail)


def clean(bureau) -> None:
    """An example begins where the first began."""
    mail.outbox.clear()
    with connection.cursor() as cursor, acting_as(SYSTEM):
        for model in (Delivery, Dispatch, Choice):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        Notification.objects.all().update(is_owed=False)
        Channel.objects.update(failures=0, rests_until=None, stopped_at=None, stopped_reason="")
        Receiver.objects.filter(user_id=bureau.admin.user_id).update(digest_hour=8)
