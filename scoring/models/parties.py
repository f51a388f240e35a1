"""What the parties of an evaluation say: the provider itself, who was served, a third body.

Forms are sealed: filed, nobody at the agency can read one until all are closed. The database holds
that (its policies let `filed` rows through only once they are `opened`), not the pages alone.
"""

from django.db import models

from agencies.models import Assignment
from common.ids import uuid7
from enterprises.models import Enterprise
from scoring.models.appraisal import Appraisal
from tenancy.models import TenantModel

# Questionnaire v1 of domain.md 3.4: ten questions, 0 to 10 points each [proposal].
QUESTIONS = (
    "按告知的时间到场", "出示身份和资质", "检查细致、不走过场", "讲清标准和依据",
    "提出的建议可操作", "帮助建立台账、预案和制度", "整改后及时复查", "服务态度",
    "没有收费、没有推销", "总体评价",
)  # fmt: skip
MOST = 10


class SelfEvaluation(TenantModel):
    """The provider's own word on each indicator, before it sees any score."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appraisal = models.OneToOneField(Appraisal, models.PROTECT, related_name="self_evaluation")
    # The provider does not see the evaluation yet: what it is asked stands here.
    contract_title = models.CharField("合同", max_length=120)
    agency_name = models.CharField("考评机关", max_length=100)
    indicators = models.JSONField("指标")
    due_on = models.DateField("期限")
    answers = models.JSONField("自评", default=dict)
    summary = models.TextField("自评说明", blank=True)
    filed_at = models.DateTimeField("提交时间", null=True, blank=True)
    filed_by_name = models.CharField("提交人", max_length=80, blank=True)

    class Meta:
        verbose_name = "机构自评"
        verbose_name_plural = "机构自评"

    def __str__(self) -> str:
        return self.contract_title


class Questionnaire(TenantModel):
    """One served enterprise's form (调查问卷)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="questionnaires")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    provider_name = models.CharField("服务机构", max_length=100)
    contract_title = models.CharField("合同", max_length=120)
    due_on = models.DateField("期限")
    answers = models.JSONField("评分", default=list)
    comment = models.TextField("意见和建议", blank=True)
    filed_at = models.DateTimeField("提交时间", null=True, blank=True)
    filed_by_name = models.CharField("提交人", max_length=80, blank=True)
    doubts = models.JSONField("存疑", default=list)
    opened_at = models.DateTimeField("启封时间", null=True, blank=True)
    excluded_reason = models.CharField("不予采用的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "调查问卷"
        verbose_name_plural = "调查问卷"
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "enterprise"], name="questionnaire_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.contract_title}"

    @property
    def score(self) -> int:
        """Out of 100."""
        return sum(self.answers)

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Each question with its points."""
        return list(zip(QUESTIONS, self.answers, strict=False))


class ThirdPartyReview(TenantModel):
    """A third body's score, filed by a link of its own or entered by nobody else."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appraisal = models.OneToOneField(Appraisal, models.PROTECT, related_name="third_party")
    body_name = models.CharField("第三方机构", max_length=100)
    provider_name = models.CharField("服务机构", max_length=100)
    contract_title = models.CharField("合同", max_length=120)
    due_on = models.DateField("期限")
    score = models.DecimalField("评分", max_digits=5, decimal_places=2, null=True, blank=True)
    opinion = models.TextField("评价意见", blank=True)
    filed_at = models.DateTimeField("提交时间", null=True, blank=True)
    filed_by_name = models.CharField("提交人", max_length=80, blank=True)
    opened_at = models.DateTimeField("启封时间", null=True, blank=True)

    class Meta:
        verbose_name = "第三方评价"
        verbose_name_plural = "第三方评价"
        constraints = [
            models.CheckConstraint(
                name="third_party_filed_has_score",
                condition=models.Q(filed_at=None)
                | models.Q(score__gte=0, score__lte=100) & ~models.Q(opinion=""),
            ),
        ]

    def __str__(self) -> str:
        return self.body_name


class InquiryRecord(TenantModel):
    """A raw record behind an evaluation: an enforcement check, or a talk and inquiry (座谈函询).

    Hebei's other two forms, the assessment and the questionnaire, are the sheet and the forms.
    """

    class Kind(models.TextChoices):
        CHECK = "check", "执法检查"
        INQUIRY = "inquiry", "座谈函询"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="records")
    kind = models.CharField("形式", max_length=8, choices=Kind.choices)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=100, blank=True)
    people = models.CharField("参加人员", max_length=300)
    content = models.TextField("内容（问题和回答）")
    finding = models.TextField("认定")
    entered_at = models.DateTimeField("登记时间")
    entered_by_name = models.CharField("登记人", max_length=80)

    class Meta:
        verbose_name = "考评原始记录"
        verbose_name_plural = "考评原始记录"
        ordering = ["held_on", "entered_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.held_on}"
