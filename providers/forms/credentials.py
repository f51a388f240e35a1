from typing import Any

from django import forms

from evidence.forms import FilesField
from providers.models import Qualification, StaffCertificate
from tenancy.models import Membership

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class QualificationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A qualification of the body, with its evidence."""

    files = FilesField(label="证书扫描件")  # type: ignore[assignment]

    class Meta:
        model = Qualification
        fields = ["kind", "scope", "level", "number", "issued_by", "valid_from", "valid_until"]
        widgets = {
            "valid_from": DAY,
            "valid_until": DAY,
            "scope": forms.Textarea(attrs={"rows": 3}),
        }


class StaffCertificateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's certificate, with its evidence."""

    files = FilesField(label="证书扫描件或照片")  # type: ignore[assignment]

    def __init__(self, *args: Any, org_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Membership.objects.own().filter(org_id=org_id).select_related("user")
        field = self.fields["membership"]
        field.queryset = people.order_by("user__name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda person: person.user.name  # type: ignore[attr-defined]

    class Meta:
        model = StaffCertificate
        fields = [
            "membership", "kind", "level", "specialty", "number", "issued_by", "valid_from",
            "valid_until",
        ]  # fmt: skip
        widgets = {"valid_from": DAY, "valid_until": DAY}


class RemoveForm(forms.Form):
    """Why a credential is struck off."""

    reason = forms.CharField(label="注销原因", max_length=200)
