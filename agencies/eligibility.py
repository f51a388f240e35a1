"""Whether an enterprise may choose a provider: asked here and nowhere else.

It must stand in the agency's library on that day, in a class that fits the enterprise, and pass
the gate that every choice goes through (`agencies.choosing`); who advises an enterprise must not
assess it (domain.md 1.2, 1.3, 3.3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from agencies.choosing import refusal_words
from agencies.models import LibraryProvider, ServiceTie
from enterprises.models import Enterprise
from providers.services import rules_of


@dataclass(frozen=True, slots=True)
class Eligible:
    """How providers stand on a day in one agency's library.

    {provider: entries}, {provider: what bars it}, and (provider, enterprise) of who advises whom.
    """

    entries: Mapping[int, Sequence[LibraryProvider]]
    barred: Mapping[int, str]
    tied: frozenset[tuple[int, int]]

    def fitting(self, provider_org_id: int, enterprise: Enterprise) -> list[LibraryProvider]:
        """Return the entries of a provider whose class covers the enterprise's business."""
        return fitting(enterprise, self.entries.get(provider_org_id, ()))

    def why_not(self, provider_org_id: int | None, enterprise: Enterprise | None = None) -> str:
        """Return why a provider may not be chosen, at all or by this enterprise; '' if it may."""
        pk = provider_org_id or 0
        if pk in self.barred:
            return self.barred[pk]
        if not self.entries.get(pk):
            return "该机构不在机构库中，或者已暂停、已到期，不能选择"
        if enterprise is not None and not self.fitting(pk, enterprise):
            return "该机构在机构库的分类不适合企业的行业和风险，不能选择"
        if enterprise is not None and (pk, enterprise.pk) in self.tied:
            return "该机构正为企业提供咨询，不能又来评估，不能选择"
        return ""


def fitting(enterprise: Enterprise, entries: Iterable[LibraryProvider]) -> list[LibraryProvider]:
    """Return the library's entries whose class covers an enterprise's industry or risk factors."""
    return [entry for entry in entries if entry.business_class.covers(enterprise)]


def eligible(*, agency_id: int, provider_org_ids: Iterable[int], day: date) -> Eligible:
    """Say of providers how they stand in an agency's library on a day.

    Under the enterprise's actor too: what it reads is open to whoever is asked to choose.
    """
    asked = set(provider_org_ids)
    entries: dict[int, list[LibraryProvider]] = defaultdict(list)
    rows = LibraryProvider.objects.filter(owner_agency=agency_id, provider_org__in=asked)
    for entry in rows.in_force(day).select_related("business_class").order_by("pk"):
        entries[entry.provider_org_id or 0].append(entry)
    barred = {pk: words for pk in asked if (words := refusal_words(pk, day))}
    return Eligible(entries, barred, _tied(agency_id, asked, day))


def _tied(agency_id: int, provider_org_ids: set[int], day: date) -> frozenset[tuple[int, int]]:
    """Return who advises whom from a day on, where the agency's rules let no reason overcome it."""
    if rules_of(agency_id).allows_consultant:
        return frozenset()
    rows = ServiceTie.objects.filter(
        Q(until_on=None) | Q(until_on__gte=day), provider_org__in=provider_org_ids, removed_at=None
    )
    pairs = rows.values_list("provider_org", "enterprise")
    return frozenset((provider or 0, enterprise) for provider, enterprise in pairs)
