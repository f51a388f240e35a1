"""Papers, their numbers, seals and receipts."""

from django.db import migrations, models

import documents.models
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("documents", "0001_initial"),
        ("documents", "0003_seals_receipts_signatures"),
        ("documents", "0005_encrypted_contact"),
        ("documents", "0006_close_contact"),
        ("documents", "0007_long_lists"),
        ("documents", "0009_no_temporary_tables"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = create_models(
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("name", models.CharField("印章名称", max_length=60)),
                ("image", models.BinaryField("印模")),
                ("sha256", models.CharField("哈希", max_length=64)),
                ("registered_at", models.DateTimeField("登记时间")),
                ("retired_at", models.DateTimeField("停用时间", blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="单位",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "印章",
                "verbose_name_plural": "印章",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["org"], condition=models.Q(retired_at=None), name="seal_in_use_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("kinds", models.JSONField("文书种类")),
                ("reason", models.CharField("用印事由", max_length=200)),
                ("asked_by_name", models.CharField("申请人", max_length=80)),
                ("asked_at", models.DateTimeField("申请时间")),
                ("valid_from", models.DateField("自")),
                ("valid_until", models.DateField("至")),
                ("approved_by_name", models.CharField("批准人", blank=True, max_length=80)),
                ("approved_at", models.DateTimeField("批准时间", null=True)),
                ("refused_at", models.DateTimeField("不批准时间", null=True)),
                ("revoked_at", models.DateTimeField("收回时间", null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                (
                    "org",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="单位",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        "documents.seal",
                        models.PROTECT,
                        related_name="approvals",
                        verbose_name="印章",
                    ),
                ),
            ],
            options={
                "verbose_name": "用印审批",
                "verbose_name_plural": "用印审批",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(approved_by=None)
                        | ~models.Q(approved_by=models.F("asked_by")),
                        name="seal_approval_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(valid_until__gte=models.F("valid_from")),
                        name="seal_approval_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField("种类", max_length=40)),
                (
                    "format",
                    models.CharField(
                        "格式",
                        choices=[("pdf", "PDF"), ("xlsx", "电子表格")],
                        default="pdf",
                        max_length=4,
                    ),
                ),
                ("number", models.CharField("文号", blank=True, max_length=80)),
                ("title", models.CharField("标题", max_length=200)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("issue_key", models.CharField("签发键", max_length=120, unique=True)),
                ("content", models.JSONField("内容")),
                ("content_sha256", models.CharField("内容哈希", max_length=64)),
                ("check_code", models.CharField("核验码", max_length=20, unique=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("issued", "已签发"), ("voided", "已作废")],
                        default="issued",
                        max_length=10,
                    ),
                ),
                ("issued_at", models.DateTimeField("签发时间")),
                ("void_reason", models.CharField("作废原因", blank=True, max_length=200)),
                (
                    "file",
                    models.FileField(
                        "文件", blank=True, max_length=200, upload_to=documents.models.file_path
                    ),
                ),
                ("file_sha256", models.CharField("文件哈希", blank=True, max_length=64)),
                ("size", models.PositiveIntegerField("字节数", null=True)),
                ("pages", models.PositiveIntegerField("页数", null=True)),
                ("renderer", models.CharField("制作程序", blank=True, max_length=300)),
                ("rendered_at", models.DateTimeField("制作时间", null=True)),
                ("enterprise_org", enterprise_org()),
                (
                    "issued_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                (
                    "issuer_org",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="签发单位",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "replaces",
                    models.ForeignKey(
                        "documents.document", models.PROTECT, null=True, related_name="replaced_by"
                    ),
                ),
                ("certificate_serial", models.CharField("签名证书", blank=True, max_length=60)),
                ("unsigned_sha256", models.CharField("签名前哈希", blank=True, max_length=64)),
                ("unsigned_size", models.PositiveIntegerField("签名前字节数", null=True)),
                ("voided_at", models.DateTimeField("作废时间", null=True)),
                ("voided_by_name", models.CharField("作废人", blank=True, max_length=80)),
                (
                    "seal_approval",
                    models.ForeignKey(
                        "documents.sealapproval",
                        models.PROTECT,
                        null=True,
                        related_name="documents",
                        verbose_name="用印审批",
                    ),
                ),
            ],
            options={
                "verbose_name": "文书",
                "verbose_name_plural": "文书",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id"], name="document_subject"),
                    models.Index(
                        fields=["enterprise_org", "-issued_at"], name="document_enterprise"
                    ),
                    models.Index(
                        fields=["region_code"], condition=models.Q(file=""), name="document_unmade"
                    ),
                    models.Index(fields=["region_code", "-id"], name="document_region"),
                    models.Index(fields=["provider_org", "-id"], name="document_provider"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["issuer_org", "number"],
                        condition=~models.Q(number=""),
                        name="document_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(rendered_at=None) | ~models.Q(file_sha256=""),
                        name="document_rendered_has_hash",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="voided") | ~models.Q(void_reason=""),
                        name="document_voided_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField("种类", max_length=40)),
                ("year", models.PositiveSmallIntegerField("年")),
                ("last", models.PositiveIntegerField("末号", default=0)),
                (
                    "issuer_org",
                    models.ForeignKey("tenancy.organization", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "文号序列",
                "verbose_name_plural": "文号序列",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["issuer_org", "kind", "year"], name="series_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WordTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField("种类", max_length=40)),
                ("filename", models.CharField("文件名", max_length=200)),
                ("content", models.BinaryField("模板")),
                ("sha256", models.CharField("哈希", max_length=64)),
                ("uploaded_by_name", models.CharField("上传人", max_length=80)),
                ("uploaded_at", models.DateTimeField("上传时间")),
                ("retired_at", models.DateTimeField("停用时间", blank=True, null=True)),
                (
                    "org",
                    models.ForeignKey(
                        "tenancy.organization",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="单位",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "文书模板",
                "verbose_name_plural": "文书模板",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["org", "kind"],
                        condition=models.Q(retired_at=None),
                        name="word_template_in_use_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeliveryConsent",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("signed_on", models.DateField("签署日期")),
                ("signer_name", models.CharField("签署人", max_length=40)),
                ("contact", EncryptedCharField("送达方式", max_length=100)),
                ("recorded_by_name", models.CharField("登记人", max_length=80)),
                ("recorded_at", models.DateTimeField("登记时间")),
                ("withdrawn_at", models.DateTimeField("撤回时间", blank=True, null=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "recorded_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "电子送达确认书",
                "verbose_name_plural": "电子送达确认书",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "enterprise_org"],
                        condition=models.Q(withdrawn_at=None),
                        name="delivery_consent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        "方式",
                        choices=[
                            ("page", "企业端签收"),
                            ("qr", "扫码签收"),
                            ("paper", "当面送达"),
                            ("refused", "拒收（留置送达）"),
                        ],
                        max_length=8,
                    ),
                ),
                ("person_name", models.CharField("签收人", max_length=40)),
                ("person_post", models.CharField("职务", blank=True, max_length=40)),
                ("refusal_reason", models.CharField("拒收理由", blank=True, max_length=200)),
                ("witness_names", models.CharField("见证人", blank=True, max_length=100)),
                ("recorded_by_name", models.CharField("经办人", blank=True, max_length=80)),
                ("received_at", models.DateTimeField("时间")),
                (
                    "document",
                    models.OneToOneField(
                        "documents.document",
                        models.PROTECT,
                        related_name="receipt",
                        verbose_name="文书",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "签收",
                "verbose_name_plural": "签收",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(how="refused")
                        | (~models.Q(refusal_reason="") & ~models.Q(witness_names="")),
                        name="receipt_refused_has_reason_and_witness",
                    )
                ],
            },
        ),
    )
