from decimal import Decimal

import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0008_people_of_contracts"),
        ("enterprises", "0011_names_of_a_city"),
        ("scoring", "0012_appraisal_names"),
        ("tenancy", "0010_few_bodies"),
    ]

    operations = [
        migrations.CreateModel(
            name="InquiryRecord",
            fields=[
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("check", "执法检查"), ("inquiry", "座谈函询")],
                        max_length=8,
                        verbose_name="形式",
                    ),
                ),
                ("held_on", models.DateField(verbose_name="日期")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="地点")),
                ("people", models.CharField(max_length=300, verbose_name="参加人员")),
                ("content", models.TextField(verbose_name="内容（问题和回答）")),
                ("finding", models.TextField(verbose_name="认定")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("entered_by_name", models.CharField(max_length=80, verbose_name="登记人")),
            ],
            options={
                "verbose_name": "考评原始记录",
                "verbose_name_plural": "考评原始记录",
                "ordering": ["held_on", "entered_at"],
            },
        ),
        migrations.CreateModel(
            name="Questionnaire",
            fields=[
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("provider_name", models.CharField(max_length=100, verbose_name="服务机构")),
                ("contract_title", models.CharField(max_length=120, verbose_name="合同")),
                ("due_on", models.DateField(verbose_name="期限")),
                ("answers", models.JSONField(default=list, verbose_name="评分")),
                ("comment", models.TextField(blank=True, verbose_name="意见和建议")),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "filed_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="提交人"),
                ),
                ("doubts", models.JSONField(default=list, verbose_name="存疑")),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="启封时间")),
                (
                    "excluded_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="不予采用的原因"),
                ),
            ],
            options={
                "verbose_name": "调查问卷",
                "verbose_name_plural": "调查问卷",
            },
        ),
        migrations.CreateModel(
            name="SchemeIndicator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="次序")),
                ("code", models.CharField(max_length=8, verbose_name="编号")),
                ("group", models.CharField(max_length=20, verbose_name="一级要素")),
                ("name", models.CharField(max_length=40, verbose_name="二级要素")),
                (
                    "weight",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="标准分值"),
                ),
                ("measure", models.CharField(max_length=20, verbose_name="计量")),
                ("formula", models.CharField(max_length=10, verbose_name="计分公式")),
                ("figures", models.JSONField(blank=True, default=dict, verbose_name="公式参数")),
                (
                    "full_without_cases",
                    models.BooleanField(default=False, verbose_name="没有适用情形时按满分计"),
                ),
                ("point", models.CharField(max_length=200, verbose_name="考评要点")),
                ("scoring", models.CharField(max_length=200, verbose_name="评分标准")),
                ("method", models.CharField(max_length=60, verbose_name="考评方式")),
                ("duty", models.CharField(blank=True, max_length=60, verbose_name="职责出处")),
            ],
            options={
                "verbose_name": "考评指标",
                "verbose_name_plural": "考评指标",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="SelfEvaluation",
            fields=[
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("contract_title", models.CharField(max_length=120, verbose_name="合同")),
                ("agency_name", models.CharField(max_length=100, verbose_name="考评机关")),
                ("indicators", models.JSONField(verbose_name="指标")),
                ("due_on", models.DateField(verbose_name="期限")),
                ("answers", models.JSONField(default=dict, verbose_name="自评")),
                ("summary", models.TextField(blank=True, verbose_name="自评说明")),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "filed_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="提交人"),
                ),
            ],
            options={
                "verbose_name": "机构自评",
                "verbose_name_plural": "机构自评",
            },
        ),
        migrations.CreateModel(
            name="ThirdPartyReview",
            fields=[
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("body_name", models.CharField(max_length=100, verbose_name="第三方机构")),
                ("provider_name", models.CharField(max_length=100, verbose_name="服务机构")),
                ("contract_title", models.CharField(max_length=120, verbose_name="合同")),
                ("due_on", models.DateField(verbose_name="期限")),
                (
                    "score",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="评分"
                    ),
                ),
                ("opinion", models.TextField(blank=True, verbose_name="评价意见")),
                ("filed_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                (
                    "filed_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="提交人"),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="启封时间")),
            ],
            options={
                "verbose_name": "第三方评价",
                "verbose_name_plural": "第三方评价",
            },
        ),
        migrations.AddField(
            model_name="appraisal",
            name="archived_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="归档时间"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="buyer_score",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=5, verbose_name="购买主体得分"
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="评价截止时间"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="correction_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="更正原因"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="corrects",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrected_by",
                to="scoring.appraisal",
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="decide_by",
            field=models.DateField(blank=True, null=True, verbose_name="决定期限"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="decided_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="决定时间"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="decided_by_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="决定人"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="drafted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
                verbose_name="拟定人",
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="drafted_by_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="拟定人"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="flags",
            field=models.JSONField(default=list, verbose_name="说明"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="noticed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="告知时间"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="objection_until",
            field=models.DateField(blank=True, null=True, verbose_name="异议截止"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="open_rechecks",
            field=models.PositiveIntegerField(default=0, verbose_name="冻结时待复查隐患"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="parties",
            field=models.JSONField(default=list, verbose_name="三方构成"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="publicity_until",
            field=models.DateField(blank=True, null=True, verbose_name="公示截止"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="published_on",
            field=models.DateField(blank=True, null=True, verbose_name="公示日期"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="purpose",
            field=models.CharField(
                choices=[("interim", "过程测算"), ("final", "正式考评")],
                default="interim",
                max_length=8,
                verbose_name="性质",
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="scoring_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="评价期限"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="self_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="自评期限"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="served_score",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="服务对象得分"
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="state",
            field=models.CharField(
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
                verbose_name="状态",
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="third_score",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="第三方得分"
            ),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="version",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="vetoes",
            field=models.JSONField(default=list, verbose_name="一票否决情形"),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="year",
            field=models.PositiveSmallIntegerField(default=2026, verbose_name="年度"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="appraisal",
            name="job_id",
            field=models.UUIDField(blank=True, null=True, verbose_name="作业"),
        ),
        migrations.AlterField(
            model_name="appraisal",
            name="made_at",
            field=models.DateTimeField(verbose_name="冻结时间"),
        ),
        migrations.AlterField(
            model_name="appraisal",
            name="measured_weight",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=5, verbose_name="已计量权重"
            ),
        ),
        migrations.AlterField(
            model_name="appraisal",
            name="measures",
            field=models.JSONField(verbose_name="冻结的计量"),
        ),
        migrations.AlterField(
            model_name="appraisal",
            name="results",
            field=models.JSONField(default=list, verbose_name="各指标"),
        ),
        migrations.AlterField(
            model_name="appraisal",
            name="veto_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="一票否决原因"),
        ),
        migrations.CreateModel(
            name="AppraisalCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                ("code", models.CharField(max_length=8, verbose_name="指标")),
                (
                    "numerator",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="分子"),
                ),
                (
                    "denominator",
                    models.DecimalField(decimal_places=2, max_digits=12, verbose_name="分母"),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[("buyer", "考评人员核定"), ("objection", "异议成立")],
                        max_length=10,
                        verbose_name="来由",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("made_at", models.DateTimeField(verbose_name="核定时间")),
                ("made_by_name", models.CharField(max_length=80, verbose_name="核定人")),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="scoring.appraisal",
                    ),
                ),
                (
                    "enterprise_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="企业",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.agency",
                        verbose_name="主管机构",
                    ),
                ),
                (
                    "provider_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="服务机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "计量核定",
                "verbose_name_plural": "计量核定",
                "ordering": ["made_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="AppraisalEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=12, verbose_name="记录")),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="记录编号"
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), size=None, verbose_name="判定"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="哈希")),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="scoring.appraisal",
                    ),
                ),
            ],
            options={
                "verbose_name": "考评依据",
                "verbose_name_plural": "考评依据",
            },
        ),
        migrations.CreateModel(
            name="AppraisalObjection",
            fields=[
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=8, verbose_name="指标")),
                ("reason", models.TextField(verbose_name="异议和理由")),
                (
                    "state",
                    models.CharField(
                        choices=[("filed", "待答复"), ("granted", "成立"), ("refused", "不成立")],
                        default="filed",
                        max_length=50,
                        verbose_name="状态",
                    ),
                ),
                ("filed_at", models.DateTimeField(verbose_name="提出时间")),
                ("filed_by_name", models.CharField(max_length=80, verbose_name="提出人")),
                ("answer", models.TextField(blank=True, verbose_name="答复意见")),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="答复时间"),
                ),
                (
                    "answered_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="答复人"),
                ),
                (
                    "appraisal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="scoring.appraisal",
                    ),
                ),
                (
                    "enterprise_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="企业",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.agency",
                        verbose_name="主管机构",
                    ),
                ),
                (
                    "provider_org",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="服务机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "考评异议",
                "verbose_name_plural": "考评异议",
                "ordering": ["filed_at"],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="AppraisalScheme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                ("version", models.CharField(max_length=40, verbose_name="版本")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "草稿"), ("adopted", "已施行")],
                        default="draft",
                        max_length=50,
                        verbose_name="状态",
                    ),
                ),
                ("adopted_on", models.DateField(blank=True, null=True, verbose_name="施行日期")),
                ("is_proposal", models.BooleanField(default=True, verbose_name="试拟稿")),
                ("note", models.TextField(blank=True, verbose_name="修订说明")),
                ("parameters", models.JSONField(default=dict, verbose_name="参数")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
                (
                    "based_on",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scoring.appraisalscheme",
                        verbose_name="由此修订",
                    ),
                ),
                (
                    "owner_agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.agency",
                    ),
                ),
            ],
            options={
                "verbose_name": "考评方案",
                "verbose_name_plural": "考评方案",
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name="appraisal",
            name="scheme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appraisals",
                to="scoring.appraisalscheme",
            ),
        ),
        migrations.AddIndex(
            model_name="appraisal",
            index=models.Index(fields=["provider_org", "-made_at"], name="appraisal_provider"),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "interim")),
                fields=("job_id",),
                name="appraisal_once_a_job",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("purpose", "final"), models.Q(("state", "superseded"), _negated=True)
                ),
                fields=("contract", "year"),
                name="appraisal_final_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["interim", "frozen", "scoring"]),
                    models.Q(("noticed_at__isnull", False), ("objection_until__isnull", False)),
                    _connector="OR",
                ),
                name="appraisal_noticed_once_drafted",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["decided", "published", "archived"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="appraisal_decided_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True),
                    models.Q(("publicity_until__isnull", False), ("published_on__isnull", False)),
                    _connector="OR",
                ),
                name="appraisal_published_has_days",
            ),
        ),
        migrations.AddField(
            model_name="inquiryrecord",
            name="appraisal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="records",
                to="scoring.appraisal",
            ),
        ),
        migrations.AddField(
            model_name="inquiryrecord",
            name="enterprise_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="企业",
            ),
        ),
        migrations.AddField(
            model_name="inquiryrecord",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="inquiryrecord",
            name="provider_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="服务机构",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="appraisal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questionnaires",
                to="scoring.appraisal",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.assignment",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="enterprise",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="enterprises.enterprise",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="enterprise_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="企业",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="provider_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="服务机构",
            ),
        ),
        migrations.AddField(
            model_name="schemeindicator",
            name="scheme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="indicators",
                to="scoring.appraisalscheme",
            ),
        ),
        migrations.AddField(
            model_name="selfevaluation",
            name="appraisal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="self_evaluation",
                to="scoring.appraisal",
            ),
        ),
        migrations.AddField(
            model_name="selfevaluation",
            name="enterprise_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="企业",
            ),
        ),
        migrations.AddField(
            model_name="selfevaluation",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="selfevaluation",
            name="provider_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="服务机构",
            ),
        ),
        migrations.AddField(
            model_name="thirdpartyreview",
            name="appraisal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="third_party",
                to="scoring.appraisal",
            ),
        ),
        migrations.AddField(
            model_name="thirdpartyreview",
            name="enterprise_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="企业",
            ),
        ),
        migrations.AddField(
            model_name="thirdpartyreview",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="thirdpartyreview",
            name="provider_org",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="服务机构",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisalcorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("denominator__gt", Decimal("0")), ("numerator__gte", Decimal("0"))
                ),
                name="correction_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisalevidence",
            constraint=models.UniqueConstraint(
                fields=("appraisal", "source"), name="evidence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisalobjection",
            constraint=models.UniqueConstraint(fields=("appraisal", "code"), name="objection_once"),
        ),
        migrations.AddConstraint(
            model_name="appraisalobjection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "filed"),
                    models.Q(
                        models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="objection_answered_has_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisalscheme",
            constraint=models.UniqueConstraint(
                fields=("owner_agency", "version"), name="appraisal_scheme_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisalscheme",
            constraint=models.UniqueConstraint(
                fields=("owner_agency", "adopted_on"), name="appraisal_scheme_one_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="appraisalscheme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "adopted"), _negated=True),
                    ("adopted_on__isnull", False),
                    _connector="OR",
                ),
                name="appraisal_scheme_adopted_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.UniqueConstraint(
                fields=("appraisal", "enterprise"), name="questionnaire_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeindicator",
            constraint=models.UniqueConstraint(
                fields=("scheme", "code"), name="scheme_indicator_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="schemeindicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0)), name="scheme_indicator_weighs_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="thirdpartyreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None),
                    models.Q(
                        ("score__gte", 0),
                        ("score__lte", 100),
                        models.Q(("opinion", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="third_party_filed_has_score",
            ),
        ),
        migrations.RunSQL(
            "UPDATE scoring_appraisal SET year = extract(year FROM made_at), buyer_score = score",
            migrations.RunSQL.noop,
        ),
    ]
