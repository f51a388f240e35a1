"""Contracts, batches and assignments, who may work on them, and the ties that keep a provider away."""

from decimal import Decimal

from django.conf import settings
from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("agencies", "0003_phase_gates"),
        ("agencies", "0004_fill_phase_gates"),
        ("agencies", "0005_phase_gate_constraints"),
        ("agencies", "0006_long_lists"),
        ("agencies", "0007_assignment_tally"),
        ("agencies", "0011_ties_and_hand_over"),
    ]
    dependencies = [
        ("agencies", "0001_purchase"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("enterprises", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = create_models(
        migrations.CreateModel(
            name="ServiceContract",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("number", models.CharField("合同编号", max_length=40)),
                ("title", models.CharField("合同名称", max_length=120)),
                (
                    "kind",
                    models.CharField(
                        "类别",
                        choices=[
                            ("government_purchase", "政府购买服务"),
                            ("enterprise_commission", "企业委托服务"),
                        ],
                        default="government_purchase",
                        max_length=24,
                    ),
                ),
                ("signed_on", models.DateField("签订日期")),
                ("starts_on", models.DateField("开始日期")),
                ("ends_on", models.DateField("结束日期")),
                (
                    "amount",
                    models.DecimalField(
                        "合同金额（元）", blank=True, decimal_places=2, max_digits=12, null=True
                    ),
                ),
                ("note", models.TextField("备注", blank=True)),
                (
                    "state",
                    models.CharField(
                        "状态",
                        choices=[
                            ("draft", "草稿"),
                            ("active", "履行中"),
                            ("completed", "履约完成"),
                            ("terminated", "终止"),
                        ],
                        default="draft",
                        max_length=50,
                    ),
                ),
                ("created_at", models.DateTimeField("建立时间", auto_now_add=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "lot",
                    models.ForeignKey(
                        "agencies.procurementlot",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="contracts",
                        verbose_name="中标标段",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务合同",
                "verbose_name_plural": "服务合同",
                "permissions": [("supervise_contract", "负责该合同的监管")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "number"], name="contract_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ends_on__gte=models.F("starts_on")),
                        name="contract_ends_after_start",
                    ),
                    models.UniqueConstraint(
                        fields=["lot"],
                        condition=~models.Q(state="terminated"),
                        name="contract_once_a_lot",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="ServiceBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("name", models.CharField("批次名称", max_length=80)),
                ("code", models.CharField("批次代号", max_length=20)),
                ("starts_on", models.DateField("开始日期")),
                ("ends_on", models.DateField("结束日期")),
                ("hazard_sequence", models.PositiveIntegerField("隐患末号", default=0)),
                ("created_at", models.DateTimeField("建立时间", auto_now_add=True)),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="batches",
                        verbose_name="合同",
                    ),
                ),
                (
                    "recheck_completed_on",
                    models.DateField("复查验收完成日期", blank=True, null=True),
                ),
                (
                    "referral_overdue_days",
                    models.PositiveSmallIntegerField("逾期不改认定（工作日）", default=10),
                ),
                ("sample_minimum", models.PositiveSmallIntegerField("最少抽查家数", default=10)),
                (
                    "sample_ratio",
                    models.DecimalField(
                        "抽查比例", decimal_places=3, default=Decimal("0.2"), max_digits=4
                    ),
                ),
                (
                    "spot_check_days",
                    models.PositiveSmallIntegerField("抽查期限（工作日）", default=20),
                ),
                ("spot_check_due_on", models.DateField("抽查期限", blank=True, null=True)),
                (
                    "spot_check_due_reason",
                    models.CharField("抽查期限依据", blank=True, max_length=300),
                ),
            ],
            options={
                "verbose_name": "服务批次",
                "verbose_name_plural": "服务批次",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["owner_agency", "code"], name="batch_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ends_on__gte=models.F("starts_on")),
                        name="batch_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(sample_ratio__gt=0, sample_ratio__lte=1),
                        name="batch_sample_ratio_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(recheck_completed_on=None)
                        | models.Q(spot_check_due_on__isnull=False),
                        name="batch_completed_has_spot_check_deadline",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("inspector_name", models.CharField("评估人员", blank=True, max_length=40)),
                (
                    "state",
                    models.CharField(
                        "阶段",
                        choices=[
                            ("waiting", "待动员"),
                            ("survey", "摸底排查"),
                            ("guidance", "指导整改"),
                            ("recheck", "复查验收"),
                            ("accepted", "验收完成"),
                            ("concluded", "服务办结"),
                        ],
                        default="waiting",
                        max_length=50,
                    ),
                ),
                ("planned_on", models.DateField("计划日期", blank=True, null=True)),
                ("surveyed_on", models.DateField("摸底日期", blank=True, null=True)),
                ("guided_on", models.DateField("交底日期", blank=True, null=True)),
                ("accepted_on", models.DateField("验收完成日期", blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField("退出时间", blank=True, null=True)),
                ("withdrawn_reason", models.CharField("退出原因", blank=True, max_length=200)),
                ("created_at", models.DateTimeField("指派时间", auto_now_add=True)),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        related_name="assignments",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "inspector",
                    models.ForeignKey(
                        "tenancy.membership",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="评估人员",
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
                (
                    "batch",
                    models.ForeignKey(
                        "agencies.servicebatch",
                        models.PROTECT,
                        related_name="assignments",
                        verbose_name="批次",
                    ),
                ),
                ("concluded_on", models.DateField("办结日期", blank=True, null=True)),
                (
                    "conclusion",
                    models.CharField(
                        "结论",
                        blank=True,
                        choices=[
                            ("passed", "通过"),
                            ("conditional", "限期整改后通过"),
                            ("failed", "不通过（建议执法）"),
                        ],
                        max_length=12,
                    ),
                ),
                ("conclusion_note", models.CharField("结论说明", blank=True, max_length=300)),
                ("recheck_began_on", models.DateField("转入复查验收日期", blank=True, null=True)),
                (
                    "replaces",
                    models.OneToOneField(
                        "agencies.assignment",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="replaced_by",
                        verbose_name="替换的指派",
                    ),
                ),
                ("site_checked_on", models.DateField("现场排查日期", blank=True, null=True)),
                ("soft_checked_on", models.DateField("软件资料检查日期", blank=True, null=True)),
                (
                    "withdrawal",
                    models.CharField(
                        "退出类别",
                        blank=True,
                        choices=[
                            ("stopped", "停产停业"),
                            ("moved", "搬迁"),
                            ("closed", "注销关闭"),
                            ("handed", "移交其他机构"),
                            ("other", "其他"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "verbose_name": "指派",
                "verbose_name_plural": "指派",
                "permissions": [("log_visit", "到该企业开展检查")],
                "indexes": [
                    models.Index(
                        fields=["provider_org", "region_code"], name="assignment_provider"
                    ),
                    models.Index(fields=["inspector", "state"], name="assignment_inspector"),
                    models.Index(
                        fields=["provider_org"],
                        condition=models.Q(state="waiting", withdrawn_at=None),
                        name="assignment_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["batch", "enterprise"],
                        condition=models.Q(withdrawn_at=None),
                        name="assignment_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=["waiting", "survey"])
                        | models.Q(
                            guided_on__isnull=False,
                            site_checked_on__isnull=False,
                            soft_checked_on__isnull=False,
                        ),
                        name="assignment_guided_was_checked",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state__in=["accepted", "concluded"])
                        | (models.Q(accepted_on__isnull=False) & ~models.Q(conclusion="")),
                        name="assignment_accepted_has_day_and_conclusion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(withdrawn_at=None)
                        | (~models.Q(withdrawal="") & ~models.Q(withdrawn_reason="")),
                        name="assignment_withdrawn_has_reason",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="ContractUserObjectPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        "tenancy.membership", models.CASCADE, related_name="contract_grants"
                    ),
                ),
                ("permission", models.ForeignKey("auth.permission", models.CASCADE)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
                ("content_object", models.ForeignKey("agencies.servicecontract", models.CASCADE)),
            ],
            options={
                "verbose_name": "合同授权",
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="AssignmentUserObjectPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("content_object", models.ForeignKey("agencies.assignment", models.CASCADE)),
                (
                    "membership",
                    models.ForeignKey(
                        "tenancy.membership", models.CASCADE, related_name="assignment_grants"
                    ),
                ),
                ("permission", models.ForeignKey("auth.permission", models.CASCADE)),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
            ],
            options={
                "verbose_name": "指派授权",
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="AssignmentTally",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("state", models.CharField("阶段", max_length=12)),
                ("number", models.BigIntegerField("增减")),
                (
                    "batch",
                    models.ForeignKey(
                        "agencies.servicebatch",
                        models.DO_NOTHING,
                        db_constraint=False,
                        related_name="tallies",
                    ),
                ),
            ],
            options={"verbose_name": "指派数", "verbose_name_plural": "指派数"},
        ),
        migrations.CreateModel(
            name="ServiceTie",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("what", models.CharField("服务内容", max_length=200)),
                ("from_on", models.DateField("自")),
                ("until_on", models.DateField("至", blank=True, null=True)),
                ("is_declared", models.BooleanField("机构申报", default=False)),
                ("noted_at", models.DateTimeField("登记时间")),
                ("noted_by_name", models.CharField("登记人", max_length=80)),
                ("removed_at", models.DateTimeField("注销时间", blank=True, null=True)),
                ("removed_reason", models.CharField("注销原因", blank=True, max_length=200)),
                (
                    "enterprise",
                    models.ForeignKey(
                        "enterprises.enterprise",
                        models.PROTECT,
                        related_name="ties",
                        verbose_name="企业",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "咨询关系",
                "verbose_name_plural": "咨询关系",
                "indexes": [
                    models.Index(
                        fields=["provider_org", "enterprise"],
                        condition=models.Q(removed_at=None),
                        name="service_tie_standing",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(until_on=None)
                        | models.Q(until_on__gte=models.F("from_on")),
                        name="service_tie_ends_after_start",
                        violation_error_message="结束日期不能早于开始日期",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(removed_at=None) | ~models.Q(removed_reason=""),
                        name="service_tie_removed_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConflictReason",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "kind",
                    models.CharField(
                        "类别",
                        choices=[("consultant", "曾提供咨询"), ("repeat", "同一人多次到场")],
                        max_length=12,
                    ),
                ),
                ("words", models.CharField("冲突", max_length=300)),
                ("reason", models.CharField("理由", max_length=300)),
                ("given_at", models.DateTimeField("时间")),
                ("given_by_name", models.CharField("说明人", max_length=80)),
                (
                    "batch",
                    models.ForeignKey(
                        "agencies.servicebatch", models.PROTECT, related_name="conflict_reasons"
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey("enterprises.enterprise", models.PROTECT, related_name="+"),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "membership",
                    models.ForeignKey(
                        "tenancy.membership", models.PROTECT, null=True, related_name="+"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "利益冲突说明",
                "verbose_name_plural": "利益冲突说明",
                "indexes": [
                    models.Index(fields=["batch", "enterprise"], name="conflict_reason_batch")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="conflict_reason_is_said"
                    )
                ],
            },
        ),
    )
