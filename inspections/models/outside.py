from django.db import models

from agencies.models import ServiceBatch
from common.ids import uuid7
from tenancy.models import Membership, TenantModel


class OutsideExport(TenantModel):
    """A file that somebody had made for an outside system: what of, how many rows, its hash.

    An incremental one holds what changed between two moments: since the last whole or incremental
    one of the same organisation, system and batch, with some minutes' overlap, for what was then
    being written. The job of the same subject makes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    org_id = models.BigIntegerField("单位")
    system = models.CharField("外部系统", max_length=20)
    version = models.CharField("列的版本", max_length=20)
    batch = models.ForeignKey(
        ServiceBatch, models.PROTECT, null=True, related_name="+", verbose_name="批次"
    )
    since_on = models.DateField("自", null=True)
    until_on = models.DateField("至", null=True)
    changed_from = models.DateTimeField("变动自", null=True)
    changed_until = models.DateTimeField("变动至")
    rows = models.JSONField("行数", default=dict)
    sha256 = models.CharField("文件哈希", max_length=64, blank=True)
    started_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    started_by_name = models.CharField("导出人", max_length=120)
    started_at = models.DateTimeField("导出时间")
    made_at = models.DateTimeField("制成时间", null=True)

    class Meta:
        verbose_name = "外部系统导出"
        verbose_name_plural = "外部系统导出"
        indexes = [models.Index(fields=["org_id", "-id"], name="outside_export_own")]
        constraints = [
            models.CheckConstraint(
                name="outside_export_made_has_sha256",
                condition=models.Q(made_at=None) | ~models.Q(sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.started_at:%Y-%m-%d}"
