"""What anyone may read of purchases."""

from django.db import models

from tenancy.models import Agency


class PurchasePublication(models.Model):
    """What was published of a purchase, copied out at publication; it never changes afterwards.

    Withdrawn, it keeps its trace: that it was there, when and why it was taken back.
    """

    class Kind(models.TextChoices):
        PLAN = "plan", "年度购买计划"
        ANNOUNCEMENT = "announcement", "采购公告"
        AWARD = "award", "中标（成交）结果公告"
        ENDED = "ended", "废标、终止公告"
        ACCEPTANCE = "acceptance", "履约验收公告"

    class State(models.TextChoices):
        PUBLISHED = "published", "公开中"
        WITHDRAWN = "withdrawn", "已撤回"

    code = models.CharField("公开代号", max_length=16, primary_key=True)
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    agency_name = models.CharField("发布单位", max_length=100)
    is_training = models.BooleanField("演示", default=False)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    title = models.CharField("标题", max_length=200)
    body = models.JSONField("内容")
    body_sha256 = models.CharField("内容哈希", max_length=64)
    published_at = models.DateTimeField("公开时间")
    published_by_name = models.CharField("公开人", max_length=80)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PUBLISHED)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)
    withdrawn_by_name = models.CharField("撤回人", max_length=80, blank=True)

    class Meta:
        verbose_name = "采购公开"
        verbose_name_plural = "采购公开"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "kind"],
                condition=models.Q(state="published"),
                name="publication_stands_once",
            ),
            models.CheckConstraint(
                name="publication_withdrawn_has_time_and_reason",
                condition=models.Q(state="published")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_reason="")),
            ),
        ]
        indexes = [models.Index(fields=["-published_at", "code"], name="publication_newest")]

    def __str__(self) -> str:
        return self.title
