"""Photos and attachments.

An enterprise sees a photo when it was issued or when it sent it; an attachment is seen by its
region, its provider and the enterprise that it concerns.
"""

from django.db import migrations, models

import evidence.models
from common.ids import uuid7
from common.rls import ENTERPRISE, ENTERPRISE_ISSUED, PROVIDER, REGION, tenant_table
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("evidence", "0001_initial"),
        ("evidence", "0002_row_level_security"),
        ("evidence", "0003_attachment"),
        ("evidence", "0004_attachment_security"),
        ("evidence", "0005_marks_and_scans"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                (
                    "purpose",
                    models.CharField(
                        "用途",
                        choices=[
                            ("before", "整改前"),
                            ("after", "整改后"),
                            ("recheck", "复查"),
                            ("site", "现场"),
                            ("signature", "签名"),
                            ("slip", "签字确认单"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "original",
                    models.FileField(
                        "原件", max_length=200, upload_to=evidence.models.original_path
                    ),
                ),
                (
                    "reading",
                    models.FileField(
                        "阅读件", max_length=200, upload_to=evidence.models.reading_path
                    ),
                ),
                ("sha256", models.CharField("哈希", db_index=True, max_length=64)),
                ("size", models.PositiveIntegerField("字节数")),
                ("content_type", models.CharField("格式", max_length=40)),
                ("width", models.PositiveIntegerField("宽")),
                ("height", models.PositiveIntegerField("高")),
                ("taken_at", models.DateTimeField("拍摄时间", null=True)),
                (
                    "latitude",
                    models.DecimalField("纬度", decimal_places=6, max_digits=9, null=True),
                ),
                (
                    "longitude",
                    models.DecimalField("经度", decimal_places=6, max_digits=9, null=True),
                ),
                ("arrived_at", models.DateTimeField("到达时间")),
                ("issued_at", models.DateTimeField("可见时间", null=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("accuracy", models.PositiveIntegerField("定位精度（米）", null=True)),
                ("drawing", models.JSONField("标注", default=list)),
                ("phash", models.CharField("感知哈希", blank=True, db_index=True, max_length=16)),
                ("phone_taken_at", models.DateTimeField("手机时钟的拍摄时间", null=True)),
                (
                    "scan",
                    models.CharField(
                        "扫描",
                        choices=[
                            ("none", "未设扫描"),
                            ("waiting", "待扫描"),
                            ("clean", "无病毒"),
                            ("infected", "有病毒"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
            ],
            options={
                "verbose_name": "照片",
                "verbose_name_plural": "照片",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id"], name="photo_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["subject_type", "subject_id", "purpose", "sha256"],
                        name="photo_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("filename", models.CharField("文件名", max_length=200)),
                (
                    "file",
                    models.FileField(
                        "文件", max_length=200, upload_to=evidence.models.attachment_path
                    ),
                ),
                ("sha256", models.CharField("哈希", max_length=64)),
                ("size", models.PositiveIntegerField("字节数")),
                ("content_type", models.CharField("格式", max_length=100)),
                ("uploaded_by_name", models.CharField("上传人", max_length=80)),
                ("arrived_at", models.DateTimeField("上传时间")),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                (
                    "scan",
                    models.CharField(
                        "扫描",
                        choices=[
                            ("none", "未设扫描"),
                            ("waiting", "待扫描"),
                            ("clean", "无病毒"),
                            ("infected", "有病毒"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("taken_at", models.DateTimeField("录制时间", null=True)),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id"], name="attachment_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["subject_type", "subject_id", "sha256"], name="attachment_once"
                    )
                ],
            },
        ),
        *tenant_table("evidence_photo", REGION, PROVIDER, ENTERPRISE_ISSUED),
        *tenant_table("evidence_attachment", REGION, PROVIDER, ENTERPRISE),
    ]
