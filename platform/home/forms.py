from typing import Any

from django import forms

from home.inbox import TOPICS
from home.models import DeadlineRules, DeadlineWarning


class MessageFilter(forms.Form):
    """Which messages are shown; it stays in the URL. Nonsense is no filter."""

    part = forms.CharField(widget=forms.HiddenInput, required=False)
    topic = forms.ChoiceField(label="内容", required=False, choices=[("", "全部"), *TOPICS.items()])
    show = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("unread", "未读")]
    )

    def chosen(self, name: str) -> str:
        """Return what was chosen, '' for nothing or for what there is not."""
        return str(self.cleaned_data.get(name, "")) if self.is_bound else ""


class WarningFilter(forms.Form):
    """Which warnings are shown; it stays in the URL."""

    step = forms.ChoiceField(
        label="提醒", required=False, choices=[("", "全部"), *DeadlineWarning.Step.choices]
    )


class DeadlineRulesForm(forms.Form):
    """An agency's days; whether they are in order is the service's to say, at the wrong field."""

    NAMES = ("first_days", "last_days", "officer_days", "leader_days", "superior_days")

    def __init__(self, *args: Any, current: DeadlineRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(forms.fields_for_model(DeadlineRules, fields=self.NAMES))
        for name, field in self.fields.items():
            field.initial = getattr(current, name)
            field.help_text = "工作日，1至60"
