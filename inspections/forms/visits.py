import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Count, Q

from agencies.forms.contracts import offer_batches
from agencies.models import ServiceBatch
from common.paging import count_up_to
from enterprises.entering_forms import SlipForm
from enterprises.models import Enterprise
from enterprises.search import firms_named
from evidence.forms import PhotosField
from evidence.pictures import metres
from inspections import tally
from inspections.access import hazards_hidden, hazards_of
from inspections.framing import Spot
from inspections.models import Hazard, Severity, Visit
from inspections.models.hazards import is_wide
from tenancy.forms import ActorForm
from tenancy.models import Membership
from tenancy.selectors import in_region

DAY, ISO = {"type": "date"}, "%Y-%m-%d"  # the one form that a date input takes
MAX_SPOTS = 50
RECHECK_RESULTS = (("passed", "已整改，销号"), ("failed", "未整改，退回"))
FAR = 20_000  # hazards: of so many, that there are more than are counted is soon found and kept


class SpotsField(forms.CharField):
    """Where the page's own camera took its photos: JSON {SHA-256: [latitude, longitude, accuracy]}.

    It is an extra: what makes no sense is left out and stops nobody.
    """

    widget = forms.HiddenInput

    def clean(self, value: Any) -> dict[str, Spot]:
        """Return {SHA-256: spot}."""
        try:
            said = json.loads(value or "{}")
            return {str(key): _spot(*numbers) for key, numbers in list(said.items())[:MAX_SPOTS]}
        except (ValueError, TypeError, AttributeError, RecursionError):
            return {}


def _spot(latitude: float, longitude: float, accuracy: float | None = None) -> Spot:
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("no place on earth")
    return Spot(latitude, longitude, metres(accuracy))


class VisitStartForm(ActorForm):
    """Arrival: when, where, with whom."""

    arrived_at = forms.DateTimeField(
        label="到达时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    part = forms.ChoiceField(
        label="检查内容", choices=Visit.Part.choices, initial=Visit.Part.BOTH, required=False
    )
    members = forms.ModelMultipleChoiceField(
        label="同行人员",
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="两人以上到场才符合规范",
    )
    latitude = forms.DecimalField(
        required=False, widget=forms.HiddenInput, max_digits=9, decimal_places=6
    )
    longitude = forms.DecimalField(
        required=False, widget=forms.HiddenInput, max_digits=9, decimal_places=6
    )
    accuracy = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, unready: Mapping[int, str] | None = None, **kwargs: Any) -> None:
        """`unready`: {membership: what stands in the way of visits} of who may not come along."""
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(org_id=self.actor.org_id)
        rows = rows.exclude(pk=self.actor.member).select_related("user")
        words = unready or {}
        field: Any = self.fields["members"]
        field.queryset = rows
        field.label_from_instance = lambda row: (
            f"{row}（不能到场：{words[row.pk]}）" if row.pk in words else str(row)
        )


class HazardForm(forms.Form):
    """A finding; filled from the library, everything may be changed."""

    entry = forms.CharField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(label="部位或场所", max_length=100)
    description = forms.CharField(label="隐患描述", widget=forms.Textarea(attrs={"rows": 3}))
    severity = forms.ChoiceField(label="等级", choices=Severity.choices)
    category = forms.ChoiceField(
        label="类别", choices=[("现场管理", "现场管理"), ("基础管理", "基础管理")]
    )
    subcategory = forms.CharField(label="细类", max_length=40, required=False)
    basis = forms.CharField(
        label="判定或违反的条款", max_length=300, required=False,
        help_text="重大隐患须写明判定标准的条、项",
    )  # fmt: skip
    measure = forms.CharField(label="建议的整改措施", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(
        label="整改期限", required=False, widget=forms.DateInput(attrs=DAY, format=ISO),
        help_text="不填则按隐患库的建议期限",
    )  # fmt: skip
    emergency_plan = forms.CharField(label="整改前的防控措施", max_length=300, required=False)
    photos = PhotosField(label="照片", required=False)


class HazardEditForm(forms.Form):
    """What the project lead may mend before confirming."""

    description = forms.CharField(label="隐患描述", widget=forms.Textarea(attrs={"rows": 3}))
    measure = forms.CharField(label="建议的整改措施", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(label="整改期限", widget=forms.DateInput(attrs=DAY, format=ISO))


class SignForm(forms.Form):
    """The representative's name beside his signature."""

    representative_name = forms.CharField(label="现场负责人姓名", max_length=40)
    representative_post = forms.CharField(label="职务", max_length=40, required=False)
    signature = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": "请现场负责人在框内签名"}
    )


class RefuseForm(forms.Form):
    """A refusal to sign."""

    refusal_reason = forms.CharField(label="拒签原因", max_length=200)
    witness_name = forms.CharField(label="见证人姓名", max_length=40)


class SubmitForm(forms.Form):
    """What the enterprise did."""

    text = forms.CharField(
        label="怎样整改的", widget=forms.Textarea(attrs={"rows": 4}), help_text="做了什么、现在怎样"
    )
    photos = PhotosField(label="整改后的照片", error_messages={"required": "请上传整改后的照片"})
    responsible_person = forms.CharField(label="责任人", max_length=40)
    done_on = forms.DateField(label="完成日期", widget=forms.DateInput(attrs=DAY, format=ISO))
    cost = forms.DecimalField(
        label="花费（元）", required=False, max_digits=12, decimal_places=2, min_value=0
    )
    spots = SpotsField(required=False)


class EnterForm(SubmitForm):
    """The same, entered by the provider for an owner without a phone."""

    slip = PhotosField(
        label="企业签字的确认单照片",
        error_messages={"required": "代企业录入须上传签字的确认单照片"},
    )


class ExtensionForm(forms.Form):
    """A request for more time."""

    wanted_on = forms.DateField(label="希望延到", widget=forms.DateInput(attrs=DAY, format=ISO))
    reason = forms.CharField(
        label="延期理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    safeguard = forms.CharField(
        label="这段时间怎样保证安全", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExtensionEnterForm(SlipForm, ExtensionForm):
    """The same, from the slip of an owner without a phone."""


class AnswerForm(forms.Form):
    """The regulator's answer."""

    decision = forms.ChoiceField(
        label="答复", choices=[("grant", "同意"), ("refuse", "不同意")], widget=forms.RadioSelect
    )
    granted_on = forms.DateField(
        label="同意延到", required=False, widget=forms.DateInput(attrs=DAY, format=ISO)
    )
    answer = forms.CharField(label="说明", max_length=500, required=False)


class RecheckForm(forms.Form):
    """The second look."""

    result = forms.ChoiceField(
        label="复查结论",
        choices=RECHECK_RESULTS,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="退回原因", max_length=500, required=False)
    new_due_on = forms.DateField(
        label="再次整改期限", required=False, widget=forms.DateInput(attrs=DAY, format=ISO)
    )
    photos = PhotosField(label="复查照片", required=False)


class LedgerFilter(ActorForm):
    """What the hazard ledger is filtered by; everything in it stays in the URL."""

    # What the sums of hazards know of; the counts of every other filter are counted (10,000+).
    SUMMED = ("town", "severity", "state", "overdue", "sort")

    q = forms.CharField(
        label="企业、编号或未销号隐患的描述",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    town = forms.ChoiceField(label="镇街", required=False)
    severity = forms.ChoiceField(
        label="等级", required=False, choices=[("", "全部"), *Severity.choices]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Hazard.State.choices]
    )
    overdue = forms.ChoiceField(
        label="逾期", required=False, choices=[("", "全部"), ("now", "已逾期"), ("ever", "曾逾期")]
    )
    batch = forms.ModelChoiceField(
        label="批次", required=False, queryset=ServiceBatch.objects.none(), empty_label="全部"
    )
    provider = forms.ChoiceField(label="服务机构", required=False)
    enterprise = forms.IntegerField(required=False, widget=forms.HiddenInput)
    assignment = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, towns: Any, providers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["town"].choices = [("", "全部"), *towns]  # type: ignore[attr-defined]
        self.fields["provider"].choices = [("", "全部"), *providers]  # type: ignore[attr-defined]
        offer_batches(self)
        if self.actor.is_provider:
            del self.fields["provider"]

    def rows(self) -> Any:
        """Return the hazards that the filter lets through; nonsense lets nothing through."""
        return self._through(hazards_of(self.actor)) if self.is_valid() else Hazard.objects.none()

    def totals(self, rows: Any) -> tuple[int, int, list[Q]]:
        """Return how many hazards `rows` are, how many are late, and the regions that they lie in.

        From the sums if they can tell: then a regulator's regions, unless too many, are there for
        `keyset`. What a blind officer does not see is not counted.
        """
        if self.is_valid() and self.cleaned_data["q"]:
            found = rows.aggregate(all=Count("pk"), late=Count("pk", filter=Q(is_overdue=True)))
            return found["all"], found["late"], []
        if not self._is_summed():
            return count_up_to(rows), count_up_to(rows.overdue()), []
        sums = tally.tallies(self.actor)
        if self.cleaned_data["town"]:
            sums = sums.filter(in_region(self.actor, self.cleaned_data["town"]))
        found = tally.by_region(self._states(sums))
        is_many = not self.actor.is_agency or len(found) > tally.MANY_REGIONS
        regions = [] if is_many else [Q(region_code=code) for code in found]
        count, late = (
            (sum(figures) for figures in zip(*found.values(), strict=True)) if found else (0, 0)
        )
        hidden = self._through(hazards_hidden(self.actor))
        if count > FAR:  # "10,000+", whatever is hidden
            if late > FAR:
                return count_up_to(rows), count_up_to(rows.overdue()), regions
            return count_up_to(rows), late - hidden.filter(is_overdue=True).count(), regions
        unseen = hidden.aggregate(all=Count("pk"), late=Count("pk", filter=Q(is_overdue=True)))
        return count - unseen["all"], late - unseen["late"], regions

    def _is_summed(self) -> bool:
        if not self.is_valid() or self.cleaned_data["overdue"] == "ever":
            return False
        chosen = {name for name, value in self.cleaned_data.items() if value}
        return chosen <= set(self.SUMMED) and not (self.actor.is_provider and "town" in chosen)

    def _states(self, rows: Any) -> Any:
        """Narrow hazards, or their sums, by what both know."""
        chosen = self.cleaned_data
        for name in ("severity", "state"):
            if chosen[name]:
                rows = rows.filter(**{name: chosen[name]})
        if not chosen["state"]:
            rows = rows.exclude(state=Hazard.State.DISMISSED)
        if chosen["overdue"] == "now":
            rows = rows.filter(is_overdue=True, state__in=Hazard.OPEN_STATES)
        return rows

    def _through(self, rows: Any) -> Any:
        chosen, rows = self.cleaned_data, self._states(rows)
        if chosen["town"]:
            rows = rows.filter(in_region(self.actor, chosen["town"]))
        exact = {
            "assignment": "assignment",
            "assignment__batch": "batch",
            "provider_org": "provider",
        }
        if chosen.get("enterprise"):
            rows = rows.filter(enterprise__in=Enterprise.objects.files_of(chosen["enterprise"]))
        for column, name in exact.items():
            if chosen.get(name):
                rows = rows.filter(**{column: chosen[name]})
        if chosen["overdue"] == "ever":
            rows = rows.filter(was_overdue=True)
        return rows.matching(self._firms)

    @cached_property
    def _firms(self) -> dict[str, list[int] | None]:
        return {word: firms_named(word) for word in self.cleaned_data["q"].split()}

    @property
    def is_wide(self) -> bool:
        """Whether a word is so common that only what is not over was looked at for it."""
        return self.is_valid() and any(map(is_wide, self._firms.values()))

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return []
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if not value or name == "sort":
                continue
            words = dict(getattr(field, "choices", ())).get(value, value)
            label = {"q": "搜索", "enterprise": "企业", "assignment": "指派"}.get(name, field.label)
            found.append(
                (
                    f"{label}：{words}"
                    if name not in ("enterprise", "assignment")
                    else f"只看一家{label}",
                    name,
                )
            )
        return found
