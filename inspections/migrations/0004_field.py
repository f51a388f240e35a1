"""What arrives from phones, and the signs of what may not be as it was told."""

from django.db import migrations, models

from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("inspections", "0006_field_work"),
    ]
    dependencies = [("inspections", "0003_phases")]
    operations = create_models(
        migrations.CreateModel(
            name="FieldOperation",
            fields=[
                ("region_code", region_code()),
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("visit_id", models.UUIDField("检查")),
                ("place", models.CharField("地点", max_length=20)),
                ("device", models.UUIDField("手机")),
                ("sequence", models.PositiveIntegerField("次序")),
                ("kind", models.CharField("类别", max_length=20)),
                ("body", models.JSONField("内容")),
                ("body_sha256", models.CharField("内容哈希", max_length=64)),
                ("made_at", models.DateTimeField("手机时钟的时间")),
                ("happened_at", models.DateTimeField("校正后的时间")),
                ("clock_offset", models.IntegerField("校正秒数", default=0)),
                ("arrived_at", models.DateTimeField("到达时间")),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("waiting", "等待"),
                            ("done", "已入账"),
                            ("refused", "未入账"),
                            ("conflict", "两个版本"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("outcome", models.JSONField("结果", default=dict)),
                ("seen_at", models.DateTimeField("处理时间", blank=True, null=True)),
                ("seen_by_name", models.CharField("处理人", blank=True, max_length=80)),
                ("seen_note", models.CharField("处理说明", blank=True, max_length=200)),
                ("enterprise_org", enterprise_org()),
                (
                    "member",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "现场操作",
                "verbose_name_plural": "现场操作",
                "indexes": [
                    models.Index(fields=["provider_org", "state"], name="operation_provider"),
                    models.Index(fields=["owner_agency", "state"], name="operation_agency"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["visit_id", "device", "sequence"], name="operation_in_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldFile",
            fields=[
                ("region_code", region_code()),
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("visit_id", models.UUIDField("检查", db_index=True)),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("purpose", models.CharField("用途", max_length=12)),
                ("sha256", models.CharField("哈希", max_length=64)),
                ("size", models.PositiveIntegerField("字节数")),
                ("about", models.JSONField("拍摄信息", default=dict)),
                ("received", models.PositiveIntegerField("已收字节", default=0)),
                ("chunks", models.JSONField("已收分段", default=list)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("expected", "待上传"),
                            ("stored", "已收到"),
                            ("refused", "不能接受"),
                        ],
                        default="expected",
                        max_length=8,
                    ),
                ),
                ("message", models.CharField("说明", blank=True, max_length=200)),
                ("stored_at", models.DateTimeField("收到时间", blank=True, null=True)),
                (
                    "attachment",
                    models.ForeignKey(
                        "evidence.attachment", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                (
                    "photo",
                    models.ForeignKey(
                        "evidence.photo", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("provider_org", provider_org()),
                (
                    "operation",
                    models.ForeignKey(
                        "inspections.fieldoperation", models.PROTECT, related_name="files"
                    ),
                ),
            ],
            options={
                "verbose_name": "现场文件",
                "verbose_name_plural": "现场文件",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="stored") | models.Q(stored_at__isnull=False),
                        name="field_file_stored_has_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sign",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        "类别",
                        choices=[
                            ("photo_seen", "照片出现过"),
                            ("short", "停留过短"),
                            ("far", "位置太远"),
                            ("no_accuracy", "定位可疑"),
                            ("copied", "文字雷同"),
                            ("travel", "行程不可能"),
                            ("crowded", "集中补录"),
                            ("one_photo", "一张照片销多项"),
                            ("alone", "单人到场"),
                            ("nothing", "没有查出隐患"),
                        ],
                        max_length=12,
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("text", models.CharField("说明", max_length=300)),
                ("figures", models.JSONField("数字", default=dict)),
                ("found_at", models.DateTimeField("发现时间")),
                ("lapsed_at", models.DateTimeField("不再成立", blank=True, null=True)),
                ("dismissed_at", models.DateTimeField("排除时间", blank=True, null=True)),
                ("dismissed_by_name", models.CharField("排除人", blank=True, max_length=80)),
                ("dismissed_reason", models.CharField("排除原因", blank=True, max_length=200)),
                (
                    "assignment",
                    models.ForeignKey("agencies.assignment", models.PROTECT, related_name="signs"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "visit",
                    models.ForeignKey(
                        "inspections.visit", models.PROTECT, null=True, related_name="signs"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        db_index=False,
                        related_name="+",
                        verbose_name="企业",
                    ),
                ),
            ],
            options={
                "verbose_name": "疑点",
                "verbose_name_plural": "疑点",
                "indexes": [
                    models.Index(fields=["owner_agency", "-found_at"], name="sign_agency"),
                    models.Index(fields=["-found_at", "id"], name="sign_list"),
                    models.Index(
                        fields=["-found_at", "id"],
                        condition=models.Q(dismissed_at=None, lapsed_at=None),
                        name="sign_open",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["assignment", "kind", "key"], name="sign_once"),
                    models.CheckConstraint(
                        condition=models.Q(dismissed_at=None) | ~models.Q(dismissed_reason=""),
                        name="sign_dismissed_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignThresholds",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("values", models.JSONField("阈值", default=dict)),
                ("changed_at", models.DateTimeField("修改时间")),
                ("changed_by_name", models.CharField("修改人", max_length=80)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "疑点阈值",
                "verbose_name_plural": "疑点阈值",
                "constraints": [
                    models.UniqueConstraint(fields=["owner_agency"], name="sign_thresholds_once")
                ],
            },
        ),
    )
