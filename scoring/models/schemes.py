"""The scheme of the evaluation (考评方案): an agency's, in versions."""

from decimal import Decimal

from django.db import models

from scoring.appraisals.parameters import SchemeParameters
from scoring.appraisals.rules import Indicator, Scheme
from scoring.models.versions import RulesVersion, version_constraints


class AppraisalScheme(RulesVersion):
    """One version of an agency's scheme."""

    class Meta:
        verbose_name = "考评方案"
        verbose_name_plural = "考评方案"
        constraints = version_constraints("appraisal_scheme")

    @property
    def as_scheme(self) -> Scheme:
        """What is computed with."""
        return Scheme(
            name="服务机构绩效考评指标",
            version=self.version,
            is_proposal=self.is_proposal,
            indicators=tuple(one.as_indicator for one in self.indicators.all()),
            parameters=SchemeParameters.of(self.parameters),
        )


class SchemeIndicator(models.Model):
    """One indicator (指标) of a scheme."""

    scheme = models.ForeignKey(AppraisalScheme, models.CASCADE, related_name="indicators")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    position = models.PositiveSmallIntegerField("次序")
    code = models.CharField("编号", max_length=8)
    group = models.CharField("一级要素", max_length=20)
    name = models.CharField("二级要素", max_length=40)
    weight = models.DecimalField("标准分值", max_digits=5, decimal_places=2)
    measure = models.CharField("计量", max_length=20)
    formula = models.CharField("计分公式", max_length=10)
    figures = models.JSONField("公式参数", default=dict, blank=True)
    full_without_cases = models.BooleanField("没有适用情形时按满分计", default=False)
    point = models.CharField("考评要点", max_length=200)
    scoring = models.CharField("评分标准", max_length=200)
    method = models.CharField("考评方式", max_length=60)
    duty = models.CharField("职责出处", max_length=60, blank=True)

    class Meta:
        verbose_name = "考评指标"
        verbose_name_plural = "考评指标"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="scheme_indicator_once"),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0), name="scheme_indicator_weighs_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def as_indicator(self) -> Indicator:
        """The indicator as the rules see it."""
        names = (
            "code", "group", "name", "weight", "measure", "formula", "full_without_cases",
            "point", "scoring", "method", "duty",
        )  # fmt: skip
        figures = {name: Decimal(value) for name, value in self.figures.items()}
        return Indicator(**{name: getattr(self, name) for name in names}, figures=figures)
