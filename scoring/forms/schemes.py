from decimal import Decimal
from typing import Any

from django import forms

from scoring.appraisals.parameters import LABELS
from scoring.appraisals.rules import FORMULAE, Indicator
from scoring.appraisals.sources import MEASURES
from scoring.forms.versions import VersionDraftForm, VersionParametersForm
from scoring.models import AppraisalScheme, SchemeIndicator


class SchemeDraftForm(VersionDraftForm):
    """Which version of the scheme is begun, and from what."""

    kind, enclosed = AppraisalScheme, "15项指标"


class IndicatorForm(forms.Form):
    """One indicator of a draft; the figures that its formula does not take are left empty."""

    code = forms.RegexField(
        label="编号",
        regex=r"^[A-Z]\d{1,2}$",
        error_messages={"invalid": "一个大写字母加数字，如 B4"},
    )
    group = forms.CharField(label="一级要素", max_length=20)
    name = forms.CharField(label="二级要素", max_length=40)
    weight = forms.DecimalField(
        label="标准分值", min_value=Decimal("0.5"), max_digits=5, decimal_places=2
    )
    measure = forms.ChoiceField(label="计量", choices=list(MEASURES.items()))
    formula = forms.ChoiceField(
        label="计分公式", choices=[(name, one.label) for name, one in FORMULAE.items()]
    )
    zero_at = forms.DecimalField(
        label="不得分的占比", required=False, min_value=0, help_text="按比例时填，如 0.6"
    )
    full_at = forms.DecimalField(
        label="满分的占比", required=False, min_value=0, help_text="按比例时填，如 1"
    )
    step = forms.DecimalField(
        label="每档占比", required=False, min_value=0, help_text="按档扣分时填，如 0.02"
    )
    off = forms.DecimalField(
        label="每起扣几分", required=False, min_value=0, help_text="每起扣分时填"
    )
    full_without_cases = forms.BooleanField(label="没有适用情形时按满分计", required=False)
    point = forms.CharField(label="考评要点", max_length=200)
    scoring = forms.CharField(label="评分标准", max_length=200)
    method = forms.CharField(label="考评方式", max_length=60)
    duty = forms.CharField(label="职责出处", max_length=60, required=False)

    @staticmethod
    def of(indicator: SchemeIndicator) -> dict[str, Any]:
        """Return the form's values of an indicator that is there."""
        names = [name for name in IndicatorForm.base_fields if hasattr(indicator, name)]
        return {**{name: getattr(indicator, name) for name in names}, **indicator.figures}

    @property
    def indicator(self) -> Indicator:
        """What was typed, as an indicator."""
        values = {**self.cleaned_data}
        given = {name: values.pop(name) for name in ("zero_at", "full_at", "step", "off")}
        wanted = FORMULAE[values["formula"]].fields
        figures = {name: given[name] for name in wanted if given[name] is not None}
        return Indicator(figures=figures, **values)


class SchemeParametersForm(VersionParametersForm):
    """The parameters of a draft of the scheme."""

    labels = LABELS
