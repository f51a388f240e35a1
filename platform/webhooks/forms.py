from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from common.outside import MAX_URL
from webhooks.catalogue import LABELS, choices
from webhooks.models import Delivery, Endpoint

DAY, ISO = {"type": "date"}, "%Y-%m-%d"


class EndpointForm(forms.Form):
    """Where to, for what, and which events."""

    url = forms.CharField(
        label="网址", max_length=MAX_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text="接收系统的公网地址，须以 https:// 开头；不能是内部网络的地址",
    )  # fmt: skip
    description = forms.CharField(
        label="用途", max_length=100, help_text="例如：市局一网统管平台，联系人王工"
    )
    kinds = forms.MultipleChoiceField(label="事件", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = choices()  # type: ignore[attr-defined]


class DeliveryFilter(forms.Form):
    """What the log of deliveries is filtered by; everything in it stays in the URL."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Delivery.State.choices]
    )
    kind = forms.ChoiceField(label="事件", required=False, choices=[("", "全部"), *LABELS.items()])

    def __init__(self, *args: Any, endpoint: Endpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endpoint = endpoint

    def rows(self) -> QuerySet[Delivery]:
        """Return the deliveries that the filter lets through; nonsense lets nothing through."""
        rows = Delivery.objects.filter(endpoint=self.endpoint)
        if not self.is_valid():
            return rows.none()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**chosen)

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return [("筛选条件有误", name) for name in self.errors]
        names = {"state": dict(Delivery.State.choices), "kind": LABELS}
        return [
            (f"{self.fields[name].label}：{words[self.cleaned_data[name]]}", name)
            for name, words in names.items()
            if self.cleaned_data[name]
        ]


class SinceForm(forms.Form):
    """From which day on."""

    since = forms.DateField(
        label="从哪天起", widget=forms.DateInput(attrs=DAY, format=ISO),
        help_text="把这天以来没有送达的事件全部重新发送",
    )  # fmt: skip

    def clean_since(self) -> datetime:
        """Return the beginning of the day."""
        day = self.cleaned_data["since"]
        if day > timezone.localdate():
            raise forms.ValidationError("不能晚于今天")
        return timezone.make_aware(datetime.combine(day, time.min))
