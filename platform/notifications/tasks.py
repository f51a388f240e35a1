import time

from celery import shared_task
from django.utils import timezone

from common.scope import acting_as
from notifications.delivery import channel_rows, dispatches_claim, fan_out, pack
from notifications.kinds import CHANNELS
from notifications.sending import dispatches_send
from tenancy.actors import SYSTEM

SECONDS = 50.0  # beat calls again every minute


@shared_task(name="notifications.deliver")
def deliver() -> int:
    """Every minute: what is owed outside the page is worked out, packed and sent.

    For all organisations together, as the system: a person is reached for several of them, and his
    ceiling is one. Two that run at once share the work: rows are taken with SKIP LOCKED.
    """
    until = time.monotonic() + SECONDS
    with acting_as(SYSTEM):
        channel_rows()
    owed = 1
    while owed:
        with acting_as(SYSTEM):
            owed = fan_out()
    for channel in CHANNELS:
        with acting_as(SYSTEM):
            pack(channel)
    sent = 0
    while time.monotonic() < until:
        with acting_as(SYSTEM):
            ids = dispatches_claim(now=timezone.now())
        if not ids:
            break
        sent += dispatches_send(ids)
    return sent
