"""How long a session lasts, what it remembers of its sign-in, and how it is ended.

Times are seconds since 1970 by the real clock: a training agency's own clock ends no session.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User

SIGNED_IN_AT, SEEN_AT, SECOND_FACTOR = "signed_in_at", "seen_at", "second_factor"
TOUCH_SECONDS = 60  # that somebody was there is written down no more often
DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long without a request, and after how long at all, a session ends."""

    idle_minutes: int
    hours: int

    @property
    def cookie_seconds(self) -> int:
        """How long the browser keeps it; 0: until its window closes, unless it lasts for days."""
        return self.hours * 3600 if self.hours > DAY_HOURS else 0


def limits_for(kind: str) -> Limits:
    """Return the limits of one kind of organisation; of none, the strictest there are."""
    idle: dict[str, int] = settings.SESSION_IDLE_MINUTES
    hours: dict[str, int] = settings.SESSION_HOURS
    return Limits(idle.get(kind, min(idle.values())), hours.get(kind, min(hours.values())))


def session_begin(session: SessionBase, kind: str) -> None:
    """Note when the session began."""
    session[SIGNED_IN_AT] = session[SEEN_AT] = int(time.time())
    session.set_expiry(limits_for(kind).cookie_seconds)


def session_over(session: SessionBase, kind: str) -> str:
    """Return why the session is over: "idle", "too_long" (also when it began unknown), or ""."""
    limits, now = limits_for(kind), time.time()
    if now - session.get(SIGNED_IN_AT, 0) > limits.hours * 3600:
        return "too_long"
    if now - session.get(SEEN_AT, 0) > limits.idle_minutes * 60:
        return "idle"
    return ""


def session_touch(session: SessionBase, kind: str) -> None:
    """Note that somebody was there, once a minute; and how long the browser keeps the session."""
    wanted = limits_for(kind).cookie_seconds
    if session.get("_session_expiry") != wanted:  # the sign-in form knows no kinds
        session.set_expiry(wanted)
    if time.time() - session.get(SEEN_AT, 0) >= TOUCH_SECONDS:
        session[SEEN_AT] = int(time.time())


def second_factor_given(session: SessionBase, user_id: int) -> None:
    """Note that this user has given a second factor; another in the same browser has not."""
    session[SECOND_FACTOR] = user_id


def has_second_factor(session: SessionBase, user_id: int) -> bool:
    """Say whether this user has given a second factor in this session."""
    return bool(session.get(SECOND_FACTOR) == user_id)


def sessions_of(user: User) -> list[UserSession]:
    """Return the sessions that are alive, the newest first, each with `seen_at`, a datetime."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    stored = Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now())
    expected, alive = user.get_session_auth_hash(), []
    for session in stored:
        data = session.get_decoded()
        if constant_time_compare(data.get(HASH_SESSION_KEY, ""), expected):
            row = rows[session.session_key]
            row.seen_at = datetime.fromtimestamp(data.get(SEEN_AT, 0), UTC)
            alive.append(row)
    return sorted(alive, key=lambda row: row.created_at, reverse=True)


def sessions_end(user_id: int, *, but: str | None = None) -> int:
    """End the sessions of a user, but the one with that key; return how many were alive."""
    rows = UserSession.objects.filter(user_id=user_id)
    keys = list(rows.exclude(session_key=but or "").values_list("session_key", flat=True))
    alive, _ = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return alive


def session_end(row: UserSession) -> None:
    """End one session."""
    Session.objects.filter(session_key=row.session_key).delete()
    row.delete()


def sessions_remove_ended() -> int:
    """Remove the rows of sessions that are over; return how many sessions that were."""
    ended, _ = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return ended
