from decimal import Decimal
from typing import Any

from django import forms

from scoring.book_changes import PARAMETERS
from scoring.forms.versions import VersionDraftForm, VersionParametersForm
from scoring.models import RuleBook, RuleClause
from scoring.points import ASPECTS
from scoring.rulebook import ClauseData


class DraftForm(VersionDraftForm):
    """Which version of the table is begun, and from what."""

    kind, enclosed = RuleBook, "15条56款"


class ClauseForm(forms.Form):
    """One clause of a draft."""

    item = forms.IntegerField(label="条", min_value=1, max_value=99)
    sub = forms.IntegerField(label="款", min_value=1, max_value=99)
    aspect = forms.ChoiceField(label="方面", choices=[(name, name) for name in ASPECTS])
    item_name = forms.CharField(label="记分事项", max_length=60)
    text = forms.CharField(label="情形", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    points = forms.DecimalField(
        label="分值",
        min_value=Decimal("0.5"),
        max_digits=5,
        decimal_places=1,
        help_text="0.5的倍数",
    )
    legal_basis = forms.CharField(label="依据", max_length=200)
    check_method = forms.CharField(
        label="检查方法", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    discretion = forms.CharField(
        label="裁量基准", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    variants = forms.CharField(
        label="情节", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个：名称=分值。没有情节的留空",
    )  # fmt: skip
    is_reducible = forms.BooleanField(label="按期整改可减免", required=False)
    is_on_site_waivable = forms.BooleanField(label="当场改正可免记", required=False)
    is_major = forms.BooleanField(label="重大隐患条款（须有照片）", required=False)
    is_referred = forms.BooleanField(label="同时移送执法", required=False)
    is_per_unit = forms.BooleanField(label="按项（处）计", required=False)
    max_units = forms.IntegerField(
        label="最多项（处）", required=False, min_value=2, help_text="按项（处）计而不限的留空"
    )

    @staticmethod
    def of(clause: RuleClause) -> dict[str, Any]:
        """Return the form's values of a clause that is there."""
        names = [name for name in ClauseForm.base_fields if name not in ("variants", "max_units")]
        lines = [f"{one.label}={one.points}" for one in clause.variants.all()]
        most = clause.max_units if clause.is_per_unit else None
        return {**{name: getattr(clause, name) for name in names}, "variants": "\n".join(lines),
                "max_units": most}  # fmt: skip

    def clean_variants(self) -> tuple[tuple[str, Decimal], ...]:
        """Read a line each: name and points."""
        found = []
        for line in filter(str.strip, self.cleaned_data["variants"].splitlines()):
            label, equals, points = line.replace("＝", "=").partition("=")
            try:
                value = Decimal(points.strip().removesuffix("分"))
            except ArithmeticError:
                value = None  # type: ignore[assignment]
            if not equals or value is None:
                raise forms.ValidationError(f"“{line.strip()}”应写作“名称=分值”")
            found.append((label.strip(), value))
        return tuple(found)

    @property
    def data_of_clause(self) -> ClauseData:
        """What was typed, as a clause."""
        values = {**self.cleaned_data}
        most = values.pop("max_units")
        return ClauseData(
            code=f"{values['item']}.{values['sub']}",
            max_units=most if values["is_per_unit"] else 1,
            flags="",
            **values,
        )


class ParametersForm(VersionParametersForm):
    """The parameters of a draft of the table."""

    labels = PARAMETERS


class SheetForm(forms.Form):
    """A sheet whose clauses replace those of a draft."""

    file = forms.FileField(label="表格", help_text="用“导出”得到的表头，.xlsx、.xls 或者 .csv")
