from typing import Self, TypeVar

from django.db import models
from django.db.models.fields.files import FieldFile

from common.ids import uuid7
from tenancy.actors import Actor
from tenancy.models import Membership, TenantModel

E = TypeVar("E", bound=models.Model)


def original_path(photo: "Photo", filename: str) -> str:
    """Where original bytes lie: by their hash, so the same picture is stored once."""
    return f"evidence/{photo.sha256[:2]}/{photo.sha256}"


def reading_path(photo: "Photo", filename: str) -> str:
    """Where the scaled copy for reading lies."""
    return f"reading/{photo.sha256[:2]}/{photo.sha256}.jpg"


def small_path(photo: "Photo", side: int) -> str:
    """Where the copy for papers with sides of so many pixels lies once it was made."""
    return f"small/{photo.sha256[:2]}/{photo.sha256}-{side}.jpg"


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Where an attachment lies: by its hash, so the same file is stored once."""
    return f"attachments/{attachment.sha256[:2]}/{attachment.sha256}"


def marked_path(photo: "Photo") -> str:
    """Where the copy with time, place and drawing on it lies once it was made."""
    return f"marked/{photo.sha256[:2]}/{photo.pk}.jpg"


class Scan(models.TextChoices):
    """What the virus scanner said. Where none is set up (`CLAMAV_URL`), nothing waits for it."""

    NONE = "none", "未设扫描"
    WAITING = "waiting", "待扫描"
    CLEAN = "clean", "无病毒"
    INFECTED = "infected", "有病毒"


SHOWN_TO_OTHERS = (Scan.NONE, Scan.CLEAN)


class EvidenceQuerySet(models.QuerySet[E]):
    """Of what row-level security gives: what may be shown, by what the virus scanner said."""

    def shown_to(self, actor: Actor | None) -> Self:
        """What waits for the scanner is there for its own organisation only.

        What is infected stays in the lists, or evidence would vanish without a word; its bytes are
        given to nobody (`evidence.access.is_open_to`).
        """
        shown = ~models.Q(scan=Scan.WAITING)
        if actor is not None and actor.org_id:
            shown |= models.Q(uploaded_by__org_id=actor.org_id)
        return self.filter(shown)

    def waiting(self) -> Self:
        """What the scanner has still to look at."""
        return self.filter(scan=Scan.WAITING)


class Attachment(TenantModel):
    """A file as evidence: a plan, a roll, a voice note. Known by its content, not its name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    filename = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to=attachment_path, max_length=200)
    sha256 = models.CharField("哈希", max_length=64)
    size = models.PositiveIntegerField("字节数")
    content_type = models.CharField("格式", max_length=100)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    uploaded_by_name = models.CharField("上传人", max_length=80)
    taken_at = models.DateTimeField("录制时间", null=True)
    arrived_at = models.DateTimeField("上传时间")
    scan = models.CharField("扫描", max_length=8, choices=Scan.choices, default=Scan.NONE)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="attachment_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "sha256"], name="attachment_once"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_sound(self) -> bool:
        """Whether it is a recording that a page may play."""
        return self.content_type.startswith("audio/")

    @property
    def source(self) -> FieldFile:
        """The bytes as they arrived."""
        return self.file


class Photo(TenantModel):
    """A picture as evidence: original bytes and their hash, and a copy for reading without metadata.

    `issued_at` is when the enterprise may see it: with the hazard, or at once if it sent it itself.
    """

    class Purpose(models.TextChoices):
        BEFORE = "before", "整改前"
        AFTER = "after", "整改后"
        RECHECK = "recheck", "复查"
        SITE = "site", "现场"
        SIGNATURE = "signature", "签名"
        SLIP = "slip", "签字确认单"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    purpose = models.CharField("用途", max_length=12, choices=Purpose.choices)
    original = models.FileField("原件", upload_to=original_path, max_length=200)
    reading = models.FileField("阅读件", upload_to=reading_path, max_length=200)
    sha256 = models.CharField("哈希", max_length=64, db_index=True)
    size = models.PositiveIntegerField("字节数")
    content_type = models.CharField("格式", max_length=40)
    width = models.PositiveIntegerField("宽")
    height = models.PositiveIntegerField("高")
    taken_at = models.DateTimeField("拍摄时间", null=True)
    phone_taken_at = models.DateTimeField("手机时钟的拍摄时间", null=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    accuracy = models.PositiveIntegerField("定位精度（米）", null=True)
    # Arrows and circles over the original, in shares of its width and height: docs/field.md.
    drawing = models.JSONField("标注", default=list)
    # Perceptual hash, 16 hex digits: near pictures differ in few bits. Empty: not worked out.
    phash = models.CharField("感知哈希", max_length=16, blank=True, db_index=True)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    arrived_at = models.DateTimeField("到达时间")
    scan = models.CharField("扫描", max_length=8, choices=Scan.choices, default=Scan.NONE)
    issued_at = models.DateTimeField("可见时间", null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = "照片"
        verbose_name_plural = "照片"
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="photo_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "purpose", "sha256"], name="photo_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.sha256[:8]}"

    @property
    def source(self) -> FieldFile:
        """The bytes as they arrived."""
        return self.original
