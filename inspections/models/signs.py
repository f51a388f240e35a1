"""Signs: figures that ask for a second look. A sign is never a penalty."""

from typing import Any

from django.db import models

from agencies.models import Assignment
from common.ids import uuid7
from enterprises.models import Enterprise
from inspections.models.visits import Visit
from tenancy.models import TenantModel


class SignQuerySet(models.QuerySet["Sign"]):
    """What is asked of signs."""

    def standing(self) -> "SignQuerySet":
        """Borne out by the figures and not dismissed: these count for the draw."""
        return self.filter(lapsed_at=None, dismissed_at=None)


class Sign(TenantModel):
    """Something about a visit that an officer may want to look at again, with its figures.

    `key` tells one finding of a kind from another, so that working it out again makes no double.
    `figures` holds `numbers`, [[label, figure]], and `visits`, ids of further visits to look at.
    A sign counts for the draw until an officer dismisses it with a reason, or until the figures no
    longer bear it (`lapsed_at`). The provider and the enterprise do not see it.
    """

    class Kind(models.TextChoices):
        PHOTO_SEEN = "photo_seen", "照片出现过"
        SHORT = "short", "停留过短"
        FAR = "far", "位置太远"
        NO_ACCURACY = "no_accuracy", "定位可疑"
        COPIED = "copied", "文字雷同"
        TRAVEL = "travel", "行程不可能"
        CROWDED = "crowded", "集中补录"
        ONE_PHOTO = "one_photo", "一张照片销多项"
        ALONE = "alone", "单人到场"
        NOTHING = "nothing", "没有查出隐患"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="signs")
    # Of its assignment: what the list of signs is sorted and searched by.
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="企业", db_index=False
    )
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="signs")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=100)
    text = models.CharField("说明", max_length=300)
    figures = models.JSONField("数字", default=dict)
    found_at = models.DateTimeField("发现时间")
    lapsed_at = models.DateTimeField("不再成立", null=True, blank=True)
    dismissed_at = models.DateTimeField("排除时间", null=True, blank=True)
    dismissed_by_name = models.CharField("排除人", max_length=80, blank=True)
    dismissed_reason = models.CharField("排除原因", max_length=200, blank=True)

    objects = SignQuerySet.as_manager()

    class Meta:
        verbose_name = "疑点"
        verbose_name_plural = "疑点"
        constraints = [
            models.UniqueConstraint(fields=["assignment", "kind", "key"], name="sign_once"),
            models.CheckConstraint(
                name="sign_dismissed_has_reason",
                condition=models.Q(dismissed_at=None) | ~models.Q(dismissed_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["owner_agency", "-found_at"], name="sign_agency"),
            models.Index(fields=["-found_at", "id"], name="sign_list"),
            models.Index(
                fields=["-found_at", "id"],
                condition=models.Q(dismissed_at=None, lapsed_at=None),
                name="sign_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"

    @property
    def numbers(self) -> list[tuple[str, list[str]]]:
        """The figures behind the words, each as (label, lines)."""
        return [(label, _lines(value)) for label, value in self.figures.get("numbers", [])]

    @property
    def visit_ids(self) -> list[str]:
        """Further visits to look at, where the finding is about more than one."""
        found: list[str] = self.figures.get("visits", [])
        return found


def _lines(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(line) for line in value]
    return [f"{value:,}" if isinstance(value, int | float) else str(value)]


class SignThresholds(TenantModel):
    """An agency's own thresholds; what it does not set is the default (`inspections.signs`)."""

    values = models.JSONField("阈值", default=dict)
    changed_at = models.DateTimeField("修改时间")
    changed_by_name = models.CharField("修改人", max_length=80)

    class Meta:
        verbose_name = "疑点阈值"
        verbose_name_plural = "疑点阈值"
        constraints = [
            models.UniqueConstraint(fields=["owner_agency"], name="sign_thresholds_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_agency} 疑点阈值"
