"""Phase 5: who does not cooperate, is late or refuses; a plan for each; the officers' orders.

These files are the owner agency's and its superiors' business: their `region_code` is the agency's
own, so a township does not see them, and they name no provider (domain.md, appendix C).
"""

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment
from common.ids import uuid7
from documents.models import Document
from inspections.models.hazards import Hazard
from inspections.models.visits import Visit
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class EnforcementReferral(FSMModelMixin, TenantModel):
    """An enterprise on the list of phase 5.

    Life: listed (by itself, with what happened) → planned (一企一策) → checked → ordered → closed, or
    handed over where a recheck finds that a case must be filed (移送立案, domain.md 4.5); or removed by
    an officer with a reason. What happened is a row per fact and is never taken away.
    """

    class State(models.TextChoices):
        LISTED = "listed", "已列入"
        PLANNED = "planned", "已定方案"
        CHECKED = "checked", "已检查"
        ORDERED = "ordered", "责令整改中"
        CLOSED = "closed", "已办结"
        CASE = "case", "移送立案"
        REMOVED = "removed", "已移出"

    OVER = (State.CLOSED, State.CASE, State.REMOVED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="referrals", verbose_name="指派"
    )
    state = StateField("状态", default=State.LISTED, choices=State.choices)
    listed_at = models.DateTimeField("列入时间")
    removed_reason = models.CharField("移出理由", max_length=300, blank=True)
    removed_by_name = models.CharField("移出人", max_length=80, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "执法检查对象"
        verbose_name_plural = "执法检查名单"
        constraints = [
            models.UniqueConstraint(
                fields=["assignment"],
                condition=~models.Q(state__in=["closed", "case", "removed"]),
                name="referral_open_once",
            ),
            models.CheckConstraint(
                name="referral_removed_has_reason_and_officer",
                condition=~models.Q(state="removed")
                | (~models.Q(removed_reason="") & ~models.Q(removed_by_name="")),
            ),
        ]
        indexes = [models.Index(fields=["listed_at", "id"], name="referral_list")]

    def __str__(self) -> str:
        return f"{self.assignment} 执法检查"

    @transition("state", source=State.LISTED, target=State.PLANNED)
    def plan(self) -> None:
        """It has a plan of its own."""

    @transition("state", source=State.PLANNED, target=State.CHECKED)
    def inspect(self) -> None:
        """Two certified officers were there."""

    @transition("state", source=State.CHECKED, target=State.ORDERED)
    def order(self) -> None:
        """An order to rectify was issued."""

    @transition("state", source=[State.CHECKED, State.ORDERED], target=State.CLOSED)
    def close(self) -> None:
        """Everything ordered was found mended, or nothing had to be ordered."""

    @transition("state", source=State.ORDERED, target=State.CASE)
    def hand_over(self) -> None:
        """What was ordered is not mended: a case is to be filed."""

    @transition("state", source=[State.LISTED, State.PLANNED], target=State.REMOVED)
    def remove(self) -> None:
        """An officer took it off the list with a reason."""


class ReferralFact(TenantModel):
    """Why an enterprise is on the list: one row per fact."""

    class Kind(models.TextChoices):
        UNCOOPERATIVE = "uncooperative", "不积极配合"
        OVERDUE = "overdue", "逾期不改"
        REFUSED = "refused", "拒不整改"

    referral = models.ForeignKey(EnforcementReferral, models.PROTECT, related_name="facts")
    kind = models.CharField("情形", max_length=16, choices=Kind.choices)
    text = models.CharField("事实", max_length=300)
    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "列入事实"
        verbose_name_plural = "列入事实"
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "kind", "hazard", "visit"],
                nulls_distinct=False,
                name="referral_fact_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class EnforcementPlan(TenantModel):
    """一企一策: what to look at in this one enterprise, and by whom."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.OneToOneField(EnforcementReferral, models.PROTECT, related_name="plan_made")
    scale = models.CharField("企业规模和特点", max_length=500)
    weak_points = models.TextField("薄弱环节", max_length=1000)
    deep_causes = models.TextField("深层次管理问题", max_length=1000)
    content = models.TextField("检查内容和方式", max_length=2000)
    planned_on = models.DateField("检查日期")
    first_officer = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    second_officer = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("制定时间")
    made_by_name = models.CharField("制定人", max_length=80)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "现场检查方案"
        verbose_name_plural = "现场检查方案"
        constraints = [
            models.CheckConstraint(
                name="plan_has_two_officers",
                condition=~models.Q(first_officer=models.F("second_officer")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral} 方案"


class RectificationOrder(FSMModelMixin, TenantModel):
    """责令限期整改指令书 and what became of it; each item keeps its own deadline on its hazard.

    Life: issued → answered (every item rechecked at least once) → done (every item closed).
    """

    class State(models.TextChoices):
        ISSUED = "issued", "整改期内"
        ANSWERED = "answered", "已复查"
        DONE = "done", "已办结"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, models.PROTECT, related_name="order", verbose_name="检查")
    referral = models.ForeignKey(
        EnforcementReferral, models.PROTECT, null=True, related_name="orders"
    )
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    state = StateField("状态", default=State.ISSUED, choices=State.choices)
    issued_on = models.DateField("签发日期")
    last_due_on = models.DateField("最后期限")
    recheck_due_on = models.DateField("复查期限")

    class Meta:
        verbose_name = "责令限期整改指令"
        verbose_name_plural = "责令限期整改指令"

    def __str__(self) -> str:
        return f"{self.document.number}"

    @transition("state", source=[State.ISSUED, State.ANSWERED], target=State.ANSWERED)
    def answer(self) -> None:
        """A recheck opinion was issued; something is left."""

    @transition("state", source=[State.ISSUED, State.ANSWERED], target=State.DONE)
    def finish(self) -> None:
        """A recheck opinion was issued; nothing is left."""
