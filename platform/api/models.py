"""Tokens of programs, and what a program was answered when it asked for the same twice."""

from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

from tenancy.models import Membership, Organization


class ApiToken(models.Model):
    """Lets a program act as one membership, within its scopes, until a day; never as more.

    The secret is shown once; its digest finds the row. Life: made → revoked by its holder or by the
    organisation's administrator, or past its day. It gives nothing while its membership gives
    nothing.
    """

    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="api_tokens", verbose_name="身份"
    )
    # Whose the row is, as plain values for the policies.
    user_id = models.BigIntegerField("用户")
    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("用途", max_length=60)
    prefix = models.CharField("开头", max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField("权限范围")
    networks = models.JSONField("允许的网络地址", default=list)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    expires_at = models.DateTimeField("失效时间")
    last_used_at = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("吊销时间", null=True)
    revoked_by_name = models.CharField("吊销人", max_length=80, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        indexes = [
            models.Index(fields=["user_id", "-id"], name="api_token_own"),
            models.Index(fields=["org", "-id"], name="api_token_org"),
        ]
        constraints = [
            models.CheckConstraint(
                name="api_token_ends_after_start",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self, now: datetime | None = None) -> bool:
        """Whether its day has passed."""
        return self.expires_at <= (now or timezone.now())

    @property
    def last_on(self) -> date:
        """The last day on which it holds."""
        return timezone.localdate(self.expires_at - timedelta(microseconds=1))

    @property
    def is_live(self) -> bool:
        """Whether it still gives anything, as far as it is in its own hands."""
        return self.revoked_at is None and not self.is_over()


class KeptAnswer(models.Model):
    """What a program was answered under an Idempotency-Key: the same again gives the same.

    Written in the transaction of what it asked for, so that neither is there without the other.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    user_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "留存的答复"
        verbose_name_plural = "留存的答复"
        constraints = [
            models.UniqueConstraint(fields=["membership", "key"], name="kept_answer_once"),
        ]

    def __str__(self) -> str:
        return self.key
