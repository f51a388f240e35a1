"""Enterprises and what their files hold."""

from django.db import migrations, models

import enterprises.models
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("enterprises", "0001_initial"),
        ("enterprises", "0003_special_operation_certificate"),
        ("enterprises", "0005_risk_points_and_hours"),
        ("enterprises", "0007_encrypted_phones"),
        ("enterprises", "0008_close_phones"),
        ("enterprises", "0009_long_lists"),
        ("enterprises", "0011_names_of_a_city"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = create_models(
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("name", models.CharField("企业名称", max_length=100)),
                ("credit_code", models.CharField("统一社会信用代码", max_length=18)),
                (
                    "industry",
                    models.CharField(
                        "所属行业",
                        choices=[
                            ("冶金", "冶金"),
                            ("有色", "有色"),
                            ("建材", "建材"),
                            ("机械", "机械"),
                            ("轻工", "轻工"),
                            ("纺织", "纺织"),
                            ("烟草", "烟草"),
                            ("商贸", "商贸"),
                            ("危化品", "危化品"),
                            ("其他", "其他"),
                        ],
                        max_length=10,
                    ),
                ),
                ("industry_code", models.CharField("国民经济行业代码", blank=True, max_length=5)),
                ("address", models.CharField("生产经营地址", blank=True, max_length=200)),
                ("products", models.CharField("主要产品", blank=True, max_length=200)),
                (
                    "employee_count",
                    models.PositiveIntegerField("从业人员数量", blank=True, null=True),
                ),
                (
                    "safety_manager_count",
                    models.PositiveIntegerField("安全管理人员数量", blank=True, null=True),
                ),
                (
                    "special_operator_count",
                    models.PositiveIntegerField("特种作业人员数量", blank=True, null=True),
                ),
                ("principal_name", models.CharField("主要负责人", blank=True, max_length=40)),
                ("phone", EncryptedCharField("联系电话", blank=True, max_length=60)),
                ("risk_factors", models.CharField("主要风险因素", blank=True, max_length=200)),
                (
                    "latitude",
                    models.DecimalField(
                        "纬度", blank=True, decimal_places=6, max_digits=9, null=True
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        "经度", blank=True, decimal_places=6, max_digits=9, null=True
                    ),
                ),
                ("search_text", models.CharField(editable=False, max_length=260)),
                ("created_at", models.DateTimeField("建档时间", auto_now_add=True)),
                ("updated_at", models.DateTimeField("更新时间", auto_now=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "major_installation",
                    models.CharField(
                        "重大危险源",
                        blank=True,
                        choices=[
                            ("none", "无"),
                            ("watched", "有，已备案监控"),
                            ("open", "有，未备案监控"),
                        ],
                        max_length=8,
                    ),
                ),
                ("closes_at", models.TimeField("营业结束", blank=True, null=True)),
                ("opens_at", models.TimeField("营业开始", blank=True, null=True)),
            ],
            options={
                "verbose_name": "企业",
                "verbose_name_plural": "企业",
                "indexes": [
                    models.Index(fields=["region_code", "id"], name="enterprise_region"),
                    models.Index(fields=["enterprise_org"], name="enterprise_org"),
                    models.Index(fields=["name", "id"], name="enterprise_name"),
                    models.Index(fields=["employee_count", "id"], name="enterprise_size"),
                    models.Index(fields=["updated_at", "id"], name="enterprise_updated"),
                    models.Index(
                        fields=["region_code", "name", "id"],
                        include=["enterprise_org"],
                        name="enterprise_region_name",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "enterprise_org"], name="enterprise_once_per_agency"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnterpriseImport",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        "文件", max_length=200, upload_to=enterprises.models.upload_path
                    ),
                ),
                ("filename", models.CharField("文件名", max_length=200)),
                ("town_answers", models.JSONField("镇街对照", default=dict)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("draft", "待确认"), ("done", "已导入"), ("dropped", "已放弃")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("outcome", models.JSONField("结果", default=dict)),
                ("uploaded_at", models.DateTimeField("上传时间", auto_now_add=True)),
                ("imported_at", models.DateTimeField("导入时间", null=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "uploaded_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "企业名单导入",
                "verbose_name_plural": "企业名单导入",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="done") | models.Q(imported_at__isnull=False),
                        name="import_done_has_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpecialOperationCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("holder_name", models.CharField("姓名", max_length=40)),
                ("number_end", models.CharField("证号后六位", max_length=6)),
                (
                    "category",
                    models.CharField(
                        "作业类别",
                        choices=[
                            ("电工作业", "电工作业"),
                            ("焊接与热切割", "焊接与热切割"),
                            ("高处作业", "高处作业"),
                            ("制冷与空调", "制冷与空调"),
                            ("煤矿", "煤矿"),
                            ("金属非金属矿山", "金属非金属矿山"),
                            ("石油天然气", "石油天然气"),
                            ("冶金（有色）生产", "冶金（有色）生产"),
                            ("危险化学品", "危险化学品"),
                            ("烟花爆竹", "烟花爆竹"),
                            ("其他", "其他"),
                        ],
                        max_length=20,
                    ),
                ),
                ("project", models.CharField("操作项目", blank=True, max_length=40)),
                ("valid_until", models.DateField("有效期至")),
                ("review_due_on", models.DateField("复审日期", blank=True, null=True)),
                ("recorded_by_name", models.CharField("登记人", max_length=80)),
                ("recorded_at", models.DateTimeField("登记时间")),
                ("removed_at", models.DateTimeField("撤销时间", blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        related_name="certificates",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "特种作业操作证",
                "verbose_name_plural": "特种作业操作证",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["enterprise", "holder_name", "number_end", "category"],
                        condition=models.Q(removed_at=None),
                        name="special_certificate_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskPoint",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.CharField("重点部位", max_length=60)),
                ("risk", models.CharField("风险", max_length=100)),
                ("measure", models.CharField("现有管控措施", blank=True, max_length=200)),
                ("recorded_by_name", models.CharField("登记人", max_length=80)),
                ("recorded_at", models.DateTimeField("登记时间")),
                ("removed_at", models.DateTimeField("撤销时间", blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        related_name="risk_points",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "风险点",
                "verbose_name_plural": "风险点",
                "ordering": ["recorded_at", "id"],
            },
        ),
    )
