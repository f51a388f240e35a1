"""Phase 4: the draw that anyone can replay, and the officers' own look at what was drawn."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment, ServiceBatch
from common.ids import uuid7
from inspections.models.hazards import Hazard
from inspections.models.visits import Visit
from tenancy.models import Agency, TenantModel
from workflow.fields import StateField


class SpotCheckDraw(FSMModelMixin, TenantModel):
    """The draw of one batch.

    Life: committed (the agency's secret is fixed by its hash) → frozen (the list, when phase 3 is
    complete) → numbered (the provider adds a number of its own) → drawn (secret revealed, sample
    computed, all of it published) → announced (result notice issued). Neither side can steer it: the
    agency fixed its secret before the list, the provider does not know the secret.
    """

    class State(models.TextChoices):
        COMMITTED = "committed", "已承诺"
        FROZEN = "frozen", "名单已冻结"
        NUMBERED = "numbered", "机构已给数"
        DRAWN = "drawn", "已抽取"
        ANNOUNCED = "announced", "已通报"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.OneToOneField(
        ServiceBatch, models.PROTECT, related_name="draw", verbose_name="批次"
    )
    code = models.CharField("公开代号", max_length=16, unique=True)
    state = StateField("状态", default=State.COMMITTED, choices=State.choices)
    commitment = models.CharField("承诺（密数的哈希）", max_length=64)
    committed_at = models.DateTimeField("承诺时间")
    committed_by_name = models.CharField("承诺人", max_length=80)
    ratio = models.DecimalField("抽查比例", max_digits=4, decimal_places=3)
    minimum = models.PositiveSmallIntegerField("最少家数")
    # [{"token", "town", "major", "signs", "assignment"}] in the order of the list; `signs` are the
    # ids of the signs that counted (in lists frozen before there were such rows: words).
    entries = models.JSONField("名单", default=list)
    list_sha256 = models.CharField("名单哈希", max_length=64, blank=True)
    frozen_at = models.DateTimeField("冻结时间", null=True)
    provider_number = models.CharField("机构给数", max_length=40, blank=True)
    numbered_at = models.DateTimeField("给数时间", null=True)
    numbered_by_name = models.CharField("给数人", max_length=80, blank=True)
    secret = models.CharField("公开的密数", max_length=64, blank=True)
    sample = models.JSONField("样本", default=list)
    drawn_at = models.DateTimeField("抽取时间", null=True)
    announced_at = models.DateTimeField("通报时间", null=True)

    class Meta:
        verbose_name = "抽查"
        verbose_name_plural = "抽查"
        constraints = [
            models.CheckConstraint(
                name="draw_frozen_before_anything_else",
                condition=models.Q(state="committed") | ~models.Q(list_sha256=""),
            ),
            models.CheckConstraint(
                name="draw_reveals_secret_only_when_drawn",
                condition=models.Q(state__in=["drawn", "announced"]) | models.Q(secret=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} 抽查"

    @transition("state", source=State.COMMITTED, target=State.FROZEN)
    def freeze(self) -> None:
        """Phase 3 is complete; the list stands."""

    @transition("state", source=State.FROZEN, target=State.NUMBERED)
    def give_number(self) -> None:
        """The provider gave its number."""

    @transition("state", source=State.NUMBERED, target=State.DRAWN)
    def draw(self) -> None:
        """The secret is revealed and the sample computed."""

    @transition("state", source=State.DRAWN, target=State.ANNOUNCED)
    def announce(self) -> None:
        """Every drawn enterprise was looked at and compared; the result notice is issued."""


class DrawSecret(TenantModel):
    """The agency's secret until it is revealed; nobody but its own agency reads it."""

    draw = models.OneToOneField(SpotCheckDraw, models.PROTECT, related_name="hidden")
    secret = models.CharField("密数", max_length=64)

    class Meta:
        verbose_name = "抽查密数"
        verbose_name_plural = "抽查密数"

    def __str__(self) -> str:
        return "密数"


class DrawPublication(models.Model):
    """What anyone may read of a draw: copied out at publication, with tokens instead of names."""

    code = models.CharField(max_length=16, primary_key=True)
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    body = models.JSONField("内容")
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "抽查公开内容"
        verbose_name_plural = "抽查公开内容"

    def __str__(self) -> str:
        return self.code


class SpotCheck(FSMModelMixin, TenantModel):
    """One drawn enterprise: officers look for themselves, then compare.

    Life: waiting → visiting → submitted (from here they see what the provider found) → compared.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待抽查"
        VISITING = "visiting", "抽查中"
        SUBMITTED = "submitted", "待比对"
        COMPARED = "compared", "已比对"

    BLIND = (State.WAITING, State.VISITING)  # the officers' record is not signed yet

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(SpotCheckDraw, models.PROTECT, related_name="checks")
    assignment = models.OneToOneField(
        Assignment, models.PROTECT, related_name="spot_check", verbose_name="指派"
    )
    why = models.CharField("入样原因", max_length=100)
    state = StateField("状态", default=State.WAITING, choices=State.choices)
    visit = models.OneToOneField(
        Visit, models.PROTECT, null=True, related_name="spot_check", verbose_name="检查"
    )
    found_both = models.PositiveSmallIntegerField("双方均发现", null=True)
    missed = models.PositiveSmallIntegerField("漏查", null=True)
    overstated = models.PositiveSmallIntegerField("不实", null=True)
    opinion = models.CharField("抽查意见", max_length=500, blank=True)
    compared_at = models.DateTimeField("比对时间", null=True)
    compared_by_name = models.CharField("比对人", max_length=80, blank=True)
    announced_at = models.DateTimeField("通报时间", null=True)

    class Meta:
        verbose_name = "抽查验收"
        verbose_name_plural = "抽查验收"
        constraints = [
            models.CheckConstraint(
                name="spot_check_compared_has_counts",
                condition=~models.Q(state="compared")
                | models.Q(
                    found_both__isnull=False,
                    missed__isnull=False,
                    overstated__isnull=False,
                    compared_at__isnull=False,
                ),
            ),
        ]
        indexes = [
            # Asked by every list that a blind officer opens (inspections.access.blind_to).
            models.Index(
                fields=["assignment"],
                condition=models.Q(state__in=["waiting", "visiting"]),
                name="spot_check_blind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} 抽查"

    @transition("state", source=State.WAITING, target=State.VISITING)
    def begin(self) -> None:
        """Officers arrived."""

    @transition("state", source=State.VISITING, target=State.SUBMITTED)
    def submit(self) -> None:
        """The officers' record is signed; what the provider found may be shown."""

    @transition("state", source=State.SUBMITTED, target=State.COMPARED)
    def compare(self) -> None:
        """Each finding of either side was judged."""


class SpotCheckPair(TenantModel):
    """One finding of either side, and how the two stand to each other."""

    class Verdict(models.TextChoices):
        BOTH = "both", "双方均发现"
        MISSED = "missed", "漏查"
        OVERSTATED = "overstated", "不实"
        MENDED = "mended", "抽查时已整改"
        NEW = "new", "检查后新产生"

    spot_check = models.ForeignKey(SpotCheck, models.CASCADE, related_name="pairs")
    officers_hazard = models.ForeignKey(
        Hazard, models.PROTECT, null=True, related_name="+", verbose_name="抽查发现"
    )
    providers_hazard = models.ForeignKey(
        Hazard, models.PROTECT, null=True, related_name="+", verbose_name="机构发现"
    )
    verdict = models.CharField("比对结果", max_length=12, choices=Verdict.choices)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "比对"
        verbose_name_plural = "比对"
        constraints = [
            models.CheckConstraint(
                name="pair_has_the_sides_of_its_verdict",
                condition=models.Q(
                    verdict="both", officers_hazard__isnull=False, providers_hazard__isnull=False
                )
                | models.Q(
                    verdict__in=["missed", "new"],
                    officers_hazard__isnull=False,
                    providers_hazard=None,
                )
                | models.Q(
                    verdict__in=["overstated", "mended"],
                    officers_hazard=None,
                    providers_hazard__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()
