"""The evaluation of a provider's performance of a contract: frozen, heard, decided, published."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMModelMixin, transition

from agencies.models import ServiceContract
from common.ids import uuid7
from scoring.models.schemes import AppraisalScheme
from tenancy.models import Membership, TenantModel
from workflow.fields import StateField


class Appraisal(FSMModelMixin, TenantModel):
    """One evaluation, from data frozen at one moment (domain.md 3.5).

    An interim one is a result and nothing more. A final one lives: frozen (the provider evaluates
    itself) → scoring (the three parties) → drafted (the provider has its notice and may object) →
    decided → published → archived. What is wrong later is corrected by a new version that names the
    old one; that becomes superseded and keeps what it says.
    """

    class Purpose(models.TextChoices):
        INTERIM = "interim", "过程测算"
        FINAL = "final", "正式考评"

    class State(models.TextChoices):
        INTERIM = "interim", "过程测算"
        FROZEN = "frozen", "机构自评"
        SCORING = "scoring", "三方评价"
        DRAFTED = "drafted", "异议期"
        DECIDED = "decided", "已决定"
        PUBLISHED = "published", "公示中"
        ARCHIVED = "archived", "已归档"
        SUPERSEDED = "superseded", "已被更正"

    OPEN = (State.FROZEN, State.SCORING, State.DRAFTED)  # nothing is decided yet
    STANDING = (State.DECIDED, State.PUBLISHED, State.ARCHIVED)  # what the result is

    contract = models.ForeignKey(ServiceContract, models.PROTECT, related_name="appraisals")
    # Interim: of the contract's outputs. Final: of the year's end.
    job_id = models.UUIDField("作业", null=True, blank=True)
    purpose = models.CharField(
        "性质", max_length=8, choices=Purpose.choices, default=Purpose.INTERIM
    )
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveSmallIntegerField("版次", default=1)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    correction_reason = models.CharField("更正原因", max_length=300, blank=True)
    state = StateField("状态", default=State.INTERIM, choices=State.choices)
    scheme = models.ForeignKey(  # empty: the enclosed proposal
        AppraisalScheme, models.PROTECT, null=True, blank=True, related_name="appraisals"
    )
    scheme_version = models.CharField("考评方案", max_length=40)
    made_at = models.DateTimeField("冻结时间")
    input_sha256 = models.CharField("数据哈希", max_length=64)
    measures = models.JSONField("冻结的计量")
    vetoes = models.JSONField("一票否决情形", default=list)
    open_rechecks = models.PositiveIntegerField("冻结时待复查隐患", default=0)
    # As computed last, from the measures, what corrects them, and the parties.
    results = models.JSONField("各指标", default=list)
    measured_weight = models.DecimalField("已计量权重", max_digits=5, decimal_places=2, default=0)
    buyer_score = models.DecimalField("购买主体得分", max_digits=5, decimal_places=2, default=0)
    served_score = models.DecimalField(
        "服务对象得分", max_digits=5, decimal_places=2, null=True, blank=True
    )
    third_score = models.DecimalField(
        "第三方得分", max_digits=5, decimal_places=2, null=True, blank=True
    )
    parties = models.JSONField("三方构成", default=list)
    flags = models.JSONField("说明", default=list)
    score = models.DecimalField("得分", max_digits=5, decimal_places=2)
    grade = models.CharField("等次", max_length=1)
    veto_reason = models.CharField("一票否决原因", max_length=300, blank=True)
    self_due_on = models.DateField("自评期限", null=True, blank=True)
    scoring_due_on = models.DateField("评价期限", null=True, blank=True)
    closed_at = models.DateTimeField("评价截止时间", null=True, blank=True)
    drafted_by = models.ForeignKey(
        Membership, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟定人"
    )
    drafted_by_name = models.CharField("拟定人", max_length=80, blank=True)
    noticed_at = models.DateTimeField("告知时间", null=True, blank=True)
    objection_until = models.DateField("异议截止", null=True, blank=True)
    decide_by = models.DateField("决定期限", null=True, blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    decided_by_name = models.CharField("决定人", max_length=80, blank=True)
    published_on = models.DateField("公示日期", null=True, blank=True)
    publicity_until = models.DateField("公示截止", null=True, blank=True)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True)

    class Meta:
        verbose_name = "绩效考评"
        verbose_name_plural = "绩效考评"
        indexes = [
            models.Index(fields=["contract", "-made_at"], name="appraisal_contract"),
            models.Index(fields=["provider_org", "-made_at"], name="appraisal_provider"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["job_id"], name="appraisal_once_a_job",
                condition=models.Q(purpose="interim"),
            ),
            models.UniqueConstraint(
                fields=["contract", "year"], name="appraisal_final_once_a_year",
                condition=models.Q(purpose="final") & ~models.Q(state="superseded"),
            ),
            models.CheckConstraint(
                name="appraisal_noticed_once_drafted",
                condition=models.Q(state__in=["interim", "frozen", "scoring"])
                | models.Q(noticed_at__isnull=False, objection_until__isnull=False),
            ),
            models.CheckConstraint(
                name="appraisal_decided_has_day",
                condition=~models.Q(state__in=["decided", "published", "archived"])
                | models.Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="appraisal_published_has_days",
                condition=~models.Q(state="published")
                | models.Q(published_on__isnull=False, publicity_until__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.contract} {self.year}"

    @transition("state", source=State.FROZEN, target=State.SCORING)
    def begin_scoring(self) -> None:
        """The provider has evaluated itself, or its days are over; the three parties do."""

    @transition("state", source=State.SCORING, target=State.DRAFTED)
    def draft(self) -> None:
        """Every form is closed; the provider gets its sheet and may object."""

    @transition("state", source=State.DRAFTED, target=State.DECIDED)
    def decide(self) -> None:
        """Every objection is answered, or its days are over."""

    @transition("state", source=State.DECIDED, target=State.PUBLISHED)
    def publish(self) -> None:
        """Anybody may read it, for its days."""

    @transition("state", source=State.PUBLISHED, target=State.ARCHIVED)
    def archive(self) -> None:
        """Its days are over."""

    @transition("state", source=STANDING, target=State.SUPERSEDED)
    def supersede(self) -> None:
        """A new version stands in its place."""


class AppraisalEvidence(models.Model):
    """The records behind a frozen evaluation, one row a kind of record, as they were that moment.

    `flags[i]` says of record `ids[i]`, two bits an indicator that reads it, whether it counts and
    whether it counts as good (`scoring.appraisals.sources`). Whoever sees the evaluation sees it.
    """

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="evidence")
    source = models.CharField("记录", max_length=12)
    ids = ArrayField(models.TextField(), verbose_name="记录编号")
    flags = ArrayField(models.SmallIntegerField(), verbose_name="判定")
    sha256 = models.CharField("哈希", max_length=64)

    class Meta:
        verbose_name = "考评依据"
        verbose_name_plural = "考评依据"
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "source"], name="evidence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.appraisal_id} {self.source}"


class AppraisalCorrection(TenantModel):
    """What a person put in the place of one measure, and why; rows are added, never changed."""

    class Cause(models.TextChoices):
        BUYER = "buyer", "考评人员核定"
        OBJECTION = "objection", "异议成立"

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="corrections")
    code = models.CharField("指标", max_length=8)
    numerator = models.DecimalField("分子", max_digits=12, decimal_places=2)
    denominator = models.DecimalField("分母", max_digits=12, decimal_places=2)
    cause = models.CharField("来由", max_length=10, choices=Cause.choices)
    reason = models.CharField("理由", max_length=500)
    made_at = models.DateTimeField("核定时间")
    made_by_name = models.CharField("核定人", max_length=80)

    class Meta:
        verbose_name = "计量核定"
        verbose_name_plural = "计量核定"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="correction_is_a_share",
                condition=models.Q(numerator__gte=Decimal(0), denominator__gt=Decimal(0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.numerator}/{self.denominator}"


class AppraisalObjection(FSMModelMixin, TenantModel):
    """What the provider says against its draft, of one indicator or of the whole, and the answer.

    Objection and answer are papers. Whoever drafted the evaluation does not answer.
    """

    class State(models.TextChoices):
        FILED = "filed", "待答复"
        GRANTED = "granted", "成立"
        REFUSED = "refused", "不成立"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="objections")
    code = models.CharField("指标", max_length=8, blank=True)
    reason = models.TextField("异议和理由")
    state = StateField("状态", default=State.FILED, choices=State.choices)
    filed_at = models.DateTimeField("提出时间")
    filed_by_name = models.CharField("提出人", max_length=80)
    answer = models.TextField("答复意见", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by_name = models.CharField("答复人", max_length=80, blank=True)

    class Meta:
        verbose_name = "考评异议"
        verbose_name_plural = "考评异议"
        ordering = ["filed_at"]
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "code"], name="objection_once"),
            models.CheckConstraint(
                name="objection_answered_has_answer",
                condition=models.Q(state="filed")
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appraisal} {self.code}"

    @transition("state", source=State.FILED, target=State.GRANTED)
    def grant(self) -> None:
        """It holds; the measure is corrected."""

    @transition("state", source=State.FILED, target=State.REFUSED)
    def refuse(self) -> None:
        """It does not."""
