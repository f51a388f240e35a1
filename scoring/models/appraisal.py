"""The evaluation of a provider."""

from django.db import models

from agencies.models import ServiceContract
from tenancy.models import TenantModel


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
