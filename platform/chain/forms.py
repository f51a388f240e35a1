from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import AuditEntry
from chain.words import kinds
from tenancy import clock
from tenancy.actors import Actor

DAY = {"type": "date"}
SEARCHED = timedelta(days=92)  # where no first day is given, a search goes back so far


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class LogFilter(forms.Form):
    """What the log is filtered by; everything in it stays in the URL."""

    q = forms.CharField(
        label="操作人、说明或对象编号",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "data-search": True}),
    )
    kind = forms.ChoiceField(label="类别", required=False)
    since = _day("自")
    until = _day("至")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        names = sorted(kinds())
        self.fields["kind"].choices = [("", "全部"), *((n, n) for n in names)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A period ends after its beginning."""
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", "截止日期早于开始日期")
        return data

    def rows(self) -> QuerySet[AuditEntry]:
        """Return the acts of the actor's agency that the filter lets through.

        Texts have no index under row-level security, so a search stays within a period.
        """
        if not self.is_valid():
            return AuditEntry.objects.none()
        rows = AuditEntry.objects.filter(agency_id=self.actor.org)
        chosen = self.cleaned_data
        if since := self.first_day():
            rows = rows.filter(at__gte=_start(since))
        if chosen["until"]:
            rows = rows.filter(at__lt=_start(chosen["until"] + timedelta(days=1)))
        if chosen["kind"]:
            begins = Q()
            for beginning in kinds()[chosen["kind"]]:
                begins |= Q(act__startswith=beginning)
            rows = rows.filter(begins)
        if text := chosen["q"]:
            found = Q(actor_name__icontains=text) | Q(summary__icontains=text)
            rows = rows.filter(found | Q(subject_id=text))
        return rows

    def first_day(self) -> Any:
        """Return the first day of what is shown: as chosen, or how far a search goes back."""
        chosen = self.cleaned_data
        if chosen["since"] or not (chosen["q"] or chosen["kind"]):
            return chosen["since"]
        return (chosen["until"] or clock.today(self.actor.org_id)) - SEARCHED

    def is_cut(self) -> bool:
        """Whether a search goes back less far than the log."""
        return self.is_valid() and bool(self.first_day()) and not self.cleaned_data["since"]

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        names = {"q": "搜索", "kind": "类别", "since": "自", "until": "至"}
        if not self.is_valid():
            return [("筛选条件有误", name) for name in self.errors]
        chosen = self.cleaned_data
        return [(f"{words}：{chosen[name]}", name) for name, words in names.items() if chosen[name]]


def _start(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class VerificationForm(forms.Form):
    """How thorough a check is to be."""

    with_files = forms.BooleanField(label="连同照片、附件和文书文件", required=False)
