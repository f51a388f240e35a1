"""What a contract owes: obligations, what was delivered of them, what the buyer accepted."""

from django.core.validators import MinValueValidator
from django.db import models

from agencies.models.contracts import ServiceContract
from tenancy.models import TenantModel


class Obligation(TenantModel):
    """So much of something by a day, to a standard (服务事项); entered while the contract is a draft.

    Afterwards it is amended for a reason: a new row comes in its place, and the old one stays as it
    was (`superseded_at`). `first` is the row that a line goes back to: what was delivered and
    accepted of it counts for the line.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", "检查"
        RECHECK = "recheck", "复查"
        TRAINING = "training", "培训"
        MEETING = "meeting", "会议"
        REPORT = "report", "情况报告"
        CONCLUSION = "conclusion", "结论性意见"
        OTHER = "other", "其他"

    # The standards that acceptance covers one by one (政府采购法实施条例第四十五条).
    STANDARDS = {"technical": "技术标准", "service": "服务标准", "safety": "安全标准"}

    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="obligations", verbose_name="合同"
    )
    first = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    name = models.CharField("服务事项", max_length=120)
    quantity = models.PositiveIntegerField("数量", validators=[MinValueValidator(1)])
    unit = models.CharField("单位", max_length=10)
    due_on = models.DateField("完成期限")
    technical = models.CharField("技术标准", max_length=500, blank=True)
    service = models.CharField("服务标准", max_length=500, blank=True)
    safety = models.CharField("安全标准", max_length=500, blank=True)
    reason = models.CharField("变更原因", max_length=300, blank=True)
    entered_at = models.DateTimeField("登记时间")
    entered_by_name = models.CharField("登记人", max_length=80)
    superseded_at = models.DateTimeField("被变更的时间", null=True)
    superseded_reason = models.CharField("被变更的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "服务事项"
        verbose_name_plural = "服务事项"
        constraints = [
            models.CheckConstraint(
                name="obligation_owes_something", condition=models.Q(quantity__gte=1)
            ),
            models.CheckConstraint(
                name="obligation_has_a_standard",
                condition=~models.Q(technical="", service="", safety=""),
                violation_error_message="技术、服务、安全标准至少填写一项，验收时逐项对照",
            ),
            models.CheckConstraint(
                name="obligation_superseded_has_reason",
                condition=models.Q(superseded_at=None) | ~models.Q(superseded_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["contract", "due_on"], name="obligation_contract")]

    def __str__(self) -> str:
        return self.name

    @property
    def line(self) -> int:
        """The line through all amendments."""
        return self.first_id or self.pk

    @property
    def standards(self) -> list[tuple[str, str, str]]:
        """The standards that were agreed: (name of the field, its word, what it asks)."""
        return [
            (name, label, getattr(self, name))
            for name, label in self.STANDARDS.items()
            if getattr(self, name)
        ]


class ObligationDelivery(TenantModel):
    """What the provider handed in of an obligation that no other record counts, with its files."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="deliveries")
    quantity = models.PositiveIntegerField("数量", validators=[MinValueValidator(1)])
    delivered_on = models.DateField("完成日期")
    what = models.CharField("完成情况", max_length=300)
    entered_at = models.DateTimeField("登记时间")
    entered_by_name = models.CharField("登记人", max_length=80)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "交付记录"
        verbose_name_plural = "交付记录"
        constraints = [
            models.CheckConstraint(
                name="delivery_of_something", condition=models.Q(quantity__gte=1)
            ),
            models.CheckConstraint(
                name="delivery_withdrawn_has_reason",
                condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.what


class ObligationAcceptance(TenantModel):
    """What an officer accepted of an obligation, and whether each agreed standard was met.

    A standard that was not agreed has no answer. `is_final` says that no more will be accepted:
    what is missing was not done.
    """

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="acceptances")
    quantity = models.PositiveIntegerField("验收数量")
    technical_met = models.BooleanField("技术标准", null=True)
    service_met = models.BooleanField("服务标准", null=True)
    safety_met = models.BooleanField("安全标准", null=True)
    is_final = models.BooleanField("验收完毕", default=False)
    note = models.CharField("说明", max_length=300, blank=True)
    accepted_at = models.DateTimeField("验收时间")
    accepted_by_name = models.CharField("验收人", max_length=80)
    revoked_at = models.DateTimeField("撤销时间", null=True)
    revoked_reason = models.CharField("撤销原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "履约验收"
        verbose_name_plural = "履约验收"
        constraints = [
            models.CheckConstraint(
                name="acceptance_says_something",
                condition=models.Q(quantity__gte=1) | models.Q(is_final=True),
            ),
            models.CheckConstraint(
                name="acceptance_unmet_has_note",
                condition=~(
                    models.Q(technical_met=False)
                    | models.Q(service_met=False)
                    | models.Q(safety_met=False)
                )
                | ~models.Q(note=""),
            ),
            models.CheckConstraint(
                name="acceptance_revoked_has_reason",
                condition=models.Q(revoked_at=None) | ~models.Q(revoked_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation} {self.quantity}"

    @property
    def results(self) -> dict[str, bool]:
        """{standard: whether it was met} of those that were agreed."""
        answers = {name: getattr(self, f"{name}_met") for name in Obligation.STANDARDS}
        return {name: met for name, met in answers.items() if met is not None}
