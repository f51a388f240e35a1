from decimal import Decimal
from typing import Any

from django import forms

from scoring.appraisals.parameters import LABELS, SchemeParameters
from scoring.appraisals.reading import schemes_for
from scoring.appraisals.rules import FORMULAE, Indicator
from scoring.appraisals.sources import MEASURES
from scoring.models import AppraisalScheme, SchemeIndicator
from tenancy.forms import ActorForm


class SchemeDraftForm(ActorForm):
    """Which version is begun, and from what."""

    version = forms.CharField(label="新版本名称", max_length=40, help_text="例如 2027-1")
    based_on = forms.ModelChoiceField(
        label="复制自", queryset=AppraisalScheme.objects.none(), required=False,
        empty_label="随软件的试拟稿（15项指标）",
    )  # fmt: skip
    note = forms.CharField(
        label="修订说明", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["based_on"]
        field.queryset = AppraisalScheme.objects.order_by("-adopted_on", "-pk")
        field.initial = schemes_for(self.actor.region_lo).first()


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


class SchemeParametersForm(forms.Form):
    """The parameters of a draft, each in a field of its kind."""

    note = forms.CharField(
        label="修订说明", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_proposal = forms.BooleanField(
        label="试拟稿", required=False, help_text="每份文书上注明所用方案为试拟稿"
    )

    def __init__(self, *args: Any, parameters: SchemeParameters, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            value = getattr(parameters, name)
            kind = forms.IntegerField if isinstance(value, int) else forms.DecimalField
            self.fields[name] = kind(label=label, min_value=0, initial=value)

    @property
    def parameters(self) -> dict[str, Any]:
        """What was typed, as a scheme stores it."""
        values = {name: self.cleaned_data[name] for name in LABELS}
        return {n: str(v) if isinstance(v, Decimal) else v for n, v in values.items()}
