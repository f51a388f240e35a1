"""Yearly plan → procurement project → award: what is to be bought, from whom, and why from them."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django_fsm import FSMModelMixin, transition

from tenancy.models import Membership, TenantModel
from workflow.fields import StateField

CENT = Decimal("0.01")


class PurchaseArea(models.TextChoices):
    """What services are bought for: the eight areas of Henan's rule (D5 九(二))."""

    PERMIT = "permit", "安全生产许可审查"
    INSPECTION = "inspection", "安全生产检查"
    ACCIDENT = "accident", "事故调查分析鉴定"
    CAMPAIGN = "campaign", "行业专项整治"
    PUBLICITY = "publicity", "安全宣传"
    EMERGENCY = "emergency", "公共安全应急防范"
    RESCUE = "rescue", "应急救援"
    RISK = "risk", "风险评估"


class PurchaseMethod(models.TextChoices):
    """How a provider may be found (政府采购法第二十六条; 框架协议 by its own measures)."""

    OPEN_TENDER = "open_tender", "公开招标"
    INVITED_TENDER = "invited_tender", "邀请招标"
    NEGOTIATION = "negotiation", "竞争性谈判"
    CONSULTATION = "consultation", "竞争性磋商"
    INQUIRY = "inquiry", "询价"
    SINGLE = "single", "单一来源"
    FRAMEWORK = "framework", "框架协议"


TENDERS = (PurchaseMethod.OPEN_TENDER, PurchaseMethod.INVITED_TENDER)
# Without criteria the lowest price comes first (政府采购法第三十八条、第四十条), or there is only one.
BY_PRICE = (PurchaseMethod.NEGOTIATION, PurchaseMethod.INQUIRY, PurchaseMethod.SINGLE)


def money(label: str) -> models.DecimalField:  # type: ignore[type-arg]
    """An amount in yuan, more than nothing."""
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, validators=[MinValueValidator(CENT)]
    )


class PurchasePlan(FSMModelMixin, TenantModel):
    """What an agency means to buy in a year (年度购买计划), as one version of it.

    Life: draft → approved (by somebody who wrote none of it) → budgeted (it stands in the year's
    budget). Only a draft is edited; a correction afterwards is a new version based on this one,
    which then stands in its place (`superseded_at`).
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        APPROVED = "approved", "已批准"
        BUDGETED = "budgeted", "已列入预算"

    TONES = {State.APPROVED: "blue", State.BUDGETED: "green"}

    year = models.PositiveSmallIntegerField(
        "年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    version = models.PositiveSmallIntegerField("版本")
    title = models.CharField("计划名称", max_length=120)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revisions",
        verbose_name="修订自",
    )  # fmt: skip
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    drafted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    drafted_by_name = models.CharField("编制人", max_length=80)
    drafted_at = models.DateTimeField("编制时间")
    changed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    approved_by_name = models.CharField("批准人", max_length=80, blank=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    budget_number = models.CharField("预算批复文号", max_length=60, blank=True)
    budgeted_on = models.DateField("预算批复日期", null=True, blank=True)
    superseded_at = models.DateTimeField("被新版本代替的时间", null=True)

    class Meta:
        verbose_name = "年度购买计划"
        verbose_name_plural = "年度购买计划"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "year", "version"], name="plan_version_once"
            ),
            models.UniqueConstraint(
                fields=["owner_agency", "year"], condition=models.Q(state="draft"),
                name="plan_one_draft_a_year",
            ),
            models.CheckConstraint(
                name="plan_approved_by_another",
                condition=models.Q(approved_by=None)
                | (
                    ~models.Q(approved_by=models.F("drafted_by"))
                    & ~models.Q(approved_by=models.F("changed_by"))
                ),
            ),
            models.CheckConstraint(
                name="plan_approved_has_approver",
                condition=models.Q(state="draft")
                | models.Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_budgeted_has_number_and_day",
                condition=~models.Q(state="budgeted")
                | (~models.Q(budget_number="") & models.Q(budgeted_on__isnull=False)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）"

    @property
    def is_in_force(self) -> bool:
        """Whether projects may be founded on it."""
        return self.state == self.State.BUDGETED and self.superseded_at is None

    @transition("state", source=State.DRAFT, target=State.APPROVED)
    def approve(self) -> None:
        """Somebody who wrote none of it agreed; from here nothing of it changes."""

    @transition("state", source=State.APPROVED, target=State.BUDGETED)
    def budget(self) -> None:
        """The money stands in the year's budget."""


class PurchasePlanItem(TenantModel):
    """One line of a plan. `first` is the line of the first version that it goes back to."""

    plan = models.ForeignKey(PurchasePlan, models.PROTECT, related_name="items")
    first = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    area = models.CharField("购买领域", max_length=12, choices=PurchaseArea.choices)
    what = models.CharField("购买内容", max_length=200)
    enterprises = models.PositiveIntegerField("服务企业（家）", null=True, blank=True)
    amount = money("预算金额（元）")
    method = models.CharField("拟采用的采购方式", max_length=16, choices=PurchaseMethod.choices)
    note = models.CharField("备注", max_length=300, blank=True)

    class Meta:
        verbose_name = "计划事项"
        verbose_name_plural = "计划事项"
        constraints = [
            models.CheckConstraint(
                name="plan_item_costs_something", condition=models.Q(amount__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def line(self) -> int:
        """The line through all versions."""
        return self.first_id or self.pk


class Procurement(FSMModelMixin, TenantModel):
    """A project to find who serves (采购项目): from a line of a budgeted plan, or else with a reason.

    Life: draft → announced (what is bought, and by which criteria, stands) → closed (offers are in
    and opened) → awarded. It may fail (废标) once announced, and be cancelled before the award, each
    for a reason on record.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ANNOUNCED = "announced", "已公告"
        CLOSED = "closed", "评审中"
        AWARDED = "awarded", "已定标"
        FAILED = "failed", "废标"
        CANCELLED = "cancelled", "已取消"

    TONES = {State.ANNOUNCED: "blue", State.CLOSED: "amber", State.AWARDED: "green"}
    RUNNING = (State.DRAFT, State.ANNOUNCED, State.CLOSED)

    number = models.CharField("项目编号", max_length=40)
    title = models.CharField("项目名称", max_length=120)
    plan_item = models.ForeignKey(
        PurchasePlanItem, models.PROTECT, null=True, blank=True, related_name="procurements",
        verbose_name="计划事项",
    )  # fmt: skip
    outside_reason = models.CharField("不在计划内的理由", max_length=300, blank=True)
    method = models.CharField("采购方式", max_length=16, choices=PurchaseMethod.choices)
    note = models.TextField("备注", blank=True)
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    drafted_at = models.DateTimeField("建立时间")
    drafted_by_name = models.CharField("经办人", max_length=80)
    announced_at = models.DateTimeField("公告时间", null=True)
    offers_due_on = models.DateField("响应截止日期", null=True, blank=True)
    closed_at = models.DateTimeField("开启时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by_name = models.CharField("决定人", max_length=80, blank=True)
    end_reason = models.CharField("废标或取消的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "采购项目"
        verbose_name_plural = "采购项目"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "number"], name="procurement_number_once"
            ),
            models.CheckConstraint(
                name="procurement_planned_or_reasoned",
                condition=models.Q(plan_item__isnull=False) | ~models.Q(outside_reason=""),
            ),
            models.CheckConstraint(
                name="procurement_announced_has_days",
                condition=models.Q(state__in=["draft", "cancelled"])
                | models.Q(announced_at__isnull=False, offers_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="procurement_ended_badly_has_reason",
                condition=~models.Q(state__in=["failed", "cancelled"]) | ~models.Q(end_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_scored(self) -> bool:
        """Whether it must have criteria; without, the lowest price comes first."""
        return self.method not in BY_PRICE

    @transition("state", source=State.DRAFT, target=State.ANNOUNCED)
    def announce(self) -> None:
        """Published; lots and criteria stand."""

    @transition("state", source=State.ANNOUNCED, target=State.CLOSED)
    def close(self) -> None:
        """The day is over; what came in is opened."""

    @transition("state", source=State.CLOSED, target=State.AWARDED)
    def award(self) -> None:
        """Every lot is decided, and the result is published."""

    @transition("state", source=[State.ANNOUNCED, State.CLOSED], target=State.FAILED)
    def fail(self) -> None:
        """Nobody, or not enough, or nothing that may be accepted."""

    @transition("state", source=RUNNING, target=State.CANCELLED)
    def cancel(self) -> None:
        """Not needed any more, or begun wrongly."""


class ProcurementLot(TenantModel):
    """One lot (标段、包): awarded to one offer, or failed for a reason."""

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="lots")
    name = models.CharField("标段名称", max_length=80)
    business = models.CharField("业务类别", max_length=60)
    enterprises = models.PositiveIntegerField("服务企业（家）", null=True, blank=True)
    ceiling = money("最高限价（元）")
    winner = models.OneToOneField("Offer", models.PROTECT, null=True, related_name="won")
    award_reason = models.CharField("未选第一名的理由", max_length=300, blank=True)
    failed_reason = models.CharField("本标段废标的原因", max_length=300, blank=True)
    decided_at = models.DateTimeField("定标时间", null=True)
    decided_by_name = models.CharField("定标人", max_length=80, blank=True)

    class Meta:
        verbose_name = "标段"
        verbose_name_plural = "标段"
        constraints = [
            models.UniqueConstraint(fields=["procurement", "name"], name="lot_name_once"),
            models.CheckConstraint(name="lot_has_a_ceiling", condition=models.Q(ceiling__gt=0)),
            models.CheckConstraint(
                name="lot_won_or_failed",
                condition=models.Q(winner=None) | models.Q(failed_reason=""),
            ),
            models.CheckConstraint(
                name="lot_decided_has_time",
                condition=models.Q(winner=None, failed_reason="")
                | models.Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_decided(self) -> bool:
        """Whether it was awarded or failed."""
        return self.winner_id is not None or bool(self.failed_reason)


class AwardCriterion(TenantModel):
    """What offers are scored by, of a hundred; weights add up to 100.

    `past` counts what earlier evaluations found (D5 九(二): 评价结果作为选择承接主体的重要依据).
    """

    class Kind(models.TextChoices):
        PRICE = "price", "价格"
        TECHNICAL = "technical", "技术"
        BUSINESS = "business", "商务"
        PAST = "past", "以往考评"
        OTHER = "other", "其他"

    procurement = models.ForeignKey(Procurement, models.PROTECT, related_name="criteria")
    name = models.CharField("评审因素", max_length=80)
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    weight = models.DecimalField(
        "权重", max_digits=5, decimal_places=2,
        validators=[MinValueValidator(CENT), MaxValueValidator(100)],
    )  # fmt: skip

    class Meta:
        verbose_name = "评审因素"
        verbose_name_plural = "评审因素"
        constraints = [
            models.UniqueConstraint(fields=["procurement", "name"], name="criterion_name_once"),
            models.CheckConstraint(
                name="criterion_weight_is_a_share",
                condition=models.Q(weight__gt=0, weight__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Offer(TenantModel):
    """What a provider offered for a lot, entered by the agency once offers are opened.

    No provider sees any before the award; after it each sees its own (`disclosed_at`).
    """

    lot = models.ForeignKey(ProcurementLot, models.PROTECT, related_name="offers")
    provider_name = models.CharField("服务机构", max_length=100)
    price = money("报价（元）")
    note = models.CharField("备注", max_length=300, blank=True)
    entered_at = models.DateTimeField("登记时间")
    entered_by_name = models.CharField("登记人", max_length=80)
    disqualified_reason = models.CharField("无效的原因", max_length=300, blank=True)
    disqualified_by_name = models.CharField("认定人", max_length=80, blank=True)
    total = models.DecimalField("总分", max_digits=5, decimal_places=2, null=True)
    rank = models.PositiveSmallIntegerField("名次", null=True)
    disclosed_at = models.DateTimeField("向该机构公开的时间", null=True)

    class Meta:
        verbose_name = "报价"
        verbose_name_plural = "报价"
        constraints = [
            models.UniqueConstraint(fields=["lot", "provider_org"], name="offer_once_a_lot"),
            models.CheckConstraint(name="offer_has_a_price", condition=models.Q(price__gt=0)),
            models.CheckConstraint(
                name="offer_is_a_providers", condition=models.Q(provider_org__isnull=False)
            ),
            models.CheckConstraint(
                name="offer_disqualified_has_no_rank",
                condition=models.Q(disqualified_reason="") | models.Q(rank=None),
            ),
        ]

    def __str__(self) -> str:
        return self.provider_name

    @property
    def is_valid(self) -> bool:
        """Whether it takes part."""
        return not self.disqualified_reason


class OfferScore(TenantModel):
    """An offer's score by one criterion, of 100, and what it rests on where it was proposed."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(AwardCriterion, models.PROTECT, related_name="+")
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    basis = models.CharField("依据", max_length=300, blank=True)

    class Meta:
        verbose_name = "评分"
        verbose_name_plural = "评分"
        constraints = [
            models.UniqueConstraint(fields=["offer", "criterion"], name="offer_score_once"),
            models.CheckConstraint(
                name="offer_score_of_a_hundred", condition=models.Q(score__gte=0, score__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.criterion} {self.score}"
