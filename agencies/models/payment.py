"""Payment of a contract in stages, each decided by two people (domain.md 3.1, 3.5)."""

from decimal import Decimal

from django.db import models
from django_fsm import FSMModelMixin, transition

from accounts.models import User
from agencies.models.contracts import ServiceContract
from common.ids import uuid7
from tenancy.models import TenantModel
from workflow.fields import StateField


class PaymentStage(TenantModel):
    """A part of a contract's price and what it is paid for.

    The shares of a contract's standing stages make 100, their amounts make its price to the cent.
    An amendment supersedes what is undecided; what was decided stands.
    """

    class Condition(models.TextChoices):
        SURVEY = "survey", "摸底排查完成"
        ACCEPTED = "accepted", "复查验收完成"
        EVALUATION = "evaluation", "绩效考评完成"
        OTHER = "other", "其他条件"

    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="payment_stages", verbose_name="合同"
    )
    position = models.PositiveSmallIntegerField("序号")
    name = models.CharField("阶段名称", max_length=40)
    share = models.DecimalField("比例（%）", max_digits=5, decimal_places=2)
    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2)
    condition = models.CharField("付款条件", max_length=12, choices=Condition.choices)
    condition_words = models.CharField("条件说明", max_length=200, blank=True)
    is_retention = models.BooleanField("尾款", default=False)
    created_at = models.DateTimeField("登记时间")
    created_by_name = models.CharField("登记人", max_length=80)
    reason = models.CharField("变更理由", max_length=300, blank=True)
    superseded_at = models.DateTimeField("被替代时间", null=True, blank=True)

    class Meta:
        verbose_name = "付款阶段"
        verbose_name_plural = "付款阶段"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "position"], condition=models.Q(superseded_at=None),
                name="payment_stage_position_once",
            ),
            models.CheckConstraint(
                name="payment_stage_share_is_a_share",
                condition=models.Q(share__gt=0, share__lte=100),
            ),
            models.CheckConstraint(
                name="payment_stage_amount_not_negative", condition=models.Q(amount__gte=0)
            ),
            models.CheckConstraint(
                name="payment_stage_other_has_words",
                condition=~models.Q(condition="other") | ~models.Q(condition_words=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class PaymentDecision(FSMModelMixin, TenantModel):
    """What becomes of one stage's money: paid in full, cut or withheld, with its calculation.

    Life: proposed → approved by somebody else, or returned, or taken back. Decided, it does not
    change; a correction is a new decision that supersedes it.
    """

    class Outcome(models.TextChoices):
        FULL = "full", "全额支付"
        CUT = "cut", "扣减后支付"
        WITHHELD = "withheld", "暂不支付"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="payment_decisions", verbose_name="合同"
    )
    stage = models.ForeignKey(
        PaymentStage, models.PROTECT, related_name="decisions", verbose_name="付款阶段"
    )
    state = StateField("状态", default=State.PROPOSED, choices=State.choices)
    outcome = models.CharField("意见", max_length=8, choices=Outcome.choices)
    amount_due = models.DecimalField("应付（元）", max_digits=12, decimal_places=2)
    amount_cut = models.DecimalField("应扣（元）", max_digits=12, decimal_places=2)
    amount_paid = models.DecimalField("实付（元）", max_digits=12, decimal_places=2)
    # [{label, rule, amount}], amounts as text with two decimals.
    deductions = models.JSONField("扣减", default=list)
    # What an evaluation said at that moment: {words, factor, url, lines}; {} where there was none.
    basis = models.JSONField("评价依据", default=dict)
    reason = models.CharField("理由", max_length=500)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    proposed_by_name = models.CharField("经办人", max_length=80)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    decided_by_name = models.CharField("批准人", max_length=80, blank=True)
    decision_note = models.CharField("批准意见", max_length=300, blank=True)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections",
        verbose_name="更正的决定",
    )  # fmt: skip
    superseded_at = models.DateTimeField("被更正时间", null=True, blank=True)

    class Meta:
        verbose_name = "付款决定"
        verbose_name_plural = "付款决定"
        constraints = [
            models.CheckConstraint(
                name="payment_decision_adds_up",
                condition=models.Q(
                    amount_due=models.F("amount_cut") + models.F("amount_paid"),
                    amount_cut__gte=0,
                    amount_paid__gte=0,
                ),
            ),
            models.CheckConstraint(
                name="payment_decision_is_what_it_says",
                condition=models.Q(outcome="full", amount_cut=0)
                | models.Q(outcome="withheld", amount_paid=0)
                | models.Q(outcome="cut", amount_cut__gt=0, amount_paid__gt=0),
            ),
            models.CheckConstraint(
                name="payment_decision_has_reason", condition=~models.Q(reason="")
            ),
            models.CheckConstraint(
                name="payment_decision_by_two",
                condition=~models.Q(state__in=["approved", "returned"])
                | (
                    models.Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(decided_by=models.F("proposed_by"))
                ),
            ),
            models.CheckConstraint(
                name="payment_decision_returned_has_note",
                condition=~models.Q(state="returned") | ~models.Q(decision_note=""),
            ),
            models.CheckConstraint(
                name="payment_decision_superseded_was_approved",
                condition=models.Q(superseded_at=None) | models.Q(state="approved"),
            ),
            models.UniqueConstraint(
                fields=["stage"], condition=models.Q(state="proposed"),
                name="payment_decision_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["stage"], condition=models.Q(state="approved", superseded_at=None),
                name="payment_decision_one_in_force",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["owner_agency", "proposed_at"], condition=models.Q(state="proposed"),
                name="payment_decision_waiting",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.stage} {self.get_outcome_display()}"

    @transition("state", source=State.PROPOSED, target=State.APPROVED)
    def approve(self) -> None:
        """Somebody else, a leader, agrees."""

    @transition("state", source=State.PROPOSED, target=State.RETURNED)
    def send_back(self) -> None:
        """Somebody else does not agree, and says why."""

    @transition("state", source=State.PROPOSED, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """Who proposed it takes it back."""

    @property
    def is_in_force(self) -> bool:
        """Whether it is what counts for its stage."""
        return self.state == self.State.APPROVED and self.superseded_at is None

    @property
    def calculation(self) -> list[tuple[str, str, Decimal]]:
        """Every line of the calculation: (label, rule, amount); what is taken away is negative."""
        taken = [
            (f"扣减：{one['label']}", one["rule"], -Decimal(one["amount"]))
            for one in self.deductions
        ]
        return [
            ("应付金额", "", self.amount_due),
            *taken,
            ("应扣合计", "", -self.amount_cut),
            ("实付金额", "", self.amount_paid),
        ]
