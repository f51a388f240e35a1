from django.db import models

from common.ids import uuid7
from tenancy.models import Membership, TenantModel


class Verification(TenantModel):
    """One check of an agency's chain, up to the place where it stood when the check was started.

    The job of the same subject does it in parts; the last one writes down what was found.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    until = models.BigIntegerField("末号")
    hash = models.CharField("末号的封存", max_length=64)
    with_files = models.BooleanField("连同文件", default=False)
    started_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    started_by_name = models.CharField("发起人", max_length=80)
    started_at = models.DateTimeField("发起时间", auto_now_add=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    acts = models.BigIntegerField("核对的记录", default=0)
    files = models.BigIntegerField("核对的文件", default=0)
    problem_count = models.BigIntegerField("问题数", default=0)
    # The first sentences; how many there are in all says `problem_count`.
    problems = models.JSONField("问题", default=list)

    class Meta:
        verbose_name = "存证链核查"
        verbose_name_plural = "存证链核查"
        indexes = [models.Index(fields=["owner_agency", "-id"], name="verification_newest")]

    def __str__(self) -> str:
        return f"{self.owner_agency_id} 至第{self.until}号"
