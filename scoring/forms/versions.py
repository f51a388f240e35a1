"""What is asked about a version of an agency's rules: where it comes from, its figures, its day."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from scoring.models.versions import RulesVersion
from scoring.selectors import adopted_for
from tenancy.forms import ActorForm


class VersionDraftForm(ActorForm):
    """Which version is begun, and from what; `kind` and `enclosed` are the subclass's."""

    kind: ClassVar[type[RulesVersion]]
    enclosed: ClassVar[str]

    version = forms.CharField(label="新版本名称", max_length=40, help_text="例如 2027-1")
    based_on: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label="复制自", queryset=None, required=False
    )
    note = forms.CharField(
        label="修订说明", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["based_on"]
        field.empty_label = f"随软件的试拟稿（{self.enclosed}）"
        field.queryset = self.kind._default_manager.order_by("-adopted_on", "-pk")
        field.initial = adopted_for(self.kind, self.actor.region_lo).first()


class VersionParametersForm(forms.Form):
    """The parameters of a draft, each in a field of its kind; `labels` name them."""

    labels: ClassVar[Mapping[str, str]]

    note = forms.CharField(
        label="修订说明", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_proposal = forms.BooleanField(
        label="试拟稿", required=False, help_text="每份文书上注明所依据的是试拟稿"
    )

    def __init__(self, *args: Any, values: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            self.fields[name] = _field(label, getattr(values, name))

    @property
    def parameters(self) -> dict[str, Any]:
        """What was typed, as a version stores it."""
        values = {name: self.cleaned_data[name] for name in self.labels}
        return {n: str(v) if isinstance(v, Decimal) else v for n, v in values.items()}


def _field(label: str, value: object) -> forms.Field:
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False, initial=value)
    if isinstance(value, int):
        return forms.IntegerField(label=label, min_value=0, initial=value)
    return forms.DecimalField(label=label, min_value=0, decimal_places=2, initial=value)


class AdoptForm(forms.Form):
    """From which day a draft counts."""

    adopted_on = forms.DateField(label="施行日期", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, from_then: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adopted_on"].help_text = from_then
