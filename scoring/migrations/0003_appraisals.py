"""Evaluations of providers: schemes, what each party says, and what was decided."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("scoring", "0012_appraisal_names"),
        ("scoring", "0013_appraisals"),
    ]
    dependencies = [("scoring", "0002_boards_and_self_checks")]
    operations = create_models(
        migrations.CreateModel(
            name="AppraisalScheme",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("version", models.CharField("版本", max_length=40)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("draft", "草稿"), ("adopted", "已施行")],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("adopted_on", models.DateField("施行日期", blank=True, null=True)),
                ("is_proposal", models.BooleanField("试拟稿", default=True)),
                ("note", models.TextField("修订说明", blank=True)),
                ("parameters", models.JSONField("参数", default=dict)),
                ("created_at", models.DateTimeField("建立时间", auto_now_add=True)),
                (
                    "based_on",
                    models.ForeignKey(
                        "scoring.appraisalscheme",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="由此修订",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey("tenancy.agency", models.PROTECT, related_name="+"),
                ),
            ],
            options={
                "verbose_name": "考评方案",
                "verbose_name_plural": "考评方案",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "version"], name="appraisal_scheme_once"
                    ),
                    models.UniqueConstraint(
                        fields=["owner_agency", "adopted_on"], name="appraisal_scheme_one_a_day"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="adopted") | models.Q(adopted_on__isnull=False),
                        name="appraisal_scheme_adopted_has_day",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="SchemeIndicator",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("position", models.PositiveSmallIntegerField("次序")),
                ("code", models.CharField("编号", max_length=8)),
                ("group", models.CharField("一级要素", max_length=20)),
                ("name", models.CharField("二级要素", max_length=40)),
                ("weight", models.DecimalField("标准分值", decimal_places=2, max_digits=5)),
                ("measure", models.CharField("计量", max_length=20)),
                ("formula", models.CharField("计分公式", max_length=10)),
                ("figures", models.JSONField("公式参数", blank=True, default=dict)),
                (
                    "full_without_cases",
                    models.BooleanField("没有适用情形时按满分计", default=False),
                ),
                ("point", models.CharField("考评要点", max_length=200)),
                ("scoring", models.CharField("评分标准", max_length=200)),
                ("method", models.CharField("考评方式", max_length=60)),
                ("duty", models.CharField("职责出处", blank=True, max_length=60)),
                (
                    "scheme",
                    models.ForeignKey(
                        "scoring.appraisalscheme", models.CASCADE, related_name="indicators"
                    ),
                ),
            ],
            options={
                "verbose_name": "考评指标",
                "verbose_name_plural": "考评指标",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["scheme", "code"], name="scheme_indicator_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(weight__gt=0), name="scheme_indicator_weighs_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appraisal",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("job_id", models.UUIDField("作业", blank=True, null=True)),
                ("scheme_version", models.CharField("考评方案", max_length=40)),
                ("measures", models.JSONField("冻结的计量")),
                ("input_sha256", models.CharField("数据哈希", max_length=64)),
                ("results", models.JSONField("各指标", default=list)),
                ("score", models.DecimalField("得分", decimal_places=2, max_digits=5)),
                (
                    "measured_weight",
                    models.DecimalField("已计量权重", decimal_places=2, default=0, max_digits=5),
                ),
                ("grade", models.CharField("等次", max_length=1)),
                ("veto_reason", models.CharField("一票否决原因", blank=True, max_length=300)),
                ("made_at", models.DateTimeField("冻结时间")),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract", models.PROTECT, related_name="appraisals"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                ("archived_at", models.DateTimeField("归档时间", blank=True, null=True)),
                (
                    "buyer_score",
                    models.DecimalField("购买主体得分", decimal_places=2, default=0, max_digits=5),
                ),
                ("closed_at", models.DateTimeField("评价截止时间", blank=True, null=True)),
                ("correction_reason", models.CharField("更正原因", blank=True, max_length=300)),
                (
                    "corrects",
                    models.OneToOneField(
                        "scoring.appraisal",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="corrected_by",
                    ),
                ),
                ("decide_by", models.DateField("决定期限", blank=True, null=True)),
                ("decided_at", models.DateTimeField("决定时间", blank=True, null=True)),
                ("decided_by_name", models.CharField("决定人", blank=True, max_length=80)),
                (
                    "drafted_by",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="拟定人",
                    ),
                ),
                ("drafted_by_name", models.CharField("拟定人", blank=True, max_length=80)),
                ("flags", models.JSONField("说明", default=list)),
                ("noticed_at", models.DateTimeField("告知时间", blank=True, null=True)),
                ("objection_until", models.DateField("异议截止", blank=True, null=True)),
                ("open_rechecks", models.PositiveIntegerField("冻结时待复查隐患", default=0)),
                ("parties", models.JSONField("三方构成", default=list)),
                ("publicity_until", models.DateField("公示截止", blank=True, null=True)),
                ("published_on", models.DateField("公示日期", blank=True, null=True)),
                (
                    "purpose",
                    models.CharField(
                        "性质",
                        choices=[("interim", "过程测算"), ("final", "正式考评")],
                        default="interim",
                        max_length=8,
                    ),
                ),
                ("scoring_due_on", models.DateField("评价期限", blank=True, null=True)),
                ("self_due_on", models.DateField("自评期限", blank=True, null=True)),
                (
                    "served_score",
                    models.DecimalField(
                        "服务对象得分", blank=True, decimal_places=2, max_digits=5, null=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("interim", "过程测算"),
                            ("frozen", "机构自评"),
                            ("scoring", "三方评价"),
                            ("drafted", "异议期"),
                            ("decided", "已决定"),
                            ("published", "公示中"),
                            ("archived", "已归档"),
                            ("superseded", "已被更正"),
                        ],
                        default="interim",
                        max_length=50,
                    ),
                ),
                (
                    "third_score",
                    models.DecimalField(
                        "第三方得分", blank=True, decimal_places=2, max_digits=5, null=True
                    ),
                ),
                ("version", models.PositiveSmallIntegerField("版次", default=1)),
                ("vetoes", models.JSONField("一票否决情形", default=list)),
                ("year", models.PositiveSmallIntegerField("年度")),
                (
                    "scheme",
                    models.ForeignKey(
                        "scoring.appraisalscheme",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="appraisals",
                    ),
                ),
            ],
            options={
                "verbose_name": "绩效考评",
                "verbose_name_plural": "绩效考评",
                "indexes": [
                    models.Index(fields=["contract", "-made_at"], name="appraisal_contract"),
                    models.Index(fields=["provider_org", "-made_at"], name="appraisal_provider"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["job_id"],
                        condition=models.Q(purpose="interim"),
                        name="appraisal_once_a_job",
                    ),
                    models.UniqueConstraint(
                        fields=["contract", "year"],
                        condition=models.Q(purpose="final") & ~models.Q(state="superseded"),
                        name="appraisal_final_once_a_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["interim", "frozen", "scoring"])
                        | models.Q(noticed_at__isnull=False, objection_until__isnull=False),
                        name="appraisal_noticed_once_drafted",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state__in=["decided", "published", "archived"])
                        | models.Q(decided_at__isnull=False),
                        name="appraisal_decided_has_day",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="published")
                        | models.Q(publicity_until__isnull=False, published_on__isnull=False),
                        name="appraisal_published_has_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AppraisalEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("source", models.CharField("记录", max_length=12)),
                (
                    "ids",
                    ArrayField(base_field=models.TextField(), size=None, verbose_name="记录编号"),
                ),
                (
                    "flags",
                    ArrayField(
                        base_field=models.SmallIntegerField(), size=None, verbose_name="判定"
                    ),
                ),
                ("sha256", models.CharField("哈希", max_length=64)),
                (
                    "appraisal",
                    models.ForeignKey("scoring.appraisal", models.CASCADE, related_name="evidence"),
                ),
            ],
            options={
                "verbose_name": "考评依据",
                "verbose_name_plural": "考评依据",
                "constraints": [
                    models.UniqueConstraint(fields=["appraisal", "source"], name="evidence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AppraisalCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("code", models.CharField("指标", max_length=8)),
                ("numerator", models.DecimalField("分子", decimal_places=2, max_digits=12)),
                ("denominator", models.DecimalField("分母", decimal_places=2, max_digits=12)),
                (
                    "cause",
                    models.CharField(
                        "来由",
                        choices=[("buyer", "考评人员核定"), ("objection", "异议成立")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField("理由", max_length=500)),
                ("made_at", models.DateTimeField("核定时间")),
                ("made_by_name", models.CharField("核定人", max_length=80)),
                (
                    "appraisal",
                    models.ForeignKey(
                        "scoring.appraisal", models.PROTECT, related_name="corrections"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "计量核定",
                "verbose_name_plural": "计量核定",
                "ordering": ["made_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            denominator__gt=Decimal("0"), numerator__gte=Decimal("0")
                        ),
                        name="correction_is_a_share",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AppraisalObjection",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField("指标", blank=True, max_length=8)),
                ("reason", models.TextField("异议和理由")),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[("filed", "待答复"), ("granted", "成立"), ("refused", "不成立")],
                        default="filed",
                        max_length=50,
                    ),
                ),
                ("filed_at", models.DateTimeField("提出时间")),
                ("filed_by_name", models.CharField("提出人", max_length=80)),
                ("answer", models.TextField("答复意见", blank=True)),
                ("answered_at", models.DateTimeField("答复时间", blank=True, null=True)),
                ("answered_by_name", models.CharField("答复人", blank=True, max_length=80)),
                (
                    "appraisal",
                    models.ForeignKey(
                        "scoring.appraisal", models.PROTECT, related_name="objections"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "考评异议",
                "verbose_name_plural": "考评异议",
                "ordering": ["filed_at"],
                "constraints": [
                    models.UniqueConstraint(fields=["appraisal", "code"], name="objection_once"),
                    models.CheckConstraint(
                        condition=models.Q(state="filed")
                        | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                        name="objection_answered_has_answer",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="SelfEvaluation",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("contract_title", models.CharField("合同", max_length=120)),
                ("agency_name", models.CharField("考评机关", max_length=100)),
                ("indicators", models.JSONField("指标")),
                ("due_on", models.DateField("期限")),
                ("answers", models.JSONField("自评", default=dict)),
                ("summary", models.TextField("自评说明", blank=True)),
                ("filed_at", models.DateTimeField("提交时间", blank=True, null=True)),
                ("filed_by_name", models.CharField("提交人", blank=True, max_length=80)),
                (
                    "appraisal",
                    models.OneToOneField(
                        "scoring.appraisal", models.PROTECT, related_name="self_evaluation"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={"verbose_name": "机构自评", "verbose_name_plural": "机构自评"},
        ),
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("provider_name", models.CharField("服务机构", max_length=100)),
                ("contract_title", models.CharField("合同", max_length=120)),
                ("due_on", models.DateField("期限")),
                ("answers", models.JSONField("评分", default=list)),
                ("comment", models.TextField("意见和建议", blank=True)),
                ("filed_at", models.DateTimeField("提交时间", blank=True, null=True)),
                ("filed_by_name", models.CharField("提交人", blank=True, max_length=80)),
                ("doubts", models.JSONField("存疑", default=list)),
                ("opened_at", models.DateTimeField("启封时间", blank=True, null=True)),
                ("excluded_reason", models.CharField("不予采用的原因", blank=True, max_length=300)),
                (
                    "appraisal",
                    models.ForeignKey(
                        "scoring.appraisal", models.PROTECT, related_name="questionnaires"
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey("agencies.assignment", models.PROTECT, related_name="+"),
                ),
                (
                    "enterprise",
                    models.ForeignKey("enterprises.enterprise", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "调查问卷",
                "verbose_name_plural": "调查问卷",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["appraisal", "enterprise"], name="questionnaire_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyReview",
            fields=[
                ("region_code", region_code()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("body_name", models.CharField("第三方机构", max_length=100)),
                ("provider_name", models.CharField("服务机构", max_length=100)),
                ("contract_title", models.CharField("合同", max_length=120)),
                ("due_on", models.DateField("期限")),
                (
                    "score",
                    models.DecimalField(
                        "评分", blank=True, decimal_places=2, max_digits=5, null=True
                    ),
                ),
                ("opinion", models.TextField("评价意见", blank=True)),
                ("filed_at", models.DateTimeField("提交时间", blank=True, null=True)),
                ("filed_by_name", models.CharField("提交人", blank=True, max_length=80)),
                ("opened_at", models.DateTimeField("启封时间", blank=True, null=True)),
                (
                    "appraisal",
                    models.OneToOneField(
                        "scoring.appraisal", models.PROTECT, related_name="third_party"
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "第三方评价",
                "verbose_name_plural": "第三方评价",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(filed_at=None)
                        | (
                            models.Q(score__gte=0)
                            & models.Q(score__lte=100)
                            & ~models.Q(opinion="")
                        ),
                        name="third_party_filed_has_score",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InquiryRecord",
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
                        "形式",
                        choices=[("check", "执法检查"), ("inquiry", "座谈函询")],
                        max_length=8,
                    ),
                ),
                ("held_on", models.DateField("日期")),
                ("place", models.CharField("地点", blank=True, max_length=100)),
                ("people", models.CharField("参加人员", max_length=300)),
                ("content", models.TextField("内容（问题和回答）")),
                ("finding", models.TextField("认定")),
                ("entered_at", models.DateTimeField("登记时间")),
                ("entered_by_name", models.CharField("登记人", max_length=80)),
                (
                    "appraisal",
                    models.ForeignKey("scoring.appraisal", models.PROTECT, related_name="records"),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "考评原始记录",
                "verbose_name_plural": "考评原始记录",
                "ordering": ["held_on", "entered_at"],
            },
        ),
    )
