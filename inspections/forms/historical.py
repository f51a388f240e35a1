from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from common.search import search
from enterprises.models import Enterprise
from enterprises.search import named
from inspections.models import Hazard, HistoricalHazard
from tenancy.access import within
from tenancy.forms import ActorForm

STATES = [("", "全部"), ("open", "未整改"), ("closed", "已整改或已办结")]


def _told(text: str) -> Q:
    """Return the condition that a row's own words tell of it; asks the index at once."""
    found = search("inspections_historicalhazard", text)
    if found is not None:
        return Q(pk__any_of=found)
    words = ("number", "place", "description")
    return reduce(or_, (Q(**{f"{name}__icontains": text}) for name in words))


class HistoricalFilter(ActorForm):
    """What the hazards of earlier years are filtered by; everything in it stays in the URL."""

    q = forms.CharField(
        label="企业、编号或描述",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    year = forms.IntegerField(label="年份", required=False, min_value=1990, max_value=2100)
    enterprise = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def rows(self) -> QuerySet[HistoricalHazard]:
        """Return the hazards that the filter lets through; nonsense lets nothing through."""
        rows = HistoricalHazard.objects.filter(within(self.actor))
        if not self.is_valid():
            return rows.none()
        asked = self.cleaned_data
        if text := asked["q"].strip():
            rows = rows.filter(_told(text) | named(text, "enterprise__"))
        is_open = Q(state=HistoricalHazard.State.OPEN, ended_at=None)
        if asked["state"]:
            rows = rows.filter(is_open if asked["state"] == "open" else ~is_open)
        if asked["year"]:
            rows = rows.filter(found_on__year=asked["year"])
        if asked["enterprise"]:
            rows = rows.filter(enterprise__in=Enterprise.objects.files_of(asked["enterprise"]))
        return rows

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return []
        asked = self.cleaned_data
        words = {**asked, "state": dict(STATES).get(asked["state"])}
        named = ("q", "state", "year")
        found = [
            (f"{self.fields[name].label}：{words[name]}", name) for name in named if asked[name]
        ]
        return found + [("只看一家企业", "enterprise")] * bool(asked["enterprise"])


class SettleForm(forms.Form):
    """What became of an open hazard of an earlier year."""

    hazard = forms.ModelChoiceField(
        label="转入本平台的隐患",
        queryset=Hazard.objects.none(),
        required=False,
        empty_label="不转入，直接办结",
        help_text="现在仍然存在的，请先在检查中登记，再在这里选那一项",
    )
    note = forms.CharField(
        label="办结说明", max_length=200, help_text="如：2026-03-05 现场核实已接地"
    )

    def __init__(self, *args: Any, row: HistoricalHazard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = Enterprise.objects.files_of(row.enterprise.kept_id)
        since = Hazard.objects.filter(enterprise__in=files, found_on__gte=row.found_on)
        field = self.fields["hazard"]
        field.queryset = since.exclude(state="dismissed").order_by("-found_on")  # type: ignore[attr-defined]
        field.label_from_instance = lambda h: f"{h.number} {h.place}：{h.description}"[:80]  # type: ignore[attr-defined]
