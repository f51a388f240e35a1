"""Acts in plain values, appended and never changed, then sealed into one hash chain per agency."""

from django.db import models
from django.db.models.functions import Now

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
            models.Index(fields=["agency_id", "at"], name="audit_log"),
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


class Unsealed(models.Model):
    """An act that waits for its seal: a trigger adds it with the act, the sealer takes it out.

    Ids cannot say what is new: a transaction that commits late brings an id older than some sealed
    one. A queue misses nothing, and costs the same however long the chain is.
    """

    entry_id = models.UUIDField("记录", primary_key=True)
    agency_id = models.BigIntegerField("链")
    queued_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "待封存"
        verbose_name_plural = "待封存"
        indexes = [models.Index(fields=["agency_id", "entry_id"], name="unsealed_chain")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.entry_id}"


class PublishedDay(models.Model):
    """The heads of all chains at the end of a day, as one file that names the day before.

    `sha256` is the hash of the file that `audit.heads.day_text` writes, `previous` that of the day
    before; `signature` is detached (CMS, DER), empty where the platform's key was not at hand.
    """

    day = models.DateField("日期", unique=True)
    previous = models.CharField("前一天的哈希", max_length=64)
    sha256 = models.CharField("哈希", max_length=64)
    signature = models.BinaryField("签名", default=b"")
    published_at = models.DateTimeField("公布时间", auto_now_add=True)

    class Meta:
        verbose_name = "公布日"
        verbose_name_plural = "公布日"

    def __str__(self) -> str:
        return f"{self.day} {self.sha256[:8]}"


class DailyHead(models.Model):
    """Where one chain stood at the end of a day, in plain values: the last place and its hash."""

    day = models.DateField("日期")
    agency_id = models.BigIntegerField("链")
    name = models.CharField("单位", max_length=100)
    is_training = models.BooleanField("演示单位", default=False)
    sequence = models.BigIntegerField("末号")
    hash = models.CharField("末号的哈希", max_length=64)
    acts = models.BigIntegerField("当日封存")

    class Meta:
        verbose_name = "链头"
        verbose_name_plural = "链头"
        constraints = [
            models.UniqueConstraint(fields=["agency_id", "day"], name="daily_head_once"),
        ]
        indexes = [models.Index(fields=["day", "agency_id"], name="daily_head_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}#{self.sequence}"
