"""Hazards of earlier years, as an agency's own ledgers say them."""

from django.db import models

from common.ids import uuid7
from enterprises.models import Enterprise, EnterpriseImport
from inspections.models.content import Severity
from inspections.models.hazards import Hazard
from tenancy.models import TenantModel


class HistoricalHazard(TenantModel):
    """A hazard that a sheet of earlier years tells of (docs/decisions/0015).

    It is what the sheet said, with its file and row; nobody's visit found it here, so it has no
    deadlines, points, papers or counts, and what the sheet said never changes. An open one ends by
    an act of a person: closed with a note, or carried on as a hazard that was found here since.
    """

    class State(models.TextChoices):
        OPEN = "open", "未整改"
        CLOSED = "closed", "已整改"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="historical_hazards", verbose_name="企业",
        db_index=False,
    )  # fmt: skip
    number = models.CharField("原编号", max_length=40, blank=True)
    found_on = models.DateField("排查日期")
    found_by_name = models.CharField("排查人", max_length=80, blank=True)
    provider_name = models.CharField("服务机构", max_length=100, blank=True)
    place = models.CharField("部位/场所", max_length=100, blank=True)
    description = models.CharField("隐患描述", max_length=1000)
    category = models.CharField("类别", max_length=40, blank=True)
    severity = models.CharField("等级", max_length=8, choices=Severity.choices)
    basis = models.CharField("判定/违反条款", max_length=300, blank=True)
    measure = models.CharField("整改措施", max_length=1000, blank=True)
    due_on = models.DateField("整改期限", null=True)
    closed_on = models.DateField("整改完成日期", null=True)
    state = models.CharField("表中状态", max_length=8, choices=State.choices)
    photo_names = models.CharField("照片", max_length=300, blank=True)
    fingerprint = models.CharField(max_length=64)
    source = models.ForeignKey(
        EnterpriseImport, models.PROTECT, related_name="+", verbose_name="来自"
    )
    source_row = models.PositiveIntegerField("原表行号")
    imported_at = models.DateTimeField("导入时间")
    imported_by_name = models.CharField("导入人", max_length=80)
    carried_to = models.ForeignKey(
        Hazard, models.PROTECT, null=True, related_name="+", verbose_name="转入隐患"
    )
    ended_at = models.DateTimeField("办结时间", null=True)
    ended_by_name = models.CharField("办结人", max_length=80, blank=True)
    ended_note = models.CharField("办结说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "历史隐患"
        verbose_name_plural = "历史隐患"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "fingerprint"], name="historical_hazard_once"
            ),
            models.CheckConstraint(
                name="historical_closed_after_found",
                condition=models.Q(closed_on=None) | models.Q(closed_on__gte=models.F("found_on")),
            ),
            models.CheckConstraint(
                name="historical_open_is_not_closed",
                condition=models.Q(state="closed") | models.Q(closed_on=None),
            ),
            models.CheckConstraint(
                name="historical_ended_has_note",
                condition=models.Q(ended_at=None, carried_to=None)
                | (models.Q(ended_at__isnull=False, state="open") & ~models.Q(ended_note="")),
            ),
        ]
        indexes = [
            models.Index(fields=["region_code", "found_on", "id"], name="historical_region"),
            models.Index(fields=["enterprise", "found_on", "id"], name="historical_firm"),
            models.Index(
                fields=["owner_agency"],
                condition=models.Q(state="open", ended_at=None),
                name="historical_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.found_on} {self.place}"

    @property
    def is_open(self) -> bool:
        """Whether nobody has said yet what became of it."""
        return self.state == self.State.OPEN and self.ended_at is None
