"""The officers' own forms: who goes, the plan, the order, the opinion, the comparison, the list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import QuerySet

from enterprises.search import named
from evidence.forms import PhotosField
from inspections.forms.phases import day_field, words_field
from inspections.models import EnforcementReferral, Hazard, Recheck, SpotCheckPair
from inspections.services.draws import Judged
from inspections.services.enforcement import LONG_DAYS, Rechecked
from tenancy import clock
from tenancy.enums import Role
from tenancy.forms import ActorForm
from tenancy.models import Membership
from tenancy.selectors import certificate_numbers


class OfficerField(forms.ModelChoiceField):
    """An officer by name with the certificate held today; who has none is named so."""

    numbers: Mapping[int, str] = {}

    def label_from_instance(self, member: Any) -> str:
        """Return 姓名（证号）."""
        return f"{member.user.name}（{self.numbers.get(member.pk, '没有有效执法证件')}）"

    def offer(self, rows: QuerySet[Membership], day: date) -> None:
        """Offer these people, with their certificates of the day."""
        self.queryset = rows
        self.numbers = certificate_numbers(rows, day)


class OfficersField(OfficerField, forms.ModelMultipleChoiceField):
    """Several officers."""


class TeamForm(ActorForm):
    """Officers who go together."""

    members = OfficersField(
        label="同行执法人员",
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "须由两名以上持有效执法证件的人员进行"},
    )
    latitude = forms.DecimalField(
        required=False, widget=forms.HiddenInput, max_digits=9, decimal_places=6
    )
    longitude = forms.DecimalField(
        required=False, widget=forms.HiddenInput, max_digits=9, decimal_places=6
    )
    accuracy = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(org_id=self.actor.org_id)
        rows = rows.exclude(pk=self.actor.member).select_related("user").order_by("pk")
        self.fields["members"].offer(rows, clock.today(self.actor.org))  # type: ignore[attr-defined]


class PairForm(ActorForm):
    """The two officers whose names an enforcement paper bears; they stand last, as on paper."""

    first_officer = OfficerField(
        label="执法人员一", queryset=Membership.objects.none(), empty_label="请选择"
    )
    second_officer = OfficerField(
        label="执法人员二", queryset=Membership.objects.none(), empty_label="请选择"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(
            org_id=self.actor.org_id, role__in=(Role.OFFICER, Role.AGENCY_LEADER)
        )
        rows = rows.select_related("user").order_by("pk")
        self.today = clock.today(self.actor.org)
        for name in ("first_officer", "second_officer"):
            self.fields[name].offer(rows, self.today)  # type: ignore[attr-defined]
        self.officers_last()

    def officers_last(self) -> None:
        """Put the two after whatever the paper says."""
        for name in ("first_officer", "second_officer"):
            self.fields[name] = self.fields.pop(name)


class PlanForm(PairForm):
    """一企一策."""

    scale = words_field("企业规模和特点", max_length=500)
    weak_points = words_field("薄弱环节", max_length=1000)
    deep_causes = words_field("深层次管理问题", max_length=1000)
    content = words_field("检查内容和方式", rows=5, max_length=2000)
    planned_on = day_field("检查日期")


class OrderForm(PairForm):
    """One deadline per fault; a field for each. A long one is asked about again."""

    is_long_meant = forms.BooleanField(label="超过30天的期限已经核对", required=False)

    def __init__(self, *args: Any, hazards: Sequence[Hazard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hazards = hazards
        asked = self.fields.pop("is_long_meant")
        for hazard in hazards:
            self.fields[f"due-{hazard.pk}"] = day_field(
                f"{hazard.number} 整改期限",
                initial=hazard.due_on,
                help_text=f"{hazard.place}：{hazard.description}",
                validators=[MinValueValidator(self.today, "不能早于今天")],
            )
        if self.is_bound:
            self.fields["is_long_meant"] = asked
        self.officers_last()

    def clean(self) -> dict[str, Any]:
        """Beyond 30 days somebody has to say that the day is meant ([proposal], domain.md 4.4)."""
        data = self.cleaned_data
        last = self.today + timedelta(days=LONG_DAYS)
        late = [h.number for h in self.hazards if (data.get(f"due-{h.pk}") or last) > last]
        if not late:
            self.fields.pop("is_long_meant")
        elif not data.get("is_long_meant"):
            words = f"{'、'.join(late)}的期限超过{LONG_DAYS}天，核对无误请勾选"
            self.add_error("is_long_meant", words)
        return data

    def deadlines(self) -> dict[str, Any]:
        """Return {hazard id: day}."""
        data = self.cleaned_data
        return {name[4:]: day for name, day in data.items() if name.startswith("due-")}


class OpinionForm(PairForm):
    """A result for each item that is still open."""

    representative_name = forms.CharField(label="被复查单位负责人", max_length=40)

    def __init__(
        self, *args: Any, hazards: Sequence[Hazard], results: Iterable[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.hazards = hazards
        name = self.fields.pop("representative_name")
        for hazard in hazards:
            self._add_item(hazard, results)
        self.fields["representative_name"] = name
        self.officers_last()

    def _add_item(self, hazard: Hazard, results: Iterable[Any]) -> None:
        number = hazard.number
        self.fields[f"result-{hazard.pk}"] = forms.ChoiceField(
            label=f"{number} 复查结果",
            choices=results,
            widget=forms.RadioSelect,
            help_text=f"{hazard.place}：{hazard.description}"
            f"（期限{hazard.due_on:%Y-%m-%d}，{hazard.get_state_display()}）",
        )
        self.fields[f"opinion-{hazard.pk}"] = forms.CharField(
            label=f"{number} 意见",
            max_length=300,
            required=False,
            help_text="没有整改到位的必填",
        )
        self.fields[f"due-{hazard.pk}"] = day_field(
            f"{number} 再次期限",
            required=False,
            help_text="没有整改到位、不移送立案的必填",
            validators=[MinValueValidator(self.today, "不能早于今天")],
        )
        self.fields[f"case-{hazard.pk}"] = forms.BooleanField(
            label=f"{number} 移送立案", required=False, help_text="不再给期限，依法立案查处"
        )
        photo = forms.FileInput(attrs={"accept": "image/*", "data-photos": True})
        self.fields[f"photo-{hazard.pk}"] = PhotosField(
            label=f"{number} 复查照片", required=False, widget=photo, help_text="一张，印在意见书上"
        )

    def clean(self) -> dict[str, Any]:
        """What is not mended takes words and a further day."""
        data = self.cleaned_data
        for hazard in self.hazards:
            if data.get(f"result-{hazard.pk}") in (None, Recheck.Result.PASSED):
                continue
            if not data.get(f"opinion-{hazard.pk}"):
                self.add_error(f"opinion-{hazard.pk}", "请写明还差什么")
            if data.get(f"case-{hazard.pk}") or f"due-{hazard.pk}" in self.errors:
                continue
            if not data.get(f"due-{hazard.pk}"):
                self.add_error(f"due-{hazard.pk}", "请给出再次期限，或者勾选移送立案")
        return data

    def rechecked(self) -> dict[str, Rechecked]:
        """Return {hazard id: what was found}; what is mended gets no further day."""
        data, found = self.cleaned_data, {}
        for hazard in self.hazards:
            result = data[f"result-{hazard.pk}"]
            is_mended = result == Recheck.Result.PASSED
            is_case = data[f"case-{hazard.pk}"] and not is_mended
            found[str(hazard.pk)] = Rechecked(
                result=result,
                opinion=data[f"opinion-{hazard.pk}"],
                new_due_on=None if is_mended or is_case else data[f"due-{hazard.pk}"],
                is_case=is_case,
                photo=(data[f"photo-{hazard.pk}"] or [b""])[0],
            )
        return found


class CompareForm(forms.Form):
    """Each finding of either side and how it stands to the other's; starts from what is proposed.

    An officers' finding is paired by its verdict, `both:<id of the provider's finding>`.
    """

    opinion = words_field("抽查意见", max_length=500)
    PAIRED = "paired"
    Verdict = SpotCheckPair.Verdict

    def __init__(
        self, *args: Any, officers: Sequence[Hazard], providers: Sequence[Hazard], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.officers, self.providers = officers, providers
        opinion = self.fields.pop("opinion")
        pairs = [
            (f"{self.Verdict.BOTH}:{p.pk}", f"双方均发现：{p.number} {p.place}") for p in providers
        ]
        missing = [(v.value, v.label) for v in (self.Verdict.MISSED, self.Verdict.NEW)]
        for hazard in officers:
            self._add_line(hazard, [*missing, ("与机构发现配对", pairs)] if pairs else missing)
        alone = [(v.value, v.label) for v in (self.Verdict.MENDED, self.Verdict.OVERSTATED)]
        for hazard in providers:
            self._add_line(hazard, [(self.PAIRED, "已与抽查发现配对"), *alone])
        self.fields["opinion"] = opinion

    def _add_line(self, hazard: Hazard, choices: Iterable[Any]) -> None:
        self.fields[f"verdict-{hazard.pk}"] = forms.ChoiceField(
            label=f"{hazard.number} 比对结果", choices=choices
        )
        self.fields[f"note-{hazard.pk}"] = forms.CharField(
            label=f"{hazard.number} 说明", max_length=200, required=False
        )
        for name in (f"verdict-{hazard.pk}", f"note-{hazard.pk}"):
            field = self.fields[name]
            field.widget.attrs["aria-label"] = field.label

    @classmethod
    def start(cls, pairs: Iterable[Judged]) -> dict[str, str]:
        """Return the initial values that show a proposal."""
        found = {}
        for pair in pairs:
            if pair.officers and pair.providers:
                found[f"verdict-{pair.officers}"] = f"{cls.Verdict.BOTH}:{pair.providers}"
                found[f"verdict-{pair.providers}"] = cls.PAIRED
            else:
                found[f"verdict-{pair.officers or pair.providers}"] = pair.verdict
        return found

    def rows(self, hazards: Sequence[Hazard]) -> list[tuple[Hazard, Any, Any]]:
        """Return each of these findings with its two fields."""
        return [(h, self[f"verdict-{h.pk}"], self[f"note-{h.pk}"]) for h in hazards]

    def _matches(self) -> dict[str, str]:
        """Return {provider's finding: officers' finding} as chosen; a second one is an error."""
        found: dict[str, str] = {}
        for hazard in self.officers:
            verdict, _, match = self.cleaned_data.get(f"verdict-{hazard.pk}", "").partition(":")
            if verdict != self.Verdict.BOTH:
                continue
            if match in found:
                self.add_error(f"verdict-{hazard.pk}", "这项机构发现已与另一项配对，请另选")
            found.setdefault(match, str(hazard.pk))
        return found

    def clean(self) -> dict[str, Any]:
        """The two sides of a pair agree, and what is called untrue says why."""
        data, matches = self.cleaned_data, self._matches()
        for hazard in self.providers:
            name, is_matched = f"verdict-{hazard.pk}", str(hazard.pk) in matches
            verdict = data.get(name)
            if verdict == self.PAIRED and not is_matched:
                self.add_error(name, "没有抽查发现与它配对，请另选")
            elif verdict == self.Verdict.OVERSTATED and is_matched:
                self.add_error(name, "已与抽查发现配对，不能再认定不实")
            elif verdict == self.Verdict.OVERSTATED and not data.get(f"note-{hazard.pk}"):
                self.add_error(f"note-{hazard.pk}", "认定不实须写明理由")
        return data

    def judged(self) -> list[Judged]:
        """Return the lines to record: a pair is one line, with the words of both sides."""
        data, found, paired = self.cleaned_data, [], set()
        for hazard in self.officers:
            verdict, _, match = data[f"verdict-{hazard.pk}"].partition(":")
            words = [data[f"note-{hazard.pk}"], data[f"note-{match}"] if match else ""]
            note = "；".join(word for word in words if word)
            found.append(Judged(verdict, str(hazard.pk), match, note))
            paired.add(match)
        for hazard in self.providers:
            if str(hazard.pk) not in paired:
                verdict, note = data[f"verdict-{hazard.pk}"], data[f"note-{hazard.pk}"]
                found.append(Judged(verdict, providers=str(hazard.pk), note=note))
        return found


class ReferralFilter(forms.Form):
    """What the list of phase 5 is filtered by; it stays in the URL."""

    q = forms.CharField(
        label="企业",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "办理中"), ("all", "全部"), *EnforcementReferral.State.choices],
    )

    def rows(self) -> QuerySet[EnforcementReferral]:
        """Return the files that the filter lets through; nonsense lets nothing through."""
        rows = EnforcementReferral.objects.all()
        if not self.is_valid():
            return rows.none()
        state = self.cleaned_data["state"]
        if not state:
            rows = rows.exclude(state__in=EnforcementReferral.OVER)
        elif state != "all":
            rows = rows.filter(state=state)
        for word in self.cleaned_data["q"].split():
            rows = rows.filter(named(word, "assignment__enterprise__"))
        return rows

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return []
        words = dict(self.fields["state"].choices)  # type: ignore[attr-defined]
        chosen = self.cleaned_data
        found = [(f"企业：{chosen['q']}", "q")] if chosen["q"] else []
        return found + ([(f"状态：{words[chosen['state']]}", "state")] if chosen["state"] else [])
