"""Before and while a provider works: its confirmed people, its plan of visits and what moved in it."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from accounts.models import User
from agencies.models import Assignment, ServiceBatch, ServiceContract
from common.ids import uuid7
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class TeamMember(FSMModelMixin, TenantModel):
    """One person of a contract's team, looked at one by one before field work (D2: 逐一核实认定).

    Life: named by the provider's lead → confirmed or rejected by an officer; a confirmation can be
    withdrawn, and the lead can take a person off. From `confirmed_at` until `ended_at` the person
    may go on visits; those he began before stay as they are. Named anew is a new row.
    `certificates` are what stood on the register when he was named, kept as they were.
    """

    class Duty(models.TextChoices):
        LEAD = "lead", "项目负责人"
        INSPECTOR = "inspector", "评估人员"
        SPECIALIST = "specialist", "专业技术人员"
        REVIEWER = "reviewer", "报告审核人"

    class State(models.TextChoices):
        NAMED = "named", "待确认"
        CONFIRMED = "confirmed", "已确认"
        REJECTED = "rejected", "不予确认"
        WITHDRAWN = "withdrawn", "已撤销确认"
        DROPPED = "dropped", "已移出"

    LIVE = (State.NAMED, State.CONFIRMED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, related_name="team", verbose_name="合同"
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="+", verbose_name="人员"
    )
    # The person behind the membership: who has two roles is confirmed once.
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    duty = models.CharField("职责", max_length=10, choices=Duty.choices)
    qualification = models.CharField("资格", max_length=60, blank=True)
    certificate_number = models.CharField("证号", max_length=40, blank=True)
    certificates = models.JSONField("证书", default=list)
    state = StateField("状态", default=State.NAMED, choices=State.choices)
    named_at = models.DateTimeField("提名时间")
    named_by_name = models.CharField("提名人", max_length=80)
    decided_at = models.DateTimeField("核实时间", null=True, blank=True)
    decided_by_name = models.CharField("核实人", max_length=80, blank=True)
    note = models.CharField("核实意见", max_length=300, blank=True)
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)
    ended_reason = models.CharField("终止原因", max_length=300, blank=True)
    search_text = models.CharField(max_length=90, editable=False)

    class Meta:
        verbose_name = "项目组成员"
        verbose_name_plural = "项目组成员"
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "user"],
                condition=models.Q(state__in=["named", "confirmed"]),
                name="team_member_once",
            ),
            models.CheckConstraint(
                name="team_member_confirmed_has_time",
                condition=~models.Q(state__in=["confirmed", "withdrawn"])
                | (models.Q(confirmed_at__isnull=False) & ~models.Q(decided_by_name="")),
            ),
            models.CheckConstraint(
                name="team_member_rejected_has_note",
                condition=~models.Q(state="rejected")
                | (~models.Q(note="") & models.Q(confirmed_at=None)),
            ),
            models.CheckConstraint(
                name="team_member_ended_has_reason",
                condition=~models.Q(state__in=["withdrawn", "dropped"])
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["contract", "named_at"], name="team_member_contract")]

    def __str__(self) -> str:
        return self.name

    @transition("state", source=State.NAMED, target=State.CONFIRMED)
    def confirm(self) -> None:
        """An officer compared the person with the contract and the certificates."""

    @transition("state", source=State.NAMED, target=State.REJECTED)
    def reject(self) -> None:
        """An officer does not accept the person; the note says why."""

    @transition("state", source=State.CONFIRMED, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """An officer takes the confirmation back: no further visits."""

    @transition("state", source=LIVE, target=State.DROPPED)
    def drop(self) -> None:
        """The lead takes the person off the team."""


class VisitPlan(FSMModelMixin, TenantModel):
    """The provider's plan of a batch (评估计划): on which day it comes to which enterprise.

    Life: draft → submitted → approved, or returned with a reason and submitted again. While it is
    not approved, the days stand in `Assignment.planned_on`; approved, `days` keeps them for good
    ({assignment: day}), and a day that moves afterwards is a `PlanChange`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "编制中"
        SUBMITTED = "submitted", "待批准"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已批准"

    OPEN = (State.DRAFT, State.RETURNED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.OneToOneField(
        ServiceBatch, models.PROTECT, related_name="visit_plan", verbose_name="批次"
    )
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    days = models.JSONField("批准的日期", default=dict)
    created_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by_name = models.CharField("提交人", max_length=80, blank=True)
    returned_reason = models.CharField("退回原因", max_length=300, blank=True)
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    decided_at = models.DateTimeField("批复时间", null=True, blank=True)
    decided_by_name = models.CharField("批复人", max_length=80, blank=True)
    disclosed_on = models.DateField("计划交底日期", null=True, blank=True)
    disclosed_to = models.CharField("交底对象", max_length=300, blank=True)

    class Meta:
        verbose_name = "评估计划"
        verbose_name_plural = "评估计划"
        constraints = [
            models.CheckConstraint(
                name="visit_plan_approved_has_days",
                condition=~models.Q(state="approved")
                | (~models.Q(days={}) & ~models.Q(decided_by_name="")),
            ),
            models.CheckConstraint(
                name="visit_plan_returned_has_reason",
                condition=~models.Q(state="returned") | ~models.Q(returned_reason=""),
            ),
            models.CheckConstraint(
                name="visit_plan_disclosed_was_approved",
                condition=models.Q(disclosed_on=None)
                | (models.Q(state="approved") & ~models.Q(disclosed_to="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}评估计划"

    @transition("state", source=OPEN, target=State.SUBMITTED)
    def submit(self) -> None:
        """Every enterprise has its day; the organizer is asked."""

    @transition("state", source=State.SUBMITTED, target=State.APPROVED)
    def approve(self) -> None:
        """The organizer agrees; the days are kept."""

    @transition("state", source=State.SUBMITTED, target=State.RETURNED)
    def send_back(self) -> None:
        """The organizer does not agree, and says why."""


class PlanChange(TenantModel):
    """A day of an approved plan that moved, and why; rows are only added."""

    plan = models.ForeignKey(VisitPlan, models.PROTECT, related_name="changes")
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="plan_changes", verbose_name="指派"
    )
    from_on = models.DateField("原日期", null=True, blank=True)
    to_on = models.DateField("新日期")
    reason = models.CharField("变更原因", max_length=300)
    changed_at = models.DateTimeField("变更时间")
    changed_by_name = models.CharField("变更人", max_length=80)

    class Meta:
        verbose_name = "计划变更"
        verbose_name_plural = "计划变更"
        constraints = [
            models.CheckConstraint(name="plan_change_has_reason", condition=~models.Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.to_on}"
