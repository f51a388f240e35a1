"""notify · notify_many · notifications_read · tell_of_reset · tell_of_work ·
tell_of_deputy"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.urls import reverse
from django.utils import timezone

from common.db.columns import insert_columns
from common.ids import uuid7
from notifications.models import Notification
from tenancy.actors import Actor
from tenancy.models import Membership


class Message(NamedTuple):
    """What an organisation is told, or one of its people."""

    org_id: int
    title: str
    url: str
    membership_id: int | None = None


def notify(
    *,
    org_id: int,
    kind: str,
    title: str,
    url: str,
    at: datetime,
    is_urgent: bool = False,
    membership_id: int | None = None,
) -> None:
    """Put a message into an organisation's inbox, or into one person's."""
    message = Message(org_id, title, url, membership_id)
    notify_many([message], kind=kind, at=at, is_urgent=is_urgent)


def notify_many(
    messages: Sequence[Message], *, kind: str, at: datetime, is_urgent: bool = False
) -> None:
    """Send many of a kind in one statement; the sender need not be able to read them."""
    if not messages:
        return
    columns: dict[str, Sequence[Any]] = {
        "id": [uuid7() for _ in messages],
        "org_id": [message.org_id for message in messages],
        "membership_id": [message.membership_id for message in messages],
        "title": [message.title[:200] for message in messages],
        "url": [message.url for message in messages],
    }
    insert_columns(Notification, columns, kind=kind, created_at=at, is_urgent=is_urgent)


def notifications_read(
    *,
    actor: Actor,
    ids: list[str] | None = None,
    rows: "models.QuerySet[Notification] | None" = None,
) -> int:
    """Mark messages of one's own inbox as read: `rows` of it, or all; `ids` of them, or each."""
    rows = (inbox(actor) if rows is None else rows).filter(read_at=None).order_by()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=timezone.now(), read_by_id=actor.membership_id)


def inbox(actor: Actor) -> "models.QuerySet[Notification]":
    """Return what is addressed to the actor or to his whole organisation."""
    mine = models.Q(membership_id=None) | models.Q(membership_id__in=actor.places)
    return Notification.objects.filter(mine, org_id__in=actor.orgs).order_by("-id")


def tell_of_reset(membership: Membership, **_: Any) -> None:
    """Tell a person in his inbox that an administrator took away his second factors."""
    notify(
        org_id=membership.org_id,
        membership_id=membership.pk,
        kind="second_factor_reset",
        title="你的两步验证已由管理员重设。如果不是你要求的，请立即联系本单位管理员",
        url=reverse("accounts:security"),
        at=timezone.now(),
        is_urgent=True,
    )


def tell_of_work(membership: Membership, to: Membership, words: str, reason: str, **_: Any) -> None:
    """Tell a person what he has taken over, and from whom."""
    notify(
        org_id=to.org_id, membership_id=to.pk, kind="work_handed_over", url=reverse("home:front"),
        title=f"{membership.user.name}的工作移交给你：{words}。原因：{reason}", at=timezone.now(),
    )  # fmt: skip


def tell_of_deputy(membership: Membership, **_: Any) -> None:
    """Tell a person, in his own membership and the one to come, that he stands in for a colleague."""
    title = (
        f"你受委托代理{membership.deputy_for_name}（{membership.get_role_display()}），"
        f"{membership.valid_from:%Y-%m-%d}至{membership.valid_until:%Y-%m-%d}；期内在“切换身份”中选用"
    )
    own = Membership.objects.own().filter(user_id=membership.user_id, org_id=membership.org_id)
    messages = [
        Message(membership.org_id, title, reverse("tenancy:switch"), pk)
        for pk in [*own.values_list("pk", flat=True), membership.pk]
    ]
    notify_many(messages, kind="deputy_named", at=timezone.now())
