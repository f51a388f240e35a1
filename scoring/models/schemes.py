"""The scheme of the evaluation (考评方案): an agency's, in versions."""

from decimal import Decimal

from django.db import models
from django_fsm import FSMModelMixin, transition

from scoring.appraisals.parameters import SchemeParameters
from scoring.appraisals.rules import Indicator, Scheme
from tenancy.models import Agency, Owned
from workflow.fields import StateField


class AppraisalScheme(FSMModelMixin, Owned):
    """One version of an agency's scheme. A draft is edited; adopted, nothing of it changes."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ADOPTED = "adopted", "已施行"

    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    region_code = models.CharField("属地", max_length=12, db_collation="C")
    version = models.CharField("版本", max_length=40)
    state = StateField("状态", default=State.DRAFT, choices=State.choices)
    adopted_on = models.DateField("施行日期", null=True, blank=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由此修订"
    )
    is_proposal = models.BooleanField("试拟稿", default=True)
    note = models.TextField("修订说明", blank=True)
    parameters = models.JSONField("参数", default=dict)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)

    class Meta:
        verbose_name = "考评方案"
        verbose_name_plural = "考评方案"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_agency", "version"], name="appraisal_scheme_once"
            ),
            models.UniqueConstraint(
                fields=["owner_agency", "adopted_on"], name="appraisal_scheme_one_a_day"
            ),
            models.CheckConstraint(
                name="appraisal_scheme_adopted_has_day",
                condition=~models.Q(state="adopted") | models.Q(adopted_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def tenant(self) -> dict[str, object]:
        """Whose it is, as keyword arguments for a row that hangs on it."""
        return {
            "owner_agency_id": self.owner_agency_id, "region_code": self.region_code,
            "provider_org_id": None, "enterprise_org_id": None,
        }  # fmt: skip

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

    @transition("state", source=State.DRAFT, target=State.ADOPTED)
    def adopt(self) -> None:
        """From its day on it is what providers are evaluated by."""


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
