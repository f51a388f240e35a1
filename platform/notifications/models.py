from django.db import models

from common.ids import uuid7
from notifications.outgoing import Channel, Choice, Delivery, Dispatch, Phone, Receiver, Robot
from tenancy.models import Membership

__all__ = [
    "Channel", "Choice", "Delivery", "Dispatch", "Notification", "Phone", "Receiver", "Robot",
]  # fmt: skip


class Notification(models.Model):
    """A message to an organisation, or to one of its people. Read by somebody, it stays on record.

    `is_owed` until beat has worked out to whom it goes outside the page (`delivery.fan_out`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org_id = models.BigIntegerField("收件单位")
    membership_id = models.BigIntegerField("收件人", null=True)
    kind = models.CharField("种类", max_length=40)
    is_urgent = models.BooleanField("紧急", default=False)
    title = models.CharField("标题", max_length=200)
    url = models.CharField("链接", max_length=200)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)
    read_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    is_owed = models.BooleanField("待外发", default=True)

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"
        indexes = [
            models.Index(fields=["org_id", "-id"], name="notification_inbox"),
            models.Index(fields=["id"], condition=models.Q(is_owed=True), name="notification_owed"),
            models.Index(
                fields=["org_id", "-id"],
                condition=models.Q(read_at=None),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title
