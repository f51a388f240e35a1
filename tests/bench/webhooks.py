"""20,000 events owed to one receiver that was away: handed out, then sent until nothing is owed.

The receiver is a process of its own; beside our work stand the same posts by httpx alone.
"""

import json
import subprocess
import sys
import time

import django

django.setup()

import httpx  # noqa: E402  (after Django is up)
from django.conf import settings  # noqa: E402

from audit.models import AuditEntry  # noqa: E402
from audit.services import PIECE, chain_seal  # noqa: E402
from common.ids import uuid7  # noqa: E402
from common.scope import acting_as  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tests import county as counties  # noqa: E402
from tests.webhooks.receiver import listening  # noqa: E402
from webhooks.fanout import fan_out  # noqa: E402
from webhooks.models import Delivery, Endpoint  # noqa: E402
from webhooks.posting import Message, now, signed_headers  # noqa: E402
from webhooks.sending import send_due  # noqa: E402
from webhooks.services import endpoint_create, endpoint_resume  # noqa: E402

EVENTS = 20_000


def serve() -> None:
    """Be the receiver: answer 204 until the pipe ends."""
    with listening() as receiver:
        print(receiver.url, flush=True)
        sys.stdin.read()


def acts(county: counties.County) -> None:
    """What happened while the receiver was away, sealed."""
    with acting_as(SYSTEM):
        AuditEntry.objects.bulk_create(
            (
                AuditEntry(
                    id=uuid7(), agency_id=county.zone.pk, region_code=county.zone.region_code,
                    actor_name="管理员", act="servicebatch.assign", subject_type="agencies.servicebatch",
                    subject_id=str(county.batch.pk), at=counties.NOW,
                )
                for _ in range(EVENTS)
            ),
            batch_size=5_000,
        )  # fmt: skip
    piece = PIECE
    while piece == PIECE:
        with acting_as(SYSTEM):
            piece = chain_seal(agency_id=county.zone.pk)


def bare(url: str, messages: list[Message], secret: str) -> float:
    """Post the same by httpx alone, signed, one after the other on one line; return the seconds."""
    started = time.monotonic()
    with httpx.Client() as client:
        for message in messages:
            headers = signed_headers(message, [secret], now())
            client.post(url, content=message.body.encode(), headers=headers).raise_for_status()
    return time.monotonic() - started


def measure(url: str) -> dict[str, float]:
    """Return events a second handed out, sent, and sent by httpx alone."""
    county = counties.build()
    with acting_as(county.admin):
        endpoint = endpoint_create(
            actor=county.admin, url=url, kinds=["batch.assigned"], description="量"
        )
    with acting_as(SYSTEM):
        Endpoint.objects.update(state="paused")
    acts(county)
    started = time.monotonic()
    assert fan_out() == EVENTS
    handed = time.monotonic() - started
    with acting_as(county.admin):
        endpoint_resume(actor=county.admin, endpoint=endpoint)
    started = time.monotonic()
    while send_due():
        pass
    sent = time.monotonic() - started
    with acting_as(SYSTEM):
        assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
        rows = list(Delivery.objects.values_list("pk", "event_id", "body"))
    alone = bare(url, [Message(*row) for row in rows], endpoint.secret)
    return {
        "events": EVENTS, "hand_out_s": round(handed, 1), "until_empty_s": round(sent, 1),
        "events_per_s": round(EVENTS / sent), "bare_s": round(alone, 1), "ratio": round(sent / alone, 2),
    }  # fmt: skip


def main() -> None:
    """Print the figures as JSON, or be the receiver."""
    if sys.argv[1:] == ["serve"]:
        return serve()
    settings.OUTSIDE_ALLOWED = ("127.0.0.1",)
    command = [sys.executable, "-m", "tests.bench.webhooks", "serve"]
    receiver = subprocess.Popen(command, stdin=-1, stdout=-1, text=True)
    try:
        assert receiver.stdout is not None
        print(json.dumps(measure(receiver.stdout.readline().strip())))
    finally:
        receiver.communicate()
    return None


if __name__ == "__main__":
    main()
