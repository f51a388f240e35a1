"""Ids that a phone can make without asking anybody."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from random import Random

from django.db.models import Q
from django.utils import timezone


def _by_clock() -> tuple[int, int, int]:
    """Return Unix milliseconds, 12 bits of their fraction, 62 bits of chance."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    return milliseconds, rest * 4096 // 1_000_000, secrets.randbits(62)


_source: Callable[[], tuple[int, int, int]] = _by_clock


def uuid7() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562, method 3): Unix milliseconds, 12 bits of their fraction, chance.

    With the fraction, ids made one after the other in a process sort in that order.
    """
    milliseconds, fraction, chance = _source()
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance)


def uuid7_at(moment: datetime) -> uuid.UUID:
    """Return what every id made before a moment is smaller than."""
    milliseconds = int(moment.timestamp() * 1000)
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62)


def made_before(span: timedelta, field: str = "pk") -> Q:
    """Return the condition that an id is older than `span`, or comes from a clock ahead of ours.

    Without the second half what such a clock made would wait until the right time gets there.
    """
    now = timezone.now()
    older, ahead = uuid7_at(now - span), uuid7_at(now + span)
    return Q(**{f"{field}__lt": older}) | Q(**{f"{field}__gt": ahead})


@contextmanager
def repeatable(rng: Random) -> Iterator[None]:
    """Make the same ids in the same order again: for the demonstration only, never with real data."""
    global _source
    serial, before = count(), _source
    _source = lambda: (*divmod(next(serial), 4096), rng.getrandbits(62))  # noqa: E731
    try:
        yield
    finally:
        _source = before
