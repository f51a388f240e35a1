"""What a contract owes, what was delivered and accepted of it, and what is paid."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import migrations, models
from django_fsm import FSMModelMixin

from common.ids import uuid7
from common.tables import create_models
from tenancy.columns import enterprise_org, owner_agency, provider_org, region_code


class Migration(migrations.Migration):
    replaces = [
        ("agencies", "0017_payment_stages"),
    ]
    dependencies = [
        ("agencies", "0002_contracts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = create_models(
        migrations.CreateModel(
            name="Obligation",
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
                    ),
                ),
                ("name", models.CharField("服务事项", max_length=120)),
                (
                    "quantity",
                    models.PositiveIntegerField("数量", validators=[MinValueValidator(1)]),
                ),
                ("unit", models.CharField("单位", max_length=10)),
                ("due_on", models.DateField("完成期限")),
                ("technical", models.CharField("技术标准", blank=True, max_length=500)),
                ("service", models.CharField("服务标准", blank=True, max_length=500)),
                ("safety", models.CharField("安全标准", blank=True, max_length=500)),
                ("reason", models.CharField("变更原因", blank=True, max_length=300)),
                ("entered_at", models.DateTimeField("登记时间")),
                ("entered_by_name", models.CharField("登记人", max_length=80)),
                ("superseded_at", models.DateTimeField("被变更的时间", null=True)),
                ("superseded_reason", models.CharField("被变更的原因", blank=True, max_length=300)),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="obligations",
                        verbose_name="合同",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                (
                    "first",
                    models.ForeignKey(
                        "agencies.obligation", models.PROTECT, null=True, related_name="later"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "服务事项",
                "verbose_name_plural": "服务事项",
                "indexes": [
                    models.Index(fields=["contract", "due_on"], name="obligation_contract")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(quantity__gte=1), name="obligation_owes_something"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(safety="", service="", technical=""),
                        name="obligation_has_a_standard",
                        violation_error_message="技术、服务、安全标准至少填写一项，验收时逐项对照",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(superseded_at=None) | ~models.Q(superseded_reason=""),
                        name="obligation_superseded_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ObligationDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                (
                    "quantity",
                    models.PositiveIntegerField("数量", validators=[MinValueValidator(1)]),
                ),
                ("delivered_on", models.DateField("完成日期")),
                ("what", models.CharField("完成情况", max_length=300)),
                ("entered_at", models.DateTimeField("登记时间")),
                ("entered_by_name", models.CharField("登记人", max_length=80)),
                ("withdrawn_at", models.DateTimeField("撤回时间", null=True)),
                ("withdrawn_reason", models.CharField("撤回原因", blank=True, max_length=200)),
                ("enterprise_org", enterprise_org()),
                (
                    "obligation",
                    models.ForeignKey(
                        "agencies.obligation", models.PROTECT, related_name="deliveries"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "交付记录",
                "verbose_name_plural": "交付记录",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(quantity__gte=1), name="delivery_of_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
                        name="delivery_withdrawn_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ObligationAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("quantity", models.PositiveIntegerField("验收数量")),
                ("technical_met", models.BooleanField("技术标准", null=True)),
                ("service_met", models.BooleanField("服务标准", null=True)),
                ("safety_met", models.BooleanField("安全标准", null=True)),
                ("is_final", models.BooleanField("验收完毕", default=False)),
                ("note", models.CharField("说明", blank=True, max_length=300)),
                ("accepted_at", models.DateTimeField("验收时间")),
                ("accepted_by_name", models.CharField("验收人", max_length=80)),
                ("revoked_at", models.DateTimeField("撤销时间", null=True)),
                ("revoked_reason", models.CharField("撤销原因", blank=True, max_length=200)),
                ("enterprise_org", enterprise_org()),
                (
                    "obligation",
                    models.ForeignKey(
                        "agencies.obligation", models.PROTECT, related_name="acceptances"
                    ),
                ),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "履约验收",
                "verbose_name_plural": "履约验收",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(quantity__gte=1) | models.Q(is_final=True),
                        name="acceptance_says_something",
                    ),
                    models.CheckConstraint(
                        condition=~(
                            models.Q(technical_met=False)
                            | models.Q(service_met=False)
                            | models.Q(safety_met=False)
                        )
                        | ~models.Q(note=""),
                        name="acceptance_unmet_has_note",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(revoked_at=None) | ~models.Q(revoked_reason=""),
                        name="acceptance_revoked_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentStage",
            fields=[
                (
                    "id",
                    models.BigAutoField("ID", auto_created=True, primary_key=True, serialize=False),
                ),
                ("region_code", region_code()),
                ("position", models.PositiveSmallIntegerField("序号")),
                ("name", models.CharField("阶段名称", max_length=40)),
                ("share", models.DecimalField("比例（%）", decimal_places=2, max_digits=5)),
                ("amount", models.DecimalField("金额（元）", decimal_places=2, max_digits=12)),
                (
                    "condition",
                    models.CharField(
                        "付款条件",
                        choices=[
                            ("survey", "摸底排查完成"),
                            ("accepted", "复查验收完成"),
                            ("evaluation", "绩效考评完成"),
                            ("other", "其他条件"),
                        ],
                        max_length=12,
                    ),
                ),
                ("condition_words", models.CharField("条件说明", blank=True, max_length=200)),
                ("is_retention", models.BooleanField("尾款", default=False)),
                ("created_at", models.DateTimeField("登记时间")),
                ("created_by_name", models.CharField("登记人", max_length=80)),
                ("reason", models.CharField("变更理由", blank=True, max_length=300)),
                ("superseded_at", models.DateTimeField("被替代时间", blank=True, null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="payment_stages",
                        verbose_name="合同",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                ("provider_org", provider_org()),
            ],
            options={
                "verbose_name": "付款阶段",
                "verbose_name_plural": "付款阶段",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["contract", "position"],
                        condition=models.Q(superseded_at=None),
                        name="payment_stage_position_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(share__gt=0, share__lte=100),
                        name="payment_stage_share_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(amount__gte=0), name="payment_stage_amount_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(condition="other") | ~models.Q(condition_words=""),
                        name="payment_stage_other_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentDecision",
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
                            ("proposed", "待批准"),
                            ("approved", "已批准"),
                            ("returned", "已退回"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="proposed",
                        max_length=50,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        "意见",
                        choices=[
                            ("full", "全额支付"),
                            ("cut", "扣减后支付"),
                            ("withheld", "暂不支付"),
                        ],
                        max_length=8,
                    ),
                ),
                ("amount_due", models.DecimalField("应付（元）", decimal_places=2, max_digits=12)),
                ("amount_cut", models.DecimalField("应扣（元）", decimal_places=2, max_digits=12)),
                ("amount_paid", models.DecimalField("实付（元）", decimal_places=2, max_digits=12)),
                ("deductions", models.JSONField("扣减", default=list)),
                ("basis", models.JSONField("评价依据", default=dict)),
                ("reason", models.CharField("理由", max_length=500)),
                ("proposed_at", models.DateTimeField("提出时间")),
                ("proposed_by_name", models.CharField("经办人", max_length=80)),
                ("decided_at", models.DateTimeField("决定时间", blank=True, null=True)),
                ("decided_by_name", models.CharField("批准人", blank=True, max_length=80)),
                ("decision_note", models.CharField("批准意见", blank=True, max_length=300)),
                ("superseded_at", models.DateTimeField("被更正时间", blank=True, null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        "agencies.servicecontract",
                        models.PROTECT,
                        related_name="payment_decisions",
                        verbose_name="合同",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="+",
                        verbose_name="批准人",
                    ),
                ),
                ("enterprise_org", enterprise_org()),
                ("owner_agency", owner_agency()),
                (
                    "proposed_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.PROTECT,
                        related_name="+",
                        verbose_name="经办人",
                    ),
                ),
                ("provider_org", provider_org()),
                (
                    "supersedes",
                    models.ForeignKey(
                        "agencies.paymentdecision",
                        models.PROTECT,
                        blank=True,
                        null=True,
                        related_name="corrections",
                        verbose_name="更正的决定",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        "agencies.paymentstage",
                        models.PROTECT,
                        related_name="decisions",
                        verbose_name="付款阶段",
                    ),
                ),
            ],
            options={
                "verbose_name": "付款决定",
                "verbose_name_plural": "付款决定",
                "indexes": [
                    models.Index(
                        fields=["owner_agency", "proposed_at"],
                        condition=models.Q(state="proposed"),
                        name="payment_decision_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            amount_cut__gte=0,
                            amount_due=models.F("amount_cut") + models.F("amount_paid"),
                            amount_paid__gte=0,
                        ),
                        name="payment_decision_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(amount_cut=0, outcome="full")
                        | models.Q(amount_paid=0, outcome="withheld")
                        | models.Q(amount_cut__gt=0, amount_paid__gt=0, outcome="cut"),
                        name="payment_decision_is_what_it_says",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="payment_decision_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state__in=["approved", "returned"])
                        | (
                            models.Q(decided_at__isnull=False)
                            & models.Q(decided_by__isnull=False)
                            & ~models.Q(decided_by=models.F("proposed_by"))
                        ),
                        name="payment_decision_by_two",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="returned") | ~models.Q(decision_note=""),
                        name="payment_decision_returned_has_note",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(superseded_at=None) | models.Q(state="approved"),
                        name="payment_decision_superseded_was_approved",
                    ),
                    models.UniqueConstraint(
                        fields=["stage"],
                        condition=models.Q(state="proposed"),
                        name="payment_decision_one_waiting",
                    ),
                    models.UniqueConstraint(
                        fields=["stage"],
                        condition=models.Q(state="approved", superseded_at=None),
                        name="payment_decision_one_in_force",
                    ),
                ],
            },
            bases=(FSMModelMixin, models.Model),
        ),
    )
