"""The library of providers: its filter, entries, changes, classes."""

import re
from typing import Any

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme

from agencies.forms.contracts import day_field
from agencies.models import LibraryChange, LibraryClass, LibraryProvider
from enterprises.models import Industry
from tenancy.enums import OrgKind
from tenancy.forms import ActorForm
from tenancy.models import Organization

LIVE = "live"
STATES = [(LIVE, "在库和暂停"), *LibraryProvider.State.choices, ("all", "全部")]
APART = re.compile(r"[、，,；;\s]+")


def levels_of(classes: list[LibraryClass]) -> list[tuple[str, str]]:
    """Return the levels of all classes to choose from, in their order."""
    return [(level, level) for level in dict.fromkeys(x for c in classes for x in c.levels)]


class LibraryFilter(forms.Form):
    """What the library is filtered by; everything in it stays in the URL."""

    q = forms.CharField(
        label="机构名称", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    business_class = forms.ChoiceField(label="分类", required=False)
    level = forms.ChoiceField(label="等级", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)

    def __init__(self, *args: Any, classes: list[LibraryClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), one.name) for one in classes]
        self.fields["business_class"].choices = [("", "全部"), *named]  # type: ignore[attr-defined]
        self.fields["level"].choices = [("", "全部"), *levels_of(classes)]  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> Any:
        """Return the entries that the filter lets through; nonsense filters nothing."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if chosen.get("q"):
            rows = rows.filter(provider_org__name__icontains=chosen["q"].strip())
        for name in ("business_class", "level"):
            if chosen.get(name):
                rows = rows.filter(**{name: chosen[name]})
        state = chosen.get("state") or LIVE
        if state == "all":
            return rows
        return rows.live() if state == LIVE else rows.filter(state=state)


class SourceForm(forms.Form):
    """By what, and why, an entry is changed."""

    source = forms.ChoiceField(label="依据", choices=LibraryChange.Source.choices)
    reason = forms.CharField(
        label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="机构会看到",
    )  # fmt: skip
    source_url = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def clean_source_url(self) -> str:
        """The page that it rests on is one of ours."""
        path: str = self.cleaned_data["source_url"]
        return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


class LevelForm(SourceForm):
    """Another level."""

    field_order = ("level", "source", "reason")
    level = forms.ChoiceField(label="新等级")

    def __init__(self, *args: Any, entry: LibraryProvider, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(x, x) for x in entry.business_class.levels if x != entry.level]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]


class LibraryEntryForm(SourceForm, ActorForm):
    """A provider to be entered."""

    field_order = (
        "provider_org", "business_class", "level", "from_on", "until_on", "source", "reason",
    )  # fmt: skip
    provider_org = forms.ModelChoiceField(
        label="服务机构", queryset=Organization.objects.none(), empty_label="请选择"
    )
    business_class = forms.ModelChoiceField(
        label="分类", queryset=LibraryClass.objects.none(), empty_label="请选择"
    )
    level = forms.ChoiceField(label="等级")
    from_on = day_field("入库日期")
    until_on = day_field("有效期至")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        classes = LibraryClass.objects.filter(owner_agency=self.actor.org, retired_at=None)
        bodies = Organization.objects.filter(kind=OrgKind.PROVIDER).order_by("name")
        self.fields["provider_org"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["business_class"].queryset = classes.order_by("pk")  # type: ignore[attr-defined]
        self.fields["level"].choices = levels_of(list(classes.order_by("pk")))  # type: ignore[attr-defined]
        self.fields["until_on"].required = False
        self.fields["until_on"].help_text = "不填为长期"


class LibraryClassForm(forms.Form):
    """A class: which business it fits, and its levels."""

    name = forms.CharField(label="分类名称", max_length=40)
    industries = forms.MultipleChoiceField(
        label="适用行业", choices=Industry.choices, widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    risks = forms.CharField(
        label="适用的风险因素", max_length=200, required=False,
        help_text="用顿号分开，如 涉氨、粉尘；企业档案的主要风险因素里有其中一个，就适合",
    )  # fmt: skip
    levels = forms.CharField(
        label="等级", max_length=100, help_text="由高到低，用顿号分开，如 甲级、乙级、丙级"
    )
    is_trial = forms.BooleanField(
        label="试拟", required=False, help_text="还没有正式确定的分类，页面上标明试拟"
    )

    @staticmethod
    def initial_of(found: LibraryClass) -> dict[str, Any]:
        """Return what a class is, as the form shows it."""
        return {
            "name": found.name,
            "industries": found.industries,
            "risks": "、".join(found.risks),
            "levels": "、".join(found.levels),
            "is_trial": found.is_trial,
        }

    def clean_risks(self) -> list[str]:
        """Read the words."""
        return _words(self.cleaned_data["risks"])

    def clean_levels(self) -> list[str]:
        """Read the levels."""
        levels = _words(self.cleaned_data["levels"])
        if any(len(level) > 20 for level in levels):
            raise forms.ValidationError("一个等级最多 20 个字")
        return levels


def _words(text: str) -> list[str]:
    return [word for word in APART.split(text) if word]
