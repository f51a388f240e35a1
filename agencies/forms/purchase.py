"""Forms of plans, projects, lots, criteria, offers and their scores."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import formset_factory

from agencies.forms.contracts import day_field
from agencies.models import (
    AwardCriterion,
    Offer,
    Procurement,
    ProcurementLot,
    PurchasePlan,
    PurchasePlanItem,
)
from tenancy.enums import OrgKind
from tenancy.forms import ActorForm
from tenancy.models import Organization

LONG = forms.Textarea(attrs={"rows": 3})


class PlanDraftForm(forms.ModelForm):  # type: ignore[type-arg]
    """The first version of a year's plan."""

    class Meta:
        model = PurchasePlan
        fields = ["year", "title"]


class PlanTitleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Another title for a draft."""

    class Meta:
        model = PurchasePlan
        fields = ["title"]


class PlanItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """A line of a plan."""

    class Meta:
        model = PurchasePlanItem
        fields = ["area", "what", "enterprises", "amount", "method", "note"]
        help_texts = {"enterprises": "按企业数购买的填写，其他留空"}
        error_messages = {"amount": {"min_value": "金额须大于零"}}


class BudgetForm(forms.Form):
    """By which paper the plan stands in the budget."""

    budget_number = forms.CharField(
        label="预算批复文号", max_length=60, help_text="财政部门批复的文号，照原文填写"
    )
    budgeted_on = day_field("预算批复日期")


class ProcurementForm(forms.ModelForm):  # type: ignore[type-arg]
    """A project; where it comes from is chosen by the page that opened the form."""

    class Meta:
        model = Procurement
        fields = ["number", "title", "method", "outside_reason", "note"]
        widgets = {"note": LONG}

    def __init__(self, *args: Any, is_planned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_planned:
            del self.fields["outside_reason"]
        else:
            self.fields["outside_reason"].required = True
            self.fields["outside_reason"].help_text = "没有对应的计划事项时填写，随公告公开"


class LotForm(forms.ModelForm):  # type: ignore[type-arg]
    """A lot of a project."""

    class Meta:
        model = ProcurementLot
        fields = ["name", "business", "enterprises", "ceiling"]
        help_texts = {
            "business": "购买哪一类服务，如 安全评价、隐患排查、宣传教育培训",
            "enterprises": "按企业数购买的填写，其他留空",
        }
        error_messages = {"ceiling": {"min_value": "金额须大于零"}}


class CriterionForm(forms.ModelForm):  # type: ignore[type-arg]
    """One criterion; a row left empty is none."""

    class Meta:
        model = AwardCriterion
        fields = ["name", "kind", "weight"]


CriteriaFormSet = formset_factory(CriterionForm, extra=3, can_delete=True, max_num=20)


class AnnounceForm(forms.Form):
    """Until when offers come in."""

    offers_due_on = forms.DateField(
        label="响应截止日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="实行招标的，自招标文件发出之日起不得少于二十日（政府采购法第三十五条）",
    )


class EndForm(forms.Form):
    """Why something ends otherwise than it was meant to."""

    reason = forms.CharField(label="原因", max_length=300, widget=LONG)


class WithdrawnForm(forms.Form):
    """Why what was published is taken back."""

    reason = forms.CharField(label="撤回原因", max_length=200, help_text="原因和撤回时间一直公开")


class OfferForm(ActorForm):
    """What a provider offered."""

    provider_org = forms.ModelChoiceField(
        label="服务机构", queryset=Organization.objects.none(), empty_label="请选择"
    )
    price = forms.DecimalField(
        label="报价（元）", max_digits=14, decimal_places=2, min_value=Decimal("0.01")
    )
    note = forms.CharField(label="备注", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Organization.objects.filter(kind=OrgKind.PROVIDER).order_by("name")
        self.fields["provider_org"].queryset = providers  # type: ignore[attr-defined]


class ScoresForm(forms.Form):
    """A score of 100 for every offer by every criterion: a field each, named `o<offer>-c<criterion>`."""

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        criteria: Sequence[AwardCriterion],
        proposed: dict[tuple[int, int], Decimal],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offers, self.criteria = offers, criteria
        for offer in offers:
            given = {score.criterion_id: score.score for score in offer.scores.all()}
            for criterion in criteria:
                start = given.get(criterion.pk, proposed.get((offer.pk, criterion.pk)))
                self.fields[f"o{offer.pk}-c{criterion.pk}"] = forms.DecimalField(
                    label=f"{offer.provider_name} {criterion.name}", initial=start,
                    min_value=0, max_value=100, max_digits=5, decimal_places=2,
                    error_messages={
                        "max_value": "不超过100", "min_value": "不小于0", "required": "请打分",
                    },
                )  # fmt: skip

    def rows(self) -> list[tuple[Offer, list[tuple[AwardCriterion, forms.BoundField]]]]:
        """Return each offer with its fields."""
        return [
            (offer, [(c, self[f"o{offer.pk}-c{c.pk}"]) for c in self.criteria])
            for offer in self.offers
        ]

    @property
    def scores(self) -> dict[int, dict[int, Decimal]]:
        """{offer: {criterion: score}} as it was typed."""
        return {
            offer.pk: {c.pk: self.cleaned_data[f"o{offer.pk}-c{c.pk}"] for c in self.criteria}
            for offer in self.offers
        }


class AwardForm(forms.Form):
    """Which offer wins a lot."""

    offer = forms.ModelChoiceField(
        label="中标（成交）机构", queryset=Offer.objects.none(), empty_label="请选择"
    )
    reason = forms.CharField(
        label="未选第一名的理由", max_length=300, required=False, widget=LONG,
        help_text="选第一名的不用填写；选其他名次的，理由随结果公开",
    )  # fmt: skip

    def __init__(self, *args: Any, offers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["offer"]
        field.queryset = offers
        field.label_from_instance = _ranked


def _ranked(offer: Offer) -> str:
    total = f"{offer.total}分，" if offer.total is not None else ""
    return f"第{offer.rank}名 {offer.provider_name}（{total}{offer.price:,}元）"


class PlanFilter(forms.Form):
    """Which plans are listed."""

    year = forms.IntegerField(label="年度", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *PurchasePlan.State.choices]
    )


class ProcurementFilter(forms.Form):
    """Which projects are listed."""

    q = forms.CharField(
        label="编号或名称", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Procurement.State.choices]
    )
    method = forms.ChoiceField(label="采购方式", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        methods = Procurement._meta.get_field("method").choices or []
        self.fields["method"].choices = [("", "全部"), *methods]  # type: ignore[attr-defined, misc]
