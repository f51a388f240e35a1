"""Plans, procurements, offers and what is published of them."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("agencies", "0001_initial"),
        ("agencies", "0009_purchase_and_obligations"),
        ("agencies", "0018_payment_stages_security"),
    ]
    dependencies = [("tenancy", "0002_security")]
    operations = [
        *create_models(
            migrations.CreateModel(
                name="PurchasePlan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    (
                        "year",
                        models.PositiveSmallIntegerField(
                            "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
                        ),
                    ),
                    ("version", models.PositiveSmallIntegerField("版本")),
                    ("title", models.CharField("计划名称", max_length=120)),
                    (
                        "state",
                        models.CharField(
                            "状态",
                            choices=[
                                ("draft", "草稿"),
                                ("approved", "已批准"),
                                ("budgeted", "已列入预算"),
                            ],
                            default="draft",
                            max_length=50,
                        ),
                    ),
                    ("drafted_by_name", models.CharField("编制人", max_length=80)),
                    ("drafted_at", models.DateTimeField("编制时间")),
                    ("approved_by_name", models.CharField("批准人", blank=True, max_length=80)),
                    ("approved_at", models.DateTimeField("批准时间", null=True)),
                    ("budget_number", models.CharField("预算批复文号", blank=True, max_length=60)),
                    ("budgeted_on", models.DateField("预算批复日期", blank=True, null=True)),
                    ("superseded_at", models.DateTimeField("被新版本代替的时间", null=True)),
                    (
                        "approved_by",
                        models.ForeignKey(
                            "tenancy.membership", models.PROTECT, null=True, related_name="+"
                        ),
                    ),
                    (
                        "based_on",
                        models.ForeignKey(
                            "agencies.purchaseplan",
                            models.PROTECT,
                            blank=True,
                            null=True,
                            related_name="revisions",
                            verbose_name="修订自",
                        ),
                    ),
                    (
                        "changed_by",
                        models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                    ),
                    (
                        "drafted_by",
                        models.ForeignKey("tenancy.membership", models.PROTECT, related_name="+"),
                    ),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "年度购买计划",
                    "verbose_name_plural": "年度购买计划",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["owner_agency", "year", "version"], name="plan_version_once"
                        ),
                        models.UniqueConstraint(
                            fields=["owner_agency", "year"],
                            condition=models.Q(state="draft"),
                            name="plan_one_draft_a_year",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(approved_by=None)
                            | (
                                ~models.Q(approved_by=models.F("drafted_by"))
                                & ~models.Q(approved_by=models.F("changed_by"))
                            ),
                            name="plan_approved_by_another",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(state="draft")
                            | models.Q(approved_at__isnull=False, approved_by__isnull=False),
                            name="plan_approved_has_approver",
                        ),
                        models.CheckConstraint(
                            condition=~models.Q(state="budgeted")
                            | (~models.Q(budget_number="") & models.Q(budgeted_on__isnull=False)),
                            name="plan_budgeted_has_number_and_day",
                        ),
                    ],
                },
                bases=(FSMModelMixin, models.Model),
            ),
            migrations.CreateModel(
                name="PurchasePlanItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    (
                        "area",
                        models.CharField(
                            "购买领域",
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
                        ),
                    ),
                    ("what", models.CharField("购买内容", max_length=200)),
                    (
                        "enterprises",
                        models.PositiveIntegerField("服务企业（家）", blank=True, null=True),
                    ),
                    (
                        "amount",
                        models.DecimalField(
                            "预算金额（元）",
                            decimal_places=2,
                            max_digits=14,
                            validators=[MinValueValidator(Decimal("0.01"))],
                        ),
                    ),
                    (
                        "method",
                        models.CharField(
                            "拟采用的采购方式",
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
                        ),
                    ),
                    ("note", models.CharField("备注", blank=True, max_length=300)),
                    ("enterprise_org", enterprise_org()),
                    (
                        "first",
                        models.ForeignKey(
                            "agencies.purchaseplanitem",
                            models.PROTECT,
                            null=True,
                            related_name="later",
                        ),
                    ),
                    ("owner_agency", owner_agency()),
                    (
                        "plan",
                        models.ForeignKey(
                            "agencies.purchaseplan", models.PROTECT, related_name="items"
                        ),
                    ),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "计划事项",
                    "verbose_name_plural": "计划事项",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(amount__gt=0), name="plan_item_costs_something"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Procurement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("number", models.CharField("项目编号", max_length=40)),
                    ("title", models.CharField("项目名称", max_length=120)),
                    (
                        "outside_reason",
                        models.CharField("不在计划内的理由", blank=True, max_length=300),
                    ),
                    (
                        "method",
                        models.CharField(
                            "采购方式",
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
                        ),
                    ),
                    ("note", models.TextField("备注", blank=True)),
                    (
                        "state",
                        models.CharField(
                            "状态",
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
                        ),
                    ),
                    ("drafted_at", models.DateTimeField("建立时间")),
                    ("drafted_by_name", models.CharField("经办人", max_length=80)),
                    ("announced_at", models.DateTimeField("公告时间", null=True)),
                    ("offers_due_on", models.DateField("响应截止日期", blank=True, null=True)),
                    ("closed_at", models.DateTimeField("开启时间", null=True)),
                    ("ended_at", models.DateTimeField("结束时间", null=True)),
                    ("ended_by_name", models.CharField("决定人", blank=True, max_length=80)),
                    (
                        "end_reason",
                        models.CharField("废标或取消的原因", blank=True, max_length=300),
                    ),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                    (
                        "plan_item",
                        models.ForeignKey(
                            "agencies.purchaseplanitem",
                            models.PROTECT,
                            blank=True,
                            null=True,
                            related_name="procurements",
                            verbose_name="计划事项",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "采购项目",
                    "verbose_name_plural": "采购项目",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["owner_agency", "number"], name="procurement_number_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(plan_item__isnull=False)
                            | ~models.Q(outside_reason=""),
                            name="procurement_planned_or_reasoned",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(state__in=["draft", "cancelled"])
                            | models.Q(announced_at__isnull=False, offers_due_on__isnull=False),
                            name="procurement_announced_has_days",
                        ),
                        models.CheckConstraint(
                            condition=~models.Q(state__in=["failed", "cancelled"])
                            | ~models.Q(end_reason=""),
                            name="procurement_ended_badly_has_reason",
                        ),
                    ],
                },
                bases=(FSMModelMixin, models.Model),
            ),
            migrations.CreateModel(
                name="AwardCriterion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("name", models.CharField("评审因素", max_length=80)),
                    (
                        "kind",
                        models.CharField(
                            "类别",
                            choices=[
                                ("price", "价格"),
                                ("technical", "技术"),
                                ("business", "商务"),
                                ("past", "以往考评"),
                                ("other", "其他"),
                            ],
                            max_length=10,
                        ),
                    ),
                    (
                        "weight",
                        models.DecimalField(
                            "权重",
                            decimal_places=2,
                            max_digits=5,
                            validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
                        ),
                    ),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                    (
                        "procurement",
                        models.ForeignKey(
                            "agencies.procurement", models.PROTECT, related_name="criteria"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "评审因素",
                    "verbose_name_plural": "评审因素",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["procurement", "name"], name="criterion_name_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(weight__gt=0, weight__lte=100),
                            name="criterion_weight_is_a_share",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Offer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("provider_name", models.CharField("服务机构", max_length=100)),
                    (
                        "price",
                        models.DecimalField(
                            "报价（元）",
                            decimal_places=2,
                            max_digits=14,
                            validators=[MinValueValidator(Decimal("0.01"))],
                        ),
                    ),
                    ("note", models.CharField("备注", blank=True, max_length=300)),
                    ("entered_at", models.DateTimeField("登记时间")),
                    ("entered_by_name", models.CharField("登记人", max_length=80)),
                    (
                        "disqualified_reason",
                        models.CharField("无效的原因", blank=True, max_length=300),
                    ),
                    ("disqualified_by_name", models.CharField("认定人", blank=True, max_length=80)),
                    (
                        "total",
                        models.DecimalField("总分", decimal_places=2, max_digits=5, null=True),
                    ),
                    ("rank", models.PositiveSmallIntegerField("名次", null=True)),
                    ("disclosed_at", models.DateTimeField("向该机构公开的时间", null=True)),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "报价",
                    "verbose_name_plural": "报价",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(price__gt=0), name="offer_has_a_price"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(provider_org__isnull=False),
                            name="offer_is_a_providers",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(disqualified_reason="") | models.Q(rank=None),
                            name="offer_disqualified_has_no_rank",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProcurementLot",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("name", models.CharField("标段名称", max_length=80)),
                    ("business", models.CharField("业务类别", max_length=60)),
                    (
                        "enterprises",
                        models.PositiveIntegerField("服务企业（家）", blank=True, null=True),
                    ),
                    (
                        "ceiling",
                        models.DecimalField(
                            "最高限价（元）",
                            decimal_places=2,
                            max_digits=14,
                            validators=[MinValueValidator(Decimal("0.01"))],
                        ),
                    ),
                    (
                        "award_reason",
                        models.CharField("未选第一名的理由", blank=True, max_length=300),
                    ),
                    (
                        "failed_reason",
                        models.CharField("本标段废标的原因", blank=True, max_length=300),
                    ),
                    ("decided_at", models.DateTimeField("定标时间", null=True)),
                    ("decided_by_name", models.CharField("定标人", blank=True, max_length=80)),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    (
                        "procurement",
                        models.ForeignKey(
                            "agencies.procurement", models.PROTECT, related_name="lots"
                        ),
                    ),
                    ("provider_org", provider_org()),
                    (
                        "winner",
                        models.OneToOneField(
                            "agencies.offer", models.PROTECT, null=True, related_name="won"
                        ),
                    ),
                ],
                options={
                    "verbose_name": "标段",
                    "verbose_name_plural": "标段",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["procurement", "name"], name="lot_name_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(ceiling__gt=0), name="lot_has_a_ceiling"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(winner=None) | models.Q(failed_reason=""),
                            name="lot_won_or_failed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(failed_reason="", winner=None)
                            | models.Q(decided_at__isnull=False),
                            name="lot_decided_has_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="OfferScore",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("score", models.DecimalField("得分", decimal_places=2, max_digits=5)),
                    ("basis", models.CharField("依据", blank=True, max_length=300)),
                    (
                        "criterion",
                        models.ForeignKey(
                            "agencies.awardcriterion", models.PROTECT, related_name="+"
                        ),
                    ),
                    ("enterprise_org", enterprise_org()),
                    (
                        "offer",
                        models.ForeignKey("agencies.offer", models.PROTECT, related_name="scores"),
                    ),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "评分",
                    "verbose_name_plural": "评分",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["offer", "criterion"], name="offer_score_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(score__gte=0, score__lte=100),
                            name="offer_score_of_a_hundred",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Publication",
                fields=[
                    (
                        "code",
                        models.CharField(
                            "公开代号", max_length=16, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("agency_name", models.CharField("发布单位", max_length=100)),
                    ("is_training", models.BooleanField("演示", default=False)),
                    (
                        "kind",
                        models.CharField(
                            "类别",
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
                        ),
                    ),
                    ("subject_type", models.CharField(max_length=60)),
                    ("subject_id", models.CharField(max_length=64)),
                    ("title", models.CharField("标题", max_length=200)),
                    ("body", models.JSONField("内容")),
                    ("body_sha256", models.CharField("内容哈希", max_length=64)),
                    ("published_at", models.DateTimeField("公开时间")),
                    ("published_by_name", models.CharField("公开人", max_length=80)),
                    ("until_on", models.DateField("公示截止", null=True)),
                    (
                        "state",
                        models.CharField(
                            "状态",
                            choices=[("published", "公开中"), ("withdrawn", "已撤回")],
                            default="published",
                            max_length=10,
                        ),
                    ),
                    ("withdrawn_at", models.DateTimeField("撤回时间", null=True)),
                    ("withdrawn_reason", models.CharField("撤回原因", blank=True, max_length=200)),
                    ("withdrawn_by_name", models.CharField("撤回人", blank=True, max_length=80)),
                    (
                        "owner_agency",
                        models.ForeignKey("tenancy.agency", models.PROTECT, related_name="+"),
                    ),
                ],
                options={
                    "verbose_name": "公开内容",
                    "verbose_name_plural": "公开内容",
                    "indexes": [
                        models.Index(fields=["-published_at", "code"], name="publication_newest")
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["subject_type", "subject_id", "kind"],
                            condition=models.Q(state="published"),
                            name="publication_stands_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(state="published")
                            | (
                                models.Q(withdrawn_at__isnull=False)
                                & ~models.Q(withdrawn_reason="")
                            ),
                            name="publication_withdrawn_has_time_and_reason",
                        ),
                    ],
                },
            ),
        ),
        migrations.AddField(
            model_name="offer",
            name="lot",
            field=models.ForeignKey(
                "agencies.procurementlot", models.PROTECT, related_name="offers"
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                fields=["lot", "provider_org"], name="offer_once_a_lot"
            ),
        ),
    ]
