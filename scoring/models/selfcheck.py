"""An enterprise runs the table over itself (对表自查). Its own business, unless it shows it."""

from django.db import models

from common.ids import uuid7
from enterprises.models import Enterprise
from scoring.models.books import RuleBook, RuleClause
from tenancy.models import TenantModel


class SelfCheck(TenantModel):
    """One round of an enterprise over all clauses; the regulator sees it once it is shared."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="self_checks")
    book = models.ForeignKey(RuleBook, models.PROTECT, related_name="+")
    started_at = models.DateTimeField("开始时间")
    started_by_name = models.CharField("自查人", max_length=40)
    finished_at = models.DateTimeField("完成时间", null=True)
    shared_at = models.DateTimeField("公开时间", null=True)

    class Meta:
        verbose_name = "对表自查"
        verbose_name_plural = "对表自查"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=models.Q(finished_at__isnull=True),
                name="self_check_one_open",
            ),
            models.CheckConstraint(
                name="self_check_shared_is_finished",
                condition=models.Q(shared_at__isnull=True) | models.Q(finished_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-started_at"], name="self_check_firm")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.started_at:%Y-%m-%d}"


class SelfCheckItem(TenantModel):
    """What an enterprise found of one clause, and by when it mends it."""

    class Result(models.TextChoices):
        OK = "ok", "没有"
        FAIL = "fail", "有"
        NA = "na", "不涉及"

    check_of = models.ForeignKey(SelfCheck, models.PROTECT, related_name="items")
    clause = models.ForeignKey(RuleClause, models.PROTECT, related_name="+")
    result = models.CharField("结果", max_length=4, choices=Result.choices)
    units = models.PositiveSmallIntegerField("项（处）数", default=1)
    fact = models.CharField("情况", max_length=300, blank=True)
    responsible_person = models.CharField("责任人", max_length=40, blank=True)
    due_on = models.DateField("计划完成", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    shared_at = models.DateTimeField("公开时间", null=True)

    class Meta:
        verbose_name = "自查事项"
        verbose_name_plural = "自查事项"
        constraints = [
            models.UniqueConstraint(fields=["check_of", "clause"], name="self_check_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.clause.code} {self.get_result_display()}"
