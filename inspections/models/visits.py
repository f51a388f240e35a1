"""Visits: who came, what was asked, what was answered."""

from typing import TYPE_CHECKING

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment
from common.ids import uuid7
from enterprises.models import Enterprise, RiskPoint
from inspections.models.content import ChecklistItem, ChecklistTemplate
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField

if TYPE_CHECKING:
    from inspections.models.corrections import VisitReopening


class Visit(FSMModelMixin, TenantModel):
    """People at one enterprise, from arrival to the representative's signature.

    The provider's staff come to survey and recheck, officers to spot-check and enforce; the
    officers' own visits carry no `provider_org`, so no provider sees them. An inspection of the
    officers' own (监督检查, also a township's) belongs to no batch and has no assignment.
    Life: open → signed, or refused (reason and witness on record). Nothing is issued before that.
    A provider's may be opened again (VisitReopening keeps what was signed) and is then signed anew.
    """

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        SIGNED = "signed", "已签字"
        REFUSED = "refused", "拒签"

    class Kind(models.TextChoices):
        SURVEY = "survey", "摸底排查"
        RECHECK = "recheck", "复查验收"
        SPOT_CHECK = "spot_check", "抽查验收"
        ENFORCEMENT = "enforcement", "执法检查"
        INSPECTION = "inspection", "监督检查"

    OFFICIAL = (Kind.SPOT_CHECK, Kind.ENFORCEMENT, Kind.INSPECTION)

    class Part(models.TextChoices):
        BOTH = "both", "软件资料和现场"
        SOFT = "soft", "软件资料检查"
        SITE = "site", "现场隐患排查"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="visits", verbose_name="指派"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="visits", verbose_name="企业"
    )
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.SURVEY)
    part = models.CharField("部分", max_length=4, choices=Part.choices, default=Part.BOTH)
    state = StateField("状态", default=State.OPEN, choices=State.choices)
    started_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    templates = models.ManyToManyField(ChecklistTemplate, related_name="+", verbose_name="检查表")
    risk_points = models.ManyToManyField(RiskPoint, related_name="+", verbose_name="风险点")
    arrived_at = models.DateTimeField("到达时间")
    left_at = models.DateTimeField("离开时间", null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy = models.PositiveIntegerField("定位精度（米）", null=True, blank=True)
    device = models.UUIDField("手机", null=True, blank=True)
    phone_arrived_at = models.DateTimeField("手机时钟的到达时间", null=True, blank=True)
    process_note = models.TextField("过程控制记录", blank=True)
    representative_name = models.CharField("现场负责人", max_length=40, blank=True)
    representative_post = models.CharField("职务", max_length=40, blank=True)
    refusal_reason = models.CharField("拒签原因", max_length=200, blank=True)
    witness_name = models.CharField("见证人", max_length=40, blank=True)
    signed_at = models.DateTimeField("签字时间", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "检查"
        verbose_name_plural = "检查"
        constraints = [
            models.CheckConstraint(
                name="visit_inspection_alone_has_no_assignment",
                condition=models.Q(kind="inspection", assignment=None)
                | (~models.Q(kind="inspection") & models.Q(assignment__isnull=False)),
            ),
            models.CheckConstraint(
                name="visit_signed_has_representative",
                condition=~models.Q(state="signed")
                | (models.Q(signed_at__isnull=False) & ~models.Q(representative_name="")),
            ),
            models.CheckConstraint(
                name="visit_refused_has_reason_and_witness",
                condition=~models.Q(state="refused")
                | (~models.Q(refusal_reason="") & ~models.Q(witness_name="")),
            ),
            models.CheckConstraint(
                name="visit_left_after_arrival",
                condition=models.Q(left_at=None) | models.Q(left_at__gte=models.F("arrived_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["assignment", "-arrived_at"], name="visit_assignment"),
            models.Index(
                fields=["provider_org"], condition=models.Q(state="open"), name="visit_open"
            ),
            models.Index(fields=["arrived_at", "region_code"], name="visit_arrived"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.arrived_at:%Y-%m-%d}"

    @property
    def served(self) -> Assignment:
        """The assignment of a visit that belongs to a batch."""
        assert self.assignment is not None
        return self.assignment

    @property
    def served_id(self) -> int:
        """The id of that assignment."""
        assert self.assignment_id is not None
        return self.assignment_id

    def reopened(self) -> "VisitReopening | None":
        """Return why it is open again though it was signed, while that is so."""
        return self.reopenings.filter(state="allowed", closed_at=None).first()

    @property
    def is_official(self) -> bool:
        """Whether officers came, not the provider."""
        return self.kind in self.OFFICIAL

    @transition("state", source=State.OPEN, target=State.SIGNED)
    def sign(self) -> None:
        """The site representative signed."""

    @transition("state", source=State.OPEN, target=State.REFUSED)
    def refuse(self) -> None:
        """The site representative refused to sign; reason and witness are recorded."""

    @transition("state", source=[State.SIGNED, State.REFUSED], target=State.OPEN)
    def reopen(self) -> None:
        """Something in it was wrong: the regulator lets it be mended and signed anew."""


class VisitMember(TenantModel):
    """One of the team of a visit, with name and qualification as they were that day."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="team")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    qualification = models.CharField("资格", max_length=60, blank=True)
    certificate_number = models.CharField("证号", max_length=40, blank=True)

    class Meta:
        verbose_name = "检查人员"
        verbose_name_plural = "检查人员"
        constraints = [
            models.UniqueConstraint(fields=["visit", "membership"], name="visit_member_once"),
        ]

    def __str__(self) -> str:
        return self.name


class VisitTrack(TenantModel):
    """Where a phone was during a visit, as one report of it: points in the order they were taken.

    `points` are [Unix ms by the phone's clock, latitude, longitude, accuracy in metres].
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="tracks")
    points = models.JSONField("轨迹点")

    class Meta:
        verbose_name = "轨迹"
        verbose_name_plural = "轨迹"

    def __str__(self) -> str:
        return f"{self.visit} 轨迹"


class Answer(TenantModel):
    """The answer to one question on one visit: of its checklists, or about a risk point.

    `version` is new with each change; whoever changes it says which version he saw (docs/field.md).
    """

    class Result(models.TextChoices):
        OK = "ok", "符合"
        FAIL = "fail", "不符合"
        NA = "na", "不涉及"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, related_name="+")
    risk_point = models.ForeignKey(RiskPoint, models.PROTECT, null=True, related_name="+")
    result = models.CharField("结果", max_length=4, choices=Result.choices)
    note = models.CharField("说明", max_length=300, blank=True)
    version = models.UUIDField("版本", default=uuid7)
    answered_at = models.DateTimeField("作答时间", null=True)
    answered_by_name = models.CharField("作答人", max_length=80, blank=True)

    class Meta:
        verbose_name = "检查结果"
        verbose_name_plural = "检查结果"
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="answer_once"),
            models.UniqueConstraint(fields=["visit", "risk_point"], name="risk_answer_once"),
            models.CheckConstraint(
                name="answer_is_to_one_question",
                condition=models.Q(item=None) ^ models.Q(risk_point=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item or self.risk_point} {self.get_result_display()}"
