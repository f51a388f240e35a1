"""Forms of obligations, deliveries and acceptance."""

from typing import Any

from django import forms

from agencies.models import Obligation, ObligationDelivery
from evidence.forms import FilesField

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
STANDARD = forms.Textarea(attrs={"rows": 2})


class ObligationForm(forms.ModelForm):  # type: ignore[type-arg]
    """One obligation; once the contract is in force, with the reason why it is added or changed."""

    reason = forms.CharField(label="变更原因", max_length=300)

    class Meta:
        model = Obligation
        fields = ["kind", "name", "quantity", "unit", "due_on", "technical", "service", "safety"]
        widgets = {
            "due_on": DAY, "technical": STANDARD, "service": STANDARD, "safety": STANDARD,
        }  # fmt: skip
        help_texts = {
            "kind": "检查、复查、培训、会议、情况报告和结论性意见由系统按记录统计；其他由服务机构交付",
            "unit": "如 次、场、份",
            "technical": "技术、服务、安全标准至少填写一项；照合同写，验收时逐项对照",
        }

    def __init__(
        self, *args: Any, is_amendment: bool = False, is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_amendment:
            del self.fields["reason"]
        elif not is_new:
            del self.fields["kind"]


class DeliveryForm(forms.ModelForm):  # type: ignore[type-arg]
    """What was done, with what proves it."""

    files = FilesField(label="证明材料")  # type: ignore[assignment]

    class Meta:
        model = ObligationDelivery
        fields = ["quantity", "delivered_on", "what"]
        widgets = {"delivered_on": DAY, "what": STANDARD}


class ReasonForm(forms.Form):
    """Why something on record is taken back."""

    reason = forms.CharField(label="原因", max_length=200)
