from typing import Any

from django import forms

from agencies.models import Assignment
from evidence.forms import FilesField, PhotosField
from inspections.forms.visits import DAY, ISO
from inspections.models import CriterionFinding, GuidanceRecord, GuidanceTopic, Meeting

MOMENT = "%Y-%m-%dT%H:%M"


def day_field(label: str, **more: Any) -> forms.DateField:
    """A day, as a date input takes and gives it."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format=ISO), **more)


def words_field(label: str, rows: int = 3, **more: Any) -> forms.CharField:
    """Several lines of text."""
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


class AcceptForm(forms.Form):
    """The conclusion on one enterprise; empty: what the data say."""

    conclusion = forms.ChoiceField(
        label="结论", choices=Assignment.Conclusion.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="说明", max_length=300, required=False, help_text="与数据显示的结论不同时必填"
    )


class MeetingForm(forms.Form):
    """A meeting to be held."""

    kind = forms.ChoiceField(label="类别", choices=Meeting.Kind.choices)
    title = forms.CharField(label="会议名称", max_length=100)
    starts_at = forms.DateTimeField(
        label="时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
    )
    place = forms.CharField(label="地点", max_length=100)
    host_name = forms.CharField(label="主持人", max_length=40)
    agenda = words_field("议题和材料", required=False)


class AttendanceForm(forms.Form):
    """Who is there."""

    unit_name = forms.CharField(
        label="单位", max_length=100, help_text="企业全称或统一社会信用代码"
    )
    person_name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="职务", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)


class MinutesForm(forms.Form):
    """What was said, and the material that was handed out."""

    minutes = words_field("会议纪要", rows=6)
    files = FilesField(label="会议材料", required=False)  # type: ignore[assignment]


class GuidanceForm(forms.Form):
    """How far one topic has come."""

    state = forms.ChoiceField(
        label="状态", choices=GuidanceRecord.State.choices, widget=forms.RadioSelect
    )
    done_on = day_field("完成日期", required=False)
    helped_by_name = forms.CharField(label="指导人员", max_length=80, required=False)
    note = forms.CharField(
        label="说明", max_length=300, required=False, help_text="材料在哪里，或为什么不涉及"
    )
    files = FilesField(label="文件", required=False)  # type: ignore[assignment]


class GuidanceBulkForm(forms.Form):
    """One topic for several enterprises at once."""

    topic = forms.ModelChoiceField(
        label="事项", queryset=GuidanceTopic.objects.none(), empty_label="请选择"
    )
    state = forms.ChoiceField(label="状态", choices=GuidanceRecord.State.choices)
    done_on = day_field("完成日期", required=False)
    helped_by_name = forms.CharField(label="指导人员", max_length=80, required=False)
    note = forms.CharField(label="材料在哪里", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = GuidanceTopic.objects.filter(is_retired=False)
        self.fields["topic"].queryset = rows  # type: ignore[attr-defined]


class CriterionForm(forms.Form):
    """A person's word on one criterion."""

    result = forms.ChoiceField(
        label="结果", choices=CriterionFinding.Result.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label="依据和说明", max_length=300)


class UnmendedForm(forms.Form):
    """A recheck of what was never handed in."""

    reason = forms.CharField(label="现场情况", max_length=500)
    new_due_on = day_field("再次整改期限")
    is_refused = forms.BooleanField(
        label="企业拒不整改", required=False, help_text="勾选后列入执法检查名单"
    )
    photos = PhotosField(label="复查照片", required=False)


class MajorReportForm(forms.Form):
    """The written report of a major hazard (domain.md 4.6)."""

    causes = words_field("现状及产生原因")
    harm = words_field("危害程度和整改难易程度分析")
    treatment = words_field("治理方案", help_text="目标、方法、经费、机构和人员、时限")
    temporary_measures = words_field("治理期间的安全措施和应急预案")


class NumberForm(forms.Form):
    """The provider's own number."""

    number = forms.CharField(
        label="随机数", max_length=40, help_text="4 到 40 位数字，给出后不能更改"
    )


class ReasonForm(forms.Form):
    """One reason."""

    reason = forms.CharField(label="理由", max_length=300)


class RequirementForm(forms.Form):
    """What the announcement asks of the provider."""

    requirement = words_field("工作要求", rows=4, max_length=2000)


class ProjectReportForm(forms.Form):
    """What no figure says."""

    problems = words_field("存在的主要问题", rows=5, max_length=3000)
    suggestions = words_field("下一步建议", rows=5, max_length=3000)
