from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from enterprises.entering_forms import SlipForm
from evidence.forms import PhotosField
from scoring.models import GravityVariant, PointAppeal, PointAppealItem, PointEntry
from scoring.services import Ruling

Decision = PointAppealItem.Decision


class AppealForm(forms.Form):
    """What an enterprise says against which entries."""

    entries = forms.MultipleChoiceField(
        label="对哪些记分有异议", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择对哪些记分有异议"},
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 5})
    )
    photos = PhotosField(label="证明照片", required=False)

    def __init__(self, *args: Any, entries: Sequence[PointEntry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entries"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"第{one.code}款 {one.fact}") for one in entries
        ]

    def clean_entries(self) -> list[UUID]:
        """Return their ids."""
        return [UUID(pk) for pk in self.cleaned_data["entries"]]


class AppealEnterForm(SlipForm, AppealForm):
    """The same from the slip of an owner without a phone, who may also have nothing to say."""

    field_order = ("says", "entries", "reason", "photos")
    says = forms.ChoiceField(
        label="企业的意见", choices=(("appeal", "有异议"), ("waive", "没有异议")),
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("entries", "reason"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Whoever objects says to what and why."""
        data = super().clean() or {}
        if data.get("says") == "appeal":
            for name, words in (("entries", "请选择对哪些记分有异议"), ("reason", "请写明理由")):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return data


class RulingForm(forms.Form):
    """What is decided of one entry."""

    decision = forms.ChoiceField(
        label="决定", choices=Decision.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择维持、变更或者撤销"},
    )  # fmt: skip
    units = forms.IntegerField(label="变更后的项（处）数", min_value=1, required=False)
    variant = forms.ModelChoiceField(
        label="变更后的情节", queryset=GravityVariant.objects.none(), required=False,
        empty_label="一般情形",
    )  # fmt: skip
    note = forms.CharField(label="变更或者撤销的原因", max_length=300, required=False)

    def __init__(self, *args: Any, item: PointAppealItem, **kwargs: Any) -> None:
        self.item = item
        super().__init__(*args, **kwargs)
        variants = item.entry.clause.variants.all()
        self.fields["variant"].queryset = variants  # type: ignore[attr-defined]
        if not variants:
            del self.fields["variant"]
        if item.entry.units == 1:
            del self.fields["units"]

    @property
    def ruling(self) -> Ruling:
        """What was decided."""
        data = self.cleaned_data
        return Ruling(
            decision=data["decision"],
            note=data["note"],
            units=data.get("units") or self.item.entry.units,
            variant=data.get("variant"),
        )


class AnswerForm(forms.Form):
    """What the enterprise is told."""

    answer = forms.CharField(
        label="复核意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AppealFilter(forms.Form):
    """Which appeals are shown; it stands in the URL."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "待复核"), *PointAppeal.State.choices]
    )


class RecheckForm(forms.Form):
    """Whether what was given points for is mended."""

    is_mended = forms.TypedChoiceField(
        label="复查结果", choices=[("1", "已整改"), ("0", "未整改")], widget=forms.RadioSelect,
        coerce=lambda value: value == "1", empty_value=None,
    )  # fmt: skip
    reason = forms.CharField(
        label="情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="未整改的请写明",
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
