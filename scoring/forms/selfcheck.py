from typing import Any

from django import forms

from enterprises.entering_forms import SlipForm
from scoring.models import RuleClause, SelfCheckItem
from scoring.services.selfchecks import Found


class SelfCheckForm(forms.Form):
    """What an enterprise finds of one clause."""

    result = forms.ChoiceField(
        label="结果", choices=SelfCheckItem.Result.choices, widget=forms.RadioSelect, required=False
    )
    units = forms.IntegerField(label="项（处）数", min_value=1, max_value=999, required=False)
    fact = forms.CharField(label="情况", max_length=300, required=False)
    responsible_person = forms.CharField(label="责任人", max_length=40, required=False)
    due_on = forms.DateField(
        label="计划完成", required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, clause: RuleClause, item: SelfCheckItem | None = None, **kwargs: Any
    ) -> None:
        self.clause, self.item = clause, item
        names = ("result", "units", "fact", "responsible_person", "due_on")
        kwargs["initial"] = {name: getattr(item, name) for name in names} if item else {}
        super().__init__(*args, **kwargs)
        if not clause.is_per_unit:
            del self.fields["units"]

    @property
    def found(self) -> Found | None:
        """What was found, None where nothing was chosen."""
        data = self.cleaned_data
        if not data["result"]:
            return None
        return Found(
            result=data["result"],
            units=data.get("units") or 1,
            fact=data["fact"],
            responsible_person=data["responsible_person"],
            due_on=data["due_on"],
        )


class SelfCheckEnterForm(SlipForm):
    """The slip of a round that is entered, and whether the owner shows it to the regulator."""

    is_shared = forms.BooleanField(
        label="企业在确认单上写明同意向监管部门公开", required=False,
        help_text="没有写明的不勾选：自查是企业自己的事",
    )  # fmt: skip


class DoneForm(forms.Form):
    """When something of one's own list was mended."""

    done_on = forms.DateField(label="完成日期", widget=forms.DateInput(attrs={"type": "date"}))
