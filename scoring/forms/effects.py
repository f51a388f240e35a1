from django import forms

from scoring.models import EffectMonth


class EffectMonthForm(forms.ModelForm):  # type: ignore[type-arg]
    """One month's accidents, cases and fines, and where the figures come from."""

    class Meta:
        model = EffectMonth
        fields = ["accidents", "deaths", "cases", "fines", "source"]
        help_texts = {"source": "例如：应急管理局事故统计直报、执法系统导出"}
