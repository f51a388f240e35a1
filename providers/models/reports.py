"""What a provider says of its year, and of its work away from home (D5 二)."""

from django.db import models
from django_fsm import FSMModelMixin, transition

from tenancy.models import Agency, Organization, TenantModel
from workflow.fields import StateField


class PerformanceReport(FSMModelMixin, TenantModel):
    """A provider's report of one year (年度业绩报告, D5 二(三)): figures, its own words, files.

    Life: draft → submitted; with that its figures are frozen and nothing of it changes any more
    (a trigger). A correction is the next version, which says what it corrects.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已提交"

    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版次", default=1)
    correction = models.CharField("更正说明", max_length=300, blank=True)
    text = models.TextField("业绩说明")
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    body = models.JSONField("冻结内容", default=dict)
    body_sha256 = models.CharField("哈希", max_length=64, blank=True)
    begun_at = models.DateTimeField("建立时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    submitted_by_name = models.CharField("提交人", max_length=80, blank=True)

    class Meta:
        verbose_name = "年度业绩报告"
        verbose_name_plural = "年度业绩报告"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_org", "year", "version"], name="performance_report_version_once"
            ),
            models.UniqueConstraint(
                fields=["provider_org", "year"],
                condition=models.Q(state="draft"),
                name="performance_report_one_draft",
            ),
            models.CheckConstraint(
                name="performance_report_submitted_is_frozen",
                condition=models.Q(state="draft", submitted_at=None)
                | (models.Q(submitted_at__isnull=False) & ~models.Q(body_sha256="")),
            ),
            models.CheckConstraint(
                name="performance_report_correction_says_what",
                condition=models.Q(version=1) | ~models.Q(correction=""),
            ),
        ]
        indexes = [models.Index(fields=["-year", "-id"], name="performance_report_list")]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年度业绩报告"

    @transition("state", source=State.DRAFT, target=State.SUBMITTED)
    def submit(self) -> None:
        """The provider answers for it; its figures are frozen."""


class PerformanceReportPublication(models.Model):
    """What anyone may read of a submitted report: copied out with it; the newest version stands."""

    code = models.CharField(max_length=16, primary_key=True)
    provider_org = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    year = models.PositiveSmallIntegerField("年度")
    body = models.JSONField("内容")
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "年度业绩报告公开内容"
        verbose_name_plural = "年度业绩报告公开内容"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_org", "year"], name="performance_publication_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_org_id} {self.year}"


class CrossRegionNotice(TenantModel):
    """A provider tells the agency of the place that it will work there (跨区域执业告知, D5 二(一)).

    It tells and asks for nothing: the agency acknowledges that it came and can refuse nothing. It
    is needed before the first visit outside the county-level region of the agency that registered
    the provider. `owner_agency` is who is told; it covers every enterprise in that agency's region.
    """

    project = models.CharField("项目", max_length=120)
    contract_number = models.CharField("合同编号", max_length=40, blank=True)
    from_on = models.DateField("自")
    until_on = models.DateField("至")
    qualification = models.TextField("资质")
    people = models.TextField("人员")
    served = models.TextField("服务对象")
    commitment = models.TextField("承诺")
    filed_at = models.DateTimeField("告知时间")
    filed_by_name = models.CharField("告知人", max_length=80)
    acknowledged_at = models.DateTimeField("收悉时间", null=True, blank=True)
    acknowledged_by_name = models.CharField("收悉人", max_length=80, blank=True)

    class Meta:
        verbose_name = "跨区域执业告知"
        verbose_name_plural = "跨区域执业告知"
        constraints = [
            models.CheckConstraint(
                name="cross_region_notice_ends_after_start",
                condition=models.Q(until_on__gte=models.F("from_on")),
                violation_error_message="结束日期不能早于开始日期",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_org", "until_on"], name="cross_region_notice_provider"),
            models.Index(fields=["owner_agency", "-id"], name="cross_region_notice_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.from_on:%Y-%m-%d}"
