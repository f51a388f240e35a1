"""Where an organisation wants to be told of what happens, and what was sent there."""

from datetime import datetime

from django.conf import settings
from django.db import models

from common.encrypted import EncryptedCharField
from common.ids import uuid7
from tenancy.models import Organization


class Endpoint(models.Model):
    """An address of an organisation's own system, and how it fares.

    It is told of what was recorded after it: its id is made from the same clock as those of acts.
    After WEBHOOK_REST_AFTER failures in a row it rests: from `rests_until` on one probe is sent, and
    the next after a longer while. WEBHOOK_OFF_AFTER without a success, or the answer 410, switches
    it off. Whatever its state, what happens is held for it until it is too old to be kept. While
    somebody sends to it, `leased_until` keeps others off.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "启用"
        PAUSED = "paused", "暂停"
        OFF = "off", "停用"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    url = models.CharField("网址", max_length=500)
    description = models.CharField("用途", max_length=100)
    kinds = models.JSONField("事件", default=list)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.ACTIVE)
    state_reason = models.CharField("原因", max_length=200, blank=True)
    secret = EncryptedCharField("密钥", max_length=80)
    old_secret = EncryptedCharField("原密钥", max_length=80, blank=True)
    old_secret_until = models.DateTimeField("原密钥有效至", null=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    failing_since = models.DateTimeField("失败始于", null=True)
    rests_until = models.DateTimeField("歇至", null=True)
    leased_until = models.DateTimeField("发送中至", null=True)
    last_ok_at = models.DateTimeField("最近成功", null=True)
    created_at = models.DateTimeField("登记时间")
    created_by_name = models.CharField("登记人", max_length=120)

    class Meta:
        verbose_name = "推送地址"
        verbose_name_plural = "推送地址"
        constraints = [
            models.UniqueConstraint(fields=["org", "url"], name="endpoint_url_once"),
            models.CheckConstraint(
                name="endpoint_off_has_reason",
                condition=~models.Q(state="off") | ~models.Q(state_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_resting(self) -> bool:
        """Whether it failed so often that only probes are sent."""
        return self.state == self.State.ACTIVE and self.failures >= settings.WEBHOOK_REST_AFTER

    def secrets_at(self, at: datetime) -> list[str]:
        """Return what is signed with: for a while after a change the former secret as well."""
        is_both = self.old_secret_until is not None and at < self.old_secret_until
        return [self.secret, *([self.old_secret] if is_both and self.old_secret else [])]


class Delivery(models.Model):
    """One event for one endpoint. `body` is what is signed and sent, the same at every attempt."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发送"
        DONE = "done", "已送达"
        FAILED = "failed", "未送达"

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    org_id = models.BigIntegerField("单位")
    event_id = models.UUIDField("事件编号")
    kind = models.CharField("事件", max_length=40)
    subject_type = models.CharField("对象类别", max_length=60, blank=True)
    subject_id = models.CharField("对象", max_length=64, blank=True)
    body = models.TextField("内容")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("按期次数", default=0)
    next_at = models.DateTimeField("下次发送", null=True)
    created_at = models.DateTimeField("产生时间")
    finished_at = models.DateTimeField("结束时间", null=True)
    status = models.PositiveSmallIntegerField("最近回答", null=True)
    problem = models.CharField("最近问题", max_length=200, blank=True)

    class Meta:
        verbose_name = "推送"
        verbose_name_plural = "推送"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_delivery_once"),
            models.CheckConstraint(
                name="delivery_waits_for_a_moment",
                condition=~models.Q(state="waiting") | models.Q(next_at__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_ended_has_finished_at",
                condition=models.Q(state="waiting") | models.Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_log"),
            models.Index(
                fields=["endpoint", "id"],
                condition=models.Q(state="waiting"),
                name="webhook_delivery_waiting",
            ),
            models.Index(
                fields=["endpoint", "-id"],
                condition=models.Q(state="failed"),
                name="delivery_failed",
            ),
            models.Index(fields=["created_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Attempt(models.Model):
    """One try at a delivery: what the other side answered, or why nothing came back."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    org_id = models.BigIntegerField("单位")
    at = models.DateTimeField("时间")
    status = models.PositiveSmallIntegerField("回答", null=True)
    ms = models.PositiveIntegerField("用时")
    answer = models.CharField("回答内容", max_length=500, blank=True)
    error = models.CharField("问题", max_length=200, blank=True)

    class Meta:
        verbose_name = "发送记录"
        verbose_name_plural = "发送记录"
        indexes = [models.Index(fields=["delivery", "id"], name="attempt_of_delivery")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status}"


class Position(models.Model):
    """Up to which place of an agency's sealed chain its acts were handed out to endpoints.

    Places of a chain have no gaps and come in the order of sealing, which sees committed acts only:
    a transaction that commits late gets a later place, and so is never stepped over.
    """

    agency_id = models.BigIntegerField("链", primary_key=True)
    sequence = models.BigIntegerField("序号")

    class Meta:
        verbose_name = "推送进度"
        verbose_name_plural = "推送进度"

    def __str__(self) -> str:
        return f"{self.agency_id}#{self.sequence}"
