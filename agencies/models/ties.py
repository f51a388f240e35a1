"""Conflicts of interest (利益冲突): what ties a provider to an enterprise, and why it went on."""

from django.db import models

from agencies.models.contracts import ServiceBatch
from enterprises.models import Enterprise
from tenancy.models import Membership, TenantModel


class ServiceTie(TenantModel):
    """The provider serves or served the enterprise as its consultant, from a day to a day.

    Declared by the provider's lead or noted by an officer; never changed, a wrong one is struck
    off with the reason. Who advised must not assess the same enterprise meanwhile (既当裁判员又当
    运动员, [proposal after Yuhang]).
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="ties", verbose_name="企业"
    )
    what = models.CharField("服务内容", max_length=200)
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True, blank=True)
    is_declared = models.BooleanField("机构申报", default=False)
    noted_at = models.DateTimeField("登记时间")
    noted_by_name = models.CharField("登记人", max_length=80)
    removed_at = models.DateTimeField("注销时间", null=True, blank=True)
    removed_reason = models.CharField("注销原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "咨询关系"
        verbose_name_plural = "咨询关系"
        constraints = [
            models.CheckConstraint(
                name="service_tie_ends_after_start",
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                name="service_tie_removed_has_reason",
                condition=models.Q(removed_at=None) | ~models.Q(removed_reason=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_org", "enterprise"], condition=models.Q(removed_at=None),
                name="service_tie_standing",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.enterprise} {self.what}"


class ConflictReason(TenantModel):
    """Why an assignment went on in spite of a conflict: who said so, when, in which words."""

    class Kind(models.TextChoices):
        CONSULTANT = "consultant", "曾提供咨询"
        REPEAT = "repeat", "同一人多次到场"

    batch = models.ForeignKey(ServiceBatch, models.PROTECT, related_name="conflict_reasons")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    words = models.CharField("冲突", max_length=300)
    reason = models.CharField("理由", max_length=300)
    given_at = models.DateTimeField("时间")
    given_by_name = models.CharField("说明人", max_length=80)

    class Meta:
        verbose_name = "利益冲突说明"
        verbose_name_plural = "利益冲突说明"
        constraints = [
            models.CheckConstraint(name="conflict_reason_is_said", condition=~models.Q(reason="")),
        ]
        indexes = [models.Index(fields=["batch", "enterprise"], name="conflict_reason_batch")]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.get_kind_display()}"
