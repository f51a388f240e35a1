"""The library of providers, and rounds in which enterprises choose from it."""

from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("agencies", "0013_provider_library"),
        ("agencies", "0015_choice_rounds"),
    ]
    dependencies = [("agencies", "0003_obligations_and_payment")]
    operations = [
        *create_models(
            migrations.CreateModel(
                name="LibraryClass",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("name", models.CharField("分类名称", max_length=40)),
                    ("industries", models.JSONField("适用行业", default=list)),
                    ("risks", models.JSONField("适用的风险因素", default=list)),
                    ("levels", models.JSONField("等级", default=list)),
                    ("is_trial", models.BooleanField("试拟", default=False)),
                    ("retired_at", models.DateTimeField("停用时间", blank=True, null=True)),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "机构库分类",
                    "verbose_name_plural": "机构库分类",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["owner_agency", "name"],
                            condition=models.Q(retired_at=None),
                            name="library_class_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LibraryProvider",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("level", models.CharField("等级", max_length=20)),
                    ("from_on", models.DateField("入库日期")),
                    ("until_on", models.DateField("有效期至", blank=True, null=True)),
                    (
                        "state",
                        models.CharField(
                            "状态",
                            choices=[
                                ("active", "在库"),
                                ("suspended", "暂停"),
                                ("removed", "出库"),
                                ("replaced", "已变更等级"),
                            ],
                            default="active",
                            max_length=50,
                        ),
                    ),
                    ("state_reason", models.CharField("原因", blank=True, max_length=300)),
                    ("ended_on", models.DateField("终止日期", blank=True, null=True)),
                    (
                        "business_class",
                        models.ForeignKey(
                            "agencies.libraryclass",
                            models.PROTECT,
                            related_name="entries",
                            verbose_name="分类",
                        ),
                    ),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                    (
                        "replaces",
                        models.OneToOneField(
                            "agencies.libraryprovider",
                            models.PROTECT,
                            blank=True,
                            null=True,
                            related_name="replaced_by",
                            verbose_name="变更前条目",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "机构库条目",
                    "verbose_name_plural": "机构库条目",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["owner_agency", "provider_org", "business_class"],
                            condition=models.Q(state__in=["active", "suspended"]),
                            name="library_provider_once_in_class",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(until_on=None)
                            | models.Q(until_on__gte=models.F("from_on")),
                            name="library_provider_ends_after_start",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(state="active") | ~models.Q(state_reason=""),
                            name="library_provider_out_has_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(ended_on=None, state__in=["active", "suspended"])
                            | models.Q(ended_on__isnull=False, state__in=["removed", "replaced"]),
                            name="library_provider_out_has_day",
                        ),
                    ],
                },
                bases=(FSMModelMixin, models.Model),
            ),
            migrations.CreateModel(
                name="LibraryChange",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    (
                        "kind",
                        models.CharField(
                            "事项",
                            choices=[
                                ("entered", "入库"),
                                ("level", "变更等级"),
                                ("suspended", "暂停"),
                                ("resumed", "恢复"),
                                ("removed", "出库"),
                            ],
                            max_length=10,
                        ),
                    ),
                    ("on", models.DateField("日期")),
                    ("level", models.CharField("等级", max_length=20)),
                    ("level_before", models.CharField("原等级", blank=True, max_length=20)),
                    (
                        "source",
                        models.CharField(
                            "依据",
                            choices=[
                                ("application", "机构申请"),
                                ("procurement", "采购入围"),
                                ("evaluation", "绩效考评"),
                                ("supervision", "监督检查"),
                                ("other", "其他"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("source_url", models.CharField("依据页面", blank=True, max_length=200)),
                    ("reason", models.CharField("理由", max_length=300)),
                    ("recorded_at", models.DateTimeField("登记时间")),
                    ("recorded_by_name", models.CharField("登记人", max_length=80)),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                    (
                        "entry",
                        models.ForeignKey(
                            "agencies.libraryprovider",
                            models.PROTECT,
                            related_name="changes",
                            verbose_name="条目",
                        ),
                    ),
                ],
                options={"verbose_name": "机构库变更", "verbose_name_plural": "机构库变更"},
            ),
            migrations.CreateModel(
                name="ChoiceRound",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("title", models.CharField("名称", max_length=60)),
                    ("code", models.CharField("批次代号前缀", max_length=16)),
                    (
                        "kind",
                        models.CharField(
                            "合同类别",
                            choices=[
                                ("government_purchase", "政府购买服务"),
                                ("enterprise_commission", "企业委托服务"),
                            ],
                            max_length=24,
                        ),
                    ),
                    ("service", models.CharField("服务内容", max_length=300)),
                    ("opens_on", models.DateField("选择开始")),
                    ("closes_on", models.DateField("选择截止")),
                    (
                        "state",
                        models.CharField(
                            "状态",
                            choices=[
                                ("draft", "草稿"),
                                ("open", "进行中"),
                                ("closed", "已结束"),
                                ("cancelled", "已取消"),
                            ],
                            default="draft",
                            max_length=50,
                        ),
                    ),
                    ("opened_at", models.DateTimeField("发出时间", blank=True, null=True)),
                    ("closed_at", models.DateTimeField("结束时间", blank=True, null=True)),
                    ("state_reason", models.CharField("取消原因", blank=True, max_length=300)),
                    ("created_at", models.DateTimeField("建立时间")),
                    ("created_by_name", models.CharField("建立人", max_length=80)),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "企业选择",
                    "verbose_name_plural": "企业选择",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["owner_agency", "code"], name="choice_round_code_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(closes_on__gte=models.F("opens_on")),
                            name="choice_round_ends_after_start",
                        ),
                        models.CheckConstraint(
                            condition=~models.Q(state__in=["open", "closed"])
                            | models.Q(opened_at__isnull=False),
                            name="choice_round_open_has_time",
                        ),
                        models.CheckConstraint(
                            condition=~models.Q(state="closed") | models.Q(closed_at__isnull=False),
                            name="choice_round_closed_has_time",
                        ),
                        models.CheckConstraint(
                            condition=~models.Q(state="cancelled") | ~models.Q(state_reason=""),
                            name="choice_round_cancelled_has_reason",
                        ),
                    ],
                },
                bases=(FSMModelMixin, models.Model),
            ),
            migrations.CreateModel(
                name="ChoiceOffer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    (
                        "price",
                        models.DecimalField(
                            "价格（元）", blank=True, decimal_places=2, max_digits=12, null=True
                        ),
                    ),
                    ("price_unit", models.CharField("计价单位", blank=True, max_length=40)),
                    ("withdrawn_at", models.DateTimeField("退出时间", blank=True, null=True)),
                    ("withdrawn_reason", models.CharField("退出原因", blank=True, max_length=300)),
                    (
                        "batch",
                        models.OneToOneField(
                            "agencies.servicebatch",
                            models.PROTECT,
                            blank=True,
                            null=True,
                            related_name="offer",
                            verbose_name="批次",
                        ),
                    ),
                    (
                        "contract",
                        models.ForeignKey(
                            "agencies.servicecontract",
                            models.PROTECT,
                            related_name="offers",
                            verbose_name="合同",
                        ),
                    ),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                    (
                        "round",
                        models.ForeignKey(
                            "agencies.choiceround",
                            models.PROTECT,
                            related_name="offers",
                            verbose_name="企业选择",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "参加的机构",
                    "verbose_name_plural": "参加的机构",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["round", "provider_org"], name="choice_offer_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(price=None) | models.Q(price__gte=0),
                            name="choice_offer_price_not_negative",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
                            name="choice_offer_withdrawn_has_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ChoiceInvite",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    ("asked_at", models.DateTimeField("通知时间", blank=True, null=True)),
                    (
                        "enterprise",
                        models.ForeignKey(
                            "enterprises.enterprise",
                            models.PROTECT,
                            related_name="choice_invites",
                            verbose_name="企业",
                        ),
                    ),
                    ("enterprise_org", enterprise_org()),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                    (
                        "round",
                        models.ForeignKey(
                            "agencies.choiceround",
                            models.PROTECT,
                            related_name="invites",
                            verbose_name="企业选择",
                        ),
                    ),
                ],
                options={
                    "verbose_name": "选择机构的企业",
                    "verbose_name_plural": "选择机构的企业",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=["round", "enterprise"], name="choice_invite_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ProviderChoice",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            "ID", auto_created=True, primary_key=True, serialize=False
                        ),
                    ),
                    ("region_code", region_code()),
                    (
                        "made_as",
                        models.CharField(
                            "方式",
                            choices=[
                                ("enterprise", "企业自主选择"),
                                ("regulator", "监管部门代为选择"),
                            ],
                            max_length=12,
                        ),
                    ),
                    ("made_at", models.DateTimeField("时间")),
                    ("made_by_name", models.CharField("选择人", max_length=80)),
                    ("reason", models.CharField("理由", blank=True, max_length=300)),
                    ("enterprise_org", enterprise_org()),
                    (
                        "invite",
                        models.ForeignKey(
                            "agencies.choiceinvite",
                            models.PROTECT,
                            related_name="choices",
                            verbose_name="企业",
                        ),
                    ),
                    (
                        "made_by",
                        models.ForeignKey(
                            "tenancy.membership",
                            models.PROTECT,
                            blank=True,
                            null=True,
                            related_name="+",
                            verbose_name="选择人",
                        ),
                    ),
                    (
                        "offer",
                        models.ForeignKey(
                            "agencies.choiceoffer",
                            models.PROTECT,
                            related_name="choices",
                            verbose_name="机构",
                        ),
                    ),
                    ("owner_agency", owner_agency()),
                    ("provider_org", provider_org()),
                ],
                options={
                    "verbose_name": "机构选择",
                    "verbose_name_plural": "机构选择",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(made_as="enterprise", reason="")
                            | models.Q(made_as="regulator", reason__regex=".{10,}"),
                            name="provider_choice_for_another_has_reason",
                        )
                    ],
                },
            ),
        ),
        migrations.AddField(
            model_name="choiceinvite",
            name="choice",
            field=models.OneToOneField(
                "agencies.providerchoice",
                models.PROTECT,
                blank=True,
                null=True,
                related_name="+",
                verbose_name="现在的选择",
            ),
        ),
        migrations.AddConstraint(
            model_name="choiceinvite",
            constraint=models.CheckConstraint(
                condition=models.Q(choice=None) | models.Q(asked_at__isnull=False),
                name="choice_invite_chosen_was_asked",
            ),
        ),
    ]
