from typing import Any

from django import forms

from scoring.models import PointPresentation, ThresholdEvent

MOMENT = {"type": "datetime-local"}


class EventFilter(forms.Form):
    """Which threshold events are shown; it stands in the URL."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *ThresholdEvent.State.choices]
    )
    kind = forms.ChoiceField(
        label="事件", required=False, choices=[("", "全部"), *ThresholdEvent.Kind.choices]
    )

    def narrow(self, rows: Any) -> Any:
        """Return the rows that the filter lets through."""
        if not self.is_valid():
            return rows.none()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**chosen)


class PresentationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where enterprises speak against points, whom they call, what boards are called."""

    class Meta:
        model = PointPresentation
        fields = ["appeal_place", "contact_name", "contact_phone", "notice_words", "board_title"]


class InterviewForm(forms.Form):
    """When and where the principal is talked to, and why."""

    planned_at = forms.DateTimeField(
        label="时间", widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M")
    )
    place = forms.CharField(label="地点", max_length=200)
    host_name = forms.CharField(label="主持人", max_length=40)
    reason = forms.CharField(label="事由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class HeldForm(forms.Form):
    """What was said in an interview."""

    attended_by = forms.CharField(label="参加人员", max_length=200)
    content = forms.CharField(label="约谈内容", widget=forms.Textarea(attrs={"rows": 6}))
    commitment = forms.CharField(
        label="整改承诺", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class NoteForm(forms.Form):
    """How a measure was carried out."""

    note = forms.CharField(
        label="完成情况", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class TrainingForm(forms.Form):
    """A session that was held on site."""

    person_name = forms.CharField(label="参加人", max_length=40)
    held_on = forms.DateField(label="培训日期", widget=forms.DateInput(attrs={"type": "date"}))
    hours = forms.DecimalField(label="学时", max_digits=4, decimal_places=1, min_value=0)
    trainer_name = forms.CharField(label="授课人", max_length=40)
    score = forms.IntegerField(label="考核成绩", min_value=0, max_value=100, help_text="80分合格")


class PersonForm(forms.Form):
    """Who takes part in an online session."""

    person_name = forms.CharField(label="参加人姓名", max_length=40)


class ExamForm(forms.Form):
    """The questions of a session, one choice each."""

    def __init__(self, *args: Any, questions: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, question in enumerate(questions, start=1):
            choices = list(zip("ABCD", question["choices"], strict=False))
            self.fields[str(number)] = forms.ChoiceField(
                label=f"{number}．{question['text']}", choices=choices, widget=forms.RadioSelect,
                error_messages={"required": "请选择答案"},
            )  # fmt: skip
