"""Handing over, ties, and telling the agency of a place."""

from typing import Any

from django import forms
from django.db.models import Q

from agencies.forms.contracts import day_field
from agencies.models import Assignment, ServiceContract, ServiceTie
from agencies.services.handover import targets_of
from enterprises.models import Enterprise
from tenancy.forms import ActorForm
from tenancy.models import Membership

LONG = forms.Textarea(attrs={"rows": 4})
# [proposal]: no source gives the words of a commitment.
COMMITMENT = (
    "遵守当地安全生产法律法规和监管要求，按合同约定开展服务，如实反映问题，不出租出借资质，"
    "不收取合同以外的费用，并对出具的意见负责。"
)


class HandOverForm(ActorForm):
    """To which contract everything under way goes, and as which batch."""

    target = forms.ModelChoiceField(
        label="接收的合同", queryset=ServiceContract.objects.none(), empty_label="请选择"
    )
    name = forms.CharField(label="新批次名称", max_length=80)
    code = forms.RegexField(
        label="新批次代号", regex=r"^[A-Za-z0-9\-]{2,20}$",
        help_text="字母、数字和短横线，写在隐患编号前",
        error_messages={"invalid": "只能用字母、数字和短横线，2 至 20 位"},
    )  # fmt: skip
    reason = forms.CharField(label="移交原因", max_length=200)

    def __init__(self, *args: Any, contract: ServiceContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        targets = targets_of(contract)
        field: Any = self.fields["target"]
        field.queryset = ServiceContract.objects.filter(pk__in=[row.pk for row in targets])
        field.choices = [
            ("", field.empty_label),
            *((row.pk, f"{row.title}（{row.provider_org}）") for row in targets),
        ]
        self.has_targets = bool(targets)


class TieForm(ActorForm):
    """Which enterprise a provider advises."""

    enterprise = forms.ModelChoiceField(
        label="企业", queryset=Enterprise.objects.none(), required=False,
        empty_label="不在本合同中，按代码填写",
    )  # fmt: skip
    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=18,
        required=False,
        help_text="企业不在上面的名单中时填写",
    )
    what = forms.CharField(label="服务内容", max_length=200, help_text="如 标准化咨询、预案编制")
    from_on = day_field("自")
    until_on = forms.DateField(
        label="至", required=False, help_text="还在进行的不填",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, contract: ServiceContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = Assignment.objects.filter(batch__contract=contract, withdrawn_at=None)
        rows = Enterprise.objects.filter(pk__in=served.values("enterprise")).order_by("name")
        self.fields["enterprise"].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Find the enterprise, chosen or by its code; one out of sight is answered as none."""
        data = super().clean() or {}
        code = (data.pop("credit_code", "") or "").strip().upper()
        if data.get("enterprise") is None and "enterprise" in data:
            data["enterprise"] = Enterprise.objects.filter(credit_code=code).first()
            if data["enterprise"] is None:
                self.add_error("credit_code", "请选择企业，或者填写可以看到的企业的代码")
        return data


class CrossRegionForm(ActorForm):
    """What the agency of a place is told."""

    project = forms.CharField(label="项目", max_length=120)
    from_on = day_field("自")
    until_on = day_field("至")
    qualification = forms.CharField(label="资质", widget=LONG, max_length=2000)
    members = forms.ModelMultipleChoiceField(
        label="人员", queryset=Membership.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一人"},
    )  # fmt: skip
    served = forms.CharField(label="服务对象", widget=LONG, max_length=10_000)
    commitment = forms.CharField(label="承诺", widget=LONG, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(org_id=self.actor.org_id)
        field: Any = self.fields["members"]
        field.queryset = rows.select_related("user").order_by("user__name")
        field.label_from_instance = person_words

    def clean(self) -> dict[str, Any]:
        """Write the chosen people out, a line each."""
        data = super().clean() or {}
        people = data.pop("members", None) or []
        data["people"] = "\n".join(map(person_words, people))
        return data


def person_words(person: Membership) -> str:
    """Name a person with what he may do."""
    more = "，".join(filter(None, (person.qualification, person.certificate_number)))
    return f"{person.user.name}（{more}）" if more else person.user.name


class TieRemoveForm(forms.Form):
    """Why a tie is struck off."""

    reason = forms.CharField(label="注销原因", max_length=200)


def ties_of(contract: ServiceContract) -> Any:
    """Return the provider's standing ties to enterprises that the actor may see."""
    rows = ServiceTie.objects.filter(
        Q(until_on=None) | Q(until_on__gte=contract.starts_on),
        provider_org=contract.provider_org_id, removed_at=None,
    )  # fmt: skip
    return rows.select_related("enterprise").order_by("enterprise__name", "pk")
