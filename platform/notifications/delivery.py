"""fan_out · pack · dispatches_claim: from messages in the inbox to what leaves in the next minute.

Nothing here talks to anybody; `sending` does. Each function is one short transaction of the system
as a whole, since the sender of a message cannot read its receivers.

Messages are written into the inbox by the transaction that acts, marked as owed; so nothing is lost
when the queue is. Beat calls every minute: `fan_out` makes a delivery for each receiver and
channel that was chosen, in one statement for thousands of messages; `pack` puts what is due into
dispatches, few enough for every ceiling; what is more goes into one digest for each receiver.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from notifications.kinds import CHANNELS, DIGEST, GROUPS, KINDS, LIMITS, MAJOR, OTHER, ROBOTS
from notifications.models import Channel, Delivery, Dispatch, Receiver

PIECE = 5_000  # messages fanned out in one transaction
# [proposal]: more than so many due at once for one receiver come as one digest.
BURST = 5
STALE = timedelta(hours=12)  # older, and not urgent: only in the daily digest
URGENT_EVERY = timedelta(
    hours=1
)  # beyond a person's ceiling what is urgent comes so often, together
LEASE = timedelta(minutes=5)
ROBOTS_AT_ONCE = 200  # receivers packed in one minute
TRAINING = "演示机构的消息不发到平台以外"


def is_configured(channel: str) -> bool:
    """Whether this installation can send by a channel at all."""
    if channel == "mail":
        return bool(settings.MAIL_IS_SET_UP)
    return channel in ROBOTS or bool(settings.SMS_URL)


def channel_rows() -> dict[str, Channel]:
    """Return every channel with its limits; the system makes those that are not there yet."""
    rows = [Channel(key=k, per_minute=m, per_day=d) for k, (m, d) in LIMITS.items()]
    if Channel.objects.count() < len(rows):
        Channel.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.key: row for row in Channel.objects.order_by("key")}


# Every person who can be reached and has chosen nothing yet: the defaults hold for him.
_NEW_RECEIVERS = """
INSERT INTO notifications_receiver (user_id, quiet_from, quiet_until, digest_hour, night)
SELECT DISTINCT m.user_id, 22, 7, 8, 'major'
FROM tenancy_membership m
JOIN account_emailaddress e ON e.user_id = m.user_id AND e.verified AND e."primary"
WHERE m.ended_at IS NULL AND m.org_id IN (
    SELECT coalesce(o.merged_into_id, o.id) FROM tenancy_organization o WHERE o.id = ANY(%(orgs)s))
  AND NOT EXISTS (SELECT 1 FROM notifications_receiver r WHERE r.user_id = m.user_id)
ON CONFLICT DO NOTHING
"""
_TAKE = """
UPDATE notifications_notification SET is_owed = false
WHERE id IN (
    SELECT id FROM notifications_notification WHERE is_owed ORDER BY id LIMIT %(piece)s
    FOR UPDATE SKIP LOCKED
)
RETURNING id, org_id
"""
_INSERT = """
INSERT INTO notifications_delivery (
    notification_id, receiver_id, channel, org_id, user_id, "group", is_urgent, is_training, mode,
    state, reason, created_at, done_at
)
SELECT DISTINCT ON (n.id, r.id, k.channel)
    n.id, r.id, k.channel, coalesce(o.merged_into_id, o.id), r.user_id, k.grp,
    n.is_urgent OR k.urgent, o.is_training, coalesce(c.mode, k.mode),
    CASE WHEN {held} THEN 'dropped' ELSE 'waiting' END,
    CASE WHEN {held} THEN %(training)s ELSE '' END,
    CASE WHEN o.is_training THEN %(now)s ELSE least(n.created_at, %(now)s) END,
    CASE WHEN {held} THEN %(now)s END
FROM notifications_notification n
JOIN tenancy_organization o ON o.id = n.org_id
{receivers}
JOIN unnest(%(kinds)s::text[], %(groups)s::text[], %(urgent)s::bool[], %(channels)s::text[],
            %(modes)s::text[]) k(kind, grp, urgent, channel, mode)
    ON k.kind = CASE WHEN n.kind = ANY(%(known)s) THEN n.kind ELSE '' END
LEFT JOIN notifications_choice c
    ON c.receiver_id = r.id AND c."group" = k.grp AND c.channel = k.channel
WHERE n.id = ANY(%(ids)s::uuid[]) AND coalesce(c.mode, k.mode) <> 'off' AND {reached}
ON CONFLICT DO NOTHING
"""
_HELD = "(o.is_training AND NOT (k.channel = 'mail' AND %(training_mail)s))"
# What is for one person is not compared with each of his colleagues.
_PEOPLE = """
JOIN LATERAL (
    SELECT m.* FROM tenancy_membership m WHERE m.id = n.membership_id
    UNION ALL
    SELECT m.* FROM tenancy_membership m
    WHERE n.membership_id IS NULL AND m.org_id = coalesce(o.merged_into_id, o.id)
) m ON m.org_id = coalesce(o.merged_into_id, o.id) AND m.ended_at IS NULL
JOIN accounts_user u ON u.id = m.user_id AND u.is_active
JOIN notifications_receiver r ON r.user_id = m.user_id
"""
_REACHED = """CASE k.channel
    WHEN 'mail' THEN EXISTS (SELECT 1 FROM account_emailaddress e
                             WHERE e.user_id = r.user_id AND e.verified AND e."primary")
    WHEN 'sms' THEN EXISTS (SELECT 1 FROM notifications_phone p
                            WHERE p.user_id = r.user_id AND p.verified_at IS NOT NULL)
    ELSE false END"""
_ROBOTS = """
JOIN notifications_robot b ON b.org_id = coalesce(o.merged_into_id, o.id)
    AND n.membership_id IS NULL AND b.removed_at IS NULL
JOIN notifications_receiver r ON r.id = b.receiver_id
"""


def fan_out(*, now: datetime | None = None, piece: int = PIECE) -> int:
    """Make the deliveries of some messages that are owed; return how many messages, 0 at the end."""
    now = now or timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, {"piece": piece})
        taken = cursor.fetchall()
        if not taken:
            return 0
        cursor.execute(_NEW_RECEIVERS, {"orgs": list({org for _, org in taken})})
        values = _catalogue() | {
            "ids": [str(pk) for pk, _ in taken], "now": now, "training": TRAINING,
            "training_mail": bool(settings.TRAINING_EMAIL_BACKEND),
        }  # fmt: skip
        cursor.execute(_INSERT.format(held=_HELD, receivers=_PEOPLE, reached=_REACHED), values)
        reached = "b.kind = k.channel"
        cursor.execute(_INSERT.format(held=_HELD, receivers=_ROBOTS, reached=reached), values)
    return len(taken)


def _catalogue() -> dict[str, Any]:
    """Return the catalogue as columns: kind, group, whether urgent, channel, mode by default."""
    kinds = [(k.key, k.group, k.is_urgent) for k in KINDS.values()] + [("", OTHER, False)]
    open_ones = [channel for channel in CHANNELS if is_configured(channel)]
    lines = [(*kind, c, GROUPS[kind[1]].default(c)) for kind in kinds for c in open_ones]
    names = ("kinds", "groups", "urgent", "channels", "modes")
    columns = zip(*lines, strict=True) if lines else ((),) * len(names)
    return {
        "known": list(KINDS), **{n: list(c) for n, c in zip(names, columns, strict=True)},
    }  # fmt: skip


# What is due of one channel, by receiver. Calm is what goes only into the daily digest.
_QUIET = """CASE WHEN r.quiet_from <= r.quiet_until
    THEN %(hour)s >= r.quiet_from AND %(hour)s < r.quiet_until
    ELSE %(hour)s >= r.quiet_from OR %(hour)s < r.quiet_until END"""
_DUE = f"""
WITH waiting AS (
    SELECT d.id, d.receiver_id, d.is_training, d.is_urgent, d.created_at,
        d.mode = '{DIGEST}' OR (NOT d.is_urgent AND (
            d.created_at < %(stale)s OR (n.read_at IS NOT NULL AND n.membership_id IS NOT NULL)
        )) AS calm,
        {_QUIET} AND NOT (r.night = 'urgent' AND d.is_urgent)
            AND NOT (r.night <> 'none' AND d."group" = '{MAJOR}') AS quiet,
        CASE WHEN %(hour)s >= r.digest_hour THEN %(midnight)s
            ELSE %(midnight)s - interval '1 day' END + r.digest_hour * interval '1 hour' AS digest_at
    FROM notifications_delivery d
    JOIN notifications_notification n ON n.id = d.notification_id
    JOIN notifications_receiver r ON r.id = d.receiver_id
    LEFT JOIN notifications_robot b ON b.receiver_id = d.receiver_id
    WHERE d.state = 'waiting' AND d.dispatch_id IS NULL AND d.channel = %(channel)s
        AND (d.next_try_at IS NULL OR d.next_try_at <= %(now)s)
        AND (b.receiver_id IS NULL OR (
            b.is_on AND (b.rests_until IS NULL OR b.rests_until <= %(now)s)
            AND b.removed_at IS NULL
        ))
)
SELECT w.receiver_id, w.is_training, coalesce(b.failures, 0),
    array_agg(w.id ORDER BY w.is_urgent DESC, w.id), array_agg(w.calm ORDER BY w.is_urgent DESC, w.id),
    array_agg(w.is_urgent ORDER BY w.is_urgent DESC, w.id)
FROM waiting w LEFT JOIN notifications_robot b ON b.receiver_id = w.receiver_id
WHERE CASE WHEN w.calm THEN w.created_at < w.digest_at ELSE NOT w.quiet END
GROUP BY w.receiver_id, w.is_training, b.failures
ORDER BY bool_or(w.is_urgent) DESC, min(w.created_at), w.receiver_id
LIMIT %(room)s
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for one receiver, the urgent first."""

    receiver_id: int
    is_training: bool
    failures: int
    ids: Sequence[int]
    calm: Sequence[bool]
    urgent: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Before:
    """What one receiver was sent already: today, in the last minute, and when last."""

    today: int = 0
    minute: int = 0
    last: datetime | None = None


def pack(channel: str, *, now: datetime | None = None) -> int:
    """Put what is due of a channel into dispatches; return how many.

    One worker at a time packs a channel: who finds its row locked leaves it. Nothing is packed
    while the operator stops it or it rests; after failures one dispatch is tried, and with it
    goes all that waits for its receiver.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = (
            Channel.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(pk=channel)
            .first()
        )
        if row is None or row.stopped_at or (row.rests_until and row.rests_until > now):
            return 0
        if not is_configured(channel):
            return 0
        room = _room(row, now)
        due = _due(channel, now, room) if room > 0 else []
        made, calmed = _plan(row, due, now, room)
        _calm(calmed)
        _write(channel, made, now)
    return len(made)


def _room(row: Channel, now: datetime) -> int:
    """Return how many dispatches the channel takes in this minute."""
    if row.failures:
        open_ones = Dispatch.objects.filter(channel=row.key, state__in=["ready", "sending"])
        return 0 if open_ones.exists() else 1
    if row.key in ROBOTS:
        return ROBOTS_AT_ONCE
    last = Dispatch.objects.filter(channel=row.key, created_at__gt=now - timedelta(minutes=1))
    return row.per_minute - last.count()


def _due(channel: str, now: datetime, room: int) -> list[Due]:
    local = timezone.localtime(now)
    values: dict[str, Any] = {
        "channel": channel, "now": now, "stale": now - STALE, "hour": local.hour, "room": room,
        "midnight": local.replace(hour=0, minute=0, second=0, microsecond=0),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return [Due(*row) for row in cursor.fetchall()]


def _before(channel: str, receivers: Sequence[int], now: datetime) -> dict[int, Before]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    minute = now - timedelta(minutes=1)
    rows = (
        Dispatch.objects.filter(channel=channel, receiver__in=receivers)
        .filter(created_at__gte=min(midnight, minute))
        .exclude(state=Dispatch.State.FAILED)
        .values("receiver")
        .annotate(
            today=Count("pk", filter=Q(created_at__gte=midnight)),
            minute=Count("pk", filter=Q(created_at__gt=minute)),
            last=Max("created_at"),
        )
    )
    return {r["receiver"]: Before(r["today"], r["minute"], r["last"]) for r in rows}


Made = list[tuple[Due, Sequence[int]]]


def _plan(row: Channel, due: list[Due], now: datetime, room: int) -> tuple[Made, list[int]]:
    """Return what goes together, and what must wait for the daily digest after all."""
    sent = _before(row.key, [one.receiver_id for one in due], now)
    made: Made = []
    calmed: list[int] = []
    for one in due:
        parts, later = parcels(row, one, sent.get(one.receiver_id, Before()), now)
        parts = parts[: max(room - len(made), 0)] if row.key not in ROBOTS else parts
        made += [(one, part) for part in parts]
        calmed += later
    return made, calmed


def parcels(
    row: Channel, due: Due, before: Before, now: datetime
) -> tuple[list[Sequence[int]], list[int]]:
    """Say what one receiver gets in this minute, and which of it comes in the digest instead.

    The daily digest takes along what is due at once. Without one: each message alone while they are
    few and the ceiling allows; many as one digest; beyond a person's ceiling what is urgent once
    an hour, together, and the rest with the daily digest.
    """
    is_robot = row.key in ROBOTS
    left = row.per_minute - before.minute if is_robot else row.per_day - before.today
    if is_robot and left <= 0:
        return [], []
    if any(due.calm):
        return [due.ids], []
    is_shaky = bool(row.failures or due.failures)
    if left > 0:
        alone = len(due.ids) <= min(BURST, left) and not is_shaky
        return ([[pk] for pk in due.ids] if alone else [due.ids]), []
    pairs = list(zip(due.ids, due.urgent, strict=True))
    urgent = [pk for pk, is_urgent in pairs if is_urgent]
    may = before.last is None or now - before.last >= URGENT_EVERY
    return ([urgent] if urgent and may else []), [pk for pk, urgent_ in pairs if not urgent_]


def _calm(ids: list[int]) -> None:
    if ids:
        words = "今天的条数已到上限，并入每日汇总"
        Delivery.objects.filter(pk__any_of=ids).update(mode=DIGEST, reason=words)


def _write(channel: str, made: Made, now: datetime) -> None:
    """Write the dispatches, and into which of them each delivery goes."""
    rows = [
        Dispatch(
            receiver_id=due.receiver_id,
            channel=channel,
            is_training=due.is_training,
            size=len(part),
            created_at=now,
        )  # fmt: skip
        for due, part in made
    ]
    Dispatch.objects.bulk_create(rows)
    places = [(pk, row.pk) for row, (_, part) in zip(rows, made, strict=True) for pk in part]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_delivery d SET dispatch_id = x.dispatch "
            "FROM unnest(%s::bigint[], %s::uuid[]) x(id, dispatch) WHERE d.id = x.id",
            [[pk for pk, _ in places], [str(dispatch) for _, dispatch in places]],
        )


def dispatches_claim(*, now: datetime | None = None, size: int = 20) -> list[UUID]:
    """Lease some dispatches to the caller: nobody else is given them until the lease is over."""
    now = now or timezone.now()
    with transaction.atomic():
        free = Q(state=Dispatch.State.READY)
        free |= Q(state=Dispatch.State.SENDING, leased_until__lte=now)
        rows = Dispatch.objects.select_for_update(skip_locked=True, no_key=True).filter(free)
        stopped = Channel.objects.filter(
            Q(stopped_at__isnull=False) | Q(rests_until__gt=now)
        ).values("key")
        ids = list(
            rows.exclude(channel__in=stopped)
            .order_by("created_at", "pk")
            .values_list("pk", flat=True)[:size]
        )
        Dispatch.objects.filter(pk__in=ids).update(
            state=Dispatch.State.SENDING, leased_until=now + LEASE
        )
    return ids


def receiver_of(user_id: int) -> Receiver:
    """Return how a person is reached, with the defaults where he has chosen nothing."""
    return Receiver.objects.get_or_create(user_id=user_id)[0]
