"""Forms about signs: what the list shows, why one is nothing, from which figure on there is one."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from agencies.forms.contracts import offer_batches
from agencies.models import ServiceBatch
from enterprises.search import named
from inspections.access import signs_seen
from inspections.models import Sign
from inspections.signs.thresholds import ABOUT, About, Thresholds
from tenancy.forms import ActorForm

STATES = [("", "待核实"), ("dismissed", "已排除"), ("lapsed", "不再成立"), ("all", "全部")]


class SignFilter(ActorForm):
    """What the list of signs is filtered by; everything in it stays in the URL."""

    q = forms.CharField(
        label="企业",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Sign.Kind.choices]
    )
    batch = forms.ModelChoiceField(
        label="批次", required=False, queryset=ServiceBatch.objects.none(), empty_label="全部"
    )
    provider = forms.ChoiceField(label="服务机构", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    assignment = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, providers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].choices = [("", "全部"), *providers]  # type: ignore[attr-defined]
        offer_batches(self)

    def rows(self) -> QuerySet[Sign]:
        """Return the signs that the filter lets through; nonsense lets nothing through."""
        if not self.is_valid():
            return Sign.objects.none()
        chosen, rows = self.cleaned_data, signs_seen(self.actor)
        exact = {
            "kind": "kind", "assignment": "assignment", "assignment__batch": "batch",
            "provider_org": "provider",
        }  # fmt: skip
        for column, name in exact.items():
            if chosen.get(name):
                rows = rows.filter(**{column: chosen[name]})
        for word in chosen["q"].split():
            rows = rows.filter(named(word, "enterprise__"))
        if chosen["state"] == "dismissed":
            return rows.exclude(dismissed_at=None)
        if chosen["state"] == "lapsed":
            return rows.filter(dismissed_at=None).exclude(lapsed_at=None)
        return rows if chosen["state"] == "all" else rows.standing()

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return []
        found = []
        for name in ("q", "kind", "batch", "provider", "state"):
            value, field = self.cleaned_data.get(name), self.fields[name]
            if value:
                words = dict(getattr(field, "choices", ())).get(value, value)
                found.append((f"{field.label}：{words}", name))
        return found + [("只看一家企业", "assignment")] * bool(self.cleaned_data["assignment"])


class DismissForm(forms.Form):
    """Why a sign is nothing."""

    reason = forms.CharField(
        label="排除原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写排除原因：核实了什么，怎样核实的"},
    )


class ThresholdsForm(forms.Form):
    """Every threshold; one that is left empty is the default again."""

    def __init__(self, data: Any = None, *, current: Thresholds) -> None:
        super().__init__(data, initial={name: getattr(current, name) for name in ABOUT})
        for about in ABOUT.values():
            self.fields[about.name] = _threshold(about)

    def clean(self) -> dict[str, Any]:
        """Fill in the defaults."""
        for about in ABOUT.values():
            if self.cleaned_data.get(about.name) is None and about.name not in self.errors:
                self.cleaned_data[about.name] = about.default
        return self.cleaned_data


def _threshold(about: About) -> forms.IntegerField:
    way = "调大疑点增多" if about.is_strict else "调大疑点减少"
    limits = f"应在{about.least}至{about.most}{about.unit}之间"
    return forms.IntegerField(
        label=f"{about.label}（{about.unit}）",
        required=False,
        min_value=about.least,
        max_value=about.most,
        help_text=f"默认 {about.default:,}。{about.why}。{way}。",
        error_messages={
            "min_value": limits, "max_value": limits, "invalid": "请填写整数",
        },
    )  # fmt: skip
