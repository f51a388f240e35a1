"""The public page of daily heads: which chain stood where at the end of which day, as files too."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from audit import verify_chain
from audit.heads import day_file, days
from audit.models import DailyHead, PublishedDay
from common.paging import count_up_to, keyset

PAGE = 50
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HeadsFilter(forms.Form):
    """Which heads are shown, and which days the file of the range holds; all of it in the URL."""

    q = forms.CharField(
        label="单位", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    since = forms.DateField(label="自", required=False, widget=DAY)
    until = forms.DateField(label="至", required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        """A range ends after its beginning."""
        data = self.cleaned_data
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", "截止日期早于开始日期")
        return data

    def rows(self) -> QuerySet[DailyHead]:
        """Return the heads; a name is looked up among the chains of the last day."""
        if not self.is_valid():
            return DailyHead.objects.none()
        rows, chosen = DailyHead.objects.all(), self.cleaned_data
        if chosen["since"]:
            rows = rows.filter(day__gte=chosen["since"])
        if chosen["until"]:
            rows = rows.filter(day__lte=chosen["until"])
        if chosen["q"]:
            last = DailyHead.objects.order_by("-day").values("day")[:1]
            named = DailyHead.objects.filter(day=last, name__icontains=chosen["q"])
            rows = rows.filter(agency_id__in=list(named.values_list("agency_id", flat=True)))
        return rows

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return [("筛选条件有误", name) for name in self.errors]
        labels = {"q": "单位", "since": "自", "until": "至"}
        chosen = self.cleaned_data
        return [
            (f"{words}：{chosen[name]}", name) for name, words in labels.items() if chosen[name]
        ]


def heads(request: HttpRequest) -> HttpResponse:
    """What was published of every chain, newest first, and how anybody checks it."""
    form = HeadsFilter(request.GET)
    rows = form.rows()
    page = keyset(
        rows,
        order=["-day", "agency_id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    shown = {head.day for head in page}
    published = PublishedDay.objects.filter(day__in=shown).defer("signature")
    files = {row.day: row for row in published.annotate(is_signed=~Q(signature=b""))}
    context = {
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "rows": [(head, files.get(head.day)) for head in page],
        "count": count_up_to(rows),
    }
    return render(request, "portal/heads.html", context)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404("day") from None


def heads_json(request: HttpRequest, day: str) -> HttpResponse:
    """The file of one day: its SHA-256 stands on the page, and in the next day's file."""
    content = day_file(_day(day))
    if content is None:
        raise Http404("day")
    return _file(content, f"heads-{day}.json", "application/json; charset=utf-8")


def heads_signature(request: HttpRequest, day: str) -> HttpResponse:
    """The platform's signature of one day's file, detached."""
    row = PublishedDay.objects.filter(day=_day(day)).first()
    if row is None or not row.signature:
        raise Http404("signature")
    return _file(bytes(row.signature), f"heads-{day}.json.p7s", "application/pkcs7-signature")


def heads_range(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The files of all days of a range, a line each, streamed."""
    form = HeadsFilter(request.GET)
    if not form.is_valid():
        return render(
            request, "portal/heads.html", {"form": form, "chips": form.chips()}, status=400
        )
    lines = _lines(form.cleaned_data["since"], form.cleaned_data["until"])
    response = StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="heads.jsonl"'
    return response


def _lines(first: date | None, last: date | None) -> Iterator[str]:
    for _, text in days(first=first, last=last):
        yield text + "\n"


def verifier(request: HttpRequest) -> HttpResponse:
    """The verifier, for anyone to read and run: the very file that the platform checks with."""
    response = HttpResponse(
        Path(verify_chain.__file__).read_bytes(), content_type="text/plain; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="verify_chain.py"'
    return response


def _file(content: bytes, filename: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    patch_cache_control(response, public=True, max_age=86_400, immutable=True)
    return response
