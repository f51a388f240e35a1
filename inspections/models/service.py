"""What a service batch leaves behind besides hazards: meetings, guidance, acceptance criteria."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment, ServiceBatch
from common.encrypted import EncryptedCharField
from common.ids import uuid7
from inspections.models.content import AcceptanceCriterion, GuidanceTopic
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class Meeting(FSMModelMixin, TenantModel):
    """Kick-off, training, exchange or summary meeting of a batch.

    Life: planned (sign-in open) → held (minutes kept, sign-in closed), or cancelled.
    """

    class Kind(models.TextChoices):
        KICKOFF = "kickoff", "动员会"
        TRAINING = "training", "培训会"
        EXCHANGE = "exchange", "意见交换会"
        SUMMARY = "summary", "总结会"

    class State(models.TextChoices):
        PLANNED = "planned", "待召开"
        HELD = "held", "已召开"
        CANCELLED = "cancelled", "已取消"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(
        ServiceBatch, models.PROTECT, related_name="meetings", verbose_name="批次"
    )
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    title = models.CharField("会议名称", max_length=100)
    starts_at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=100)
    host_name = models.CharField("主持人", max_length=40)
    agenda = models.TextField("议题和材料", blank=True)
    minutes = models.TextField("会议纪要", blank=True)
    state = StateField("状态", default=State.PLANNED, choices=State.choices)
    held_at = models.DateTimeField("结束登记时间", null=True, blank=True)
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "会议"
        verbose_name_plural = "会议"
        constraints = [
            models.CheckConstraint(
                name="meeting_held_has_minutes",
                condition=~models.Q(state="held")
                | (models.Q(held_at__isnull=False) & ~models.Q(minutes="")),
            ),
        ]
        indexes = [models.Index(fields=["batch", "starts_at"], name="meeting_batch")]

    def __str__(self) -> str:
        return self.title

    @transition("state", source=State.PLANNED, target=State.HELD)
    def hold(self) -> None:
        """It took place; minutes are kept and nobody signs in any more."""

    @transition("state", source=State.PLANNED, target=State.CANCELLED)
    def cancel(self) -> None:
        """It will not take place."""


class MeetingAttendance(TenantModel):
    """Somebody was there: signed in by the QR code on his own phone, or entered at the desk."""

    class How(models.TextChoices):
        QR = "qr", "扫码签到"
        DESK = "desk", "现场登记"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="attendances", verbose_name="会议"
    )
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="attendances", verbose_name="企业"
    )
    unit_name = models.CharField("单位", max_length=100)
    person_name = models.CharField("姓名", max_length=40)
    post = models.CharField("职务", max_length=40, blank=True)
    phone = EncryptedCharField("联系电话", max_length=30, blank=True)
    how = models.CharField("方式", max_length=4, choices=How.choices)
    signed_at = models.DateTimeField("签到时间")

    class Meta:
        verbose_name = "签到"
        verbose_name_plural = "签到"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "unit_name", "person_name"], name="attendance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_name} {self.person_name}"


class GuidanceRecord(TenantModel):
    """How far one topic of guidance has come at one enterprise: state, day, who helped, files."""

    class State(models.TextChoices):
        DOING = "doing", "进行中"
        DONE = "done", "已完成"
        NA = "na", "不涉及"

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="guidance", verbose_name="指派"
    )
    topic = models.ForeignKey(GuidanceTopic, models.PROTECT, related_name="+", verbose_name="事项")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    done_on = models.DateField("完成日期", null=True, blank=True)
    helped_by_name = models.CharField("指导人员", max_length=80, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    updated_by_name = models.CharField("登记人", max_length=80)
    updated_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "指导记录"
        verbose_name_plural = "指导记录"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "topic"], name="guidance_once"),
            models.CheckConstraint(
                name="guidance_done_has_day_and_helper",
                condition=~models.Q(state="done")
                | (models.Q(done_on__isnull=False) & ~models.Q(helped_by_name="")),
            ),
            models.CheckConstraint(
                name="guidance_na_has_reason",
                condition=~models.Q(state="na") | ~models.Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.topic}"


class CriterionFinding(TenantModel):
    """What a person said on one acceptance criterion at one enterprise.

    Where data can say it (`inspections.criteria`), a person's word overrules the data and needs a
    reason; elsewhere it is the finding.
    """

    class Result(models.TextChoices):
        OK = "ok", "符合"
        FAIL = "fail", "不符合"
        NA = "na", "不涉及"

    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="criteria", verbose_name="指派"
    )
    criterion = models.ForeignKey(
        AcceptanceCriterion, models.PROTECT, related_name="+", verbose_name="验收标准"
    )
    result = models.CharField("结果", max_length=4, choices=Result.choices)
    note = models.CharField("依据和说明", max_length=300)
    found_by_name = models.CharField("核查人", max_length=80)
    found_at = models.DateTimeField("核查时间")

    class Meta:
        verbose_name = "验收核查"
        verbose_name_plural = "验收核查"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "criterion"], name="criterion_once"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} {self.criterion_id}"
