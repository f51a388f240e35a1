"""Contracts, batches, who of the provider goes where."""

from typing import Any

from django import forms

from agencies.grants import officers_of
from agencies.models import Assignment, ServiceBatch, ServiceContract
from agencies.services.inspectors import INSPECTORS
from enterprises.models import Enterprise
from tenancy.access import within
from tenancy.enums import OrgKind, Role
from tenancy.forms import ActorForm
from tenancy.models import Membership, Organization


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


NEWEST_BATCHES = 60


def offer_batches(form: ActorForm) -> None:
    """Offer the newest batches that the actor may see in the field `batch`, and the one chosen.

    Any other of them is taken from a link; only the list to choose from stays short.
    """
    field: Any = form.fields["batch"]
    field.queryset = ServiceBatch.objects.filter(within(form.actor))
    newest = list(field.queryset.order_by("-pk")[:NEWEST_BATCHES])
    chosen = str(form.data.get("batch", ""))
    if chosen.isdigit() and int(chosen) not in {batch.pk for batch in newest}:
        newest += field.queryset.filter(pk=chosen)
    field.choices = [("", field.empty_label), *((batch.pk, str(batch)) for batch in newest)]


class ContractForm(ActorForm):
    """A service contract."""

    provider_org = forms.ModelChoiceField(
        label="服务机构", queryset=Organization.objects.none(), empty_label="请选择"
    )
    number = forms.CharField(label="合同编号", max_length=40)
    title = forms.CharField(label="合同名称", max_length=120)
    kind = forms.ChoiceField(label="类别", choices=ServiceContract.Kind.choices)
    signed_on = day_field("签订日期")
    starts_on = day_field("开始日期")
    ends_on = day_field("结束日期")
    amount = forms.DecimalField(
        label="合同金额（元）", max_digits=12, decimal_places=2, required=False
    )
    note = forms.CharField(
        label="备注", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Organization.objects.filter(kind=OrgKind.PROVIDER).order_by("name")
        self.fields["provider_org"].queryset = providers  # type: ignore[attr-defined]


class BatchForm(forms.Form):
    """A batch within a contract."""

    name = forms.CharField(label="批次名称", max_length=80)
    code = forms.RegexField(
        label="批次代号",
        regex=r"^[A-Za-z0-9\-]{2,20}$",
        help_text="字母和数字，写在每项隐患编号前，如 FW26",
        error_messages={"invalid": "只能用字母、数字和短横线，2 至 20 位"},
    )
    starts_on = day_field("开始日期")
    ends_on = day_field("结束日期")


class OfficerForm(ActorForm):
    """Which colleague is put on a contract."""

    officer = forms.ModelChoiceField(
        label="人员", queryset=Membership.objects.none(), empty_label="请选择"
    )

    def __init__(self, *args: Any, contract: ServiceContract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(
            org_id=self.actor.org_id, role__in=(Role.OFFICER, Role.ASSISTANT)
        )
        rows = rows.exclude(pk__in=officers_of(contract).values("pk")).select_related("user")
        self.fields["officer"].queryset = rows  # type: ignore[attr-defined]


class PlanForm(ActorForm):
    """How a batch is divided among inspectors."""

    HOW = (("town", "按镇街"), ("even", "平均分配"))
    how = forms.ChoiceField(label="分配方式", choices=HOW, widget=forms.RadioSelect, initial="town")
    people = forms.ModelMultipleChoiceField(
        label="参加的评估人员",
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一人"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(org_id=self.actor.org_id, role__in=INSPECTORS)
        self.everybody = rows.select_related("user").order_by("user__name")
        self.fields["people"].queryset = self.everybody  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done that cannot be undone."""

    reason = forms.CharField(label="原因", max_length=200)


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """What of a batch is a parameter; defaults are proposals (domain.md 1.1)."""

    class Meta:
        model = ServiceBatch
        fields = ("sample_ratio", "sample_minimum", "spot_check_days", "referral_overdue_days")


BY_HAND = [c for c in Assignment.Withdrawal.choices if c[0] != Assignment.Withdrawal.HANDED_OVER]


class ManyWithdrawForm(forms.Form):
    """Why several enterprises leave a batch."""

    withdrawal = forms.ChoiceField(
        label="退出类别",
        choices=BY_HAND,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="退出原因", max_length=200, help_text="对选中的每一家都适用")
    skips_refused = forms.BooleanField(
        label="跳过不能退出的企业，其余照办", required=False,
        help_text="不勾选时，有一家不能退出就都不退出",
    )  # fmt: skip


class RestoreForm(forms.Form):
    """Why a withdrawal is undone."""

    reason = forms.CharField(label="恢复原因", max_length=200)


class WithdrawForm(ActorForm):
    """Why an enterprise leaves, and which takes its place."""

    withdrawal = forms.ChoiceField(
        label="退出类别",
        choices=BY_HAND,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="退出原因", max_length=200)
    replacement = forms.ModelChoiceField(
        label="替换企业", queryset=Enterprise.objects.none(), required=False,
        empty_label="不替换",
    )  # fmt: skip

    def __init__(self, *args: Any, batch: ServiceBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = batch.assignments.filter(withdrawn_at=None).values("enterprise_id")
        rows = Enterprise.objects.open().filter(owner_agency_id=batch.owner_agency_id)
        rows = rows.exclude(pk__in=taken).order_by("name")
        self.fields["replacement"].queryset = rows  # type: ignore[attr-defined]
