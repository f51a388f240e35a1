from django.db import models

from common.ids import uuid7
from tenancy.models import Membership, Organization, TenantModel


class NumberSeries(models.Model):
    """The last number given in one series: issuer, kind, year. Numbers leave no gap."""

    issuer_org = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=40)
    year = models.PositiveSmallIntegerField("年")
    last = models.PositiveIntegerField("末号", default=0)

    class Meta:
        verbose_name = "文号序列"
        verbose_name_plural = "文号序列"
        constraints = [
            models.UniqueConstraint(fields=["issuer_org", "kind", "year"], name="series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"


def file_path(document: "Document", filename: str) -> str:
    """Where a rendered paper lies: by kind and hash, so a repeated rendering is the same file."""
    return f"documents/{document.kind}/{document.pk}.{document.format}"


class Document(TenantModel):
    """An issued paper. What is issued is `content`, frozen; the file is made from it afterwards.

    Life: issued (numbered) → rendered (`file_sha256`) → perhaps voided by a later one. The content
    of an issued paper never changes. `issue_key` says what it was issued for, so that the same
    order twice, or a task begun anew, gives one paper.
    """

    class Kind(models.TextChoices):
        SERVICE_RECORD = "service_record", "社会化服务检查记录"
        SUGGESTION = "suggestion", "隐患整改建议书"
        LEDGER = "ledger", "隐患排查治理台账"
        POINTS_SHEET = "points_sheet", "安全生产监督检查记分表"
        POINTS_SUMMARY = "points_summary", "记分汇总"
        APPRAISAL = "appraisal", "绩效考评表"

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "电子表格"

    class State(models.TextChoices):
        ISSUED = "issued", "已签发"
        VOIDED = "voided", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("种类", max_length=40, choices=Kind.choices)
    format = models.CharField("格式", max_length=4, choices=Format.choices, default=Format.PDF)
    number = models.CharField("文号", max_length=80, blank=True)
    title = models.CharField("标题", max_length=200)
    issuer_org = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="签发单位"
    )
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    issue_key = models.CharField("签发键", max_length=120, unique=True)
    content = models.JSONField("内容")
    content_sha256 = models.CharField("内容哈希", max_length=64)
    check_code = models.CharField("核验码", max_length=20, unique=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ISSUED)
    issued_at = models.DateTimeField("签发时间")
    issued_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField("作废原因", max_length=200, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    file = models.FileField("文件", upload_to=file_path, max_length=200, blank=True)
    file_sha256 = models.CharField("文件哈希", max_length=64, blank=True)
    size = models.PositiveIntegerField("字节数", null=True)
    pages = models.PositiveIntegerField("页数", null=True)
    renderer = models.CharField("制作程序", max_length=300, blank=True)
    rendered_at = models.DateTimeField("制作时间", null=True)

    class Meta:
        verbose_name = "文书"
        verbose_name_plural = "文书"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="document_subject"),
            models.Index(fields=["enterprise_org", "-issued_at"], name="document_enterprise"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_org", "number"],
                condition=~models.Q(number=""),
                name="document_number_once",
            ),
            models.CheckConstraint(
                name="document_rendered_has_hash",
                condition=models.Q(rendered_at=None) | ~models.Q(file_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()
