"""The library of providers (机构库, domain.md 1.2): in which class and level, from when, until when."""

from datetime import date

from django.db import models
from django_fsm import FSMModelMixin, transition

from enterprises.models import Enterprise
from tenancy.models import TenantModel
from workflow.fields import StateField


class LibraryClass(TenantModel):
    """A class of an agency's library: which business its providers fit, and its levels.

    The sources ask for classes and levels and name none; an agency makes its own, or begins with
    proposals that stay marked as 试拟.
    """

    name = models.CharField("分类名称", max_length=40)
    industries = models.JSONField("适用行业", default=list)
    risks = models.JSONField("适用的风险因素", default=list)
    levels = models.JSONField("等级", default=list)  # the best first
    is_trial = models.BooleanField("试拟", default=False)
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = "机构库分类"
        verbose_name_plural = "机构库分类"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "name"], condition=models.Q(retired_at=None),
                name="library_class_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def covers(self, enterprise: Enterprise) -> bool:
        """Whether it fits an enterprise: by its industry, or by a risk that its file names."""
        return enterprise.industry in self.industries or any(
            word in enterprise.risk_factors for word in self.risks
        )


class LibraryQuerySet(models.QuerySet["LibraryProvider"]):
    """What is asked of the entries of a library."""

    def live(self) -> "LibraryQuerySet":
        """Entries that stand, suspended or not; what was changed or removed is history."""
        return self.filter(state__in=LibraryProvider.LIVE)

    def in_force(self, day: date) -> "LibraryQuerySet":
        """Entries by which a provider may be chosen on a day."""
        unended = models.Q(until_on=None) | models.Q(until_on__gte=day)
        return self.filter(unended, state=LibraryProvider.State.LISTED, from_on__lte=day)


class LibraryProvider(FSMModelMixin, TenantModel):
    """A provider in an agency's library (机构库条目), in one class and at one level.

    Life: listed ↔ suspended → removed. A change of level ends the row (replaced) and begins
    another that names it, so that every past level keeps its days.
    """

    class State(models.TextChoices):
        LISTED = "active", "在库"
        SUSPENDED = "suspended", "暂停"
        REMOVED = "removed", "出库"
        REPLACED = "replaced", "已变更等级"

    LIVE = (State.LISTED, State.SUSPENDED)

    business_class = models.ForeignKey(
        LibraryClass, models.PROTECT, related_name="entries", verbose_name="分类"
    )
    level = models.CharField("等级", max_length=20)
    from_on = models.DateField("入库日期")
    until_on = models.DateField("有效期至", null=True, blank=True)
    state = StateField("状态", default=State.LISTED, choices=State.choices)
    state_reason = models.CharField("原因", max_length=300, blank=True)
    ended_on = models.DateField("终止日期", null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by",
        verbose_name="变更前条目",
    )  # fmt: skip

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = "机构库条目"
        verbose_name_plural = "机构库条目"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "provider_org", "business_class"],
                condition=models.Q(state__in=["active", "suspended"]),
                name="library_provider_once_in_class",
            ),
            models.CheckConstraint(
                name="library_provider_ends_after_start",
                condition=models.Q(until_on=None) | models.Q(until_on__gte=models.F("from_on")),
            ),
            models.CheckConstraint(
                name="library_provider_out_has_reason",
                condition=models.Q(state="active") | ~models.Q(state_reason=""),
            ),
            models.CheckConstraint(
                name="library_provider_out_has_day",
                condition=models.Q(state__in=["active", "suspended"], ended_on=None)
                | models.Q(state__in=["removed", "replaced"], ended_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_org} {self.business_class} {self.level}"

    @transition("state", source=State.LISTED, target=State.SUSPENDED)
    def suspend(self) -> None:
        """Nobody may choose it for a while."""

    @transition("state", source=State.SUSPENDED, target=State.LISTED)
    def resume(self) -> None:
        """What it was suspended for is over."""

    @transition("state", source=LIVE, target=State.REMOVED)
    def remove(self) -> None:
        """It leaves the library; to come back is a new entry."""

    @transition("state", source=LIVE, target=State.REPLACED)
    def replace(self) -> None:
        """Another row goes on at another level."""


class LibraryChange(TenantModel):
    """One thing that happened to an entry, why and by what source. Never changed."""

    class Kind(models.TextChoices):
        ENTERED = "entered", "入库"
        LEVEL = "level", "变更等级"
        SUSPENDED = "suspended", "暂停"
        RESUMED = "resumed", "恢复"
        REMOVED = "removed", "出库"

    class Source(models.TextChoices):
        APPLICATION = "application", "机构申请"
        PROCUREMENT = "procurement", "采购入围"
        EVALUATION = "evaluation", "绩效考评"
        SUPERVISION = "supervision", "监督检查"
        OTHER = "other", "其他"

    entry = models.ForeignKey(
        LibraryProvider, models.PROTECT, related_name="changes", verbose_name="条目"
    )
    kind = models.CharField("事项", max_length=10, choices=Kind.choices)
    on = models.DateField("日期")
    level = models.CharField("等级", max_length=20)
    level_before = models.CharField("原等级", max_length=20, blank=True)
    source = models.CharField("依据", max_length=12, choices=Source.choices)
    source_url = models.CharField("依据页面", max_length=200, blank=True)
    reason = models.CharField("理由", max_length=300)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by_name = models.CharField("登记人", max_length=80)

    class Meta:
        verbose_name = "机构库变更"
        verbose_name_plural = "机构库变更"

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"
