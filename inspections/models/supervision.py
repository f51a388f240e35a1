"""What comes of the work, looked at: expert review, disclosure to the organizer, the parameters."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment, ServiceBatch, ServiceContract
from common.ids import uuid7
from documents.models import Document
from tenancy.models import TenantModel
from workflow.fields import StateField


class SupervisionRules(TenantModel):
    """An agency's own figures for watching a provider; each default is a [proposal] (A15, 3.3)."""

    notice_minutes = models.PositiveSmallIntegerField("重大隐患首报（分钟）", default=120)
    report_hours = models.PositiveSmallIntegerField("重大隐患书面报告（小时）", default=24)
    complaint_days = models.PositiveSmallIntegerField("投诉核查期限（工作日）", default=15)
    changed_at = models.DateTimeField("修改时间")
    changed_by_name = models.CharField("修改人", max_length=80)

    class Meta:
        verbose_name = "履约监督规则"
        verbose_name_plural = "履约监督规则"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency"], name="supervision_rules_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_agency} 履约监督规则"


class ExpertReview(FSMModelMixin, TenantModel):
    """One round of experts on one report (专家审核): a batch's project report, or an enterprise's.

    Life: open (experts give their opinions) → passed, or returned for correction; the corrected
    report, which replaces the former, gets the next round. Any expert who returns it returns it.
    """

    class State(models.TextChoices):
        OPEN = "open", "审核中"
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回修改"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="expert_reviews", verbose_name="合同"
    )
    batch = models.ForeignKey(
        ServiceBatch, models.PROTECT, related_name="expert_reviews", verbose_name="批次"
    )
    # None: the report of the whole batch.
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="expert_reviews",
        verbose_name="企业",
    )  # fmt: skip
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="expert_review", verbose_name="报告"
    )
    round = models.PositiveSmallIntegerField("轮次")
    state = StateField("状态", default=State.OPEN, choices=State.choices)
    words = models.TextField("审核意见", blank=True)
    opened_at = models.DateTimeField("组织时间")
    opened_by_name = models.CharField("组织人", max_length=80)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "专家审核"
        verbose_name_plural = "专家审核"
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "assignment", "round"],
                nulls_distinct=False,
                name="expert_review_round_once",
            ),
            models.CheckConstraint(
                name="expert_review_closed_has_time",
                condition=models.Q(state="open", closed_at=None)
                | (~models.Q(state="open") & models.Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["contract", "-opened_at"], name="expert_review_contract")]

    def __str__(self) -> str:
        return f"{self.document.title} 第{self.round}轮"

    @transition("state", source=State.OPEN, target=State.PASSED)
    def pass_it(self) -> None:
        """No expert returned it."""

    @transition("state", source=State.OPEN, target=State.RETURNED)
    def return_it(self) -> None:
        """At least one expert returned it, with the points to correct."""


class ExpertOpinion(TenantModel):
    """An expert of a round and what he says. `issued_at`: the round is over, the provider reads it."""

    class Conclusion(models.TextChoices):
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    review = models.ForeignKey(ExpertReview, models.PROTECT, related_name="opinions")
    name = models.CharField("专家姓名", max_length=40)
    unit = models.CharField("单位", max_length=100)
    title = models.CharField("职称或资格", max_length=60)
    certificate_number = models.CharField("证书编号", max_length=60, blank=True)
    conflict = models.CharField("利害关系", max_length=200, blank=True)
    conclusion = models.CharField("结论", max_length=8, choices=Conclusion.choices, blank=True)
    points = models.TextField("需要修改的问题", blank=True)
    given_at = models.DateTimeField("出具时间", null=True, blank=True)
    issued_at = models.DateTimeField("公布时间", null=True, blank=True)

    class Meta:
        verbose_name = "专家意见"
        verbose_name_plural = "专家意见"
        constraints = [
            models.UniqueConstraint(fields=["review", "name", "unit"], name="expert_opinion_once"),
            models.CheckConstraint(
                name="expert_opinion_returned_has_points",
                condition=~models.Q(conclusion="returned") | ~models.Q(points=""),
            ),
            models.CheckConstraint(
                name="expert_opinion_issued_was_given",
                condition=models.Q(issued_at=None)
                | (~models.Q(conclusion="") & models.Q(given_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_conclusion_display()}".strip()


class Disclosure(FSMModelMixin, TenantModel):
    """What a provider tells the organizer (交底书): what was found where, and what it proposes.

    One for one enterprise or for several. Life: issued → acknowledged by an officer, who may say
    something to it. What it told is its paper; told is told, acknowledged or not.
    """

    class State(models.TextChoices):
        ISSUED = "issued", "待签收"
        ACKNOWLEDGED = "acknowledged", "已签收"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(
        ServiceBatch, models.PROTECT, related_name="disclosures", verbose_name="批次"
    )
    words = models.TextField("总体情况和建议", blank=True)
    state = StateField("状态", default=State.ISSUED, choices=State.choices)
    made_at = models.DateTimeField("交底时间")
    made_by_name = models.CharField("交底人", max_length=80)
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    acknowledged_by_name = models.CharField("签收人", max_length=80, blank=True)
    answer = models.CharField("签收意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "交底书"
        verbose_name_plural = "交底书"
        constraints = [
            models.CheckConstraint(
                name="disclosure_acknowledged_has_name",
                condition=~models.Q(state="acknowledged")
                | (models.Q(acknowledged_at__isnull=False) & ~models.Q(acknowledged_by_name="")),
            ),
        ]
        indexes = [models.Index(fields=["batch", "-made_at"], name="disclosure_batch")]

    def __str__(self) -> str:
        return f"{self.batch} {self.made_at:%Y-%m-%d}交底书"

    @transition("state", source=State.ISSUED, target=State.ACKNOWLEDGED)
    def acknowledge(self) -> None:
        """An officer of the organizer has it."""


class DisclosureItem(TenantModel):
    """One enterprise in a disclosure, with how much was told of it then."""

    disclosure = models.ForeignKey(Disclosure, models.PROTECT, related_name="items")
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="disclosed", verbose_name="企业"
    )
    hazards = models.PositiveSmallIntegerField("隐患")
    majors = models.PositiveSmallIntegerField("重大隐患")

    class Meta:
        verbose_name = "交底企业"
        verbose_name_plural = "交底企业"
        constraints = [
            models.UniqueConstraint(
                fields=["disclosure", "assignment"], name="disclosure_item_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure} {self.assignment}"
