"""What was put right afterwards: a hazard by a new version, a signed visit by opening it again."""

from typing import Any

from django.db import models
from django_fsm import FSMModelMixin, transition

from common.ids import uuid7
from inspections.models.hazards import Hazard
from inspections.models.visits import Visit
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class HazardCorrection(FSMModelMixin, TenantModel):
    """A new version of an issued hazard, or its withdrawal; the old values stay in it for good.

    Life: asked → applied. What another must agree to first (a provider: lower severity, another
    deadline, a closed hazard, withdrawal) is allowed by the regulator and then applied by whoever
    issues the papers; officers' own faults take two officers, one who asks and one who applies.
    Asked for and not wanted any more, it is dropped; not agreed to, refused with the answer.
    """

    class Kind(models.TextChoices):
        CORRECT = "correct", "更正"
        WITHDRAW = "withdraw", "撤销"

    class State(models.TextChoices):
        ASKED = "asked", "待同意"
        ALLOWED = "allowed", "已同意，待签发"
        APPLIED = "applied", "已更正"
        REFUSED = "refused", "不同意"
        DROPPED = "dropped", "已撤回"

    OPEN_STATES = (State.ASKED, State.ALLOWED)
    TONES = {"allowed": "blue", "applied": "green"}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="corrections")
    kind = models.CharField("办理", max_length=8, choices=Kind.choices)
    version = models.PositiveSmallIntegerField("版本", null=True)
    before = models.JSONField("更正前")
    after = models.JSONField("更正后")
    reason = models.CharField("原因", max_length=300)
    state = StateField("状态", default=State.ASKED, choices=State.choices)
    needs_consent = models.BooleanField("须监管部门同意")
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    asked_by_name = models.CharField("提出人", max_length=80)
    asked_at = models.DateTimeField("提出时间")
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    applied_by_name = models.CharField("办理人", max_length=80, blank=True)
    applied_at = models.DateTimeField("更正时间", null=True)

    class Meta:
        verbose_name = "隐患更正"
        verbose_name_plural = "隐患更正"
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"],
                condition=models.Q(state__in=("asked", "allowed")),
                name="correction_waits_once",
            ),
            models.UniqueConstraint(fields=["hazard", "version"], name="correction_version_once"),
            models.CheckConstraint(name="correction_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="correction_applied_has_version",
                condition=models.Q(state="applied", version__isnull=False, applied_at__isnull=False)
                | (~models.Q(state="applied") & models.Q(version=None, applied_at=None)),
            ),
            models.CheckConstraint(
                name="correction_refused_has_answer",
                condition=~models.Q(state="refused") | ~models.Q(answer=""),
            ),
        ]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="correction_list")]

    def __str__(self) -> str:
        return f"{self.hazard} {self.get_kind_display()}"

    @property
    def is_withdrawal(self) -> bool:
        """Whether the hazard is taken back as a whole."""
        return self.kind == self.Kind.WITHDRAW

    @transition("state", source=State.ASKED, target=State.ALLOWED)
    def allow(self) -> None:
        """The regulator agrees to what the provider may not do alone."""

    @transition("state", source=State.ASKED, target=State.REFUSED)
    def refuse(self) -> None:
        """It is not agreed to; the answer says why and the hazard stays as it is."""

    @transition("state", source=[State.ASKED, State.ALLOWED], target=State.DROPPED)
    def drop(self) -> None:
        """Who asked does not want it any more."""

    @transition("state", source=[State.ASKED, State.ALLOWED], target=State.APPLIED)
    def apply(self) -> None:
        """The hazard reads otherwise from here, and its papers are issued anew."""


class VisitReopening(FSMModelMixin, TenantModel):
    """A signed visit of a provider, opened again: what was answered and signed stays in `former`.

    Life: asked by the provider's lead → allowed or refused by the regulator. Allowed, the visit is
    open until its representative signs anew; `closed_at` says when, and the new record voids the
    former one by its number.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待同意"
        ALLOWED = "allowed", "已同意"
        REFUSED = "refused", "不同意"
        DROPPED = "dropped", "已撤回"

    TONES = {"allowed": "green"}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="reopenings")
    reason = models.CharField("原因", max_length=300)
    state = StateField("状态", default=State.ASKED, choices=State.choices)
    former: Any = models.JSONField("原来的版本", default=dict)
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    asked_by_name = models.CharField("申请人", max_length=80)
    asked_at = models.DateTimeField("申请时间")
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    closed_at = models.DateTimeField("重新签字时间", null=True)

    class Meta:
        verbose_name = "检查重新打开"
        verbose_name_plural = "检查重新打开"
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(state="asked"), name="reopening_asked_once"
            ),
            models.UniqueConstraint(
                fields=["visit"],
                condition=models.Q(state="allowed", closed_at=None),
                name="reopening_open_once",
            ),
            models.CheckConstraint(name="reopening_has_reason", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="reopening_refused_has_answer",
                condition=~models.Q(state="refused") | ~models.Q(answer=""),
            ),
        ]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="reopening_list")]

    def __str__(self) -> str:
        return f"{self.visit} 重新打开"

    @transition("state", source=State.ASKED, target=State.ALLOWED)
    def allow(self) -> None:
        """The regulator agrees: the visit is open again."""

    @transition("state", source=State.ASKED, target=State.REFUSED)
    def refuse(self) -> None:
        """It is not agreed to; the record stays as it was signed."""

    @transition("state", source=State.ASKED, target=State.DROPPED)
    def drop(self) -> None:
        """Who asked does not want it any more."""
