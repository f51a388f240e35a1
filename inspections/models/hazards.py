"""A hazard and what follows from it until it is closed."""

from collections.abc import Mapping
from datetime import date
from operator import itemgetter
from uuid import UUID

from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import Assignment
from common.ids import uuid7
from common.scope import first_rows
from common.search import MOST, search
from enterprises.models import Enterprise, RiskPoint
from enterprises.search import of_firms
from inspections.models.content import ChecklistItem, LibraryEntry, Severity
from inspections.models.visits import Visit
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField

MANY_FIRMS = 200  # with five years' hazards each
SOME = 2000  # that a word of many is looked for in, where the latest few are shown
LIVE = ("found", "issued", "rectifying", "submitted")  # neither closed nor dismissed


LAST_CHARACTER = chr(0x10FFFF)  # no number contains it; the database sorts by code point


def is_wide(firms: list[int] | None) -> bool:
    """Whether a word stands in the names of so many enterprises that their old hazards are too many."""
    return firms is None or len(firms) > MANY_FIRMS


def _arms(word: str, firms: list[int] | None) -> tuple[list[models.Q], list[UUID]]:
    """Return the conditions of which a hazard that one word tells of fulfils one, or it is of these."""
    named, live = of_firms(word, firms, "enterprise__"), models.Q(state__in=LIVE)
    arms = [
        models.Q(number__gte=word, number__lt=f"{word}{LAST_CHARACTER}"),
        named & live if is_wide(firms) else named,
    ]
    described = search("inspections_hazard", word)
    if described is None:
        arms.append(
            live & (models.Q(place__icontains=word) | models.Q(description__icontains=word))
        )
    return arms, described or []


def _told(word: str, firms: list[int] | None, most: int) -> list[UUID]:
    """Return the first `most` hazards, of those to be seen, that one word tells of in each way."""
    arms, described = _arms(word, firms)
    first, *rest = (Hazard.objects.filter(arm).values_list("pk", flat=True)[:most] for arm in arms)
    with first_rows():
        return [*first.union(*rest), *described[:most]]


class HazardQuerySet(models.QuerySet["Hazard"]):
    """What is asked of hazards."""

    def open(self) -> "HazardQuerySet":
        """Issued and not closed."""
        return self.filter(state__in=Hazard.OPEN_STATES)

    def matching(self, words: Mapping[str, list[int] | None], most: int = MOST) -> "HazardQuerySet":
        """Hazards that every word tells of; each with the enterprises that `firms_named` it.

        A word is the beginning of the number, part of the enterprise's name or code, or, of those
        that are not over, part of the place or the description. Of a word that many enterprises
        have in their name, only what is not over is looked at, and `most` of it. Asks for each word
        at once: put together by OR, the policy of the whole table would be asked first.
        """
        rows = self
        for word, firms in words.items():
            rows = rows.filter(pk__any_of=_told(word, firms, most))
        return rows

    def found_last(self, words: Mapping[str, list[int] | None], size: int) -> list[UUID]:
        """Return the `size` found last of those that `matching` returns."""
        [(word, firms), *others] = words.items()
        if others or is_wide(firms):
            told = self.matching(words, SOME).order_by("-found_on", "-pk")
            return list(told.values_list("pk", flat=True)[:size])
        arms, described = _arms(word, firms)
        if described:
            arms.append(models.Q(pk__any_of=described))
        rows = self.order_by("-found_on", "-pk").values_list("pk", "found_on")
        first, *rest = (rows.filter(arm)[:size] for arm in arms)
        found = sorted(first.union(*rest), key=itemgetter(1, 0), reverse=True)
        return [pk for pk, _ in found[:size]]

    def overdue(self) -> "HazardQuerySet":
        """Late at this moment."""
        return self.open().filter(is_overdue=True)


class Hazard(FSMModelMixin, TenantModel):
    """A hazard found at an enterprise.

    Life: found → issued (the provider's project lead confirmed it; from here the enterprise sees it)
    → submitted (the enterprise says it is mended) → closed, or back to rectifying with the reason.
    A found one that does not stand is dismissed, an issued one withdrawn. Beside the state: overdue
    now, overdue ever, major, refused. The enterprise can never close its own.
    """

    class State(models.TextChoices):
        FOUND = "found", "待确认"
        ISSUED = "issued", "待整改"
        RECTIFYING = "rectifying", "整改中"
        SUBMITTED = "submitted", "待复查"
        CLOSED = "closed", "已销号"
        DISMISSED = "dismissed", "不予认定"

    class Source(models.TextChoices):
        SELF = "self", "企业自查"
        PROVIDER = "provider", "服务机构"
        TOWNSHIP = "township", "乡镇检查"
        ENFORCEMENT = "enforcement", "执法检查"
        SPOT_CHECK = "spot_check", "抽查验收"
        REPORT = "report", "举报"
        COVERT = "covert", "暗访"
        VIDEO = "video", "视频巡查"

    OFFICIAL = (Source.ENFORCEMENT, Source.SPOT_CHECK, Source.TOWNSHIP)
    OPEN_STATES = (State.ISSUED, State.RECTIFYING, State.SUBMITTED)
    DUE_STATES = (State.ISSUED, State.RECTIFYING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField("隐患编号", max_length=40)
    assignment = models.ForeignKey(
        Assignment,
        models.PROTECT,
        null=True,
        related_name="hazards",
        verbose_name="指派",
        db_index=False,  # hazard_assignment begins with it
    )
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="hazards", verbose_name="检查")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="hazards", verbose_name="企业"
    )
    item = models.ForeignKey(
        ChecklistItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="检查项",
    )
    entry = models.ForeignKey(
        LibraryEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="隐患库",
        db_index=False,  # nothing asks for the hazards of an entry
    )
    risk_point = models.ForeignKey(
        RiskPoint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="风险点",
    )
    source = models.CharField(
        "来源", max_length=12, choices=Source.choices, default=Source.PROVIDER
    )
    found_on = models.DateField("排查日期")
    found_at = models.DateTimeField("发现时间")
    found_by_name = models.CharField("排查人", max_length=80)
    place = models.CharField("部位/场所", max_length=100)
    place_count = models.PositiveSmallIntegerField("处数", default=1)
    description = models.TextField("隐患描述")
    category = models.CharField("类别", max_length=20)
    subcategory = models.CharField("细类", max_length=40, blank=True)
    severity = models.CharField(
        "等级", max_length=8, choices=Severity.choices, default=Severity.GENERAL
    )
    basis = models.CharField("判定/违反条款", max_length=300, blank=True)
    clause_code = models.CharField("记分条款", max_length=8, blank=True)
    measure = models.TextField("整改措施")
    responsible_person = models.CharField("责任人", max_length=40, blank=True)
    cost = models.DecimalField("资金（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    emergency_plan = models.CharField("应急预案/防控措施", max_length=300, blank=True)
    due_on = models.DateField("整改期限")
    due_reason = models.CharField("期限依据", max_length=300)
    # The rule behind the deadline, so that a new holiday notice can recompute it; a day that a
    # person set has none and does not move.
    due_from = models.DateField("期限起算日", null=True, blank=True)
    due_days = models.PositiveSmallIntegerField("期限天数", null=True, blank=True)
    due_in_workdays = models.BooleanField("按工作日", default=True)
    order = models.ForeignKey(
        "inspections.RectificationOrder",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hazards",
        verbose_name="责令限期整改指令",
    )
    state = StateField("状态", default=State.FOUND, choices=State.choices)
    is_overdue = models.BooleanField("逾期", default=False)
    was_overdue = models.BooleanField("曾逾期", default=False)
    is_refused = models.BooleanField("拒不整改", default=False)
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    issued_at = models.DateTimeField("交底时间", null=True, blank=True)
    submitted_at = models.DateTimeField("提交复查时间", null=True, blank=True)
    rectified_on = models.DateField("整改完成日期", null=True, blank=True)
    rechecked_on = models.DateField("复查日期", null=True, blank=True)
    rechecked_by_name = models.CharField("复查人", max_length=80, blank=True)
    closed_at = models.DateTimeField("销号时间", null=True, blank=True)
    major_noticed_at = models.DateTimeField("重大隐患首报时间", null=True, blank=True)
    major_reported_at = models.DateTimeField("重大隐患书面报告时间", null=True, blank=True)
    dismissed_reason = models.CharField("不予认定原因", max_length=200, blank=True)
    corrected_on = models.DateField("更正日期", null=True, blank=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = HazardQuerySet.as_manager()

    class Meta:
        verbose_name = "隐患"
        verbose_name_plural = "隐患"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency", "number"], name="hazard_number_once"),
            models.CheckConstraint(
                name="hazard_is_in_a_place", condition=models.Q(place_count__gte=1)
            ),
            models.CheckConstraint(
                name="hazard_closed_has_closed_at",
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="hazard_issued_has_issued_at",
                condition=models.Q(state__in=["found", "dismissed"])
                | models.Q(issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="hazard_overdue_is_recorded_for_good",
                condition=models.Q(is_overdue=False) | models.Q(was_overdue=True),
            ),
            models.CheckConstraint(
                name="hazard_dismissed_has_reason",
                condition=~models.Q(state="dismissed") | ~models.Q(dismissed_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["region_code", "state", "due_on"], name="hazard_region"),
            models.Index(fields=["assignment", "state"], name="hazard_assignment"),
            models.Index(fields=["enterprise_org", "due_on"], name="hazard_enterprise"),
            models.Index(fields=["provider_org", "state"], name="hazard_provider"),
            # The ledger by each of its heads: of everything, and of one region (paging.keyset).
            models.Index(fields=["due_on", "id"], name="hazard_due"),
            models.Index(fields=["found_on", "id"], name="hazard_found"),
            models.Index(fields=["number", "id"], name="hazard_number"),
            models.Index(fields=["region_code", "id"], name="hazard_town"),
            models.Index(fields=["region_code", "due_on", "id"], name="hazard_town_due"),
            models.Index(fields=["region_code", "found_on", "id"], name="hazard_town_found"),
            models.Index(fields=["region_code", "number", "id"], name="hazard_town_number"),
            # What is not over is a small part of five years.
            models.Index(
                fields=["due_on", "id"], condition=models.Q(state__in=LIVE), name="hazard_live"
            ),
            models.Index(
                fields=["region_code", "due_on", "id"],
                condition=models.Q(state__in=LIVE),
                name="hazard_town_live",
            ),
            # What people are sent to from their front page, over a whole province.
            models.Index(
                fields=["due_on", "id"], condition=models.Q(is_overdue=True), name="hazard_late"
            ),
            models.Index(
                fields=["region_code", "due_on", "id"],
                condition=models.Q(is_overdue=True),
                name="hazard_late_of_region",
            ),
            models.Index(
                fields=["provider_org", "due_on", "id"],
                condition=models.Q(is_overdue=True),
                name="hazard_late_of_provider",
            ),
            models.Index(
                fields=["due_on", "id"], condition=models.Q(severity="major"), name="hazard_major"
            ),
            models.Index(
                fields=["enterprise", "due_on"],
                condition=models.Q(state__in=LIVE),
                name="hazard_of_firm_live",
            ),
            models.Index(
                fields=["owner_agency", "due_on"],
                condition=models.Q(state__in=("issued", "rectifying"), is_overdue=False),
                name="hazard_falls_due",
            ),
            models.Index(
                fields=["provider_org"],
                condition=models.Q(severity="major", major_reported_at=None),
                name="hazard_unreported",
            ),
            # A week of any region, for the brief.
            models.Index(
                fields=["closed_at", "region_code"],
                condition=models.Q(closed_at__isnull=False),
                name="hazard_closed",
            ),
            models.Index(
                fields=["provider_org", "submitted_at", "id"],
                condition=models.Q(state="submitted"),
                name="hazard_to_recheck",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_late_on(self, day: date) -> bool:
        """Whether its deadline had passed before anything was handed in that is still waiting."""
        return self.was_overdue or (self.state in self.DUE_STATES and self.due_on < day)

    @property
    def served(self) -> Assignment:
        """The assignment of a hazard that belongs to a batch."""
        assert self.assignment is not None
        return self.assignment

    @property
    def served_id(self) -> int:
        """The id of that assignment."""
        assert self.assignment_id is not None
        return self.assignment_id

    @property
    def is_major(self) -> bool:
        """Whether it is a major hazard."""
        return self.severity == Severity.MAJOR

    @transition("state", source=State.FOUND, target=State.ISSUED)
    def issue(self) -> None:
        """The project lead confirmed it; it goes to the enterprise."""

    @transition("state", source=State.FOUND, target=State.DISMISSED)
    def dismiss(self) -> None:
        """The project lead found that it does not stand."""

    @transition("state", source=OPEN_STATES, target=State.DISMISSED)
    def withdraw(self) -> None:
        """It was issued by mistake: taken back by a correction that names reason and consent."""

    @transition("state", source=[State.ISSUED, State.RECTIFYING], target=State.SUBMITTED)
    def submit(self) -> None:
        """The enterprise says that it is mended."""

    @transition("state", source=State.SUBMITTED, target=State.CLOSED)
    def close(self) -> None:
        """The recheck found it mended (销号)."""

    @transition(
        "state", source=[State.ISSUED, State.RECTIFYING, State.SUBMITTED], target=State.CLOSED
    )
    def close_on_site(self) -> None:
        """Officers saw on site that it is mended."""

    @transition("state", source=[State.ISSUED, State.RECTIFYING], target=State.RECTIFYING)
    def find_unmended(self) -> None:
        """A recheck found it not mended though nothing was handed in."""

    @transition("state", source=State.SUBMITTED, target=State.RECTIFYING)
    def send_back(self) -> None:
        """The recheck found it not mended; the reason goes back with it."""


class Rectification(TenantModel):
    """What the enterprise says it did about a hazard; each submission is a row of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="rectifications")
    round = models.PositiveSmallIntegerField("次数")
    text = models.TextField("整改情况")
    responsible_person = models.CharField("责任人", max_length=40)
    cost = models.DecimalField("资金（元）", max_digits=12, decimal_places=2, null=True, blank=True)
    done_on = models.DateField("整改完成日期")
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    submitted_by_name = models.CharField("提交人", max_length=80)
    is_entered_for = models.BooleanField("评估人员代录", default=False)

    class Meta:
        verbose_name = "整改"
        verbose_name_plural = "整改"
        constraints = [
            models.UniqueConstraint(fields=["hazard", "round"], name="rectification_round_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} 第{self.round}次"


class Extension(FSMModelMixin, TenantModel):
    """A request for more time, answered by the regulator."""

    class State(models.TextChoices):
        ASKED = "asked", "待答复"
        GRANTED = "granted", "同意"
        REFUSED = "refused", "不同意"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="extensions")
    reason = models.CharField("延期理由", max_length=500)
    safeguard = models.CharField("延期期间防控措施", max_length=500)
    old_due_on = models.DateField("原期限")
    wanted_on = models.DateField("申请延至")
    state = StateField("状态", default=State.ASKED, choices=State.choices)
    asked_at = models.DateTimeField("申请时间")
    asked_by_name = models.CharField("申请人", max_length=80)
    granted_on = models.DateField("同意延至", null=True, blank=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)

    class Meta:
        verbose_name = "延期申请"
        verbose_name_plural = "延期申请"
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=models.Q(state="asked"), name="extension_asked_once"
            ),
            models.CheckConstraint(
                name="extension_answered_has_time",
                condition=models.Q(state="asked") | models.Q(answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "asked_at", "id"], name="extension_list")]

    def __str__(self) -> str:
        return f"{self.hazard} 延期"

    @transition("state", source=State.ASKED, target=State.GRANTED)
    def grant(self) -> None:
        """The regulator agrees, perhaps to an earlier day than wanted."""

    @transition("state", source=State.ASKED, target=State.REFUSED)
    def refuse(self) -> None:
        """The regulator does not agree; the answer says why."""


class Recheck(TenantModel):
    """A second look at a hazard, by the provider or by officers.

    Without `rectification` nothing had been handed in; the provider can then only find it unmended.
    """

    class Result(models.TextChoices):
        PASSED = "passed", "已整改"
        PARTIAL = "partial", "部分整改"
        FAILED = "failed", "未整改"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="rechecks")
    rectification = models.OneToOneField(
        Rectification, models.PROTECT, null=True, related_name="recheck"
    )
    result = models.CharField("复查结论", max_length=8, choices=Result.choices)
    reason = models.CharField("说明", max_length=500, blank=True)
    new_due_on = models.DateField("再次整改期限", null=True, blank=True)
    is_late = models.BooleanField("逾期后复查", default=False)
    rechecked_at = models.DateTimeField("复查时间")
    rechecked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    rechecked_by_name = models.CharField("复查人", max_length=80)

    class Meta:
        verbose_name = "复查"
        verbose_name_plural = "复查"
        constraints = [
            models.CheckConstraint(
                name="recheck_failed_has_reason",
                condition=models.Q(result="passed") | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hazard} {self.get_result_display()}"
