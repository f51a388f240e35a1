"""How points are shown, what enterprises check by themselves, and an agency's effect."""

from django.core.validators import MinValueValidator
from django.db import migrations, models

import scoring.models.boards
from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("scoring", "0009_effect_months"),
    ]
    dependencies = [("scoring", "0001_points")]
    operations = create_models(
        migrations.CreateModel(
            name="PointPresentation",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("appeal_place", models.CharField("陈述申辩受理地点", blank=True, max_length=120)),
                ("contact_name", models.CharField("联系人", blank=True, max_length=40)),
                ("contact_phone", models.CharField("联系电话", blank=True, max_length=40)),
                ("notice_words", models.CharField("告知书附言", blank=True, max_length=300)),
                ("board_title", models.CharField("公示栏标题", blank=True, max_length=30)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "记分呈现",
                "verbose_name_plural": "记分呈现",
                "constraints": [
                    models.UniqueConstraint(fields=["owner_agency"], name="point_presentation_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PublishedGrade",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                (
                    "token",
                    models.CharField(
                        "公示码",
                        default=scoring.models.boards.new_token,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("owner_agency_id", models.BigIntegerField("主管机构")),
                ("region_code", region_code()),
                ("enterprise_id", models.BigIntegerField("企业", unique=True)),
                ("enterprise_name", models.CharField("企业名称", max_length=120)),
                ("agency_name", models.CharField("公示单位", max_length=120)),
                ("year", models.PositiveSmallIntegerField("年度")),
                ("colour", models.CharField("等级", max_length=6)),
                ("board_version", models.PositiveSmallIntegerField("公示栏版本")),
                ("graded_on", models.DateField("等级日期")),
                ("is_training", models.BooleanField("演示", default=False)),
            ],
            options={"verbose_name": "公示等级", "verbose_name_plural": "公示等级"},
        ),
        migrations.CreateModel(
            name="NoticeBoard",
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
                        "种类",
                        choices=[("board", "风险告知公示栏"), ("plate", "安全生产事故处理流程牌")],
                        max_length=6,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField("版本号")),
                ("content", models.JSONField("内容")),
                ("made_at", models.DateTimeField("制作时间")),
                ("made_by_name", models.CharField("制作人", max_length=40)),
                ("issued_at", models.DateTimeField("公示时间")),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="notice_boards"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "公示栏",
                "verbose_name_plural": "公示栏",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["enterprise", "kind", "version"], name="notice_board_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfCheck",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("started_at", models.DateTimeField("开始时间")),
                ("started_by_name", models.CharField("自查人", max_length=40)),
                ("finished_at", models.DateTimeField("完成时间", null=True)),
                ("shared_at", models.DateTimeField("公开时间", null=True)),
                ("book", models.ForeignKey("scoring.rulebook", models.PROTECT, related_name="+")),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="self_checks"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "对表自查",
                "verbose_name_plural": "对表自查",
                "indexes": [
                    models.Index(fields=["enterprise", "-started_at"], name="self_check_firm")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["enterprise"],
                        condition=models.Q(finished_at__isnull=True),
                        name="self_check_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(shared_at__isnull=True)
                        | models.Q(finished_at__isnull=False),
                        name="self_check_shared_is_finished",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfCheckItem",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "result",
                    models.CharField(
                        "结果",
                        choices=[("ok", "没有"), ("fail", "有"), ("na", "不涉及")],
                        max_length=4,
                    ),
                ),
                ("units", models.PositiveSmallIntegerField("项（处）数", default=1)),
                ("fact", models.CharField("情况", blank=True, max_length=300)),
                ("responsible_person", models.CharField("责任人", blank=True, max_length=40)),
                ("due_on", models.DateField("计划完成", blank=True, null=True)),
                ("done_on", models.DateField("完成日期", blank=True, null=True)),
                ("shared_at", models.DateTimeField("公开时间", null=True)),
                (
                    "check_of",
                    models.ForeignKey("scoring.selfcheck", models.PROTECT, related_name="items"),
                ),
                (
                    "clause",
                    models.ForeignKey("scoring.ruleclause", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "自查事项",
                "verbose_name_plural": "自查事项",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["check_of", "clause"], name="self_check_item_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EffectMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("year", models.PositiveSmallIntegerField("年度")),
                ("month", models.PositiveSmallIntegerField("月份")),
                ("accidents", models.PositiveIntegerField("生产安全事故（起）")),
                ("deaths", models.PositiveIntegerField("死亡（人）")),
                ("cases", models.PositiveIntegerField("行政处罚立案（件）")),
                (
                    "fines",
                    models.DecimalField(
                        "罚款（万元）",
                        decimal_places=2,
                        max_digits=12,
                        validators=[MinValueValidator(0)],
                    ),
                ),
                ("source", models.CharField("数据来源", max_length=120)),
                ("noted_at", models.DateTimeField("登记时间")),
                ("noted_by_name", models.CharField("登记人", max_length=40)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "成效数据",
                "verbose_name_plural": "成效数据",
                "ordering": ["year", "month"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "year", "month"], name="effect_month_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(month__gte=1, month__lte=12),
                        name="effect_month_of_twelve",
                    ),
                ],
            },
        ),
    )
