"""Meetings, guidance, criteria, the draw and the files of enforcement."""

from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.encrypted import EncryptedCharField
from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("inspections", "0003_five_phases"),
        ("inspections", "0005_hand_over_for_a_case"),
        ("inspections", "0009_encrypted_phones"),
        ("inspections", "0010_close_phones"),
    ]
    dependencies = [("inspections", "0002_visits_and_hazards")]
    operations = create_models(
        migrations.CreateModel(
            name="Meeting",
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
                            ("kickoff", "动员会"),
                            ("training", "培训会"),
                            ("exchange", "意见交换会"),
                            ("summary", "总结会"),
                        ],
                        max_length=10,
                    ),
                ),
                ("title", models.CharField("会议名称", max_length=100)),
                ("starts_at", models.DateTimeField("时间")),
                ("place", models.CharField("地点", max_length=100)),
                ("host_name", models.CharField("主持人", max_length=40)),
                ("agenda", models.TextField("议题和材料", blank=True)),
                ("minutes", models.TextField("会议纪要", blank=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("planned", "待召开"),
                            ("held", "已召开"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        max_length=50,
                    ),
                ),
                ("held_at", models.DateTimeField("结束登记时间", blank=True, null=True)),
                ("created_at", models.DateTimeField("登记时间")),
                (
                    "batch",
                    models.ForeignKey(
                        "agencies.servicebatch",
                        models.PROTECT,
                        related_name="meetings",
                        verbose_name="批次",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "会议",
                "verbose_name_plural": "会议",
                "indexes": [models.Index(fields=["batch", "starts_at"], name="meeting_batch")],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="held")
                        | (models.Q(held_at__isnull=False) & ~models.Q(minutes="")),
                        name="meeting_held_has_minutes",
                    )
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="MeetingAttendance",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit_name", models.CharField("单位", max_length=100)),
                ("person_name", models.CharField("姓名", max_length=40)),
                ("post", models.CharField("职务", blank=True, max_length=40)),
                ("phone", EncryptedCharField("联系电话", blank=True, max_length=30)),
                (
                    "how",
                    models.CharField(
                        "方式", choices=[("qr", "扫码签到"), ("desk", "现场登记")], max_length=4
                    ),
                ),
                ("signed_at", models.DateTimeField("签到时间")),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        null=True,
                        related_name="attendances",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "meeting",
                    models.ForeignKey(
                        "inspections.meeting",
                        models.PROTECT,
                        related_name="attendances",
                        verbose_name="会议",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "签到",
                "verbose_name_plural": "签到",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["meeting", "unit_name", "person_name"], name="attendance_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidanceRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("doing", "进行中"), ("done", "已完成"), ("na", "不涉及")],
                        max_length=8,
                    ),
                ),
                ("done_on", models.DateField("完成日期", blank=True, null=True)),
                ("helped_by_name", models.CharField("指导人员", blank=True, max_length=80)),
                ("note", models.CharField("说明", blank=True, max_length=300)),
                ("updated_by_name", models.CharField("登记人", max_length=80)),
                ("updated_at", models.DateTimeField("登记时间")),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        related_name="guidance",
                        verbose_name="指派",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "topic",
                    models.ForeignKey(
                        "inspections.guidancetopic",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="事项",
                    ),
                ),
            ],
            options={
                "verbose_name": "指导记录",
                "verbose_name_plural": "指导记录",
                "constraints": [
                    models.UniqueConstraint(fields=["assignment", "topic"], name="guidance_once"),
                    models.CheckConstraint(
                        condition=~models.Q(state="done")
                        | (models.Q(done_on__isnull=False) & ~models.Q(helped_by_name="")),
                        name="guidance_done_has_day_and_helper",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="na") | ~models.Q(note=""),
                        name="guidance_na_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriterionFinding",
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
                        choices=[("ok", "符合"), ("fail", "不符合"), ("na", "不涉及")],
                        max_length=4,
                    ),
                ),
                ("note", models.CharField("依据和说明", max_length=300)),
                ("found_by_name", models.CharField("核查人", max_length=80)),
                ("found_at", models.DateTimeField("核查时间")),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        related_name="criteria",
                        verbose_name="指派",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        "inspections.acceptancecriterion",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="验收标准",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "验收核查",
                "verbose_name_plural": "验收核查",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["assignment", "criterion"], name="criterion_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpotCheckDraw",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField("公开代号", max_length=16, unique=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("committed", "已承诺"),
                            ("frozen", "名单已冻结"),
                            ("numbered", "机构已给数"),
                            ("drawn", "已抽取"),
                            ("announced", "已通报"),
                        ],
                        default="committed",
                        max_length=50,
                    ),
                ),
                ("commitment", models.CharField("承诺（密数的哈希）", max_length=64)),
                ("committed_at", models.DateTimeField("承诺时间")),
                ("committed_by_name", models.CharField("承诺人", max_length=80)),
                ("ratio", models.DecimalField("抽查比例", decimal_places=3, max_digits=4)),
                ("minimum", models.PositiveSmallIntegerField("最少家数")),
                ("entries", models.JSONField("名单", default=list)),
                ("list_sha256", models.CharField("名单哈希", blank=True, max_length=64)),
                ("frozen_at", models.DateTimeField("冻结时间", null=True)),
                ("provider_number", models.CharField("机构给数", blank=True, max_length=40)),
                ("numbered_at", models.DateTimeField("给数时间", null=True)),
                ("numbered_by_name", models.CharField("给数人", blank=True, max_length=80)),
                ("secret", models.CharField("公开的密数", blank=True, max_length=64)),
                ("sample", models.JSONField("样本", default=list)),
                ("drawn_at", models.DateTimeField("抽取时间", null=True)),
                ("announced_at", models.DateTimeField("通报时间", null=True)),
                (
                    "batch",
                    models.OneToOneField(
                        "agencies.servicebatch",
                        models.PROTECT,
                        related_name="draw",
                        verbose_name="批次",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "抽查",
                "verbose_name_plural": "抽查",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(state="committed") | ~models.Q(list_sha256=""),
                        name="draw_frozen_before_anything_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["drawn", "announced"]) | models.Q(secret=""),
                        name="draw_reveals_secret_only_when_drawn",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="DrawSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("secret", models.CharField("密数", max_length=64)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "draw",
                    models.OneToOneField(
                        "inspections.spotcheckdraw", models.PROTECT, related_name="hidden"
                    ),
                ),
            ],
            options={"verbose_name": "抽查密数", "verbose_name_plural": "抽查密数"},
        ),
        migrations.CreateModel(
            name="DrawPublication",
            fields=[
                ("code", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("region_code", region_code()),
                ("body", models.JSONField("内容")),
                ("updated_at", models.DateTimeField("更新时间")),
                (
                    "owner_agency",
                    models.ForeignKey("tenancy.agency", models.PROTECT, related_name="+"),
                ),
            ],
            options={"verbose_name": "抽查公开内容", "verbose_name_plural": "抽查公开内容"},
        ),
        migrations.CreateModel(
            name="SpotCheck",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("why", models.CharField("入样原因", max_length=100)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("waiting", "待抽查"),
                            ("visiting", "抽查中"),
                            ("submitted", "待比对"),
                            ("compared", "已比对"),
                        ],
                        default="waiting",
                        max_length=50,
                    ),
                ),
                ("found_both", models.PositiveSmallIntegerField("双方均发现", null=True)),
                ("missed", models.PositiveSmallIntegerField("漏查", null=True)),
                ("overstated", models.PositiveSmallIntegerField("不实", null=True)),
                ("opinion", models.CharField("抽查意见", blank=True, max_length=500)),
                ("compared_at", models.DateTimeField("比对时间", null=True)),
                ("compared_by_name", models.CharField("比对人", blank=True, max_length=80)),
                ("announced_at", models.DateTimeField("通报时间", null=True)),
                (
                    "assignment",
                    models.OneToOneField(
                        "agencies.assignment",
                        models.PROTECT,
                        related_name="spot_check",
                        verbose_name="指派",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "visit",
                    models.OneToOneField(
                        "inspections.visit",
                        models.PROTECT,
                        null=True,
                        related_name="spot_check",
                        verbose_name="检查",
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        "inspections.spotcheckdraw", models.PROTECT, related_name="checks"
                    ),
                ),
            ],
            options={
                "verbose_name": "抽查验收",
                "verbose_name_plural": "抽查验收",
                "indexes": [
                    models.Index(
                        fields=["assignment"],
                        condition=models.Q(state__in=["waiting", "visiting"]),
                        name="spot_check_blind",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="compared")
                        | models.Q(
                            compared_at__isnull=False,
                            found_both__isnull=False,
                            missed__isnull=False,
                            overstated__isnull=False,
                        ),
                        name="spot_check_compared_has_counts",
                    )
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="SpotCheckPair",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "verdict",
                    models.CharField(
                        "比对结果",
                        choices=[
                            ("both", "双方均发现"),
                            ("missed", "漏查"),
                            ("overstated", "不实"),
                            ("mended", "抽查时已整改"),
                            ("new", "检查后新产生"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField("说明", blank=True, max_length=200)),
                ("enterprise_org", enterprise_org()),
                (
                    "officers_hazard",
                    models.ForeignKey(
                        "inspections.hazard",
                        models.PROTECT,
                        null=True,
                        related_name="+",
                        verbose_name="抽查发现",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "providers_hazard",
                    models.ForeignKey(
                        "inspections.hazard",
                        models.PROTECT,
                        null=True,
                        related_name="+",
                        verbose_name="机构发现",
                    ),
                ),
                (
                    "spot_check",
                    models.ForeignKey(
                        "inspections.spotcheck", models.CASCADE, related_name="pairs"
                    ),
                ),
            ],
            options={
                "verbose_name": "比对",
                "verbose_name_plural": "比对",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            officers_hazard__isnull=False,
                            providers_hazard__isnull=False,
                            verdict="both",
                        )
                        | models.Q(
                            officers_hazard__isnull=False,
                            providers_hazard=None,
                            verdict__in=["missed", "new"],
                        )
                        | models.Q(
                            officers_hazard=None,
                            providers_hazard__isnull=False,
                            verdict__in=["overstated", "mended"],
                        ),
                        name="pair_has_the_sides_of_its_verdict",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferralFact",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "kind",
                    models.CharField(
                        "情形",
                        choices=[
                            ("uncooperative", "不积极配合"),
                            ("overdue", "逾期不改"),
                            ("refused", "拒不整改"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.CharField("事实", max_length=300)),
                ("happened_at", models.DateTimeField("时间")),
                ("enterprise_org", enterprise_org()),
                (
                    "hazard",
                    models.ForeignKey(
                        "inspections.hazard", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "referral",
                    models.ForeignKey(
                        "inspections.enforcementreferral", models.PROTECT, related_name="facts"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        "inspections.visit", models.PROTECT, null=True, related_name="+"
                    ),
                ),
            ],
            options={
                "verbose_name": "列入事实",
                "verbose_name_plural": "列入事实",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["referral", "kind", "hazard", "visit"],
                        nulls_distinct=False,
                        name="referral_fact_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnforcementPlan",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("scale", models.CharField("企业规模和特点", max_length=500)),
                ("weak_points", models.TextField("薄弱环节", max_length=1000)),
                ("deep_causes", models.TextField("深层次管理问题", max_length=1000)),
                ("content", models.TextField("检查内容和方式", max_length=2000)),
                ("planned_on", models.DateField("检查日期")),
                ("made_at", models.DateTimeField("制定时间")),
                ("made_by_name", models.CharField("制定人", max_length=80)),
                (
                    "document",
                    models.OneToOneField("documents.document", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "first_officer",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "second_officer",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                (
                    "referral",
                    models.OneToOneField(
                        "inspections.enforcementreferral", models.PROTECT, related_name="plan_made"
                    ),
                ),
            ],
            options={
                "verbose_name": "现场检查方案",
                "verbose_name_plural": "现场检查方案",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(first_officer=models.F("second_officer")),
                        name="plan_has_two_officers",
                    )
                ],
            },
        ),
    )
