"""How many hazards there are, by region and by provider: kept by triggers (`common.tally`)."""

from django.db import models


class HazardTally(models.Model):
    """So many hazards more or fewer, in a region or of a provider; the count is the sum.

    Of region and provider each row names one. Who sees it: the region, or the provider.
    """

    region_code = models.CharField(  # noqa: DJ001  (NULL: the row is a provider's)
        "属地", max_length=12, db_collation="C", null=True
    )
    provider_org_id = models.BigIntegerField("服务机构", null=True)
    state = models.CharField("状态", max_length=12)
    severity = models.CharField("等级", max_length=8)
    is_overdue = models.BooleanField("逾期")
    number = models.BigIntegerField("增减")

    class Meta:
        verbose_name = "隐患数"
        verbose_name_plural = "隐患数"
        indexes = [
            models.Index(
                fields=["region_code"], include=["state", "severity", "is_overdue", "number"],
                condition=models.Q(region_code__isnull=False), name="hazard_tally_region",
            ),
            models.Index(
                fields=["provider_org_id"], condition=models.Q(provider_org_id__isnull=False),
                name="hazard_tally_provider",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.region_code or self.provider_org_id} {self.state} {self.number}"
