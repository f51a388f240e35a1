"""Rule books, points as events, and what follows from them."""

from decimal import Decimal

from django.db import migrations, models
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django_fsm import FSMModelMixin

from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("scoring", "0001_initial"),
        ("scoring", "0003_long_lists"),
        ("scoring", "0005_points_by_colour"),
        ("scoring", "0006_points_as_events"),
        ("scoring", "0007_points_of_before"),
        ("scoring", "0011_recount_sorts"),
        ("scoring", "0014_appraisal_security"),
    ]
    dependencies = [("inspections", "0005_supervision")]
    operations = create_models(
        migrations.CreateModel(
            name="RuleBook",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("version", models.CharField("版本", max_length=40)),
                ("adopted_on", models.DateField("施行日期", blank=True, null=True)),
                ("is_proposal", models.BooleanField("试拟稿", default=True)),
                ("parameters", models.JSONField("参数", default=dict)),
                ("created_at", models.DateTimeField("建立时间", auto_now_add=True)),
                (
                    "owner_agency",
                    models.ForeignKey("tenancy.agency", models.PROTECT, related_name="+"),
                ),
                (
                    "based_on",
                    models.ForeignKey(
                        "scoring.rulebook",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="由此修订",
                    ),
                ),
                ("note", models.TextField("修订说明", blank=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("draft", "草稿"), ("adopted", "已施行")],
                        default="draft",
                        max_length=50,
                    ),
                ),
            ],
            options={
                "verbose_name": "记分表",
                "verbose_name_plural": "记分表",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "version"], name="rule_book_once"
                    ),
                    models.UniqueConstraint(
                        fields=["owner_agency", "adopted_on"], name="rule_book_one_a_day"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="adopted") | models.Q(adopted_on__isnull=False),
                        name="rule_book_adopted_has_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleClause",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("code", models.CharField("条款", max_length=8)),
                ("item", models.PositiveSmallIntegerField("条")),
                ("sub", models.PositiveSmallIntegerField("款")),
                ("aspect", models.CharField("方面", max_length=20)),
                ("item_name", models.CharField("记分事项", max_length=60)),
                ("text", models.CharField("情形", max_length=300)),
                ("points", models.DecimalField("分值", decimal_places=1, max_digits=5)),
                ("legal_basis", models.CharField("依据", max_length=200)),
                ("is_reducible", models.BooleanField("可减免")),
                ("is_on_site_waivable", models.BooleanField("当场改正可免记", default=False)),
                ("is_major", models.BooleanField("重大隐患条款", default=False)),
                ("is_per_unit", models.BooleanField("按项（处）计", default=False)),
                (
                    "max_units",
                    models.PositiveSmallIntegerField(
                        "最多项（处）", blank=True, default=1, null=True
                    ),
                ),
                ("is_referred", models.BooleanField("同时移送执法", default=False)),
                ("flags", models.CharField("标记", blank=True, max_length=60)),
                (
                    "book",
                    models.ForeignKey("scoring.rulebook", models.CASCADE, related_name="clauses"),
                ),
                ("check_method", models.TextField("检查方法", blank=True)),
                ("discretion", models.TextField("裁量基准", blank=True)),
            ],
            options={
                "verbose_name": "记分条款",
                "verbose_name_plural": "记分条款",
                "ordering": ["item", "sub"],
                "constraints": [
                    models.UniqueConstraint(fields=["book", "code"], name="rule_clause_once"),
                    models.UniqueConstraint(
                        fields=["book", "item", "sub"], name="rule_clause_one_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(points__gt=0)
                        & models.Q(Exact(Mod("points", models.Value(Decimal("0.5"))), 0)),
                        name="rule_clause_points_are_halves",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GravityVariant",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("label", models.CharField("情节", max_length=60)),
                ("points", models.DecimalField("分值", decimal_places=1, max_digits=5)),
                (
                    "clause",
                    models.ForeignKey(
                        "scoring.ruleclause", models.CASCADE, related_name="variants"
                    ),
                ),
            ],
            options={
                "verbose_name": "情节",
                "verbose_name_plural": "情节",
                "ordering": ["points", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=["clause", "label"], name="gravity_variant_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PointCycle",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("year", models.PositiveSmallIntegerField("年度")),
                (
                    "total",
                    models.DecimalField("累计记分", decimal_places=1, default=0, max_digits=6),
                ),
                (
                    "gross",
                    models.DecimalField("记分合计", decimal_places=1, default=0, max_digits=6),
                ),
                (
                    "colour",
                    models.CharField(
                        "等级",
                        choices=[
                            ("green", "绿"),
                            ("yellow", "黄"),
                            ("orange", "橙"),
                            ("red", "红"),
                        ],
                        default="green",
                        max_length=6,
                    ),
                ),
                ("computed_at", models.DateTimeField("计算时间", null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="point_cycles"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "book",
                    models.ForeignKey(
                        "scoring.rulebook",
                        models.PROTECT,
                        null=True,
                        related_name="+",
                        verbose_name="规则版本",
                    ),
                ),
            ],
            options={
                "verbose_name": "记分周期",
                "verbose_name_plural": "记分周期",
                "indexes": [
                    models.Index(fields=["year", "-total", "id"], name="point_cycle_list"),
                    models.Index(fields=["region_code", "year"], name="point_cycle_region"),
                    models.Index(
                        fields=["year", "colour", "-total", "id"], name="point_cycle_colour"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "enterprise", "year"], name="point_cycle_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(total__gte=0), name="point_total_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointSheet",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("inspected_at", models.DateTimeField("检查时间")),
                ("place", models.CharField("地点", max_length=200)),
                ("officer_name", models.CharField("检查人员一", max_length=40)),
                ("officer_certificate", models.CharField("证号", max_length=40)),
                ("second_officer_name", models.CharField("检查人员二", max_length=40)),
                ("second_officer_certificate", models.CharField("证号", blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("draft", "待签字"), ("signed", "已签字"), ("refused", "拒签")],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("representative_name", models.CharField("现场负责人", blank=True, max_length=40)),
                ("refusal_reason", models.CharField("拒签原因", blank=True, max_length=200)),
                ("witness_name", models.CharField("见证人", blank=True, max_length=40)),
                ("is_obstructed", models.BooleanField("拒绝、阻碍检查", default=False)),
                ("issued_at", models.DateTimeField("签字时间", blank=True, null=True)),
                ("created_at", models.DateTimeField("建立时间", auto_now_add=True)),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        null=True,
                        related_name="point_sheets",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey("scoring.pointcycle", models.PROTECT, related_name="sheets"),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="point_sheets"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "officer",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="检查人员一",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "second_officer",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        related_name="+",
                        verbose_name="检查人员二",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        "inspections.visit", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("book", models.ForeignKey("scoring.rulebook", models.PROTECT, related_name="+")),
                ("appeal_until", models.DateField("陈述申辩截止", blank=True, null=True)),
                ("opinion", models.CharField("企业意见", blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "记分单",
                "verbose_name_plural": "记分单",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(officer=models.F("second_officer")),
                        name="point_sheet_two_officers",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="signed") | ~models.Q(representative_name=""),
                        name="point_sheet_signed_has_representative",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="refused")
                        | (~models.Q(refusal_reason="") & ~models.Q(witness_name="")),
                        name="point_sheet_refused_has_reason_and_witness",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PointEntry",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("units", models.PositiveSmallIntegerField("项（处）数", default=1)),
                ("fact", models.TextField("事实描述")),
                ("is_corrected_on_site", models.BooleanField("当场改正", default=False)),
                ("due_on", models.DateField("整改期限", null=True)),
                ("issued_at", models.DateTimeField("生效时间", null=True)),
                (
                    "cycle",
                    models.ForeignKey("scoring.pointcycle", models.PROTECT, related_name="entries"),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "hazard",
                    models.ForeignKey(
                        "inspections.hazard",
                        models.PROTECT,
                        null=True,
                        related_name="point_entries",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "sheet",
                    models.ForeignKey("scoring.pointsheet", models.PROTECT, related_name="entries"),
                ),
                (
                    "clause",
                    models.ForeignKey("scoring.ruleclause", models.PROTECT, related_name="+"),
                ),
                ("base", models.DecimalField("基本分值", decimal_places=1, max_digits=5)),
                ("code", models.CharField("条款", db_collation="C", max_length=8)),
                ("inspected_at", models.DateTimeField("检查时间")),
                ("is_reducible", models.BooleanField("可减免")),
                ("is_waived", models.BooleanField("当场改正免记", default=False)),
                (
                    "replaces",
                    models.ForeignKey(
                        "scoring.pointentry",
                        models.PROTECT,
                        null=True,
                        related_name="replaced_by",
                        verbose_name="更正",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        "scoring.gravityvariant",
                        models.PROTECT,
                        null=True,
                        related_name="+",
                        verbose_name="情节",
                    ),
                ),
            ],
            options={
                "verbose_name": "记分记录",
                "verbose_name_plural": "记分记录",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(units__gte=1), name="point_entry_has_units"
                    ),
                    models.UniqueConstraint(
                        fields=["replaces"],
                        condition=models.Q(replaces__isnull=False),
                        name="point_entry_corrected_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThresholdEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "kind",
                    models.CharField(
                        "事件",
                        choices=[("reached_12", "满12分"), ("reached_18", "满18分")],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("drafted", "待抄报"),
                            ("cancelled", "已撤销"),
                            ("sent", "已抄报"),
                            ("corrected", "已更正"),
                        ],
                        default="drafted",
                        max_length=10,
                    ),
                ),
                ("total", models.DecimalField("达到时累计", decimal_places=1, max_digits=6)),
                ("reached_at", models.DateTimeField("达到时间")),
                ("note", models.CharField("说明", blank=True, max_length=200)),
                (
                    "cycle",
                    models.ForeignKey("scoring.pointcycle", models.PROTECT, related_name="events"),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="threshold_events"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                ("corrected_at", models.DateTimeField("更正时间", null=True)),
                ("hold_until", models.DateField("申辩期至", null=True)),
                ("sent_at", models.DateTimeField("抄报时间", null=True)),
            ],
            options={
                "verbose_name": "满分事件",
                "verbose_name_plural": "满分事件",
                "indexes": [
                    models.Index(
                        fields=["owner_agency", "hold_until"],
                        condition=models.Q(state="drafted"),
                        name="threshold_event_held",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["cycle", "kind"], name="threshold_event_once"),
                    models.CheckConstraint(
                        condition=~models.Q(state__in=("sent", "corrected"))
                        | models.Q(sent_at__isnull=False),
                        name="threshold_event_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consequence",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "kind",
                    models.CharField(
                        "措施",
                        choices=[
                            ("inspection", "执法检查"),
                            ("grade", "下一年度监管等级上调"),
                            ("key", "下一年度重点检查企业"),
                            ("training", "主要负责人培训"),
                            ("credit", "不良信用记录"),
                            ("veto", "优惠政策、评优一票否决"),
                        ],
                        max_length=12,
                    ),
                ),
                ("scope", models.CharField("范围", blank=True, max_length=200)),
                ("from_on", models.DateField("自")),
                ("until_on", models.DateField("至", null=True)),
                ("due_on", models.DateField("期限", null=True)),
                ("done_at", models.DateTimeField("完成时间", null=True)),
                ("done_note", models.CharField("完成情况", blank=True, max_length=300)),
                ("lifted_at", models.DateTimeField("解除时间", null=True)),
                ("lifted_reason", models.CharField("解除原因", blank=True, max_length=300)),
                ("created_at", models.DateTimeField("建立时间")),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="consequences"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "event",
                    models.ForeignKey(
                        "scoring.thresholdevent", models.PROTECT, related_name="consequences"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "满分措施",
                "verbose_name_plural": "满分措施",
                "indexes": [
                    models.Index(fields=["enterprise", "kind"], name="consequence_enterprise")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=["event", "kind"], name="consequence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Interview",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("planned", "已通知"),
                            ("held", "已约谈"),
                            ("cancelled", "已取消"),
                        ],
                        default="planned",
                        max_length=50,
                    ),
                ),
                ("reason", models.CharField("事由", max_length=300)),
                ("planned_at", models.DateTimeField("约谈时间")),
                ("place", models.CharField("地点", max_length=200)),
                ("host_name", models.CharField("主持人", max_length=40)),
                ("total", models.DecimalField("当时累计", decimal_places=1, max_digits=6)),
                ("attended_by", models.CharField("参加人员", blank=True, max_length=200)),
                ("content", models.TextField("约谈内容", blank=True)),
                ("commitment", models.TextField("整改承诺", blank=True)),
                ("held_at", models.DateTimeField("实际时间", blank=True, null=True)),
                ("issued_at", models.DateTimeField("通知时间")),
                (
                    "cycle",
                    models.ForeignKey(
                        "scoring.pointcycle", models.PROTECT, related_name="interviews"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="interviews"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "event",
                    models.ForeignKey(
                        "scoring.thresholdevent",
                        models.PROTECT,
                        null=True,
                        related_name="interviews",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "约谈",
                "verbose_name_plural": "约谈",
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="held")
                        | (~models.Q(attended_by="") & ~models.Q(content="")),
                        name="interview_held_has_words",
                    )
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PointTraining",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("year", models.PositiveSmallIntegerField("年度")),
                (
                    "kind",
                    models.CharField(
                        "方式",
                        choices=[("online", "在线学习测试"), ("on_site", "现场培训")],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("open", "进行中"), ("passed", "合格"), ("failed", "不合格")],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("person_name", models.CharField("参加人", max_length=40)),
                ("questions", models.JSONField("题目", default=list)),
                ("answers", models.JSONField("答案", default=dict)),
                ("score", models.PositiveSmallIntegerField("成绩", blank=True, null=True)),
                ("held_on", models.DateField("培训日期", blank=True, null=True)),
                (
                    "hours",
                    models.DecimalField(
                        "学时", blank=True, decimal_places=1, max_digits=4, null=True
                    ),
                ),
                ("trainer_name", models.CharField("授课人", blank=True, max_length=40)),
                ("started_at", models.DateTimeField("开始时间")),
                ("ended_at", models.DateTimeField("结束时间", blank=True, null=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="point_trainings"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "记分培训",
                "verbose_name_plural": "记分培训",
                "indexes": [
                    models.Index(fields=["enterprise", "-started_at"], name="point_training_firm")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["enterprise"],
                        condition=models.Q(kind="online", state="open"),
                        name="point_training_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="open") | models.Q(score__isnull=False),
                        name="point_training_ended_has_score",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PointAppeal",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("asked", "待复核"),
                            ("decided", "已答复"),
                            ("withdrawn", "已撤回"),
                            ("waived", "放弃申辩"),
                        ],
                        default="asked",
                        max_length=50,
                    ),
                ),
                ("reason", models.TextField("理由", blank=True)),
                ("asked_at", models.DateTimeField("提出时间")),
                ("asked_by_name", models.CharField("提出人", max_length=40)),
                ("decide_by", models.DateField("答复期限", null=True)),
                ("decided_at", models.DateTimeField("答复时间", blank=True, null=True)),
                ("decided_by_name", models.CharField("复核人", blank=True, max_length=40)),
                ("answer", models.TextField("复核意见", blank=True)),
                (
                    "cycle",
                    models.ForeignKey("scoring.pointcycle", models.PROTECT, related_name="appeals"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="复核人",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise", models.PROTECT, related_name="point_appeals"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "sheet",
                    models.OneToOneField(
                        "scoring.pointsheet", models.PROTECT, related_name="appeal"
                    ),
                ),
            ],
            options={
                "verbose_name": "陈述申辩",
                "verbose_name_plural": "陈述申辩",
                "indexes": [
                    models.Index(
                        fields=["decide_by", "id"],
                        condition=models.Q(state="asked"),
                        name="point_appeal_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="decided")
                        | (~models.Q(answer="") & models.Q(decided_at__isnull=False)),
                        name="point_appeal_decided_has_answer",
                    )
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PointAppealItem",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "decision",
                    models.CharField(
                        "决定",
                        blank=True,
                        choices=[("upheld", "维持"), ("changed", "变更"), ("revoked", "撤销")],
                        max_length=8,
                    ),
                ),
                ("note", models.CharField("说明", blank=True, max_length=300)),
                (
                    "appeal",
                    models.ForeignKey("scoring.pointappeal", models.PROTECT, related_name="items"),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "entry",
                    models.OneToOneField(
                        "scoring.pointentry", models.PROTECT, related_name="appeal_item"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={"verbose_name": "申辩事项", "verbose_name_plural": "申辩事项"},
        ),
        migrations.CreateModel(
            name="PointEvent",
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
                        "事件",
                        choices=[
                            ("timely", "按期整改减免"),
                            ("late", "逾期后整改"),
                            ("overdue", "逾期未整改加处"),
                            ("obstructed", "拒绝检查加处"),
                            ("trained", "培训减免"),
                            ("revoked", "撤销"),
                        ],
                        max_length=12,
                    ),
                ),
                ("happened_at", models.DateTimeField("发生时间")),
                ("by_name", models.CharField("经办人", blank=True, max_length=120)),
                ("reason", models.CharField("说明", blank=True, max_length=300)),
                ("issued_at", models.DateTimeField("生效时间")),
                (
                    "appeal",
                    models.ForeignKey(
                        "scoring.pointappeal", models.PROTECT, null=True, related_name="events"
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        "scoring.pointcycle", models.PROTECT, related_name="point_events"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "entry",
                    models.ForeignKey(
                        "scoring.pointentry", models.PROTECT, null=True, related_name="events"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "recheck",
                    models.ForeignKey(
                        "inspections.recheck", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        "scoring.pointsheet", models.PROTECT, null=True, related_name="events"
                    ),
                ),
                (
                    "training",
                    models.ForeignKey(
                        "scoring.pointtraining", models.PROTECT, null=True, related_name="events"
                    ),
                ),
            ],
            options={
                "verbose_name": "记分事件",
                "verbose_name_plural": "记分事件",
                "ordering": ["happened_at", "id"],
                "indexes": [
                    models.Index(fields=["cycle", "happened_at"], name="point_event_cycle")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["entry", "kind"],
                        condition=models.Q(kind="revoked")
                        | models.Q(kind="overdue", recheck__isnull=True),
                        name="point_event_once_per_entry",
                    ),
                    models.UniqueConstraint(
                        fields=["sheet", "kind"],
                        condition=models.Q(entry__isnull=True, sheet__isnull=False),
                        name="point_event_once_per_sheet",
                    ),
                    models.UniqueConstraint(
                        fields=["entry", "recheck"],
                        condition=models.Q(recheck__isnull=False),
                        name="point_event_once_per_recheck",
                    ),
                    models.UniqueConstraint(
                        fields=["training"],
                        condition=models.Q(training__isnull=False),
                        name="point_event_once_per_training",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SheetDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("hazards", models.JSONField("隐患", default=dict)),
                ("prepared_at", models.DateTimeField("准备时间")),
                ("prepared_by_name", models.CharField("准备人", max_length=40)),
                (
                    "enterprise",
                    models.OneToOneField(
                        "enterprises.enterprise", models.PROTECT, related_name="sheet_draft"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={"verbose_name": "备好的记分表", "verbose_name_plural": "备好的记分表"},
        ),
    )
