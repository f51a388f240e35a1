"""Visits, hazards and what becomes of them until they are closed."""

from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("inspections", "0008_photo_match"),
        ("inspections", "0011_hazard_tally"),
        ("inspections", "0012_long_lists"),
        ("inspections", "0014_front_page_numbers"),
        ("inspections", "0015_late_of_a_provider_and_open_signs"),
        ("inspections", "0016_fewer_indexes_of_hazards"),
        ("inspections", "0017_late_of_a_region_and_firm_of_a_sign"),
        ("inspections", "0018_recheck_is_late"),
    ]
    dependencies = [
        ("inspections", "0001_content"),
        ("agencies", "0004_library_and_choice"),
        ("documents", "0001_tables"),
        ("enterprises", "0001_tables"),
        ("evidence", "0001_photos_and_attachments"),
    ]
    operations = create_models(
        migrations.CreateModel(
            name="Visit",
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
                            ("survey", "摸底排查"),
                            ("recheck", "复查验收"),
                            ("spot_check", "抽查验收"),
                            ("enforcement", "执法检查"),
                            ("inspection", "监督检查"),
                        ],
                        default="survey",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("open", "进行中"), ("signed", "已签字"), ("refused", "拒签")],
                        default="open",
                        max_length=50,
                    ),
                ),
                ("arrived_at", models.DateTimeField("到达时间")),
                ("left_at", models.DateTimeField("离开时间", blank=True, null=True)),
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
                ("accuracy", models.PositiveIntegerField("定位精度（米）", blank=True, null=True)),
                ("process_note", models.TextField("过程控制记录", blank=True)),
                ("representative_name", models.CharField("现场负责人", blank=True, max_length=40)),
                ("representative_post", models.CharField("职务", blank=True, max_length=40)),
                ("refusal_reason", models.CharField("拒签原因", blank=True, max_length=200)),
                ("witness_name", models.CharField("见证人", blank=True, max_length=40)),
                ("signed_at", models.DateTimeField("签字时间", blank=True, null=True)),
                ("created_at", models.DateTimeField("登记时间", auto_now_add=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        null=True,
                        related_name="visits",
                        verbose_name="指派",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        related_name="visits",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "started_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                (
                    "part",
                    models.CharField(
                        "部分",
                        choices=[
                            ("both", "软件资料和现场"),
                            ("soft", "软件资料检查"),
                            ("site", "现场隐患排查"),
                        ],
                        default="both",
                        max_length=4,
                    ),
                ),
                ("device", models.UUIDField("手机", blank=True, null=True)),
                (
                    "phone_arrived_at",
                    models.DateTimeField("手机时钟的到达时间", blank=True, null=True),
                ),
                (
                    "templates",
                    models.ManyToManyField(
                        "inspections.checklisttemplate", related_name="+", verbose_name="检查表"
                    ),
                ),
                (
                    "risk_points",
                    models.ManyToManyField(
                        "enterprises.riskpoint", related_name="+", verbose_name="风险点"
                    ),
                ),
            ],
            options={
                "verbose_name": "检查",
                "verbose_name_plural": "检查",
                "indexes": [
                    models.Index(fields=["assignment", "-arrived_at"], name="visit_assignment"),
                    models.Index(
                        fields=["provider_org"], condition=models.Q(state="open"), name="visit_open"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="signed")
                        | (models.Q(signed_at__isnull=False) & ~models.Q(representative_name="")),
                        name="visit_signed_has_representative",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="refused")
                        | (~models.Q(refusal_reason="") & ~models.Q(witness_name="")),
                        name="visit_refused_has_reason_and_witness",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(left_at=None)
                        | models.Q(left_at__gte=models.F("arrived_at")),
                        name="visit_left_after_arrival",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(assignment=None, kind="inspection")
                        | (~models.Q(kind="inspection") & models.Q(assignment__isnull=False)),
                        name="visit_inspection_alone_has_no_assignment",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="VisitMember",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("name", models.CharField("姓名", max_length=40)),
                ("qualification", models.CharField("资格", blank=True, max_length=60)),
                ("certificate_number", models.CharField("证号", blank=True, max_length=40)),
                ("enterprise_org", enterprise_org()),
                (
                    "membership",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "visit",
                    models.ForeignKey("inspections.visit", models.CASCADE, related_name="team"),
                ),
            ],
            options={
                "verbose_name": "检查人员",
                "verbose_name_plural": "检查人员",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["visit", "membership"], name="visit_member_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitTrack",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("points", models.JSONField("轨迹点")),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "visit",
                    models.ForeignKey("inspections.visit", models.CASCADE, related_name="tracks"),
                ),
            ],
            options={"verbose_name": "轨迹", "verbose_name_plural": "轨迹"},
        ),
        migrations.CreateModel(
            name="EnforcementReferral",
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
                            ("listed", "已列入"),
                            ("planned", "已定方案"),
                            ("checked", "已检查"),
                            ("ordered", "责令整改中"),
                            ("closed", "已办结"),
                            ("case", "移送立案"),
                            ("removed", "已移出"),
                        ],
                        default="listed",
                        max_length=50,
                    ),
                ),
                ("listed_at", models.DateTimeField("列入时间")),
                ("removed_reason", models.CharField("移出理由", blank=True, max_length=300)),
                ("removed_by_name", models.CharField("移出人", blank=True, max_length=80)),
                ("closed_at", models.DateTimeField("结束时间", blank=True, null=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        related_name="referrals",
                        verbose_name="指派",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "执法检查对象",
                "verbose_name_plural": "执法检查名单",
                "indexes": [models.Index(fields=["listed_at", "id"], name="referral_list")],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="removed")
                        | (~models.Q(removed_reason="") & ~models.Q(removed_by_name="")),
                        name="referral_removed_has_reason_and_officer",
                    ),
                    models.UniqueConstraint(
                        fields=["assignment"],
                        condition=~models.Q(state__in=["closed", "case", "removed"]),
                        name="referral_open_once",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="RectificationOrder",
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
                            ("issued", "整改期内"),
                            ("answered", "已复查"),
                            ("done", "已办结"),
                        ],
                        default="issued",
                        max_length=50,
                    ),
                ),
                ("issued_on", models.DateField("签发日期")),
                ("last_due_on", models.DateField("最后期限")),
                ("recheck_due_on", models.DateField("复查期限")),
                (
                    "document",
                    models.OneToOneField("documents.document", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "referral",
                    models.ForeignKey(
                        "inspections.enforcementreferral",
                        models.PROTECT,
                        null=True,
                        related_name="orders",
                    ),
                ),
                (
                    "visit",
                    models.OneToOneField(
                        "inspections.visit",
                        models.PROTECT,
                        related_name="order",
                        verbose_name="检查",
                    ),
                ),
            ],
            options={"verbose_name": "责令限期整改指令", "verbose_name_plural": "责令限期整改指令"},
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Hazard",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField("隐患编号", max_length=40)),
                (
                    "source",
                    models.CharField(
                        "来源",
                        choices=[
                            ("self", "企业自查"),
                            ("provider", "服务机构"),
                            ("township", "乡镇检查"),
                            ("enforcement", "执法检查"),
                            ("spot_check", "抽查验收"),
                            ("report", "举报"),
                            ("covert", "暗访"),
                            ("video", "视频巡查"),
                        ],
                        default="provider",
                        max_length=12,
                    ),
                ),
                ("found_on", models.DateField("排查日期")),
                ("found_at", models.DateTimeField("发现时间")),
                ("found_by_name", models.CharField("排查人", max_length=80)),
                ("place", models.CharField("部位/场所", max_length=100)),
                ("description", models.TextField("隐患描述")),
                ("category", models.CharField("类别", max_length=20)),
                ("subcategory", models.CharField("细类", blank=True, max_length=40)),
                (
                    "severity",
                    models.CharField(
                        "等级",
                        choices=[("general", "一般"), ("major", "重大")],
                        default="general",
                        max_length=8,
                    ),
                ),
                ("basis", models.CharField("判定/违反条款", blank=True, max_length=300)),
                ("clause_code", models.CharField("记分条款", blank=True, max_length=8)),
                ("measure", models.TextField("整改措施")),
                ("responsible_person", models.CharField("责任人", blank=True, max_length=40)),
                (
                    "cost",
                    models.DecimalField(
                        "资金（元）", blank=True, decimal_places=2, max_digits=12, null=True
                    ),
                ),
                (
                    "emergency_plan",
                    models.CharField("应急预案/防控措施", blank=True, max_length=300),
                ),
                ("due_on", models.DateField("整改期限")),
                ("due_reason", models.CharField("期限依据", max_length=300)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("found", "待确认"),
                            ("issued", "待整改"),
                            ("rectifying", "整改中"),
                            ("submitted", "待复查"),
                            ("closed", "已销号"),
                            ("dismissed", "不予认定"),
                        ],
                        default="found",
                        max_length=50,
                    ),
                ),
                ("is_overdue", models.BooleanField("逾期", default=False)),
                ("was_overdue", models.BooleanField("曾逾期", default=False)),
                ("is_refused", models.BooleanField("拒不整改", default=False)),
                ("return_count", models.PositiveSmallIntegerField("退回次数", default=0)),
                ("issued_at", models.DateTimeField("交底时间", blank=True, null=True)),
                ("submitted_at", models.DateTimeField("提交复查时间", blank=True, null=True)),
                ("rectified_on", models.DateField("整改完成日期", blank=True, null=True)),
                ("rechecked_on", models.DateField("复查日期", blank=True, null=True)),
                ("rechecked_by_name", models.CharField("复查人", blank=True, max_length=80)),
                ("closed_at", models.DateTimeField("销号时间", blank=True, null=True)),
                (
                    "major_noticed_at",
                    models.DateTimeField("重大隐患首报时间", blank=True, null=True),
                ),
                (
                    "major_reported_at",
                    models.DateTimeField("重大隐患书面报告时间", blank=True, null=True),
                ),
                ("dismissed_reason", models.CharField("不予认定原因", blank=True, max_length=200)),
                ("updated_at", models.DateTimeField("更新时间", auto_now=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        "agencies.assignment",
                        models.PROTECT,
                        db_index=False,
                        null=True,
                        related_name="hazards",
                        verbose_name="指派",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        related_name="hazards",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "item",
                    models.ForeignKey(
                        "inspections.checklistitem",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="检查项",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "entry",
                    models.ForeignKey(
                        "inspections.libraryentry",
                        models.PROTECT,
                        blank=True,
                        db_index=False,
                        null=True,
                        related_name="+",
                        verbose_name="隐患库",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        "inspections.visit",
                        models.PROTECT,
                        related_name="hazards",
                        verbose_name="检查",
                    ),
                ),
                ("due_days", models.PositiveSmallIntegerField("期限天数", blank=True, null=True)),
                ("due_from", models.DateField("期限起算日", blank=True, null=True)),
                ("due_in_workdays", models.BooleanField("按工作日", default=True)),
                (
                    "order",
                    models.ForeignKey(
                        "inspections.rectificationorder",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="hazards",
                        verbose_name="责令限期整改指令",
                    ),
                ),
                ("place_count", models.PositiveSmallIntegerField("处数", default=1)),
                (
                    "risk_point",
                    models.ForeignKey(
                        "enterprises.riskpoint",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="风险点",
                    ),
                ),
            ],
            options={
                "verbose_name": "隐患",
                "verbose_name_plural": "隐患",
                "indexes": [
                    models.Index(fields=["region_code", "state", "due_on"], name="hazard_region"),
                    models.Index(fields=["assignment", "state"], name="hazard_assignment"),
                    models.Index(fields=["enterprise_org", "due_on"], name="hazard_enterprise"),
                    models.Index(fields=["provider_org", "state"], name="hazard_provider"),
                    models.Index(fields=["due_on", "id"], name="hazard_due"),
                    models.Index(fields=["found_on", "id"], name="hazard_found"),
                    models.Index(fields=["number", "id"], name="hazard_number"),
                    models.Index(fields=["region_code", "id"], name="hazard_town"),
                    models.Index(fields=["region_code", "due_on", "id"], name="hazard_town_due"),
                    models.Index(
                        fields=["region_code", "found_on", "id"], name="hazard_town_found"
                    ),
                    models.Index(fields=["region_code", "number", "id"], name="hazard_town_number"),
                    models.Index(
                        fields=["due_on", "id"],
                        condition=models.Q(
                            state__in=("found", "issued", "rectifying", "submitted")
                        ),
                        name="hazard_live",
                    ),
                    models.Index(
                        fields=["region_code", "due_on", "id"],
                        condition=models.Q(
                            state__in=("found", "issued", "rectifying", "submitted")
                        ),
                        name="hazard_town_live",
                    ),
                    models.Index(
                        fields=["provider_org", "submitted_at", "id"],
                        condition=models.Q(state="submitted"),
                        name="hazard_to_recheck",
                    ),
                    models.Index(
                        fields=["owner_agency", "due_on"],
                        condition=models.Q(is_overdue=False, state__in=("issued", "rectifying")),
                        name="hazard_falls_due",
                    ),
                    models.Index(
                        fields=["due_on", "id"],
                        condition=models.Q(is_overdue=True),
                        name="hazard_late",
                    ),
                    models.Index(
                        fields=["due_on", "id"],
                        condition=models.Q(severity="major"),
                        name="hazard_major",
                    ),
                    models.Index(
                        fields=["enterprise", "due_on"],
                        condition=models.Q(
                            state__in=("found", "issued", "rectifying", "submitted")
                        ),
                        name="hazard_of_firm_live",
                    ),
                    models.Index(
                        fields=["provider_org", "due_on", "id"],
                        condition=models.Q(is_overdue=True),
                        name="hazard_late_of_provider",
                    ),
                    models.Index(
                        fields=["region_code", "due_on", "id"],
                        condition=models.Q(is_overdue=True),
                        name="hazard_late_of_region",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "number"], name="hazard_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(closed_at__isnull=False, state="closed")
                        | (~models.Q(state="closed") & models.Q(closed_at=None)),
                        name="hazard_closed_has_closed_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["found", "dismissed"])
                        | models.Q(issued_at__isnull=False),
                        name="hazard_issued_has_issued_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(is_overdue=False) | models.Q(was_overdue=True),
                        name="hazard_overdue_is_recorded_for_good",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="dismissed") | ~models.Q(dismissed_reason=""),
                        name="hazard_dismissed_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(place_count__gte=1), name="hazard_is_in_a_place"
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        "结果",
                        choices=[("ok", "符合"), ("fail", "不符合"), ("na", "不涉及")],
                        max_length=4,
                    ),
                ),
                ("note", models.CharField("说明", blank=True, max_length=300)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "item",
                    models.ForeignKey(
                        "inspections.checklistitem", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey("inspections.visit", models.CASCADE, related_name="answers"),
                ),
                ("answered_at", models.DateTimeField("作答时间", null=True)),
                ("answered_by_name", models.CharField("作答人", blank=True, max_length=80)),
                (
                    "risk_point",
                    models.ForeignKey(
                        "enterprises.riskpoint", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("version", models.UUIDField("版本", default=uuid7)),
            ],
            options={
                "verbose_name": "检查结果",
                "verbose_name_plural": "检查结果",
                "constraints": [
                    models.UniqueConstraint(fields=["visit", "item"], name="answer_once"),
                    models.UniqueConstraint(
                        fields=["visit", "risk_point"], name="risk_answer_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(item=None) ^ models.Q(risk_point=None),
                        name="answer_is_to_one_question",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rectification",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("round", models.PositiveSmallIntegerField("次数")),
                ("text", models.TextField("整改情况")),
                ("responsible_person", models.CharField("责任人", max_length=40)),
                (
                    "cost",
                    models.DecimalField(
                        "资金（元）", blank=True, decimal_places=2, max_digits=12, null=True
                    ),
                ),
                ("done_on", models.DateField("整改完成日期")),
                ("submitted_at", models.DateTimeField("提交时间")),
                ("submitted_by_name", models.CharField("提交人", max_length=80)),
                ("is_entered_for", models.BooleanField("评估人员代录", default=False)),
                ("enterprise_org", enterprise_org()),
                (
                    "hazard",
                    models.ForeignKey(
                        "inspections.hazard", models.PROTECT, related_name="rectifications"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "submitted_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "整改",
                "verbose_name_plural": "整改",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["hazard", "round"], name="rectification_round_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField("延期理由", max_length=500)),
                ("safeguard", models.CharField("延期期间防控措施", max_length=500)),
                ("old_due_on", models.DateField("原期限")),
                ("wanted_on", models.DateField("申请延至")),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("asked", "待答复"), ("granted", "同意"), ("refused", "不同意")],
                        default="asked",
                        max_length=50,
                    ),
                ),
                ("asked_at", models.DateTimeField("申请时间")),
                ("asked_by_name", models.CharField("申请人", max_length=80)),
                ("granted_on", models.DateField("同意延至", blank=True, null=True)),
                ("answer", models.CharField("答复", blank=True, max_length=500)),
                ("answered_at", models.DateTimeField("答复时间", blank=True, null=True)),
                ("answered_by_name", models.CharField("答复人", blank=True, max_length=80)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "hazard",
                    models.ForeignKey(
                        "inspections.hazard", models.PROTECT, related_name="extensions"
                    ),
                ),
            ],
            options={
                "verbose_name": "延期申请",
                "verbose_name_plural": "延期申请",
                "indexes": [
                    models.Index(fields=["state", "asked_at", "id"], name="extension_list")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["hazard"],
                        condition=models.Q(state="asked"),
                        name="extension_asked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state="asked") | models.Q(answered_at__isnull=False),
                        name="extension_answered_has_time",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        "复查结论",
                        choices=[
                            ("passed", "已整改"),
                            ("partial", "部分整改"),
                            ("failed", "未整改"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField("说明", blank=True, max_length=500)),
                ("new_due_on", models.DateField("再次整改期限", blank=True, null=True)),
                ("rechecked_at", models.DateTimeField("复查时间")),
                ("rechecked_by_name", models.CharField("复查人", max_length=80)),
                ("enterprise_org", enterprise_org()),
                (
                    "hazard",
                    models.ForeignKey(
                        "inspections.hazard", models.PROTECT, related_name="rechecks"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "rechecked_by",
                    models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                ),
                (
                    "rectification",
                    models.OneToOneField(
                        "inspections.rectification",
                        models.PROTECT,
                        null=True,
                        related_name="recheck",
                    ),
                ),
                ("is_late", models.BooleanField("逾期后复查", default=False)),
            ],
            options={
                "verbose_name": "复查",
                "verbose_name_plural": "复查",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(result="passed") | ~models.Q(reason=""),
                        name="recheck_failed_has_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhotoMatch",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("figures", models.JSONField("数字", default=dict)),
                ("text", models.CharField("说明", max_length=200)),
                ("made_at", models.DateTimeField("比对时间")),
                (
                    "after",
                    models.ForeignKey(
                        "evidence.photo", models.PROTECT, related_name="+", verbose_name="整改后"
                    ),
                ),
                (
                    "before",
                    models.ForeignKey(
                        "evidence.photo", models.PROTECT, related_name="+", verbose_name="整改前"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "照片比对",
                "verbose_name_plural": "照片比对",
                "constraints": [
                    models.UniqueConstraint(fields=["before", "after"], name="photo_match_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HazardTally",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                (
                    "region_code",
                    models.CharField("属地", db_collation="C", max_length=12, null=True),
                ),
                ("provider_org_id", models.BigIntegerField("服务机构", null=True)),
                ("state", models.CharField("状态", max_length=12)),
                ("severity", models.CharField("等级", max_length=8)),
                ("is_overdue", models.BooleanField("逾期")),
                ("number", models.BigIntegerField("增减")),
            ],
            options={
                "verbose_name": "隐患数",
                "verbose_name_plural": "隐患数",
                "indexes": [
                    models.Index(
                        fields=["region_code"],
                        include=["state", "severity", "is_overdue", "number"],
                        condition=models.Q(region_code__isnull=False),
                        name="hazard_tally_region",
                    ),
                    models.Index(
                        fields=["provider_org_id"],
                        condition=models.Q(provider_org_id__isnull=False),
                        name="hazard_tally_provider",
                    ),
                ],
            },
        ),
    )
