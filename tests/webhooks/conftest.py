"""An agency with an endpoint at a real server, and a clock to turn."""

from datetime import UTC, datetime, timedelta

import pytest

from audit.services import chain_seal
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tests import county as counties
from tests.webhooks.receiver import listening
from webhooks import posting
from webhooks.fanout import fan_out
from webhooks.models import Delivery, Endpoint
from webhooks.sending import send_due
from webhooks.services import endpoint_create, endpoint_test


class Clock:
    """The time of the wall, which a test may turn forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, **span: float) -> None:
        self.ahead += timedelta(**span)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(posting, "now", found)
    return found


@pytest.fixture
def receiver(settings):
    settings.OUTSIDE_ALLOWED = ("127.0.0.1",)
    with listening() as found:
        yield found


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def endpoint_of(receiver):
    """endpoint_of(actor, *kinds): an endpoint of his organisation at the server."""

    def register(actor, *kinds: str, url: str = "") -> Endpoint:
        with acting_as(actor):
            return endpoint_create(
                actor=actor,
                url=url or receiver.url,
                kinds=kinds or ("hazard.issued",),
                description="平台",
            )

    return register


def seal(agency) -> None:
    with acting_as(SYSTEM):
        chain_seal(agency_id=agency.pk)


def hand_out(county) -> int:
    seal(county.zone)
    return fan_out()


def ping(actor, endpoint) -> Delivery:
    with acting_as(actor):
        return endpoint_test(actor=actor, endpoint=endpoint)


def again(row):
    with acting_as(SYSTEM):
        return type(row).objects.get(pk=row.pk)


def send() -> int:
    return send_due(seconds=3)
