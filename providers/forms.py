from typing import Any

from django import forms

from evidence.forms import FilesField
from providers.models import Qualification, StaffCertificate
from tenancy.models import Membership

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ProviderForm(forms.Form):
    """A provider to be registered."""

    name = forms.CharField(label="机构名称", max_length=100)
    short_name = forms.CharField(label="机构简称", max_length=20, help_text="用于文号，如 冀安泰")
    credit_code = forms.CharField(label="统一社会信用代码", max_length=40)
    contact_name = forms.CharField(label="联系人", max_length=40, required=False)
    phone = forms.CharField(label="联系电话", max_length=60, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    required_qualification = forms.CharField(
        label="法定资质要求", max_length=60, required=False,
        help_text="法律法规要求资质的业务才填写；其他服务不设门槛，留空即为无需资质",
    )  # fmt: skip


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
        people = Membership.objects.filter(org_id=org_id, ended_at=None).select_related("user")
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
