"""50,000 messages due at once after an outage, and a robot whose service failed meanwhile.

Written into the inbox, fanned out, packed and sent until nothing is owed; beside it as many rows
inserted by their statement alone, and as many letters handed over by Django alone.
"""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402  (after Django is up)
from django.conf import settings  # noqa: E402
from django.core import mail  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from common.db.columns import insert_columns  # noqa: E402
from common.scope import acting_as  # noqa: E402
from notifications.delivery import channel_rows, dispatches_claim, fan_out, pack  # noqa: E402
from notifications.kinds import GROUPS  # noqa: E402
from notifications.models import Delivery, Dispatch, Notification, Receiver  # noqa: E402
from notifications.receivers import robot_save, robot_switch, settings_save  # noqa: E402
from notifications.sending import dispatches_send  # noqa: E402
from notifications.services import Message, notify_many  # noqa: E402
from tenancy.actors import SYSTEM, Actor  # noqa: E402
from tenancy.enums import Role  # noqa: E402
from tests import world  # noqa: E402
from tests.notifications.gateway import Gateway  # noqa: E402

MESSAGES, PEOPLE = 50_000, 500
HABITS = {"quiet_from": 0, "quiet_until": 0, "digest_hour": 8, "night": "urgent"}
STEP, DAY = timedelta(minutes=1), 24 * 60  # a day of beat's runs


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds of something."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def readers(number: int) -> tuple[Actor, list[Actor]]:
    """An agency's administrator, and so many officers with a mailbox who want everything at once."""
    agency = world.agency("130371", training=False)
    admin = world.member(agency.org, Role.AGENCY_ADMIN)
    people = [world.member(agency.org, Role.OFFICER) for _ in range(number)]
    chosen = {(group, "mail"): "now" for group in GROUPS}
    for person in people:
        EmailAddress.objects.create(
            user_id=person.user_id, email=f"u{person.user_id}@example.com", verified=True,
            primary=True,
        )  # fmt: skip
        with acting_as(person):
            settings_save(actor=person, chosen=chosen, **HABITS)
    return admin, people


def say(people: list[Actor], number: int) -> None:
    """So many messages, shared among all, while nothing was sent."""
    messages = [
        Message(one.org, f"{n}项隐患需要整改", "/hazards/", one.member)
        for n in range(number // len(people))
        for one in people
    ]
    with acting_as(SYSTEM):
        notify_many(messages, kind="hazard.issued", at=timezone.now())


def spread_out() -> None:
    """Fan out all that is owed, as beat's runs do."""
    with acting_as(SYSTEM):
        channel_rows()
        while fan_out():
            pass


def bare_inserts(receiver: Receiver) -> float:
    """Return the seconds in which as many deliveries are inserted by nothing but their statement."""
    with acting_as(SYSTEM), transaction.atomic():
        messages = list(Notification.objects.values_list("pk", flat=True))
        columns = {"notification": messages, "created_at": [timezone.now()] * len(messages)}
        spent = timed(
            lambda: insert_columns(
                Delivery,
                columns,
                receiver=receiver,
                channel="mail",
                org_id=1,
                group="hazard",
                mode="now",
                state=Delivery.State.WAITING,
                reason="",
                attempts=0,
            )
        )
        transaction.set_rollback(True)
    return spent


def minute(now: Any) -> int:
    """What one run of the task does, without the ceiling of a worker; return how many went out."""
    with acting_as(SYSTEM):
        for channel in ("mail", "wecom"):
            pack(channel, now=now)
        ids = dispatches_claim(now=now, size=1_000)
    return dispatches_send(ids, now=now)


def until_empty(now: Any) -> tuple[int, int]:
    """Run minute by minute until nothing waits; return (minutes, letters)."""
    minutes = letters = 0
    while Delivery.objects.filter(state=Delivery.State.WAITING).exists() and minutes < DAY:
        letters += minute(now + minutes * STEP)
        minutes += 1
    return minutes, letters


def bare_sends(number: int) -> float:
    """Return the seconds in which Django hands over as many letters alone."""
    link = mail.get_connection()

    def send() -> None:
        for n in range(number):
            mail.EmailMessage("消息", "内容", to=[f"u{n}@example.com"], connection=link).send()

    return timed(send)


def robot_away(admin: Actor, gateway: Gateway) -> dict[str, Any]:
    """A robot that answers 500 for a day: how often it was asked, and what came when it was back."""
    with acting_as(admin):
        robot = robot_save(
            actor=admin, robot=None, kind="wecom", name="值班群", url=gateway.url("wecom"),
            secret="", chosen=dict.fromkeys(GROUPS, "now"), **HABITS,
        )  # fmt: skip
    with acting_as(SYSTEM):
        messages = [Message(admin.org, f"消息{n}", "/hazards/") for n in range(200)]
        notify_many(messages, kind="hazard.issued", at=timezone.now())
    spread_out()
    gateway.answer = (500, {}, {})
    start = timezone.now()
    with acting_as(SYSTEM):
        for number in range(DAY + 60):
            minute(start + number * STEP)
        robot.refresh_from_db()
        assert not robot.is_on
    asked = len(gateway.told)
    gateway.answer = (200, {"errcode": 0}, {})
    with acting_as(admin):
        robot_switch(actor=admin, robot=robot, is_on=True)
    with acting_as(SYSTEM):
        _, posts = until_empty(start + (DAY + 60) * STEP)
    return {"robot_asked_in_a_day": asked, "robot_posts_once_back": posts}


def measure(number: int = MESSAGES, size: int = PEOPLE) -> dict[str, Any]:
    """Return messages a second at each step, and how they stand to the bare work."""
    admin, people = readers(size)
    written = timed(lambda: say(people, number))
    with acting_as(SYSTEM):
        inserted = bare_inserts(Receiver.objects.order_by("pk")[0])
    fanned = timed(spread_out)
    letters = 0

    def send() -> None:
        nonlocal letters
        with acting_as(SYSTEM):
            _, letters = until_empty(timezone.now())

    sent = timed(send)
    alone = bare_sends(letters)
    with acting_as(SYSTEM):
        assert Delivery.objects.filter(state=Delivery.State.SENT).count() == number
        assert not Dispatch.objects.exclude(state=Dispatch.State.SENT).exists()
    gateway = Gateway()
    settings.ROBOT_HOSTS = (gateway.host,)
    return {
        "messages": number, "people": size, "letters": letters, "written_s": round(written, 1),
        "fan_out_s": round(fanned, 1), "bare_inserts_s": round(inserted, 1),
        "fan_out_ratio": round(fanned / inserted, 2), "sent_s": round(sent, 1),
        "messages_per_s": round(number / (fanned + sent)), "bare_sends_s": round(alone, 1),
        **robot_away(admin, gateway),
    }  # fmt: skip


def main() -> None:
    """Print the figures as JSON."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.MAIL_IS_SET_UP = True
    print(json.dumps(measure()))


if __name__ == "__main__":
    main()
