from typing import Any

from django import forms

from enterprises.entering_forms import SlipForm
from evidence.forms import FilesField
from scoring.models import Appraisal, InquiryRecord
from scoring.models.parties import MOST, QUESTIONS

AREA = forms.Textarea(attrs={"rows": 4})


def _numbers(required: bool = True) -> tuple[forms.DecimalField, forms.DecimalField]:
    numerator, denominator = (
        forms.DecimalField(
            label=label, min_value=0, max_digits=12, decimal_places=2, required=required
        )
        for label in ("核定后的分子", "核定后的分母")
    )
    return numerator, denominator


class CorrectForm(forms.Form):
    """What is counted of an indicator instead, and why."""

    numerator, denominator = _numbers()
    reason = forms.CharField(label="理由", max_length=500, widget=AREA)


class CloseForm(forms.Form):
    """Why the forms are closed before their last day."""

    reason = forms.CharField(
        label="提前截止的原因", max_length=200, required=False,
        help_text="期限已到，或者都已提交的，不用填写",
    )  # fmt: skip


class ThirdPartyForm(forms.Form):
    """Which third body is asked."""

    body_name = forms.CharField(label="第三方机构名称", max_length=100)


class ThirdPartyFileForm(forms.Form):
    """A third body's score."""

    score = forms.DecimalField(
        label="评分（0至100）", min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    opinion = forms.CharField(label="评价意见", max_length=2000, widget=AREA)
    person_name = forms.CharField(label="评价人姓名", max_length=40)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A raw record of an enforcement check or of a talk and inquiry."""

    files = FilesField(label="附件（签字页、照片）", required=False)  # type: ignore[assignment]

    class Meta:
        model = InquiryRecord
        fields = ("kind", "held_on", "place", "people", "content", "finding")
        widgets = {"held_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class SelfEvaluationForm(forms.Form):
    """The provider's own score and words on each indicator."""

    summary = forms.CharField(label="自评说明", max_length=5000, widget=AREA)
    files = FilesField(label="证明材料", required=False)  # type: ignore[assignment]

    def __init__(self, *args: Any, indicators: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [one["code"] for one in indicators]
        for one in indicators:
            self.fields[one["code"]] = forms.DecimalField(
                label=f"{one['code']} {one['name']}（{one['weight']}分）", min_value=0,
                max_value=float(one["weight"]), max_digits=5, decimal_places=2,
                help_text=one["point"],
            )  # fmt: skip
            self.fields[f"{one['code']}_words"] = forms.CharField(
                label=f"{one['code']} 说明", max_length=300, required=False
            )
        self.order_fields([*[f for f in self.fields if f not in ("summary", "files")], "summary"])

    @property
    def answers(self) -> dict[str, dict[str, str]]:
        """What was typed, by indicator."""
        data = self.cleaned_data
        return {
            code: {"score": str(data[code]), "words": data[f"{code}_words"].strip()}
            for code in self.codes
        }


class QuestionnaireForm(forms.Form):
    """Ten questions, each 0 to 10."""

    comment = forms.CharField(label="意见和建议", max_length=2000, required=False, widget=AREA)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = [(n, str(n)) for n in range(MOST, -1, -1)]
        for number, question in enumerate(QUESTIONS, start=1):
            self.fields[f"q{number}"] = forms.TypedChoiceField(
                label=f"{number}. {question}", coerce=int, choices=[("", "请选择"), *points]
            )
        self.order_fields([f"q{n}" for n in range(1, len(QUESTIONS) + 1)])

    @property
    def answers(self) -> list[int]:
        """The points in the order of the questions."""
        return [self.cleaned_data[f"q{n}"] for n in range(1, len(QUESTIONS) + 1)]


class QuestionnaireEnterForm(SlipForm, QuestionnaireForm):
    """The same from the slip of an owner without a phone."""


class ObjectionForm(forms.Form):
    """What a provider objects to, and why."""

    code = forms.ChoiceField(label="对哪一项", required=False)
    reason = forms.CharField(label="异议和理由", max_length=5000, widget=AREA)
    files = FilesField(label="证明材料", required=False)  # type: ignore[assignment]

    def __init__(self, *args: Any, appraisal: Appraisal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [(line["code"], f"{line['code']} {line['name']}") for line in appraisal.results]
        self.fields["code"].choices = [("", "考评结果整体"), *lines]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Whether an objection holds, why, and what is counted instead."""

    is_granted = forms.TypedChoiceField(
        label="答复", choices=[("", "请选择"), ("1", "异议成立"), ("0", "异议不成立")],
        coerce=lambda value: value == "1",
    )  # fmt: skip
    answer = forms.CharField(label="答复意见", max_length=5000, widget=AREA)
    numerator, denominator = _numbers(required=False)


class CorrectionForm(forms.Form):
    """A decided result is corrected by a new version."""

    code = forms.ChoiceField(label="更正哪一项")
    numerator, denominator = _numbers()
    reason = forms.CharField(label="更正原因", max_length=300)

    def __init__(self, *args: Any, appraisal: Appraisal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [(line["code"], f"{line['code']} {line['name']}") for line in appraisal.results]
        self.fields["code"].choices = lines  # type: ignore[attr-defined]
