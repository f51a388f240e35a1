"""Points: the year of an enterprise, what was given on one day, and what became of it."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import ServiceContract
from common.ids import uuid7
from enterprises.models import Enterprise
from inspections.models import Hazard, Recheck, Visit
from scoring.models.books import GravityVariant, RuleBook, RuleClause
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class PointCycle(TenantModel):
    """One enterprise's points in one year. The figures are a cache of the function of its events.

    `book` is the newest by which points were given in it; its parameters hold for the whole year.
    Of a file that was merged into another, the cycle `counts_in` the other's of that year: its own
    figures stay as they were, and whatever happens to its points is added up there.
    """

    class Colour(models.TextChoices):
        GREEN = "green", "绿"
        YELLOW = "yellow", "黄"
        ORANGE = "orange", "橙"
        RED = "red", "红"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="point_cycles")
    year = models.PositiveSmallIntegerField("年度")
    book = models.ForeignKey(
        RuleBook, models.PROTECT, null=True, related_name="+", verbose_name="规则版本"
    )
    total = models.DecimalField("累计记分", max_digits=6, decimal_places=1, default=0)
    gross = models.DecimalField("记分合计", max_digits=6, decimal_places=1, default=0)
    colour = models.CharField("等级", max_length=6, choices=Colour.choices, default=Colour.GREEN)
    computed_at = models.DateTimeField("计算时间", null=True)
    counts_in = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="counted", db_index=False,
        verbose_name="计入",
    )  # fmt: skip

    class Meta:
        verbose_name = "记分周期"
        verbose_name_plural = "记分周期"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "enterprise", "year"], name="point_cycle_once"
            ),
            models.CheckConstraint(
                name="point_total_is_not_negative", condition=models.Q(total__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["year", "-total", "id"], name="point_cycle_list"),
            models.Index(fields=["year", "colour", "-total", "id"], name="point_cycle_colour"),
            models.Index(fields=["region_code", "year"], name="point_cycle_region"),
            models.Index(
                fields=["counts_in"],
                condition=models.Q(counts_in__isnull=False),
                name="point_cycle_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.year}"


class PointSheet(FSMModelMixin, TenantModel):
    """One giving of points (记分表) by two officers, signed by the enterprise or refused.

    Life: draft → signed or refused; from then its entries count (domain.md 2.4.9).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "待签字"
        SIGNED = "signed", "已签字"
        REFUSED = "refused", "拒签"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="point_sheets")
    contract = models.ForeignKey(
        ServiceContract, models.PROTECT, null=True, related_name="point_sheets"
    )
    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="sheets")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="+")
    book = models.ForeignKey(RuleBook, models.PROTECT, related_name="+")
    inspected_at = models.DateTimeField("检查时间")
    place = models.CharField("地点", max_length=200)
    officer = models.ForeignKey(
        Membership, models.PROTECT, related_name="+", verbose_name="检查人员一"
    )
    officer_name = models.CharField("检查人员一", max_length=40)
    officer_certificate = models.CharField("证号", max_length=40)
    second_officer = models.ForeignKey(
        Membership, models.PROTECT, related_name="+", verbose_name="检查人员二"
    )
    second_officer_name = models.CharField("检查人员二", max_length=40)
    second_officer_certificate = models.CharField("证号", max_length=40, blank=True)
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    representative_name = models.CharField("现场负责人", max_length=40, blank=True)
    refusal_reason = models.CharField("拒签原因", max_length=200, blank=True)
    witness_name = models.CharField("见证人", max_length=40, blank=True)
    opinion = models.CharField("企业意见", max_length=300, blank=True)
    is_obstructed = models.BooleanField("拒绝、阻碍检查", default=False)
    issued_at = models.DateTimeField("签字时间", null=True, blank=True)
    appeal_until = models.DateField("陈述申辩截止", null=True, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "记分单"
        verbose_name_plural = "记分单"
        constraints = [
            models.CheckConstraint(
                name="point_sheet_two_officers",
                condition=~models.Q(officer=models.F("second_officer")),
            ),
            models.CheckConstraint(
                name="point_sheet_signed_has_representative",
                condition=~models.Q(state="signed") | ~models.Q(representative_name=""),
            ),
            models.CheckConstraint(
                name="point_sheet_refused_has_reason_and_witness",
                condition=~models.Q(state="refused")
                | (~models.Q(refusal_reason="") & ~models.Q(witness_name="")),
            ),
        ]
        indexes = [
            models.Index(fields=["issued_at", "region_code"], name="point_sheet_issued"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.inspected_at:%Y-%m-%d}"

    @transition("state", source=State.DRAFT, target=State.SIGNED)
    def sign(self) -> None:
        """The enterprise signed the table."""

    @transition("state", source=State.DRAFT, target=State.REFUSED)
    def refuse(self) -> None:
        """The enterprise refused to sign; reason and witness are recorded."""


class PointEntry(TenantModel):
    """One clause given on one sheet. Never changed: what becomes of it are events.

    `base`, `is_reducible` and `is_waived` are what the rule book of the day made of it, so that a
    total can be added up from entries and events alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(PointSheet, models.PROTECT, related_name="entries")
    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="entries")
    clause = models.ForeignKey(RuleClause, models.PROTECT, related_name="+")
    variant = models.ForeignKey(
        GravityVariant, models.PROTECT, null=True, related_name="+", verbose_name="情节"
    )
    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, related_name="point_entries")
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="更正"
    )
    code = models.CharField("条款", max_length=8, db_collation="C")
    inspected_at = models.DateTimeField("检查时间")
    units = models.PositiveSmallIntegerField("项（处）数", default=1)
    base = models.DecimalField("基本分值", max_digits=5, decimal_places=1)
    is_reducible = models.BooleanField("可减免")
    is_waived = models.BooleanField("当场改正免记", default=False)
    fact = models.TextField("事实描述")
    is_corrected_on_site = models.BooleanField("当场改正", default=False)
    due_on = models.DateField("整改期限", null=True)
    issued_at = models.DateTimeField("生效时间", null=True)

    class Meta:
        verbose_name = "记分记录"
        verbose_name_plural = "记分记录"
        constraints = [
            models.UniqueConstraint(
                fields=["replaces"],
                condition=models.Q(replaces__isnull=False),
                name="point_entry_corrected_once",
            ),
            models.CheckConstraint(name="point_entry_has_units", condition=models.Q(units__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.fact[:20]}"


class PointEvent(TenantModel):
    """What became of points that were given. Only ever added; a mistake is taken back by another.

    An event is about an entry, about a sheet (its surcharge for a refused inspection), or about the
    whole cycle (a training that was passed).
    """

    class Kind(models.TextChoices):
        TIMELY = "timely", "按期整改减免"
        LATE = "late", "逾期后整改"
        OVERDUE = "overdue", "逾期未整改加处"
        OBSTRUCTED = "obstructed", "拒绝检查加处"
        TRAINED = "trained", "培训减免"
        REVOKED = "revoked", "撤销"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="point_events")
    kind = models.CharField("事件", max_length=12, choices=Kind.choices)
    entry = models.ForeignKey(PointEntry, models.PROTECT, null=True, related_name="events")
    sheet = models.ForeignKey(PointSheet, models.PROTECT, null=True, related_name="events")
    recheck = models.ForeignKey(Recheck, models.PROTECT, null=True, related_name="+")
    training = models.ForeignKey(
        "scoring.PointTraining", models.PROTECT, null=True, related_name="events"
    )
    appeal = models.ForeignKey(
        "scoring.PointAppeal", models.PROTECT, null=True, related_name="events"
    )
    happened_at = models.DateTimeField("发生时间")
    by_name = models.CharField("经办人", max_length=120, blank=True)
    reason = models.CharField("说明", max_length=300, blank=True)
    issued_at = models.DateTimeField("生效时间")

    class Meta:
        verbose_name = "记分事件"
        verbose_name_plural = "记分事件"
        ordering = ["happened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                # Each late recheck of a hazard is an event of its own; they count once (2.4.4).
                fields=["entry", "kind"],
                condition=models.Q(kind="revoked") | models.Q(kind="overdue", recheck__isnull=True),
                name="point_event_once_per_entry",
            ),
            models.UniqueConstraint(
                fields=["sheet", "kind"],
                condition=models.Q(entry__isnull=True, sheet__isnull=False),
                name="point_event_once_per_sheet",
            ),
            models.UniqueConstraint(
                fields=["entry", "recheck"],
                condition=models.Q(recheck__isnull=False),
                name="point_event_once_per_recheck",
            ),
            models.UniqueConstraint(
                fields=["training"],
                condition=models.Q(training__isnull=False),
                name="point_event_once_per_training",
            ),
        ]
        indexes = [models.Index(fields=["cycle", "happened_at"], name="point_event_cycle")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d}"


class ThresholdEvent(TenantModel):
    """An enterprise reached 12 or 18 points in a cycle; at most once each (domain.md 2.4.6)."""

    class Kind(models.TextChoices):
        REACHED_12 = "reached_12", "满12分"
        REACHED_18 = "reached_18", "满18分"

    class State(models.TextChoices):
        DRAFTED = "drafted", "待抄报"
        CANCELLED = "cancelled", "已撤销"
        SENT = "sent", "已抄报"
        CORRECTED = "corrected", "已更正"

    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="events")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="threshold_events")
    kind = models.CharField("事件", max_length=12, choices=Kind.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFTED)
    total = models.DecimalField("达到时累计", max_digits=6, decimal_places=1)
    reached_at = models.DateTimeField("达到时间")
    hold_until = models.DateField("申辩期至", null=True)
    sent_at = models.DateTimeField("抄报时间", null=True)
    corrected_at = models.DateTimeField("更正时间", null=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "满分事件"
        verbose_name_plural = "满分事件"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "kind"], name="threshold_event_once"),
            models.CheckConstraint(
                name="threshold_event_sent_has_time",
                condition=~models.Q(state__in=("sent", "corrected"))
                | models.Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner_agency", "hold_until"],
                condition=models.Q(state="drafted"),
                name="threshold_event_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_kind_display()}"


class SheetDraft(TenantModel):
    """What officers mean to give an enterprise when they come: the providers' findings, chosen."""

    enterprise = models.OneToOneField(Enterprise, models.PROTECT, related_name="sheet_draft")
    hazards = models.JSONField("隐患", default=dict)
    prepared_at = models.DateTimeField("准备时间")
    prepared_by_name = models.CharField("准备人", max_length=40)

    class Meta:
        verbose_name = "备好的记分表"
        verbose_name_plural = "备好的记分表"

    def __str__(self) -> str:
        return f"{self.enterprise} {len(self.hazards)}"
