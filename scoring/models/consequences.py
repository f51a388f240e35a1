"""What follows from 12 and from 18 points, and what an enterprise can say and learn."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from common.ids import uuid7
from enterprises.models import Enterprise
from scoring.models.points import PointCycle, PointEntry, PointSheet, ThresholdEvent
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class Consequence(TenantModel):
    """One thing that follows from a threshold (domain.md 2.4.7). It outlives the cycle."""

    class Kind(models.TextChoices):
        INSPECTION = "inspection", "执法检查"
        GRADE = "grade", "下一年度监管等级上调"
        KEY = "key", "下一年度重点检查企业"
        TRAINING = "training", "主要负责人培训"
        CREDIT = "credit", "不良信用记录"
        VETO = "veto", "优惠政策、评优一票否决"

    event = models.ForeignKey(ThresholdEvent, models.PROTECT, related_name="consequences")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="consequences")
    kind = models.CharField("措施", max_length=12, choices=Kind.choices)
    scope = models.CharField("范围", max_length=200, blank=True)
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True)
    due_on = models.DateField("期限", null=True)
    done_at = models.DateTimeField("完成时间", null=True)
    done_note = models.CharField("完成情况", max_length=300, blank=True)
    lifted_at = models.DateTimeField("解除时间", null=True)
    lifted_reason = models.CharField("解除原因", max_length=300, blank=True)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = "满分措施"
        verbose_name_plural = "满分措施"
        constraints = [
            models.UniqueConstraint(fields=["event", "kind"], name="consequence_once"),
        ]
        indexes = [models.Index(fields=["enterprise", "kind"], name="consequence_enterprise")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_kind_display()}"


class Interview(FSMModelMixin, TenantModel):
    """A talk with the principal (约谈), before or after twelve points; notice and record are papers."""

    class State(models.TextChoices):
        PLANNED = "planned", "已通知"
        HELD = "held", "已约谈"
        CANCELLED = "cancelled", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="interviews")
    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="interviews")
    event = models.ForeignKey(ThresholdEvent, models.PROTECT, null=True, related_name="interviews")
    state = StateField("状态", default=State.PLANNED, choices=State.choices)
    reason = models.CharField("事由", max_length=300)
    planned_at = models.DateTimeField("约谈时间")
    place = models.CharField("地点", max_length=200)
    host_name = models.CharField("主持人", max_length=40)
    total = models.DecimalField("当时累计", max_digits=6, decimal_places=1)
    attended_by = models.CharField("参加人员", max_length=200, blank=True)
    content = models.TextField("约谈内容", blank=True)
    commitment = models.TextField("整改承诺", blank=True)
    held_at = models.DateTimeField("实际时间", null=True, blank=True)
    issued_at = models.DateTimeField("通知时间")

    class Meta:
        verbose_name = "约谈"
        verbose_name_plural = "约谈"
        constraints = [
            models.CheckConstraint(
                name="interview_held_has_words",
                condition=~models.Q(state="held")
                | (~models.Q(attended_by="") & ~models.Q(content="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.planned_at:%Y-%m-%d}"

    @transition("state", source=State.PLANNED, target=State.HELD)
    def hold(self) -> None:
        """It took place."""

    @transition("state", source=State.PLANNED, target=State.CANCELLED)
    def cancel(self) -> None:
        """It will not take place; why is in the act."""


class PointTraining(FSMModelMixin, TenantModel):
    """A session on safety duties: questions from the clauses answered here, or held on site.

    Passed, it takes points away once (domain.md 2.3 training_reduction). The right answers are in
    the rule book, never in the row.
    """

    class Kind(models.TextChoices):
        ONLINE = "online", "在线学习测试"
        ON_SITE = "on_site", "现场培训"

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        PASSED = "passed", "合格"
        FAILED = "failed", "不合格"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="point_trainings")
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("方式", max_length=8, choices=Kind.choices)
    state = StateField("状态", default=State.OPEN, choices=State.choices)
    person_name = models.CharField("参加人", max_length=40)
    questions = models.JSONField("题目", default=list)
    answers = models.JSONField("答案", default=dict)
    score = models.PositiveSmallIntegerField("成绩", null=True, blank=True)
    held_on = models.DateField("培训日期", null=True, blank=True)
    hours = models.DecimalField("学时", max_digits=4, decimal_places=1, null=True, blank=True)
    trainer_name = models.CharField("授课人", max_length=40, blank=True)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "记分培训"
        verbose_name_plural = "记分培训"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(state="open", kind="online"),
                name="point_training_one_open",
            ),
            models.CheckConstraint(
                name="point_training_ended_has_score",
                condition=models.Q(state="open") | models.Q(score__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-started_at"], name="point_training_firm")]

    def __str__(self) -> str:
        return f"{self.person_name} {self.started_at:%Y-%m-%d}"

    @transition("state", source=State.OPEN, target=State.PASSED)
    def pass_it(self) -> None:
        """Enough answers were right."""

    @transition("state", source=State.OPEN, target=State.FAILED)
    def fail(self) -> None:
        """Too few were; another session may be begun."""


class PointAppeal(FSMModelMixin, TenantModel):
    """What an enterprise says against a sheet (陈述申辩), and what somebody else decided.

    There is one at most for a sheet; that it has nothing to say is one too.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待复核"
        DECIDED = "decided", "已答复"
        WITHDRAWN = "withdrawn", "已撤回"
        WAIVED = "waived", "放弃申辩"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.OneToOneField(PointSheet, models.PROTECT, related_name="appeal")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="point_appeals")
    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="appeals")
    state = StateField("状态", default=State.ASKED, choices=State.choices)
    reason = models.TextField("理由", blank=True)
    asked_at = models.DateTimeField("提出时间")
    asked_by_name = models.CharField("提出人", max_length=40)
    decide_by = models.DateField("答复期限", null=True)
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人"
    )
    decided_by_name = models.CharField("复核人", max_length=40, blank=True)
    answer = models.TextField("复核意见", blank=True)

    class Meta:
        verbose_name = "陈述申辩"
        verbose_name_plural = "陈述申辩"
        constraints = [
            models.CheckConstraint(
                name="point_appeal_decided_has_answer",
                condition=~models.Q(state="decided")
                | (~models.Q(answer="") & models.Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["decide_by", "id"],
                condition=models.Q(state="asked"),
                name="point_appeal_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.asked_at:%Y-%m-%d}"

    @transition("state", source=State.ASKED, target=State.DECIDED)
    def decide(self) -> None:
        """Somebody who did not give the points answered."""

    @transition("state", source=State.ASKED, target=State.WITHDRAWN)
    def withdraw(self) -> None:
        """The enterprise takes it back."""


class PointAppealItem(TenantModel):
    """One entry that is spoken against, and what became of it."""

    class Decision(models.TextChoices):
        UPHELD = "upheld", "维持"
        CHANGED = "changed", "变更"
        REVOKED = "revoked", "撤销"

    appeal = models.ForeignKey(PointAppeal, models.PROTECT, related_name="items")
    entry = models.OneToOneField(PointEntry, models.PROTECT, related_name="appeal_item")
    decision = models.CharField("决定", max_length=8, choices=Decision.choices, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "申辩事项"
        verbose_name_plural = "申辩事项"

    def __str__(self) -> str:
        return f"{self.entry} {self.decision}"
