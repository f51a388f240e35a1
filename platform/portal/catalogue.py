"""The catalogue of providers: who serves, in what, how it stands, what was published of it (D1).

Anyone reads it. The rows are read as the system, so every value that leaves is named here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agencies.models import LibraryProvider, Publication, ServiceContract
from common.paging import count_up_to, keyset
from common.scope import acting_as
from providers.models import PerformanceReportPublication, Provider, Qualification
from tenancy import clock
from tenancy.actors import SYSTEM

PAGE = 50


class CatalogueFilter(forms.Form):
    """Which providers are listed; all of it in the URL."""

    q = forms.CharField(
        label="机构或信用代码", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    service = forms.CharField(
        label="业务", required=False, widget=forms.TextInput(attrs={"type": "search"})
    )

    def rows(self) -> QuerySet[Provider]:
        """Return what the filter lets through; nonsense lets nothing through."""
        if not self.is_valid():
            return Provider.objects.none()
        rows = Provider.objects.select_related("org", "registered_by__org")
        for word in self.cleaned_data["q"].split():
            rows = rows.filter(Q(org__name__icontains=word) | Q(org__credit_code__iexact=word))
        for word in self.cleaned_data["service"].split():
            rows = rows.filter(_serves(word))
        return rows

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return [("筛选条件有误", name) for name in self.errors]
        labels, chosen = {"q": "搜索", "service": "业务"}, self.cleaned_data
        return [(f"{word}：{chosen[name]}", name) for name, word in labels.items() if chosen[name]]


def _serves(word: str) -> Q:
    """A qualification that stands, or a class of a library, names the business."""
    whose = Q(provider_org=OuterRef("org_id"))
    named = Q(kind__icontains=word) | Q(scope__icontains=word)
    qualified = Qualification.objects.filter(whose, named, removed_at=None)
    entries = LibraryProvider.objects.filter(
        whose, business_class__name__icontains=word, state=LibraryProvider.State.LISTED
    )
    return Q(Exists(qualified)) | Q(Exists(entries))


@dataclass(slots=True)
class Entry:
    """What the public knows of one provider."""

    name: str
    credit_code: str
    is_training: bool
    registered_by: str
    region: str
    required: str  # what a law asks for; '' asks for nothing (无需资质)
    qualifications: list[dict[str, object]] = field(default_factory=list)
    levels: list[tuple[str, str, str]] = field(default_factory=list)  # agency, class, level
    measures: list[Publication] = field(default_factory=list)
    evaluations: list[tuple[Publication, dict[str, str]]] = field(default_factory=list)


def entries_of(providers: Sequence[Provider]) -> list[Entry]:
    """Return what the public knows of these, in their order; so many statements however many they are."""
    with acting_as(SYSTEM):
        found = {
            one.org_id: Entry(
                one.org.name, one.org.credit_code or "", one.org.is_training, one.registered_by.org.name,
                one.registered_by.region_name, one.required_qualification,
            )
            for one in providers
        }  # fmt: skip
        _qualified({one.org_id: one.registered_by_id for one in providers}, found)
        _levels(found)
        _published(found)
    return list(found.values())


def _qualified(registrars: dict[int, int], found: dict[int, Entry]) -> None:
    today = clock.todays(set(registrars.values()))
    rows = Qualification.objects.filter(provider_org__in=found, removed_at=None)
    fields = ("kind", "scope", "level", "number", "valid_from", "valid_until", "verified_at")
    for row in rows.order_by("kind", "pk").values("provider_org_id", *fields):
        day = today[registrars[row["provider_org_id"]]]
        if row["valid_from"] <= day <= row["valid_until"]:
            found[row["provider_org_id"]].qualifications.append(row)


def _levels(found: dict[int, Entry]) -> None:
    rows = LibraryProvider.objects.filter(
        provider_org__in=found, state=LibraryProvider.State.LISTED
    ).order_by("owner_agency__region_code", "business_class__name", "pk")
    listed = list(
        rows.values_list(
            "provider_org_id", "owner_agency_id", "owner_agency__org__name",
            "business_class__name", "level", "from_on", "until_on",
        )
    )  # fmt: skip
    today = clock.todays({row[1] for row in listed})
    for org_id, agency_id, agency, name, level, begins, ends in listed:
        day = today[agency_id]
        if begins <= day and (ends is None or day <= ends):
            found[org_id].levels.append((agency, name, level))


def _published(found: dict[int, Entry]) -> None:
    """Add what is out today: decisions about their standing, and results of evaluations.

    A line of a notice is the provider's whose contract it names: two bodies may be called alike.
    """
    by_code = {one.credit_code: one for one in found.values()}
    contracts = ServiceContract.objects.filter(provider_org__in=found)
    whose = {
        (agency_id, number): found[org_id]
        for agency_id, number, org_id in contracts.values_list(
            "owner_agency_id", "number", "provider_org_id"
        )
    }
    decided = Q(kind=Publication.Kind.STANDING, body__credit_code__in=list(by_code))
    agencies = {agency_id for agency_id, _ in whose}
    evaluated = Q(kind=Publication.Kind.APPRAISAL, owner_agency__in=agencies)
    rows = Publication.objects.filter(decided | evaluated, state=Publication.State.PUBLISHED)
    out = list(rows.order_by("-published_at", "code"))
    today = clock.todays({row.owner_agency_id for row in out})
    for row in out:
        if not row.is_out_on(today[row.owner_agency_id]):
            continue
        if row.kind == Publication.Kind.STANDING:
            by_code[row.body["credit_code"]].measures.append(row)
            continue
        for line in row.body["lines"]:
            if one := whose.get((row.owner_agency_id, line["contract_number"])):
                one.evaluations.append((row, line))


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every registered provider, by name."""
    form = CatalogueFilter(request.GET)
    with acting_as(SYSTEM):
        rows = form.rows()
        page = keyset(
            rows,
            order=["org__name", "org_id"],
            size=PAGE,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        count = count_up_to(rows)
    context = {
        "form": form, "chips": form.chips(), "slice": page, "count": count,
        "entries": entries_of(page.rows),
    }  # fmt: skip
    return render(request, "portal/catalogue.html", context)


def _provider(credit_code: str) -> Provider:
    with acting_as(SYSTEM):
        rows = Provider.objects.select_related("org", "registered_by__org")
        found = rows.filter(org__credit_code=credit_code.upper()).first()
    if found is None:
        raise Http404("provider")
    return found


@require_GET
def provider(request: HttpRequest, credit_code: str) -> HttpResponse:
    """One provider, with its reports of each year."""
    found = _provider(credit_code)
    reports = PerformanceReportPublication.objects.filter(provider_org=found.org_id)
    context = {
        "entry": entries_of([found])[0],
        "agency_id": found.registered_by_id,
        "years": list(reports.order_by("-year").values_list("year", flat=True)),
    }
    return render(request, "portal/provider.html", context)


@require_GET
def report(request: HttpRequest, credit_code: str, year: int) -> HttpResponse:
    """A provider's report of one year, exactly as it was submitted."""
    rows = PerformanceReportPublication.objects.filter(provider_org=_provider(credit_code).org_id)
    found = rows.filter(year=year).first()
    if found is None:
        raise Http404("report")
    return render(request, "portal/report.html", {"report": found, "body": found.body})
