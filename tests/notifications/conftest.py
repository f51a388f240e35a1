"""People who are reached outside the page, at an agency that is no training one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from common.scope import acting_as
from notifications.delivery import channel_rows, dispatches_claim, fan_out, pack
from notifications.kinds import CHANNELS, GROUPS
from notifications.models import Notification, Receiver
from notifications.receivers import robot_save, settings_save
from notifications.sending import dispatches_send
from notifications.services import notify
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import Role
from tenancy.models import Agency
from tests import world
from tests.notifications.gateway import Gateway

HABITS = {"quiet_from": 22, "quiet_until": 7, "digest_hour": 8, "night": "major"}


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    server = Gateway()
    settings.ROBOT_HOSTS = (server.host,)
    yield server
    server.shutdown()
    server.server_close()


@dataclass
class Bureau:
    """An agency with an administrator and an officer whose mailboxes are verified."""

    agency: Agency
    admin: Actor
    officer: Actor

    def say(
        self, kind: str = "hazard.issued", title: str = "有 3 项隐患需要整改", *, to: Actor | None = None,
        at: datetime | None = None, urgent: bool = False,
    ) -> Notification:  # fmt: skip
        """Put a message into the inbox of the agency, or of one of its people; after the day's digest."""
        at = at or timezone.localtime().replace(hour=8, minute=30, second=0, microsecond=0)
        with acting_as(SYSTEM):
            notify(
                org_id=self.agency.pk, kind=kind, title=title, url="/hazards/", at=at,
                is_urgent=urgent, membership_id=to.membership_id if to else None,
            )  # fmt: skip
            return Notification.objects.order_by("-id").first()

    def choose(self, actor: Actor, mode: str, *, channel: str = "mail", **habits: object) -> None:
        """One mode for every group."""
        with acting_as(actor):
            chosen = {(group, channel): mode for group in GROUPS}
            settings_save(actor=actor, chosen=chosen, **(HABITS | habits))

    def robot(self, gateway: Gateway, kind: str = "wecom", mode: str = "now", **habits: object):
        """A robot that is told everything."""
        with acting_as(self.admin):
            return robot_save(
                actor=self.admin, robot=None, kind=kind, name="值班群", url=gateway.url(kind),
                secret="", chosen=dict.fromkeys(GROUPS, mode), **(HABITS | habits),
            )  # fmt: skip


def mailbox(actor: Actor, *, verified: bool = True) -> str:
    """Give a person a mailbox."""
    address = f"u{actor.user_id}@example.com"
    EmailAddress.objects.create(
        user_id=actor.user_id, email=address, verified=verified, primary=True
    )
    return address


@pytest.fixture
def bureau(settings) -> Bureau:
    settings.MAIL_IS_SET_UP = True
    agency = world.agency("130371", training=False)
    admin = world.member(agency.org, Role.AGENCY_ADMIN)
    officer = world.member(agency.org, Role.OFFICER)
    for actor in (admin, officer):
        mailbox(actor)
        with acting_as(SYSTEM):
            Receiver.objects.create(user_id=actor.user_id)
    return Bureau(agency, admin, officer)


def deliver(now: datetime | None = None) -> int:
    """What the task does, at a moment."""
    now = now or timezone.now()
    with acting_as(SYSTEM):
        channel_rows()
        while fan_out(now=now):
            pass
        for channel in CHANNELS:
            pack(channel, now=now)
        ids = dispatches_claim(now=now, size=1_000)
    return dispatches_send(ids, now=now)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A moment of a day in Shanghai."""
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)
