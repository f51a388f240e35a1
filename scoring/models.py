"""What it adds up to: points of the enterprise, evaluation of the provider."""

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition

from agencies.models import ServiceContract
from common.ids import uuid7
from enterprises.models import Enterprise
from inspections.models import Hazard, Visit
from tenancy.models import Agency, Membership, TenantModel


class RuleBook(models.Model):
    """One version of a district's table of points (记分表); adopted, it is frozen."""

    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    version = models.CharField("版本", max_length=40)
    adopted_on = models.DateField("施行日期")
    is_proposal = models.BooleanField("试拟稿", default=True)
    parameters = models.JSONField("参数", default=dict)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "记分表"
        verbose_name_plural = "记分表"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "version"], name="rule_book_once"),
        ]

    def __str__(self) -> str:
        return self.version


class RuleClause(models.Model):
    """One clause (条、款) of a rule book."""

    book = models.ForeignKey(RuleBook, models.PROTECT, related_name="clauses")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    code = models.CharField("条款", max_length=8)
    item = models.PositiveSmallIntegerField("条")
    sub = models.PositiveSmallIntegerField("款")
    aspect = models.CharField("方面", max_length=20)
    item_name = models.CharField("记分事项", max_length=60)
    text = models.CharField("情形", max_length=300)
    points = models.DecimalField("分值", max_digits=5, decimal_places=1)
    legal_basis = models.CharField("依据", max_length=200)
    is_reducible = models.BooleanField("可减免")
    is_on_site_waivable = models.BooleanField("当场改正可免记", default=False)
    is_major = models.BooleanField("重大隐患条款", default=False)
    is_per_unit = models.BooleanField("按项（处）计", default=False)
    max_units = models.PositiveSmallIntegerField("最多项（处）", null=True, default=1)
    is_referred = models.BooleanField("同时移送执法", default=False)
    flags = models.CharField("标记", max_length=60, blank=True)

    class Meta:
        verbose_name = "记分条款"
        verbose_name_plural = "记分条款"
        ordering = ["item", "sub"]
        constraints = [models.UniqueConstraint(fields=["book", "code"], name="rule_clause_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class PointCycle(TenantModel):
    """One enterprise's points in one year. The figures are a cache of the function of its entries."""

    class Colour(models.TextChoices):
        GREEN = "green", "绿"
        YELLOW = "yellow", "黄"
        ORANGE = "orange", "橙"
        RED = "red", "红"

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="point_cycles")
    year = models.PositiveSmallIntegerField("年度")
    total = models.DecimalField("累计记分", max_digits=6, decimal_places=1, default=0)
    gross = models.DecimalField("记分合计", max_digits=6, decimal_places=1, default=0)
    colour = models.CharField("等级", max_length=6, choices=Colour.choices, default=Colour.GREEN)
    computed_at = models.DateTimeField("计算时间", null=True)

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
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.year}"


class PointSheet(FSMModelMixin, TenantModel):
    """One giving of points (记分表), by two officers, signed by the enterprise or refused.

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
    second_officer_certificate = models.CharField("证号", max_length=40)
    state = FSMField("状态", default=State.DRAFT, choices=State.choices, protected=True)
    representative_name = models.CharField("现场负责人", max_length=40, blank=True)
    refusal_reason = models.CharField("拒签原因", max_length=200, blank=True)
    witness_name = models.CharField("见证人", max_length=40, blank=True)
    is_obstructed = models.BooleanField("拒绝、阻碍检查", default=False)
    issued_at = models.DateTimeField("签字时间", null=True, blank=True)
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

    def __str__(self) -> str:
        return f"{self.enterprise} {self.inspected_at:%Y-%m-%d}"

    @transition("state", source=State.DRAFT, target=State.SIGNED)
    def sign(self) -> None:
        """The enterprise signed the table."""

    @transition("state", source=State.DRAFT, target=State.REFUSED)
    def refuse(self) -> None:
        """The enterprise refused to sign; reason and witness are recorded."""


class PointEntry(TenantModel):
    """One clause given on one sheet. Never changed: what became of it is read from the hazard."""

    class Outcome(models.TextChoices):
        OPEN = "open", "整改中"
        TIMELY = "timely", "按期整改"
        LATE = "late", "逾期后整改"
        OVERDUE = "overdue", "逾期未整改"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(PointSheet, models.PROTECT, related_name="entries")
    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="entries")
    clause = models.ForeignKey(RuleClause, models.PROTECT, related_name="+")
    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, related_name="point_entries")
    units = models.PositiveSmallIntegerField("项（处）数", default=1)
    fact = models.TextField("事实描述")
    is_corrected_on_site = models.BooleanField("当场改正", default=False)
    due_on = models.DateField("整改期限", null=True)
    issued_at = models.DateTimeField("生效时间", null=True)

    class Meta:
        verbose_name = "记分记录"
        verbose_name_plural = "记分记录"
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"],
                condition=models.Q(hazard__isnull=False),
                name="point_entry_once_per_hazard",
            ),
            models.CheckConstraint(name="point_entry_has_units", condition=models.Q(units__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.clause.code} {self.fact[:20]}"


class ThresholdEvent(TenantModel):
    """An enterprise reached 12 or 18 points in a cycle; at most once each (domain.md 2.4.6)."""

    class Kind(models.TextChoices):
        REACHED_12 = "reached_12", "满12分"
        REACHED_18 = "reached_18", "满18分"

    class State(models.TextChoices):
        DRAFTED = "drafted", "待抄报"
        CANCELLED = "cancelled", "已撤销"
        SENT = "sent", "已抄报"

    cycle = models.ForeignKey(PointCycle, models.PROTECT, related_name="events")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="threshold_events")
    kind = models.CharField("事件", max_length=12, choices=Kind.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFTED)
    total = models.DecimalField("达到时累计", max_digits=6, decimal_places=1)
    reached_at = models.DateTimeField("达到时间")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "满分事件"
        verbose_name_plural = "满分事件"
        constraints = [
            models.UniqueConstraint(fields=["cycle", "kind"], name="threshold_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.get_kind_display()}"


class Appraisal(TenantModel):
    """One evaluation of a provider's performance of a contract, from data frozen at one moment."""

    contract = models.ForeignKey(ServiceContract, models.PROTECT, related_name="appraisals")
    job_id = models.UUIDField("作业", unique=True)
    scheme = models.CharField("考评方案", max_length=40)
    frozen = models.JSONField("冻结的数据")
    input_sha256 = models.CharField("数据哈希", max_length=64)
    results = models.JSONField("各指标")
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    measured_weight = models.DecimalField("已计量权重", max_digits=5, decimal_places=2)
    grade = models.CharField("等次", max_length=1)
    veto_reason = models.CharField("一票否决原因", max_length=200, blank=True)
    made_at = models.DateTimeField("考评时间")

    class Meta:
        verbose_name = "绩效考评"
        verbose_name_plural = "绩效考评"
        indexes = [models.Index(fields=["contract", "-made_at"], name="appraisal_contract")]

    def __str__(self) -> str:
        return f"{self.contract} {self.score}"
