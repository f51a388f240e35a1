"""Plans, procurements, offers, what is published of them, and the obligations of contracts."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0008_people_of_contracts"),
        ("tenancy", "0010_few_bodies"),
    ]

    operations = [
        migrations.CreateModel(
            name="PurchasePlan",
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
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                        verbose_name="年度",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("title", models.CharField(max_length=120, verbose_name="计划名称")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("approved", "已批准"),
                            ("budgeted", "已列入预算"),
                        ],
                        default="draft",
                        max_length=50,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_by_name", models.CharField(max_length=80, verbose_name="编制人")),
                ("drafted_at", models.DateTimeField(verbose_name="编制时间")),
                (
                    "approved_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="批准人"),
                ),
                ("approved_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                (
                    "budget_number",
                    models.CharField(blank=True, max_length=60, verbose_name="预算批复文号"),
                ),
                (
                    "budgeted_on",
                    models.DateField(blank=True, null=True, verbose_name="预算批复日期"),
                ),
                (
                    "superseded_at",
                    models.DateTimeField(null=True, verbose_name="被新版本代替的时间"),
                ),
            ],
            options={
                "verbose_name": "年度购买计划",
                "verbose_name_plural": "年度购买计划",
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="PurchasePlanItem",
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
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("permit", "安全生产许可审查"),
                            ("inspection", "安全生产检查"),
                            ("accident", "事故调查分析鉴定"),
                            ("campaign", "行业专项整治"),
                            ("publicity", "安全宣传"),
                            ("emergency", "公共安全应急防范"),
                            ("rescue", "应急救援"),
                            ("risk", "风险评估"),
                        ],
                        max_length=12,
                        verbose_name="购买领域",
                    ),
                ),
                ("what", models.CharField(max_length=200, verbose_name="购买内容")),
                (
                    "enterprises",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="服务企业（家）"
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="预算金额（元）",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("open_tender", "公开招标"),
                            ("invited_tender", "邀请招标"),
                            ("negotiation", "竞争性谈判"),
                            ("consultation", "竞争性磋商"),
                            ("inquiry", "询价"),
                            ("single", "单一来源"),
                            ("framework", "框架协议"),
                        ],
                        max_length=16,
                        verbose_name="拟采用的采购方式",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="备注")),
            ],
            options={
                "verbose_name": "计划事项",
                "verbose_name_plural": "计划事项",
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=16, primary_key=True, serialize=False, verbose_name="公开代号"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", max_length=12, verbose_name="属地"),
                ),
                ("agency_name", models.CharField(max_length=100, verbose_name="发布单位")),
                ("is_training", models.BooleanField(default=False, verbose_name="演示")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("plan", "年度购买计划"),
                            ("announcement", "采购公告"),
                            ("award", "中标（成交）结果公告"),
                            ("ended", "废标、终止公告"),
                            ("acceptance", "履约验收公告"),
                            ("appraisal", "绩效考评结果公示"),
                            ("standing", "机构状态决定公告"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.CharField(max_length=64)),
                ("title", models.CharField(max_length=200, verbose_name="标题")),
                ("body", models.JSONField(verbose_name="内容")),
                ("body_sha256", models.CharField(max_length=64, verbose_name="内容哈希")),
                ("published_at", models.DateTimeField(verbose_name="公开时间")),
                ("published_by_name", models.CharField(max_length=80, verbose_name="公开人")),
                ("until_on", models.DateField(null=True, verbose_name="公示截止")),
                (
                    "state",
                    models.CharField(
                        choices=[("published", "公开中"), ("withdrawn", "已撤回")],
                        default="published",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤回原因"),
                ),
                (
                    "withdrawn_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="撤回人"),
                ),
            ],
            options={
                "verbose_name": "公开内容",
                "verbose_name_plural": "公开内容",
            },
        ),
        migrations.CreateModel(
            name="AwardCriterion",
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
                ("name", models.CharField(max_length=80, verbose_name="评审因素")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("price", "价格"),
                            ("technical", "技术"),
                            ("business", "商务"),
                            ("past", "以往考评"),
                            ("other", "其他"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                (
                    "weight",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.01")),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="权重",
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
                "verbose_name": "评审因素",
                "verbose_name_plural": "评审因素",
            },
        ),
        migrations.CreateModel(
            name="Obligation",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("visit", "检查"),
                            ("recheck", "复查"),
                            ("training", "培训"),
                            ("meeting", "会议"),
                            ("report", "情况报告"),
                            ("conclusion", "结论性意见"),
                            ("other", "其他"),
                        ],
                        max_length=12,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="服务事项")),
                (
                    "quantity",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="数量",
                    ),
                ),
                ("unit", models.CharField(max_length=10, verbose_name="单位")),
                ("due_on", models.DateField(verbose_name="完成期限")),
                (
                    "technical",
                    models.CharField(blank=True, max_length=500, verbose_name="技术标准"),
                ),
                ("service", models.CharField(blank=True, max_length=500, verbose_name="服务标准")),
                ("safety", models.CharField(blank=True, max_length=500, verbose_name="安全标准")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="变更原因")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("entered_by_name", models.CharField(max_length=80, verbose_name="登记人")),
                ("superseded_at", models.DateTimeField(null=True, verbose_name="被变更的时间")),
                (
                    "superseded_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="被变更的原因"),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="agencies.servicecontract",
                        verbose_name="合同",
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
                    "first",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="agencies.obligation",
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
                "verbose_name": "服务事项",
                "verbose_name_plural": "服务事项",
            },
        ),
        migrations.CreateModel(
            name="ObligationAcceptance",
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
                ("quantity", models.PositiveIntegerField(verbose_name="验收数量")),
                ("technical_met", models.BooleanField(null=True, verbose_name="技术标准")),
                ("service_met", models.BooleanField(null=True, verbose_name="服务标准")),
                ("safety_met", models.BooleanField(null=True, verbose_name="安全标准")),
                ("is_final", models.BooleanField(default=False, verbose_name="验收完毕")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                ("accepted_at", models.DateTimeField(verbose_name="验收时间")),
                ("accepted_by_name", models.CharField(max_length=80, verbose_name="验收人")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                (
                    "revoked_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤销原因"),
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
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="agencies.obligation",
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
                "verbose_name": "履约验收",
                "verbose_name_plural": "履约验收",
            },
        ),
        migrations.CreateModel(
            name="ObligationDelivery",
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
                (
                    "quantity",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="数量",
                    ),
                ),
                ("delivered_on", models.DateField(verbose_name="完成日期")),
                ("what", models.CharField(max_length=300, verbose_name="完成情况")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("entered_by_name", models.CharField(max_length=80, verbose_name="登记人")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="撤回原因"),
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
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="agencies.obligation",
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
                "verbose_name": "交付记录",
                "verbose_name_plural": "交付记录",
            },
        ),
        migrations.CreateModel(
            name="Offer",
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
                ("provider_name", models.CharField(max_length=100, verbose_name="服务机构")),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="报价（元）",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="备注")),
                ("entered_at", models.DateTimeField(verbose_name="登记时间")),
                ("entered_by_name", models.CharField(max_length=80, verbose_name="登记人")),
                (
                    "disqualified_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="无效的原因"),
                ),
                (
                    "disqualified_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="认定人"),
                ),
                (
                    "total",
                    models.DecimalField(
                        decimal_places=2, max_digits=5, null=True, verbose_name="总分"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(null=True, verbose_name="名次")),
                (
                    "disclosed_at",
                    models.DateTimeField(null=True, verbose_name="向该机构公开的时间"),
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
                "verbose_name": "报价",
                "verbose_name_plural": "报价",
            },
        ),
        migrations.CreateModel(
            name="OfferScore",
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
                ("score", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="得分")),
                ("basis", models.CharField(blank=True, max_length=300, verbose_name="依据")),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.awardcriterion",
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
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="agencies.offer",
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
                "verbose_name": "评分",
                "verbose_name_plural": "评分",
            },
        ),
        migrations.CreateModel(
            name="Procurement",
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
                ("number", models.CharField(max_length=40, verbose_name="项目编号")),
                ("title", models.CharField(max_length=120, verbose_name="项目名称")),
                (
                    "outside_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="不在计划内的理由"),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("open_tender", "公开招标"),
                            ("invited_tender", "邀请招标"),
                            ("negotiation", "竞争性谈判"),
                            ("consultation", "竞争性磋商"),
                            ("inquiry", "询价"),
                            ("single", "单一来源"),
                            ("framework", "框架协议"),
                        ],
                        max_length=16,
                        verbose_name="采购方式",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="备注")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("announced", "已公告"),
                            ("closed", "评审中"),
                            ("awarded", "已定标"),
                            ("failed", "废标"),
                            ("cancelled", "已取消"),
                        ],
                        default="draft",
                        max_length=50,
                        verbose_name="状态",
                    ),
                ),
                ("drafted_at", models.DateTimeField(verbose_name="建立时间")),
                ("drafted_by_name", models.CharField(max_length=80, verbose_name="经办人")),
                ("announced_at", models.DateTimeField(null=True, verbose_name="公告时间")),
                (
                    "offers_due_on",
                    models.DateField(blank=True, null=True, verbose_name="响应截止日期"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="开启时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "ended_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="决定人"),
                ),
                (
                    "end_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="废标或取消的原因"),
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
                "verbose_name": "采购项目",
                "verbose_name_plural": "采购项目",
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name="awardcriterion",
            name="procurement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="criteria",
                to="agencies.procurement",
            ),
        ),
        migrations.CreateModel(
            name="ProcurementLot",
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
                ("name", models.CharField(max_length=80, verbose_name="标段名称")),
                ("business", models.CharField(max_length=60, verbose_name="业务类别")),
                (
                    "enterprises",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="服务企业（家）"
                    ),
                ),
                (
                    "ceiling",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="最高限价（元）",
                    ),
                ),
                (
                    "award_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="未选第一名的理由"),
                ),
                (
                    "failed_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="本标段废标的原因"),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="定标时间")),
                (
                    "decided_by_name",
                    models.CharField(blank=True, max_length=80, verbose_name="定标人"),
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
                    "procurement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="agencies.procurement",
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
                (
                    "winner",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="won",
                        to="agencies.offer",
                    ),
                ),
            ],
            options={
                "verbose_name": "标段",
                "verbose_name_plural": "标段",
            },
        ),
        migrations.AddField(
            model_name="offer",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="agencies.procurementlot",
            ),
        ),
        migrations.AddField(
            model_name="servicecontract",
            name="lot",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contracts",
                to="agencies.procurementlot",
                verbose_name="中标标段",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicecontract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "terminated"), _negated=True),
                fields=("lot",),
                name="contract_once_a_lot",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplan",
            name="approved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplan",
            name="based_on",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="agencies.purchaseplan",
                verbose_name="修订自",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplan",
            name="changed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplan",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplan",
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
            model_name="purchaseplan",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplan",
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
            model_name="purchaseplanitem",
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
            model_name="purchaseplanitem",
            name="first",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later",
                to="agencies.purchaseplanitem",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplanitem",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.agency",
                verbose_name="主管机构",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplanitem",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="agencies.purchaseplan",
            ),
        ),
        migrations.AddField(
            model_name="purchaseplanitem",
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
            model_name="procurement",
            name="plan_item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="procurements",
                to="agencies.purchaseplanitem",
                verbose_name="计划事项",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="owner_agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.agency"
            ),
        ),
        migrations.AddIndex(
            model_name="obligation",
            index=models.Index(fields=["contract", "due_on"], name="obligation_contract"),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="obligation_owes_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("safety", ""), ("service", ""), ("technical", ""), _negated=True
                ),
                name="obligation_has_a_standard",
                violation_error_message="技术、服务、安全标准至少填写一项，验收时逐项对照",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("superseded_at", None),
                    models.Q(("superseded_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="obligation_superseded_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligationacceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1), ("is_final", True), _connector="OR"),
                name="acceptance_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligationacceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("technical_met", False),
                        ("service_met", False),
                        ("safety_met", False),
                        _connector="OR",
                        _negated=True,
                    ),
                    models.Q(("note", ""), _negated=True),
                    _connector="OR",
                ),
                name="acceptance_unmet_has_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligationacceptance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("revoked_at", None),
                    models.Q(("revoked_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="acceptance_revoked_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="obligationdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 1)), name="delivery_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="obligationdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None),
                    models.Q(("withdrawn_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="delivery_withdrawn_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerscore",
            constraint=models.UniqueConstraint(
                fields=("offer", "criterion"), name="offer_score_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="offerscore",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 100)),
                name="offer_score_of_a_hundred",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcriterion",
            constraint=models.UniqueConstraint(
                fields=("procurement", "name"), name="criterion_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="awardcriterion",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0), ("weight__lte", 100)),
                name="criterion_weight_is_a_share",
            ),
        ),
        migrations.AddConstraint(
            model_name="procurementlot",
            constraint=models.UniqueConstraint(
                fields=("procurement", "name"), name="lot_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="procurementlot",
            constraint=models.CheckConstraint(
                condition=models.Q(("ceiling__gt", 0)), name="lot_has_a_ceiling"
            ),
        ),
        migrations.AddConstraint(
            model_name="procurementlot",
            constraint=models.CheckConstraint(
                condition=models.Q(("winner", None), ("failed_reason", ""), _connector="OR"),
                name="lot_won_or_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="procurementlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failed_reason", ""), ("winner", None)),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="lot_decided_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                fields=("lot", "provider_org"), name="offer_once_a_lot"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gt", 0)), name="offer_has_a_price"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("provider_org__isnull", False)), name="offer_is_a_providers"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("disqualified_reason", ""), ("rank", None), _connector="OR"),
                name="offer_disqualified_has_no_rank",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseplan",
            constraint=models.UniqueConstraint(
                fields=("owner_agency", "year", "version"), name="plan_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("owner_agency", "year"),
                name="plan_one_draft_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None),
                    models.Q(
                        models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                        models.Q(("approved_by", models.F("changed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="plan_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                    _connector="OR",
                ),
                name="plan_approved_has_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "budgeted"), _negated=True),
                    models.Q(
                        models.Q(("budget_number", ""), _negated=True),
                        ("budgeted_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="plan_budgeted_has_number_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseplanitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="plan_item_costs_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="procurement",
            constraint=models.UniqueConstraint(
                fields=("owner_agency", "number"), name="procurement_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="procurement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("plan_item__isnull", False),
                    models.Q(("outside_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="procurement_planned_or_reasoned",
            ),
        ),
        migrations.AddConstraint(
            model_name="procurement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "cancelled"]),
                    models.Q(("announced_at__isnull", False), ("offers_due_on__isnull", False)),
                    _connector="OR",
                ),
                name="procurement_announced_has_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="procurement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["failed", "cancelled"]), _negated=True),
                    models.Q(("end_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="procurement_ended_badly_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["-published_at", "code"], name="publication_newest"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")),
                fields=("subject_type", "subject_id", "kind"),
                name="publication_stands_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "published"),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        models.Q(("withdrawn_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="publication_withdrawn_has_time_and_reason",
            ),
        ),
    ]
