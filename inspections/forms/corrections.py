from django import forms

from inspections.forms.visits import DAY, ISO, HazardForm
from inspections.models import Severity

WHY = "写给企业和监管部门看：原来错在哪里，怎样发现的"


def _words(label: str, **more: object) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **more)  # type: ignore[arg-type]


class CorrectForm(forms.Form):
    """An issued hazard as it should read."""

    place = forms.CharField(label="部位或场所", max_length=100)
    description = _words("隐患描述")
    severity = forms.ChoiceField(label="等级", choices=Severity.choices)
    category = forms.ChoiceField(
        label="类别",
        choices=HazardForm.base_fields["category"].choices,  # type: ignore[attr-defined]
    )
    subcategory = forms.CharField(label="细类", max_length=40, required=False)
    basis = forms.CharField(label="判定或违反的条款", max_length=300, required=False)
    measure = _words("整改措施")
    due_on = forms.DateField(
        label="整改期限", widget=forms.DateInput(attrs=DAY, format=ISO),
        help_text="企业需要更多时间的，由企业申请延期；这里只更正写错的期限",
    )  # fmt: skip
    reason = _words("更正原因", max_length=300, help_text=WHY)


class ReasonForm(forms.Form):
    """Why something is taken back or opened again."""

    reason = _words("原因", max_length=300, help_text=WHY)


class ConsentForm(forms.Form):
    """The regulator's answer to a correction or a reopening."""

    decision = forms.ChoiceField(
        label="答复", choices=[("allow", "同意"), ("refuse", "不同意")], widget=forms.RadioSelect
    )
    answer = forms.CharField(label="说明", max_length=300, required=False)


class NoteForm(forms.Form):
    """What came of looking at something again."""

    note = forms.CharField(label="核对结果", max_length=300)
