"""Acts in plain values, appended and never changed, then sealed into one hash chain per agency."""

from django.db import models

from common.ids import uuid7


class AuditEntry(models.Model):
    """One act: who did what to what. Holds no personal data and no foreign key.

    `agency_id` names the chain (0: the platform's own); `region_code` and `org_id` say who reads it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency_id = models.BigIntegerField("链")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    org_id = models.BigIntegerField("单位", null=True)
    user_id = models.BigIntegerField("用户", null=True)
    membership_id = models.BigIntegerField("身份", null=True)
    actor_name = models.CharField("操作人", max_length=120)
    act = models.CharField("行为", max_length=60)
    subject_type = models.CharField("对象类别", max_length=60, blank=True)
    subject_id = models.CharField("对象", max_length=64, blank=True)
    summary = models.CharField("说明", max_length=300, blank=True)
    data = models.JSONField("数据", default=dict)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["agency_id", "id"], name="audit_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.act}"


class Seal(models.Model):
    """The place of one act in its agency's chain: hash = sha256(previous hash, canonical act)."""

    agency_id = models.BigIntegerField("链")
    sequence = models.BigIntegerField("序号")
    entry_id = models.UUIDField("记录", unique=True)
    hash = models.CharField("哈希", max_length=64)
    sealed_at = models.DateTimeField("封存时间", auto_now_add=True)

    class Meta:
        verbose_name = "封存"
        verbose_name_plural = "封存"
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "sequence"], name="seal_sequence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}#{self.sequence}"
