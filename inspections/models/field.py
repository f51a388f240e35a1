"""What arrives from phones: the log of operations, and the files they announce (docs/field.md)."""

from django.db import models

from evidence.models import Attachment, Photo
from tenancy.models import Membership, TenantModel


class FieldOperation(TenantModel):
    """One thing that a person did on a phone, as it arrived; never changed, never removed.

    Life: waiting (for an earlier one, or for its files) → done, refused (it does not stand, with the
    reason) or conflict (somebody else changed the same thing meanwhile: both versions are kept, and
    a later operation chooses). The visit is a plain id: it may never come to be.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        DONE = "done", "已入账"
        REFUSED = "refused", "未入账"
        CONFLICT = "conflict", "两个版本"

    id = models.UUIDField(primary_key=True, editable=False)
    visit_id = models.UUIDField("检查")
    # The bundle's key of where it was: a<assignment> or e<enterprise>.
    place = models.CharField("地点", max_length=20)
    device = models.UUIDField("手机")
    sequence = models.PositiveIntegerField("次序")
    kind = models.CharField("类别", max_length=20)
    body = models.JSONField("内容")
    body_sha256 = models.CharField("内容哈希", max_length=64)
    made_at = models.DateTimeField("手机时钟的时间")
    happened_at = models.DateTimeField("校正后的时间")
    clock_offset = models.IntegerField("校正秒数", default=0)
    arrived_at = models.DateTimeField("到达时间")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.WAITING)
    outcome = models.JSONField("结果", default=dict)
    # A person has looked at what was refused and did what it needed.
    seen_at = models.DateTimeField("处理时间", null=True, blank=True)
    seen_by_name = models.CharField("处理人", max_length=80, blank=True)
    seen_note = models.CharField("处理说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "现场操作"
        verbose_name_plural = "现场操作"
        constraints = [
            models.UniqueConstraint(
                fields=["visit_id", "device", "sequence"], name="operation_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["provider_org", "state"], name="operation_provider"),
            models.Index(fields=["owner_agency", "state"], name="operation_agency"),
            models.Index(
                fields=["member"],
                condition=models.Q(state__in=("refused", "conflict"), seen_at=None),
                name="operation_refused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence}"


class FieldFile(TenantModel):
    """A file that an operation announced: expected with hash and size, then stored or refused."""

    class State(models.TextChoices):
        EXPECTED = "expected", "待上传"
        STORED = "stored", "已收到"
        REFUSED = "refused", "不能接受"

    id = models.UUIDField(primary_key=True, editable=False)
    operation = models.ForeignKey(FieldOperation, models.PROTECT, related_name="files")
    visit_id = models.UUIDField("检查", db_index=True)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    purpose = models.CharField("用途", max_length=12)
    sha256 = models.CharField("哈希", max_length=64)
    size = models.PositiveIntegerField("字节数")
    about = models.JSONField("拍摄信息", default=dict)
    received = models.PositiveIntegerField("已收字节", default=0)
    chunks = models.JSONField("已收分段", default=list)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.EXPECTED)
    message = models.CharField("说明", max_length=200, blank=True)
    stored_at = models.DateTimeField("收到时间", null=True, blank=True)
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+")
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "现场文件"
        verbose_name_plural = "现场文件"
        constraints = [
            models.CheckConstraint(
                name="field_file_stored_has_time",
                condition=~models.Q(state="stored") | models.Q(stored_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.sha256[:8]}"
