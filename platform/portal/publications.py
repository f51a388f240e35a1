"""What agencies published: purchases, evaluations, standing of providers; exactly as stored."""

import json

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agencies.models import Publication
from common.paging import count_up_to, keyset
from common.scope import acting_as
from tenancy import clock
from tenancy.actors import SYSTEM

PAGE = 50


class PublicationFilter(forms.Form):
    """Which publications are listed; all of it in the URL."""

    q = forms.CharField(
        label="单位或标题", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *Publication.Kind.choices]
    )

    def rows(self) -> QuerySet[Publication]:
        """Return what the filter lets through; nonsense lets nothing through."""
        if not self.is_valid():
            return Publication.objects.none()
        rows, chosen = Publication.objects.defer("body"), self.cleaned_data
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        for word in chosen["q"].split():
            rows = rows.filter(Q(agency_name__icontains=word) | Q(title__icontains=word))
        return rows

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return [("筛选条件有误", name) for name in self.errors]
        kinds = dict(Publication.Kind.choices)
        chosen = self.cleaned_data
        words = {"q": f"搜索：{chosen['q']}", "kind": f"类别：{kinds.get(chosen['kind'], '')}"}
        return [(text, name) for name, text in words.items() if chosen[name]]


@require_GET
def publications(request: HttpRequest) -> HttpResponse:
    """Everything that was published, newest first; what was withdrawn or is over says so."""
    form = PublicationFilter(request.GET)
    rows = form.rows()
    page = keyset(
        rows,
        order=["-published_at", "code"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {"form": form, "chips": form.chips(), "slice": page, "count": count_up_to(rows)}
    return render(request, "portal/publications.html", context)


def _published(code: str) -> tuple[Publication, bool]:
    """Return a publication, and whether it is shown: not taken back, and within its days."""
    found = Publication.objects.filter(code=code).first()
    if found is None:
        raise Http404("publication")
    with acting_as(SYSTEM):  # whose days they are is the agency's clock to say
        return found, found.is_out_on(clock.today(found.owner_agency_id))


@require_GET
def publication(request: HttpRequest, code: str) -> HttpResponse:
    """One of them; withdrawn or over, only that it was there, when, and why it is not."""
    found, is_out = _published(code)
    context = {"publication": found, "is_out": is_out, "body": found.body}
    return render(request, "portal/publication.html", context)


@require_GET
def publication_json(request: HttpRequest, code: str) -> HttpResponse:
    """The published values; their SHA-256 stands on the page. Withdrawn or over: 410 and why."""
    found, is_out = _published(code)
    trace = {"withdrawn_at": found.withdrawn_at and found.withdrawn_at.isoformat(),
             "withdrawn_reason": found.withdrawn_reason,
             "until_on": found.until_on and found.until_on.isoformat()}  # fmt: skip
    text = (
        json.dumps(found.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if is_out
        else json.dumps(trace, ensure_ascii=False)
    )
    return HttpResponse(
        text, content_type="application/json; charset=utf-8", status=200 if is_out else 410
    )
