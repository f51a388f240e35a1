from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from common.uploads import drawn_png
from evidence.forms import PhotosField
from inspections.models import Hazard
from scoring.models import GravityVariant, RuleBook, RuleClause
from scoring.points import Parameters
from scoring.services import Given
from tenancy.enums import Role
from tenancy.forms import ActorForm
from tenancy.models import Membership

DAY, ISO = {"type": "date"}, "%Y-%m-%d"


class GiveForm(ActorForm):
    """The second officer, and the enterprise's signature or its refusal."""

    second_officer = forms.ModelChoiceField(
        label="第二名检查人员", queryset=Membership.objects.none(), empty_label="请选择"
    )
    representative_name = forms.CharField(label="现场负责人姓名", max_length=40, required=False)
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    opinion = forms.CharField(label="企业意见", max_length=300, required=False)
    refusal_reason = forms.CharField(label="拒签原因", max_length=200, required=False)
    witness_name = forms.CharField(label="见证人", max_length=40, required=False)
    is_obstructed = forms.BooleanField(
        label="拒绝、阻碍检查", required=False, help_text="另加处，并移送执法"
    )

    def __init__(self, *args: Any, rules: Parameters, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [Role.OFFICER, *([Role.ASSISTANT] if rules.assistant_may_second else [])]
        rows = Membership.objects.own().filter(org_id=self.actor.org_id, role__in=roles)
        rows = rows.exclude(pk=self.actor.member).select_related("user")
        self.fields["second_officer"].queryset = rows  # type: ignore[attr-defined]
        if rules.assistant_may_second:
            self.fields["second_officer"].label = "第二名检查人员或者协助人员"

    def clean_signature(self) -> bytes:
        """Read the drawn signature, b'' where nothing was drawn."""
        return drawn_png(self.cleaned_data["signature"])


class GivenForm(forms.Form):
    """One clause of the table: whether it is given, and what was seen."""

    chosen = forms.BooleanField(required=False)
    variant = forms.ModelChoiceField(
        label="情节", queryset=GravityVariant.objects.none(), required=False, empty_label="一般情形"
    )
    units = forms.IntegerField(
        label="项（处）数", min_value=1, max_value=999, initial=1, required=False
    )
    fact = forms.CharField(
        label="事实", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )
    due_on = forms.DateField(
        label="整改期限", required=False, widget=forms.DateInput(attrs=DAY, format=ISO)
    )
    is_corrected_on_site = forms.BooleanField(label="当场改正", required=False)
    photos = PhotosField(label="照片", required=False)

    def __init__(
        self, *args: Any, clause: RuleClause, hazard: Hazard | None = None, **kwargs: Any
    ) -> None:
        self.clause, self.hazard = clause, hazard
        kwargs["use_required_attribute"] = False  # what is not given is not asked for
        super().__init__(*args, **kwargs)
        self.fields["variant"].queryset = clause.variants.all()  # type: ignore[attr-defined]
        dropped = {
            "variant": not clause.variants.all(),
            "units": not clause.is_per_unit,
            "is_corrected_on_site": not clause.is_on_site_waivable,
            "due_on": hazard is not None,
            "photos": hazard is not None and not clause.is_major,
        }
        for name, is_dropped in dropped.items():
            if is_dropped:
                del self.fields[name]
        if hazard is not None:
            self.fields["fact"].widget.attrs["placeholder"] = "留空用隐患的描述"

    def clean(self) -> dict[str, Any]:
        """What is given says what was seen."""
        data = super().clean() or {}
        if data.get("chosen") and self.hazard is None:
            if not data.get("fact", "").strip():
                self.add_error("fact", f"请写明第{self.clause.code}款的事实")
            if self.clause.is_major and not data.get("photos"):
                self.add_error("photos", f"第{self.clause.code}款是重大隐患条款，须有照片")
        return data

    @property
    def given(self) -> Given:
        """What was typed, as a clause to be given."""
        data = self.cleaned_data
        return Given(
            clause=self.clause,
            hazard=self.hazard,
            variant=data.get("variant"),
            units=data.get("units") or 1,
            is_corrected_on_site=bool(data.get("is_corrected_on_site")),
            fact=data["fact"],
            due_on=data.get("due_on"),
            photos=data.get("photos") or (),
        )


class Giving:
    """All clauses of the table as forms: those the provider's findings propose, and the rest."""

    def __init__(
        self,
        book: RuleBook,
        hazards: Sequence[Hazard],
        *,
        data: Any = None,
        files: Any = None,
        prepared: Mapping[str, Any] | None = None,
        due_on: date | None = None,
    ) -> None:
        clauses = {c.code: c for c in book.clauses.prefetch_related("variants")}
        kept = prepared or {}
        self.proposed = [
            GivenForm(
                data, files, prefix=f"h{hazard.pk}", clause=clauses[hazard.clause_code],
                hazard=hazard,
                initial={"chosen": str(hazard.pk) in kept, "units": hazard.place_count},
            )
            for hazard in hazards
            if hazard.clause_code in clauses
        ]  # fmt: skip
        self.free = [
            GivenForm(
                data, files, prefix=f"c{clause.pk}", clause=clause, initial={"due_on": due_on}
            )
            for clause in clauses.values()
        ]

    @property
    def forms(self) -> list[GivenForm]:
        """Every clause's form."""
        return [*self.proposed, *self.free]

    def is_valid(self) -> bool:
        """Whether everything that is given makes sense; what is not given is not looked at."""
        return not self.errors

    @property
    def chosen(self) -> list[GivenForm]:
        """The forms of what is given."""
        return [form for form in self.forms if form.data.get(form.add_prefix("chosen"))]

    @property
    def errors(self) -> list[str]:
        """What is wrong with what is given, to be said above it."""
        return [
            str(word) for form in self.chosen for words in form.errors.values() for word in words
        ]

    @property
    def given(self) -> list[Given]:
        """What is given, in the order of the page."""
        return [form.given for form in self.chosen]
