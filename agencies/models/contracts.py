"""Contract → batch → assignment: what a regulator bought, for whom, and who goes where."""

from decimal import Decimal

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models.purchase import ProcurementLot
from enterprises.models import Enterprise
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class ServiceContract(FSMModelMixin, TenantModel):
    """A contract with one provider. Life: draft → active → completed, or terminated on the way."""

    class Kind(models.TextChoices):
        GOVERNMENT_PURCHASE = "government_purchase", "政府购买服务"
        ENTERPRISE_COMMISSION = "enterprise_commission", "企业委托服务"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ACTIVE = "active", "履行中"
        COMPLETED = "completed", "履约完成"
        TERMINATED = "terminated", "终止"

    number = models.CharField("合同编号", max_length=40)
    title = models.CharField("合同名称", max_length=120)
    kind = models.CharField(
        "类别", max_length=24, choices=Kind.choices, default=Kind.GOVERNMENT_PURCHASE
    )
    signed_on = models.DateField("签订日期")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    amount = models.DecimalField(
        "合同金额（元）", max_digits=12, decimal_places=2, null=True, blank=True
    )
    lot = models.ForeignKey(
        ProcurementLot, models.PROTECT, null=True, blank=True, related_name="contracts",
        verbose_name="中标标段",
    )  # fmt: skip
    note = models.TextField("备注", blank=True)
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "服务合同"
        verbose_name_plural = "服务合同"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "number"], name="contract_number_once"),
            models.CheckConstraint(
                name="contract_ends_after_start",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=~models.Q(state="terminated"),
                name="contract_once_a_lot",
            ),
        ]  # fmt: skip
        permissions = [("supervise_contract", "负责该合同的监管")]

    def __str__(self) -> str:
        return self.title

    @transition("state", source=State.DRAFT, target=State.ACTIVE)
    def activate(self) -> None:
        """Signed by both sides."""

    @transition("state", source=State.ACTIVE, target=State.COMPLETED)
    def complete(self) -> None:
        """The service is over."""

    @transition("state", source=[State.DRAFT, State.ACTIVE], target=State.TERMINATED)
    def terminate(self) -> None:
        """Ended before its time."""


class ServiceBatch(TenantModel):
    """The enterprises to be served together under a contract; numbers its hazards without gaps."""

    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="batches", verbose_name="合同"
    )
    name = models.CharField("批次名称", max_length=80)
    code = models.CharField("批次代号", max_length=20)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    hazard_sequence = models.PositiveIntegerField("隐患末号", default=0)
    # [proposal] defaults of domain.md 1.1 and A2; the 20 working days are the plan's own.
    sample_ratio = models.DecimalField(
        "抽查比例", max_digits=4, decimal_places=3, default=Decimal("0.2")
    )
    sample_minimum = models.PositiveSmallIntegerField("最少抽查家数", default=10)
    spot_check_days = models.PositiveSmallIntegerField("抽查期限（工作日）", default=20)
    referral_overdue_days = models.PositiveSmallIntegerField("逾期不改认定（工作日）", default=10)
    recheck_completed_on = models.DateField("复查验收完成日期", null=True, blank=True)
    spot_check_due_on = models.DateField("抽查期限", null=True, blank=True)
    spot_check_due_reason = models.CharField("抽查期限依据", max_length=300, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "服务批次"
        verbose_name_plural = "服务批次"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "code"], name="batch_code_once"),
            models.CheckConstraint(
                name="batch_ends_after_start",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="batch_sample_ratio_is_a_share",
                condition=models.Q(sample_ratio__gt=0, sample_ratio__lte=1),
            ),
            models.CheckConstraint(
                name="batch_completed_has_spot_check_deadline",
                condition=models.Q(recheck_completed_on=None)
                | models.Q(spot_check_due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(FSMModelMixin, TenantModel):
    """One enterprise of a batch and how far its service has come (domain.md 1.1).

    Life: waiting → survey (first visit) → guidance (papers and site checked, findings handed over)
    → recheck (guidance has left its traces) → accepted (every hazard rechecked; report and
    conclusion issued) → concluded (the spot check of the batch is announced). `agencies.gates` says
    what must be there before each step. Beside it: withdrawn, from any state before acceptance.
    Enforcement is the regulator's own file, whatever the phase.
    """

    class Phase(models.TextChoices):
        WAITING = "waiting", "待动员"
        SURVEY = "survey", "摸底排查"
        GUIDANCE = "guidance", "指导整改"
        RECHECK = "recheck", "复查验收"
        ACCEPTED = "accepted", "验收完成"
        CONCLUDED = "concluded", "服务办结"

    class Conclusion(models.TextChoices):
        PASSED = "passed", "通过"
        CONDITIONAL = "conditional", "限期整改后通过"
        FAILED = "failed", "不通过（建议执法）"

    class Withdrawal(models.TextChoices):
        STOPPED = "stopped", "停产停业"
        MOVED = "moved", "搬迁"
        CLOSED = "closed", "注销关闭"
        HANDED_OVER = "handed", "移交其他机构"
        OTHER = "other", "其他"

    batch = models.ForeignKey(
        ServiceBatch, models.PROTECT, related_name="assignments", verbose_name="批次"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="assignments", verbose_name="企业"
    )
    inspector = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="评估人员"
    )
    inspector_name = models.CharField("评估人员", max_length=40, blank=True)
    state = StateField("阶段", default=Phase.WAITING, choices=Phase.choices)
    planned_on = models.DateField("计划日期", null=True, blank=True)
    surveyed_on = models.DateField("摸底日期", null=True, blank=True)
    soft_checked_on = models.DateField("软件资料检查日期", null=True, blank=True)
    site_checked_on = models.DateField("现场排查日期", null=True, blank=True)
    guided_on = models.DateField("交底日期", null=True, blank=True)
    recheck_began_on = models.DateField("转入复查验收日期", null=True, blank=True)
    accepted_on = models.DateField("验收完成日期", null=True, blank=True)
    conclusion = models.CharField("结论", max_length=12, choices=Conclusion.choices, blank=True)
    conclusion_note = models.CharField("结论说明", max_length=300, blank=True)
    concluded_on = models.DateField("办结日期", null=True, blank=True)
    withdrawn_at = models.DateTimeField("退出时间", null=True, blank=True)
    withdrawal = models.CharField("退出类别", max_length=8, choices=Withdrawal.choices, blank=True)
    withdrawn_reason = models.CharField("退出原因", max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name="替换的指派",
    )
    created_at = models.DateTimeField("指派时间", auto_now_add=True)

    class Meta:
        verbose_name = "指派"
        verbose_name_plural = "指派"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "enterprise"],
                condition=models.Q(withdrawn_at=None),
                name="assignment_open_once",
            ),
            models.CheckConstraint(
                name="assignment_guided_was_checked",
                condition=models.Q(state__in=["waiting", "survey"])
                | models.Q(
                    soft_checked_on__isnull=False,
                    site_checked_on__isnull=False,
                    guided_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="assignment_accepted_has_day_and_conclusion",
                condition=~models.Q(state__in=["accepted", "concluded"])
                | (models.Q(accepted_on__isnull=False) & ~models.Q(conclusion="")),
            ),
            models.CheckConstraint(
                name="assignment_withdrawn_has_reason",
                condition=models.Q(withdrawn_at=None)
                | (~models.Q(withdrawal="") & ~models.Q(withdrawn_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["provider_org", "region_code"], name="assignment_provider"),
            models.Index(fields=["inspector", "state"], name="assignment_inspector"),
            models.Index(
                fields=["owner_agency"],
                condition=models.Q(withdrawal="handed"),
                name="assignment_handed",
            ),
            models.Index(
                fields=["planned_on", "region_code"],
                condition=models.Q(planned_on__isnull=False),
                name="assignment_planned",
            ),
            models.Index(
                fields=["provider_org"],
                condition=models.Q(state="waiting", withdrawn_at=None),
                name="assignment_waiting",
            ),
        ]
        permissions = [("log_visit", "到该企业开展检查")]

    def __str__(self) -> str:
        return f"{self.batch} {self.enterprise}"

    @property
    def is_open(self) -> bool:
        """Whether the provider still works on it."""
        done = (self.Phase.ACCEPTED, self.Phase.CONCLUDED)
        return self.withdrawn_at is None and self.state not in done

    @transition("state", source=Phase.WAITING, target=Phase.SURVEY)
    def begin_survey(self) -> None:
        """The provider's staff came for the first time."""

    @transition("state", source=Phase.SURVEY, target=Phase.GUIDANCE)
    def begin_guidance(self) -> None:
        """Both parts of the check are done and what was found was handed over."""

    @transition("state", source=Phase.GUIDANCE, target=Phase.RECHECK)
    def begin_recheck(self) -> None:
        """The guidance has left its traces; the final look begins."""

    @transition("state", source=Phase.RECHECK, target=Phase.ACCEPTED)
    def accept(self) -> None:
        """Every hazard was rechecked; report and conclusion are issued."""

    @transition("state", source=Phase.ACCEPTED, target=Phase.CONCLUDED)
    def conclude(self) -> None:
        """The result of the batch's spot check was announced."""


class AssignmentTally(models.Model):
    """So many assignments more or fewer in a phase of a batch, kept by triggers (`common.tally`).

    Withdrawn ones are not counted. Whoever sees the batch sees them.
    """

    batch = models.ForeignKey(
        ServiceBatch, models.DO_NOTHING, related_name="tallies", db_constraint=False
    )
    state = models.CharField("阶段", max_length=12)
    number = models.BigIntegerField("增减")

    class Meta:
        verbose_name = "指派数"
        verbose_name_plural = "指派数"

    def __str__(self) -> str:
        return f"{self.batch_id} {self.state} {self.number}"
