"""Forms of acceptance."""

from typing import Any

from django import forms

from inspections.obligations import Line

MET = (("yes", "达到"), ("no", "没有达到"))


class AcceptForm(forms.Form):
    """How much is accepted, and whether each standard that was agreed was met."""

    quantity = forms.IntegerField(label="本次验收数量", min_value=0)
    is_final = forms.BooleanField(
        label="该事项到此验收完毕，没有完成的部分不再验收", required=False,
    )  # fmt: skip
    note = forms.CharField(
        label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有达到标准或者没有全部完成的，须写明情况",
    )  # fmt: skip

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [name for name, _, _ in line.obligation.standards]
        for name, label, text in line.obligation.standards:
            self.fields[f"met_{name}"] = forms.ChoiceField(
                label=label, choices=MET, widget=forms.RadioSelect, help_text=text,
                error_messages={"required": "请选择是否达到"},
            )  # fmt: skip
        self.order_fields(["quantity", *(f"met_{name}" for name in self.names)])

    @property
    def act(self) -> dict[str, Any]:
        """The answers as the service takes them."""
        data = self.cleaned_data
        return {
            "quantity": data["quantity"], "is_final": data["is_final"], "note": data["note"],
            "results": {name: data[f"met_{name}"] == "yes" for name in self.names},
        }  # fmt: skip


class AcceptanceForm(forms.Form):
    """What the served enterprises say, and what the acceptance comes to."""

    asked = forms.IntegerField(label="征求意见的企业（家）", min_value=0)
    served_opinion = forms.CharField(
        label="服务对象意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="公共服务项目须请服务对象参与验收并出具意见（政府采购法实施条例第四十五条）",
    )  # fmt: skip
    conclusion = forms.CharField(
        label="验收结论", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
