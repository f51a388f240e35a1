from django.db import models

from common.encrypted import EncryptedCharField
from common.ids import uuid7
from documents.registry import Family, kind_name, paper_of
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


class Seal(models.Model):
    """The picture of an organisation's seal. It is laid on a paper only under a `SealApproval`."""

    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("印章名称", max_length=60)
    image = models.BinaryField("印模")
    sha256 = models.CharField("哈希", max_length=64)
    registered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField("登记时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "印章"
        verbose_name_plural = "印章"
        constraints = [
            models.UniqueConstraint(
                fields=["org"], condition=models.Q(retired_at=None), name="seal_in_use_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SealApproval(models.Model):
    """A leader's word that a seal may be laid on papers of some kinds, for a time.

    Whoever asks and whoever approves are two people (domain.md 4.12: use needs an approval record).
    """

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="approvals", verbose_name="印章")
    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    kinds = models.JSONField("文书种类")
    reason = models.CharField("用印事由", max_length=200)
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    asked_by_name = models.CharField("申请人", max_length=80)
    asked_at = models.DateTimeField("申请时间")
    valid_from = models.DateField("自")
    valid_until = models.DateField("至")
    approved_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    approved_by_name = models.CharField("批准人", max_length=80, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    refused_at = models.DateTimeField("不批准时间", null=True)
    revoked_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = "用印审批"
        verbose_name_plural = "用印审批"
        constraints = [
            models.CheckConstraint(
                name="seal_approval_by_another",
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="seal_approval_ends_after_start",
                condition=models.Q(valid_until__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def state_words(self) -> str:
        """How it stands."""
        if self.revoked_at:
            return "已收回"
        if self.refused_at:
            return "不批准"
        return "已批准" if self.approved_at else "待批准"


class Document(TenantModel):
    """An issued paper. What is issued is `content`, frozen; the file is made from it afterwards.

    Life: issued (numbered) → rendered (`file_sha256`) → perhaps voided by a later one. The content
    of an issued paper never changes. `issue_key` says what it was issued for, so that the same
    order twice, or a task begun anew, gives one paper.
    """

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "电子表格"

    class State(models.TextChoices):
        ISSUED = "issued", "已签发"
        VOIDED = "voided", "已作废"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("种类", max_length=40)
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
    voided_at = models.DateTimeField("作废时间", null=True)
    voided_by_name = models.CharField("作废人", max_length=80, blank=True)
    seal_approval = models.ForeignKey(
        SealApproval, models.PROTECT, null=True, related_name="documents", verbose_name="用印审批"
    )
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    file = models.FileField("文件", upload_to=file_path, max_length=200, blank=True)
    file_sha256 = models.CharField("文件哈希", max_length=64, blank=True)
    size = models.PositiveIntegerField("字节数", null=True)
    pages = models.PositiveIntegerField("页数", null=True)
    # The signature is appended, so the paper as rendered is the first `unsigned_size` bytes.
    unsigned_size = models.PositiveIntegerField("签名前字节数", null=True)
    unsigned_sha256 = models.CharField("签名前哈希", max_length=64, blank=True)
    certificate_serial = models.CharField("签名证书", max_length=60, blank=True)
    renderer = models.CharField("制作程序", max_length=300, blank=True)
    rendered_at = models.DateTimeField("制作时间", null=True)

    class Meta:
        verbose_name = "文书"
        verbose_name_plural = "文书"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="document_subject"),
            # Whoever has a file asks what paper it is.
            models.Index(
                fields=["file_sha256"], condition=~models.Q(file_sha256=""), name="document_file"
            ),
            models.Index(fields=["content_sha256"], name="document_content"),
            models.Index(fields=["enterprise_org", "-issued_at"], name="document_enterprise"),
            models.Index(fields=["issuer_org", "-issued_at"], name="document_issuer"),
            models.Index(fields=["region_code", "-id"], name="document_region"),
            models.Index(fields=["provider_org", "-id"], name="document_provider"),
            models.Index(
                fields=["region_code"], condition=models.Q(file=""), name="document_unmade"
            ),
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
            models.CheckConstraint(
                name="document_voided_has_reason",
                condition=~models.Q(state="voided") | ~models.Q(void_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_name} {self.number}".strip()

    @property
    def kind_name(self) -> str:
        """The kind's Chinese name."""
        return kind_name(self.kind)

    @property
    def family(self) -> Family:
        """Who may issue it and how it is handed over."""
        return paper_of(self.kind).family


class DeliveryConsent(TenantModel):
    """An enterprise's signed word that papers may be sent to it electronically (L2 §61)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signed_on = models.DateField("签署日期")
    signer_name = models.CharField("签署人", max_length=40)
    contact = EncryptedCharField("送达方式", max_length=100)
    recorded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    recorded_by_name = models.CharField("登记人", max_length=80)
    recorded_at = models.DateTimeField("登记时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = "电子送达确认书"
        verbose_name_plural = "电子送达确认书"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "enterprise_org"],
                condition=models.Q(withdrawn_at=None),
                name="delivery_consent_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_org} {self.signed_on}"


class Receipt(TenantModel):
    """A paper was received, or was refused before witnesses (L1 §68); one per paper, for good."""

    class How(models.TextChoices):
        PAGE = "page", "企业端签收"
        QR = "qr", "扫码签收"
        PAPER = "paper", "当面送达"
        REFUSED = "refused", "拒收（留置送达）"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="receipt", verbose_name="文书"
    )
    how = models.CharField("方式", max_length=8, choices=How.choices)
    person_name = models.CharField("签收人", max_length=40)
    person_post = models.CharField("职务", max_length=40, blank=True)
    refusal_reason = models.CharField("拒收理由", max_length=200, blank=True)
    witness_names = models.CharField("见证人", max_length=100, blank=True)
    recorded_by_name = models.CharField("经办人", max_length=80, blank=True)
    received_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "签收"
        verbose_name_plural = "签收"
        constraints = [
            models.CheckConstraint(
                name="receipt_refused_has_reason_and_witness",
                condition=~models.Q(how="refused")
                | (~models.Q(refusal_reason="") & ~models.Q(witness_names="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} {self.get_how_display()}"


class WordTemplate(models.Model):
    """An office's own Word form for a kind of paper; the newest in use makes the editable copy."""

    org = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("种类", max_length=40)
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("模板")
    sha256 = models.CharField("哈希", max_length=64)
    uploaded_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    uploaded_by_name = models.CharField("上传人", max_length=80)
    uploaded_at = models.DateTimeField("上传时间")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "文书模板"
        verbose_name_plural = "文书模板"
        constraints = [
            models.UniqueConstraint(
                fields=["org", "kind"],
                condition=models.Q(retired_at=None),
                name="word_template_in_use_once",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def kind_name(self) -> str:
        """The kind's Chinese name."""
        return kind_name(self.kind)
