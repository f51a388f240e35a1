from django.core.validators import MinValueValidator
from django.db import models

from tenancy.models import TenantModel


class EffectMonth(TenantModel):
    """One month's safety figures of an agency's region, as the agency itself reports them.

    They stand beside the points in a summary and are never computed from them: whether accidents,
    cases and fines go down with the points is for the reader to judge (domain.md 2.7, F18).
    """

    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份")
    accidents = models.PositiveIntegerField("生产安全事故（起）")
    deaths = models.PositiveIntegerField("死亡（人）")
    cases = models.PositiveIntegerField("行政处罚立案（件）")
    fines = models.DecimalField(
        "罚款（万元）", max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    source = models.CharField("数据来源", max_length=120)
    noted_at = models.DateTimeField("登记时间")
    noted_by_name = models.CharField("登记人", max_length=40)

    class Meta:
        verbose_name = "成效数据"
        verbose_name_plural = "成效数据"
        ordering = ["year", "month"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "year", "month"], name="effect_month_once"
            ),
            models.CheckConstraint(
                condition=models.Q(month__gte=1, month__lte=12), name="effect_month_of_twelve"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_agency_id} {self.year}年{self.month}月"
