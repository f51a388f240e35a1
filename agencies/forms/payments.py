"""Payment: the stages of a contract, a proposal with its deductions, the answer to it."""

from decimal import Decimal
from typing import Any

from django import forms

from agencies.models import PaymentDecision, PaymentStage
from agencies.payments import Share
from agencies.services.payments import Deduction
from evidence.forms import FilesField

LINES = 3  # empty lines offered beyond what is there


class StageForm(forms.Form):
    """One stage; a line without a name is none."""

    name = forms.CharField(label="阶段", max_length=40, required=False)
    share = forms.DecimalField(
        label="比例（%）", max_digits=5, decimal_places=2, min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    condition = forms.ChoiceField(
        label="付款条件", choices=PaymentStage.Condition.choices, required=False
    )
    condition_words = forms.CharField(label="条件说明", max_length=200, required=False)
    is_retention = forms.BooleanField(label="尾款", required=False)

    def clean(self) -> dict[str, Any]:
        """A line with a share has a name, and the other way round."""
        data = super().clean() or {}
        name, share = (data.get("name") or "").strip(), data.get("share")
        if name and share is None and "share" not in self.errors:
            self.add_error("share", "请填写比例")
        if share and not name:
            self.add_error("name", "请填写阶段名称")
        return data

    @property
    def as_share(self) -> Share | None:
        """The stage of a valid line, None of an empty one."""
        data = self.cleaned_data
        if not data.get("name", "").strip():
            return None
        return Share(
            data["name"], data["share"], data["condition"], data["condition_words"],
            data["is_retention"],
        )  # fmt: skip


StageFormSet = forms.formset_factory(StageForm, extra=LINES, max_num=12)


class AmendForm(forms.Form):
    """Why the stages are changed."""

    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        help_text="合同已生效，写明为什么现在登记或者变更",
    )


class DeductionForm(forms.Form):
    """One thing that is taken off; a line without anything is none."""

    label = forms.CharField(label="扣减事项", max_length=60, required=False)
    rule = forms.CharField(label="依据", max_length=200, required=False)
    amount = forms.DecimalField(
        label="金额（元）", max_digits=12, decimal_places=2, min_value=Decimal("0.01"),
        required=False,
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A line is whole or empty."""
        data = super().clean() or {}
        if self.errors or not any(data.values()):
            return data
        for name, words in (
            ("label", "请填写扣减事项"),
            ("rule", "请写明依据"),
            ("amount", "请填写金额"),
        ):
            if not data.get(name):
                self.add_error(name, words)
        return data

    @property
    def as_deduction(self) -> Deduction | None:
        """The deduction of a valid line, None of an empty one."""
        data = self.cleaned_data
        return (
            Deduction(data["label"], data["rule"], data["amount"]) if data.get("amount") else None
        )


DeductionFormSet = forms.formset_factory(DeductionForm, extra=LINES, max_num=12)


class ProposeForm(forms.Form):
    """What is proposed of a stage, and why."""

    outcome = forms.ChoiceField(
        label="付款意见", choices=PaymentDecision.Outcome.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="批准后服务机构会看到",
    )  # fmt: skip
    files = FilesField(  # type: ignore[assignment]
        label="附件", required=False, help_text="只有监管部门能看到"
    )


class ApproveForm(forms.Form):
    """The answer of who approves."""

    note = forms.CharField(label="批准意见", max_length=300, required=False)


class ReturnForm(forms.Form):
    """Why a proposal is sent back."""

    note = forms.CharField(
        label="退回意见", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
