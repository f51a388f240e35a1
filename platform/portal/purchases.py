"""What was published of purchases: plans, announcements, awards, acceptance; exactly as stored."""

import json

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agencies.models import PurchasePublication
from common.paging import count_up_to, keyset

PAGE = 50


class PurchaseFilter(forms.Form):
    """Which publications are listed; all of it in the URL."""

    q = forms.CharField(
        label="单位或标题", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *PurchasePublication.Kind.choices]
    )

    def rows(self) -> QuerySet[PurchasePublication]:
        """Return what the filter lets through; nonsense lets nothing through."""
        if not self.is_valid():
            return PurchasePublication.objects.none()
        rows, chosen = PurchasePublication.objects.defer("body"), self.cleaned_data
        if chosen["kind"]:
            rows = rows.filter(kind=chosen["kind"])
        for word in chosen["q"].split():
            rows = rows.filter(Q(agency_name__icontains=word) | Q(title__icontains=word))
        return rows

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return [("筛选条件有误", name) for name in self.errors]
        kinds = dict(PurchasePublication.Kind.choices)
        chosen = self.cleaned_data
        words = {"q": f"搜索：{chosen['q']}", "kind": f"类别：{kinds.get(chosen['kind'], '')}"}
        return [(text, name) for name, text in words.items() if chosen[name]]


@require_GET
def purchases(request: HttpRequest) -> HttpResponse:
    """Everything that was published of purchases, newest first; what was withdrawn says so."""
    form = PurchaseFilter(request.GET)
    rows = form.rows()
    page = keyset(
        rows,
        order=["-published_at", "code"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {"form": form, "chips": form.chips(), "slice": page, "count": count_up_to(rows)}
    return render(request, "portal/purchases.html", context)


def _published(code: str) -> PurchasePublication:
    found = PurchasePublication.objects.filter(code=code).first()
    if found is None:
        raise Http404("publication")
    return found


@require_GET
def purchase(request: HttpRequest, code: str) -> HttpResponse:
    """One of them; withdrawn, only that it was there, when and why it was taken back."""
    found = _published(code)
    is_standing = found.state == PurchasePublication.State.PUBLISHED
    context = {"publication": found, "is_standing": is_standing, "body": found.body}
    return render(request, "portal/purchase.html", context)


@require_GET
def purchase_json(request: HttpRequest, code: str) -> HttpResponse:
    """The published values; their SHA-256 stands on the page. Withdrawn: 410 and why."""
    found = _published(code)
    is_standing = found.state == PurchasePublication.State.PUBLISHED
    trace = {"withdrawn_at": found.withdrawn_at and found.withdrawn_at.isoformat(),
             "withdrawn_reason": found.withdrawn_reason}  # fmt: skip
    text = (
        json.dumps(found.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if is_standing
        else json.dumps(trace, ensure_ascii=False)
    )
    return HttpResponse(
        text, content_type="application/json; charset=utf-8", status=200 if is_standing else 410
    )
