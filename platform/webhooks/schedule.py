"""When what failed is tried again, and what a failure means for the endpoint. Pure: no rows, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

from django.conf import settings

GONE = 410
WAIT_PLEASE = (429, 503)
JITTER = 0.2  # so much longer at most: those who failed together do not come back together
LONGEST_WAIT = timedelta(days=1)
RESTS = (60, 300, 900, 1800, 3600)  # seconds between probes of an endpoint that rests [proposal]


def delay(attempts: int, rng: Random) -> timedelta | None:
    """Return how long after so many failed attempts the next one comes; None: no more."""
    schedule: Sequence[int] = settings.WEBHOOK_SCHEDULE
    if attempts >= len(schedule):
        return None
    return timedelta(seconds=schedule[attempts] * (1 + JITTER * rng.random()))


def asked_to_wait(status: int | None, retry_after: str, at: datetime) -> timedelta | None:
    """Return for how long a receiver asks to be left alone: seconds, or a date; None if he does not."""
    if status not in WAIT_PLEASE or not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdecimal():
        wait = timedelta(seconds=min(int(retry_after[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares: failures in a row, since when, until when it is left alone."""

    failures: int = 0
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    off_reason: str = ""

    @property
    def is_resting(self) -> bool:
        """Whether only probes are sent."""
        return self.failures >= settings.WEBHOOK_REST_AFTER

    def failed(self, *, at: datetime, status: int | None, wait: timedelta | None) -> "Health":
        """Return how it fares after one more failure."""
        since = self.failing_since or at
        after = replace(self, failures=self.failures + 1, failing_since=since)
        if status == GONE:
            return replace(after, off_reason="对方回答 410：这个地址不再接收")
        if at - since >= settings.WEBHOOK_OFF_AFTER:
            days = settings.WEBHOOK_OFF_AFTER.days
            return replace(after, off_reason=f"连续 {days} 天没有一次送达，已自动停用")
        if wait is not None:
            return replace(after, rests_until=at + wait)
        if not after.is_resting:
            return replace(after, rests_until=None)
        step = min(after.failures - settings.WEBHOOK_REST_AFTER, len(RESTS) - 1)
        return replace(after, rests_until=at + timedelta(seconds=RESTS[step]))
