"""feed_make · feed_revoke · feed_of · feed_actor · calendar_of: a person's deadlines as a calendar."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from icalendar import Calendar, Event

from audit.services import record
from common.scope import acting_as
from home.models import CalendarFeed
from home.sources import Row, Source, dated_for
from tenancy import clock
from tenancy.actors import SYSTEM, Actor
from tenancy.tasks import member_actor

PAST, AHEAD = timedelta(days=30), timedelta(days=180)
OF_EACH = 500  # events of one source, those that come first
REFRESH = "PT4H"


class FeedGone(Exception):
    """The link was good and is not any more."""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(actor: Actor) -> CalendarFeed | None:
    """Return the actor's link in force; it cannot be shown again."""
    return CalendarFeed.objects.filter(membership=actor.member, revoked_at=None).first()


@transaction.atomic
def feed_make(*, actor: Actor) -> str:
    """Make a link and return what is secret of it, this once; a former one ends."""
    assert actor.user_id is not None  # he acts in a membership
    _end(actor)
    token = secrets.token_urlsafe(32)
    row = CalendarFeed.objects.create(
        user_id=actor.user_id, membership_id=actor.member, token_sha256=_digest(token),
        made_at=timezone.now(),
    )  # fmt: skip
    record(actor=actor, act="calendar.feed_make", subject=row)
    return token


@transaction.atomic
def feed_revoke(*, actor: Actor) -> None:
    """End the actor's link; again, nothing happens."""
    row = feed_of(actor)
    if _end(actor):
        record(actor=actor, act="calendar.feed_revoke", subject=row)


def _end(actor: Actor) -> int:
    rows = CalendarFeed.objects.filter(membership=actor.member, revoked_at=None)
    return rows.update(revoked_at=timezone.now())


def feed_actor(token: str) -> tuple[Actor, CalendarFeed] | None:
    """Return whose link it is, as the actor he is now; None: nobody's. FeedGone once it ended."""
    with acting_as(SYSTEM):
        rows = CalendarFeed.objects.select_related("membership", "user")
        feed = rows.filter(token_sha256=_digest(token)).first()
    if feed is None:
        return None
    if feed.revoked_at is not None or not feed.user.is_active:
        raise FeedGone
    try:
        return member_actor(feed.membership_id), feed
    except PermissionError:
        raise FeedGone from None


def calendar_of(actor: Actor, feed: CalendarFeed, absolute: Callable[[str], str]) -> bytes:
    """Return the actor's deadlines and visits, PAST to AHEAD from today, each for a whole day.

    Of people it names none: what is to be done and at which enterprise, and where to open it.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//anfu//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"安服期限 {actor.org_name}")
    calendar.add("x-published-ttl", REFRESH)
    for source, row in _rows(actor):
        calendar.add_component(_event(source, row, feed, absolute))
    return bytes(calendar.to_ical())


def _rows(actor: Actor) -> list[tuple[Source, Row]]:
    """A regulator's window goes by its own clock; others' rows each by the clock of its agency."""
    found: list[tuple[Source, Row]] = []
    window = _window(clock.today(actor.org)) if actor.is_agency else None
    for source in dated_for(actor):
        rows = source.ordered(actor).exclude(**{source.due: None})
        if window:
            rows = rows.filter(**{f"{source.due}__range": window})
        found += [(source, row) for row in rows[:OF_EACH]]
    if window:
        return found
    todays = clock.todays({row["owner_agency_id"] for _, row in found})
    return [(source, row) for source, row in found if _is_inside(source, row, todays)]


def _window(today: date) -> tuple[date, date]:
    return today - PAST, today + AHEAD


def _is_inside(source: Source, row: Row, todays: Mapping[int, date]) -> bool:
    first, last = _window(todays[row["owner_agency_id"]])
    return bool(first <= row[source.due] <= last)


def _event(source: Source, row: Row, feed: CalendarFeed, absolute: Callable[[str], str]) -> Event:
    event, day = Event(), row[source.due]
    event.add("uid", f"{source.key}-{row['pk']}@anfu")
    event.add("dtstamp", feed.made_at)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", "：".join(word for word in (source.title, *source.said(row)) if word))
    event.add("url", absolute(source.url(row)))
    event.add("transp", "TRANSPARENT")
    return event


def etag_of(content: bytes) -> str:
    """Return the mark by which a calendar programme sees that nothing changed."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'
