from typing import Any

from django import forms

from tenancy.enums import Role
from tenancy.forms import ActorForm
from tenancy.models import Membership


class GiveForm(ActorForm):
    """The second officer, and the enterprise's signature or its refusal."""

    second_officer = forms.ModelChoiceField(
        label="第二名检查人员", queryset=Membership.objects.none(), empty_label="请选择"
    )
    representative_name = forms.CharField(label="现场负责人姓名", max_length=40, required=False)
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    refusal_reason = forms.CharField(label="拒签原因", max_length=200, required=False)
    witness_name = forms.CharField(label="见证人", max_length=40, required=False)
    is_obstructed = forms.BooleanField(
        label="拒绝、阻碍检查", required=False, help_text="另加处，并移送执法"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.filter(
            org_id=self.actor.org_id, role=Role.OFFICER, ended_at=None
        ).exclude(pk=self.actor.member)
        self.fields["second_officer"].queryset = rows.select_related("user")  # type: ignore[attr-defined]
