from django.db import models

from common.ids import uuid7
from tenancy.models import Membership


class Notification(models.Model):
    """A message to an organisation, or to one of its people. Read by somebody, it stays on record."""

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

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"
        indexes = [
            models.Index(fields=["org_id", "-id"], name="notification_inbox"),
            models.Index(
                fields=["org_id", "-id"],
                condition=models.Q(read_at=None),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.title
