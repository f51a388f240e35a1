"""Reference data that comes with the software: library, checklists, guidance topics, criteria."""

from django.db import models


class Severity(models.TextChoices):
    """Grades of a hazard; never mixed with point colours or risk colours."""

    GENERAL = "general", "一般"
    MAJOR = "major", "重大"


class LibraryEntry(models.Model):
    """A hazard as the library knows it: what to write, on what basis, and what to propose.

    Reference data, loaded by `manage.py load_content`; text that we do not have stays empty.
    """

    code = models.CharField("编号", max_length=20, primary_key=True)
    category = models.CharField("类别", max_length=20)
    subcategory = models.CharField("细类", max_length=40)
    title = models.CharField("名称", max_length=80)
    description = models.TextField("描述", blank=True)
    severity = models.CharField("等级", max_length=8, choices=Severity.choices)
    basis = models.CharField("依据", max_length=300, blank=True)
    criterion = models.CharField("重大隐患判定条款", max_length=120, blank=True)
    in_force_from = models.DateField("施行日期", null=True)
    in_force_until = models.DateField("失效日期", null=True)
    measure = models.TextField("整改建议", blank=True)
    deadline_days = models.PositiveSmallIntegerField("建议期限")
    deadline_in_workdays = models.BooleanField("按工作日", default=True)
    clause_code = models.CharField("记分条款", max_length=8, blank=True)
    is_text_missing = models.BooleanField("条文未收录", default=False)
    provenance = models.CharField("来源", max_length=20)
    search_text = models.TextField(editable=False)
    is_retired = models.BooleanField("停用", default=False)

    class Meta:
        verbose_name = "隐患库条目"
        verbose_name_plural = "隐患库"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title


class ChecklistTemplate(models.Model):
    """One version of a checklist: common, for an industry, or for a risk factor."""

    code = models.CharField("代号", max_length=20)
    version = models.CharField("版本", max_length=20)
    name = models.CharField("名称", max_length=60)
    industry = models.CharField("行业", max_length=10, blank=True)
    risk_keywords = models.JSONField("适用风险", default=list)
    valid_from = models.DateField("启用日期")
    provenance = models.CharField("来源", max_length=20)

    class Meta:
        verbose_name = "检查表"
        verbose_name_plural = "检查表"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="checklist_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class ChecklistItem(models.Model):
    """One question, answered 符合 / 不符合 / 不涉及."""

    class Part(models.TextChoices):
        SOFT = "soft", "软件资料检查"
        SITE = "site", "现场隐患排查"

    template = models.ForeignKey(ChecklistTemplate, models.PROTECT, related_name="items")
    code = models.CharField("编号", max_length=20)
    part = models.CharField("部分", max_length=4, choices=Part.choices)
    position = models.PositiveSmallIntegerField("次序")
    text = models.CharField("检查内容", max_length=300)
    method = models.CharField("检查方法", max_length=300, blank=True)
    library_codes = models.JSONField("对应隐患", default=list)
    is_photo_required = models.BooleanField("须拍照", default=False)
    is_major = models.BooleanField("涉及重大隐患", default=False)
    # {code of an earlier question: answers with which this one is asked}; empty: always.
    asked_if = models.JSONField("提问条件", default=dict)

    class Meta:
        verbose_name = "检查项"
        verbose_name_plural = "检查项"
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(fields=["template", "code"], name="checklist_item_once"),
        ]

    def __str__(self) -> str:
        return self.text


class GuidanceTopic(models.Model):
    """What phase 2 must leave a trace of (domain.md 1.1, service content 3 to 6; A12: labels are data).

    A topic with `risk_keywords` concerns an enterprise whose risk factors name one of them.
    """

    code = models.CharField("代号", max_length=24, primary_key=True)
    group = models.CharField("类别", max_length=40)
    name = models.CharField("名称", max_length=60)
    hint = models.CharField("应留下什么", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("次序")
    criterion = models.PositiveSmallIntegerField("对应验收标准", null=True, blank=True)
    risk_keywords = models.JSONField("适用风险", default=list)
    is_retired = models.BooleanField("停用", default=False)

    class Meta:
        verbose_name = "指导事项"
        verbose_name_plural = "指导事项"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    def concerns(self, risk_factors: str) -> bool:
        """Whether an enterprise with these risk factors has to do with it."""
        return not self.risk_keywords or any(word in risk_factors for word in self.risk_keywords)


class AcceptanceCriterion(models.Model):
    """One of the nine acceptance criteria of the plan (D12, 七、验收标准)."""

    number = models.PositiveSmallIntegerField("序号", primary_key=True)
    short = models.CharField("简称", max_length=20)
    text = models.CharField("标准", max_length=200)
    evidence = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = "验收标准"
        verbose_name_plural = "验收标准"
        ordering = ["number"]

    def __str__(self) -> str:
        return self.text
