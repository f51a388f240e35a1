from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from evidence.forms import FilesField
from providers.forms.credentials import DAY
from providers.models import ProviderRules, StandingDecision

YEAR = 2001  # no leap year: the 29th of February is not in every calendar


class StandingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A measure as it is drafted."""

    files = FilesField(label="证据材料")  # type: ignore[assignment]

    class Meta:
        model = StandingDecision
        fields = [
            "measure", "subject", "name", "credit_code", "certificate_number", "id_number",
            "ground", "ground_words", "facts", "basis", "demand", "demand_due_on", "from_on",
            "until_on",
        ]  # fmt: skip
        widgets = {
            "demand_due_on": DAY, "from_on": DAY, "until_on": DAY,
            "facts": forms.Textarea(attrs={"rows": 4}),
            "basis": forms.Textarea(attrs={"rows": 3}),
            "demand": forms.Textarea(attrs={"rows": 3}),
        }  # fmt: skip
        help_texts = {
            "credit_code": "机构必填；不要求已在本平台登记",
            "certificate_number": "从业人员必填：系统按姓名和证书编号识别",
            "id_number": "只对从业人员，加密保存，只写入文书",
            "ground_words": "事由选“其他”时填写",
            "basis": "法律、规章的条款，或者合同约定",
            "demand": "只对责令整改",
            "from_on": "决定时可以改，不早于决定当日",
            "until_on": "责令整改、吊销和禁入可以不填",
        }


class NoticeForm(forms.Form):
    """How long the body may state its case."""

    days = forms.IntegerField(label="陈述申辩期限（工作日）", min_value=1, max_value=60)


class SayForm(forms.Form):
    """What the body has to say, with files."""

    text = forms.CharField(label="内容", widget=forms.Textarea(attrs={"rows": 6}), max_length=5000)
    files = FilesField(label="附件", required=False)  # type: ignore[assignment]


class DecideForm(forms.Form):
    """The decision: why, from when, until when."""

    reason = forms.CharField(
        label="决定的理由", widget=forms.Textarea(attrs={"rows": 5}), max_length=5000,
        help_text="机构提出陈述申辩的，写明是否采纳和为什么",
    )  # fmt: skip
    from_on = forms.DateField(label="自", widget=DAY)
    until_on = forms.DateField(label="至", widget=DAY, required=False)


class WhyForm(forms.Form):
    """Why a measure is dropped, lifted or kept."""

    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=300)


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """An agency's own figures."""

    class Meta:
        model = ProviderRules
        fields = [
            "statement_days", "report_month", "report_day", "repeat_visits", "allows_consultant"
        ]  # fmt: skip
        help_texts = {
            "repeat_visits": "同一人到同一企业检查超过这个次数，安排时须说明理由",
            "allows_consultant": "不选：机构向企业提供咨询期间，不得再评估该企业",
        }

    def clean(self) -> dict[str, Any]:
        """Refuse a day that is in no calendar, and zeros."""
        data = super().clean() or {}
        try:
            date(YEAR, data.get("report_month") or 0, data.get("report_day") or 0)
        except ValueError as error:
            raise ValidationError({"report_day": "没有这一天"}) from error
        for name in ("statement_days", "repeat_visits"):
            if data.get(name) == 0:
                self.add_error(name, "至少为1")
        return data


class StandingFilter(forms.Form):
    """Which decisions are looked at; everything stands in the URL."""

    q = forms.CharField(label="名称或代码", required=False)
    measure = forms.ChoiceField(
        label="措施", required=False,
        choices=[("", "全部"), *StandingDecision.Measure.choices],
    )  # fmt: skip
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *StandingDecision.State.choices]
    )
