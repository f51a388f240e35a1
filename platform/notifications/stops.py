"""channel_stop · channel_start · channel_limit: what whoever runs the installation does."""

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from notifications.delivery import channel_rows
from notifications.models import Channel
from tenancy.actors import Actor


def _channel(key: str) -> Channel:
    channel_rows()
    row = Channel.objects.select_for_update(no_key=True).filter(pk=key).first()
    if row is None:
        raise DomainError(f"没有这个渠道：{key}")
    return row


@transaction.atomic
def channel_stop(*, actor: Actor, channel: str, reason: str) -> Channel:
    """Nothing leaves by a channel any more, from the next letter on; it is kept."""
    if not reason.strip():
        raise DomainError("请写明停发原因", field="reason")
    row = _channel(channel)
    row.stopped_at, row.stopped_reason = timezone.now(), reason.strip()[:200]
    row.save()
    _note(actor, "messages.stop", row, row.stopped_reason)
    return row


@transaction.atomic
def channel_start(*, actor: Actor, channel: str) -> Channel:
    """Let a channel go again, at once and without a rest; what was kept comes merged."""
    row = _channel(channel)
    row.stopped_at, row.stopped_reason, row.rests_until, row.failures = None, "", None, 0
    row.save()
    _note(actor, "messages.start", row, "")
    return row


@transaction.atomic
def channel_limit(
    *, actor: Actor, channel: str, per_minute: int | None, per_day: int | None
) -> Channel:
    """Change the ceilings of a channel."""
    row = _channel(channel)
    if per_minute is not None:
        row.per_minute = per_minute
    if per_day is not None:
        row.per_day = per_day
    if row.per_minute < 1:
        raise DomainError("每分钟上限至少为 1", field="per_minute")
    row.save()
    _note(actor, "messages.limit", row, f"每分钟 {row.per_minute}，每人每天 {row.per_day}")
    return row


def _note(actor: Actor, act: str, row: Channel, words: str) -> None:
    record(actor=actor, act=act, subject=("notifications.channel", row.key), summary=words)
