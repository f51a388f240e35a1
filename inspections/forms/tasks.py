from typing import Any

from django import forms

from agencies.models import ServiceBatch
from agencies.services.inspectors import INSPECTORS
from inspections.services.tasks_edit import Wanted
from tenancy.forms import ActorForm
from tenancy.models import Membership


class TasksForm(ActorForm):
    """What many tasks of a batch are to have, and why; what is left empty stays."""

    inspector = forms.ModelChoiceField(
        label="评估人员", queryset=Membership.objects.none(), required=False, empty_label="不改"
    )
    planned_on = forms.DateField(
        label="计划日期", required=False, help_text="空着不改；计划已批准的，按计划变更办理",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    note = forms.CharField(label="修改说明", max_length=200, help_text="每家企业的记录里都会写上")
    conflict_reason = forms.CharField(
        label="利益冲突说明", max_length=200, required=False, help_text="没有利益冲突的不用填"
    )
    skips_refused = forms.BooleanField(label="跳过不能改的，其余照改", required=False)

    def __init__(self, *args: Any, batch: ServiceBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(org_id=self.actor.org_id, role__in=INSPECTORS)
        field: Any = self.fields["inspector"]
        field.queryset = rows.select_related("user").order_by("user__name")
        field.label_from_instance = lambda row: row.user.name
        self.batch = batch

    @property
    def wanted(self) -> Wanted:
        """Return what is to be changed."""
        data = self.cleaned_data
        return Wanted(data["inspector"], data["planned_on"])
