"""Rounds of choosing: what they are, who takes part, whom a regulator chooses for an enterprise."""

from typing import Any

from django import forms

from agencies.forms.contracts import day_field
from agencies.models import ChoiceInvite, ChoiceOffer, ChoiceRound, ServiceContract
from agencies.models.choices import REASON_LENGTH
from enterprises.entering_forms import SlipForm
from tenancy.forms import ActorForm


class RoundForm(forms.Form):
    """A round: for what, from when until when."""

    title = forms.CharField(
        label="名称", max_length=60, help_text="企业会看到，如 2026年危化品企业安全评估"
    )
    kind = forms.ChoiceField(label="合同类别", choices=ServiceContract.Kind.choices)
    service = forms.CharField(
        label="服务内容", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    code = forms.RegexField(
        label="批次代号前缀", regex=r"^[A-Za-z0-9\-]{2,16}$",
        help_text="结束后每家机构一个批次，代号为 前缀-1、前缀-2",
        error_messages={"invalid": "只能用字母、数字和短横线，2 至 16 位"},
    )  # fmt: skip
    opens_on = day_field("选择开始")
    closes_on = day_field("选择截止")

    @staticmethod
    def initial_of(found: ChoiceRound) -> dict[str, Any]:
        """Return what a draft is, as the form shows it."""
        names = ("title", "kind", "service", "code", "opens_on", "closes_on")
        return {name: getattr(found, name) for name in names}


class OfferForm(ActorForm):
    """A provider that takes part, by its contract."""

    contract = forms.ModelChoiceField(
        label="框架合同", queryset=ServiceContract.objects.none(), empty_label="请选择"
    )
    price = forms.DecimalField(
        label="价格（元）", max_digits=12, decimal_places=2, min_value=0, required=False,
        help_text="没有统一价格可不填",
    )  # fmt: skip
    price_unit = forms.CharField(
        label="计价单位", max_length=40, required=False, help_text="如 每家每年"
    )

    def __init__(self, *args: Any, found: ChoiceRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ServiceContract.objects.filter(
            owner_agency=self.actor.org, kind=found.kind, state=ServiceContract.State.ACTIVE
        )
        rows = rows.exclude(provider_org__in=found.offers.values("provider_org"))
        field = self.fields["contract"]
        field.queryset = rows.select_related("provider_org").order_by("-pk")  # type: ignore[attr-defined]
        field.label_from_instance = (  # type: ignore[attr-defined]
            lambda contract: f"{contract.provider_org}（{contract.number} {contract.title}）"
        )


class ExtendForm(forms.Form):
    """More days."""

    closes_on = day_field("新的截止日期")
    reason = forms.CharField(label="延长原因", max_length=300)


class PickForm(ActorForm):
    """One of the providers that an enterprise may choose."""

    offer = forms.ModelChoiceField(
        label="机构", queryset=ChoiceOffer.objects.none(), widget=forms.RadioSelect,
        empty_label=None,
    )  # fmt: skip

    def __init__(self, *args: Any, invite: ChoiceInvite, offers: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ChoiceOffer.objects.filter(pk__in=offers, round=invite.round_id)
        field = self.fields["offer"]
        field.queryset = rows.select_related("provider_org")  # type: ignore[attr-defined]
        field.label_from_instance = lambda offer: str(offer.provider_org)  # type: ignore[attr-defined]


class ChoiceEnterForm(SlipForm, PickForm):
    """What an owner without a phone chose, from his slip."""


class ChooseForForm(PickForm):
    """A provider that a regulator chooses, and why."""

    reason = forms.CharField(
        label="代为选择的理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"至少 {REASON_LENGTH} 个字；企业会收到，统计中列为监管部门代为选择",
    )  # fmt: skip
