"""What is owed, and why it is where it is."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from notifications.delivery import is_configured
from notifications.kinds import CHANNELS, DIGEST, MAJOR
from notifications.models import Channel, Delivery, Receiver, Robot
from tenancy.actors import Actor


def owed_by_channel() -> dict[str, tuple[int, datetime]]:
    """Return {channel: (how many wait, since when the oldest)}."""
    rows = Delivery.objects.filter(state="waiting").values("channel").order_by()
    return {
        r["channel"]: (r["n"], r["oldest"])
        for r in rows.annotate(n=Count("pk"), oldest=Min("created_at"))
    }


def deliveries_of_person(actor: Actor) -> QuerySet[Delivery]:
    """Return what went, or should go, to the person, for the organisation he acts for."""
    rows = Delivery.objects.filter(user_id=actor.user_id, org_id=actor.org)
    return rows.select_related("notification")


def deliveries_of_org(actor: Actor) -> QuerySet[Delivery]:
    """Return what went outside of the whole organisation's messages, for its administrator."""
    return Delivery.objects.filter(org_id=actor.org).select_related("notification")


def robots_of(actor: Actor) -> list[Robot]:
    """Return an organisation's robots."""
    rows = Robot.objects.filter(org_id=actor.org, removed_at=None).select_related("receiver")
    return list(rows.order_by("pk"))


def reasons(rows: Iterable[Delivery]) -> dict[int, str]:
    """Return {id: in words why it has not left, or what became of it}, in three statements."""
    rows = list(rows)
    channels = {row.key: row for row in Channel.objects.all()}
    receivers = Receiver.objects.in_bulk({row.receiver_id for row in rows})
    robots = Robot.objects.in_bulk(list(receivers))
    now = timezone.now()
    return {
        row.pk: why(
            row, channels.get(row.channel), receivers.get(row.receiver_id),
            robots.get(row.receiver_id), now,
        )
        for row in rows
    }  # fmt: skip


def why(
    row: Delivery,
    channel: Channel | None,
    receiver: Receiver | None,
    robot: Robot | None,
    now: datetime,
) -> str:
    """Say why one waits, or what became of it."""
    if row.state != Delivery.State.WAITING:
        return row.reason
    if not is_configured(row.channel):
        return f"本平台没有接通{CHANNELS[row.channel]}"
    if channel and channel.stopped_at:
        return f"平台运营者已停发{channel}：{channel.stopped_reason}"
    if robot and not robot.is_on:
        return f"机器人已停用：{robot.off_reason}"
    rest = (robot and robot.rests_until) or (channel and channel.rests_until)
    if rest and rest > now:
        words = row.reason or (robot.last_error if robot else "")
        return f"发送失败，{timezone.localtime(rest):%H:%M} 后再试" + (
            f"（{words}）" if words else ""
        )
    if row.next_try_at and row.next_try_at > now:
        return f"{timezone.localtime(row.next_try_at):%m-%d %H:%M} 再试（{row.reason}）"
    if row.dispatch_id is not None:
        return "正在发送"
    if row.mode == DIGEST:
        hour = receiver.digest_hour if receiver else 8
        return f"等 {hour}:00 的每日汇总" + (f"（{row.reason}）" if row.reason else "")
    if receiver and is_quiet(receiver, row, now):
        return f"免打扰时段，{receiver.quiet_until}:00 后发"
    return "一分钟内发出"


def is_quiet(receiver: Receiver, row: Delivery, now: datetime) -> bool:
    """Whether a receiver may not be disturbed with it at this hour (as `delivery._QUIET` says it)."""
    hour, start, end = timezone.localtime(now).hour, receiver.quiet_from, receiver.quiet_until
    quiet = start <= hour < end if start <= end else hour >= start or hour < end
    if receiver.night == Receiver.Night.URGENT and row.is_urgent:
        return False
    return quiet and not (receiver.night != Receiver.Night.NONE and row.group == MAJOR)
