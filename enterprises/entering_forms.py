"""What is asked of who enters for an owner without a phone."""

from typing import Any

from django import forms

from enterprises.entering import Slip
from enterprises.models import Enterprise, EntersFor
from evidence.forms import PhotosField
from tenancy import clock


class NoPhoneForm(forms.Form):
    """Why an owner cannot act himself, and who enters for him."""

    enters = forms.ChoiceField(
        label="由谁代录", choices=EntersFor.choices, widget=forms.RadioSelect,
        help_text="选择服务机构、评价服务机构、记分申辩总由监管部门代录：服务机构有利害关系",
    )  # fmt: skip
    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="例如：负责人七十岁，没有智能手机，2026年6月3日上门确认",
    )


class EndForm(forms.Form):
    """Why the mark is taken off."""

    reason = forms.CharField(label="原因", max_length=200, help_text="例如：已买手机，自己办理")


class SlipForm(forms.Form):
    """The signed slip; mixed in before the form of what it says."""

    signer_name = forms.CharField(label="签字人", max_length=40)
    signed_on = forms.DateField(
        label="签字日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    slip = PhotosField(
        label="签字确认单照片",
        help_text="每一页都拍，字迹和签名看得清",
        error_messages={"required": "代录须上传企业签字的确认单照片"},
    )


def slip_start(enterprise: Enterprise) -> dict[str, Any]:
    """Return what a slip most often says."""
    return {
        "signer_name": enterprise.principal_name,
        "signed_on": clock.today(enterprise.owner_agency_id),
    }


def slip_taken(data: dict[str, Any]) -> Slip:
    """Take the slip out of a form's data; what stays is what it says."""
    return Slip(data.pop("slip"), data.pop("signed_on"), data.pop("signer_name"))
