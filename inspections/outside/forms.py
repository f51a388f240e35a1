from typing import Any

from django import forms

from agencies.models import ServiceBatch
from inspections.outside.mapping import choices
from tenancy.access import within
from tenancy.forms import ActorForm

DAY, ISO = {"type": "date"}, "%Y-%m-%d"


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs=DAY, format=ISO)
    return forms.DateField(label=label, required=False, widget=widget)


class ExportForm(ActorForm):
    """For which system, of what."""

    system = forms.ChoiceField(label="外部系统", choices=choices)
    batch = forms.ModelChoiceField(
        label="批次", queryset=ServiceBatch.objects.none(), required=False, empty_label="全部企业"
    )
    is_incremental = forms.BooleanField(
        label="只要上次导出以来的变动", required=False,
        help_text="从最近一次全部导出或变动导出算起；勾选后不用填日期",
    )  # fmt: skip
    since_on = _day("排查、整改日期自")
    until_on = _day("至")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["batch"]
        field.queryset = (
            ServiceBatch.objects.filter(within(self.actor))
            .select_related("owner_agency")
            .order_by("-pk")
        )
        if self.actor.is_provider:
            field.required, field.empty_label = True, "请选择"

    def clean(self) -> dict[str, Any]:
        """Either what changed, or a period."""
        data = self.cleaned_data
        if data.get("is_incremental") and (data.get("since_on") or data.get("until_on")):
            self.add_error("is_incremental", "变动导出不按日期筛选，请去掉日期或不要勾选")
        if data.get("since_on") and data.get("until_on") and data["since_on"] > data["until_on"]:
            self.add_error("until_on", "截止日期早于开始日期")
        return data
