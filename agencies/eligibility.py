"""Whether a provider may be chosen: asked here and nowhere else.

It must stand in the agency's library on that day, in a class that fits the enterprise, and nothing
may bar it from serving (domain.md 1.2 and 1.3).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import LibraryProvider
from enterprises.models import Enterprise
from providers.selectors import unqualified_words


@dataclass(frozen=True, slots=True)
class Eligible:
    """How providers stand on a day in one agency's library: {provider: entries}, {provider: bar}."""

    entries: Mapping[int, Sequence[LibraryProvider]]
    barred: Mapping[int, str]

    def fitting(self, provider_org_id: int, enterprise: Enterprise) -> list[LibraryProvider]:
        """Return the entries of a provider whose class covers the enterprise's business."""
        return fitting(enterprise, self.entries.get(provider_org_id, ()))

    def why_not(self, provider_org_id: int | None, enterprise: Enterprise | None = None) -> str:
        """Return why a provider may not be chosen, at all or by this enterprise; '' if it may."""
        pk = provider_org_id or 0
        if pk in self.barred:
            return self.barred[pk]
        if not self.entries.get(pk):
            return "不在机构库中，或者已暂停、已到期"
        if enterprise is not None and not self.fitting(pk, enterprise):
            return "机构库的分类不适合该企业的行业和风险"
        return ""


def fitting(enterprise: Enterprise, entries: Iterable[LibraryProvider]) -> list[LibraryProvider]:
    """Return the library's entries whose class covers an enterprise's industry or risk factors."""
    return [entry for entry in entries if entry.business_class.covers(enterprise)]


def eligible(*, agency_id: int, provider_org_ids: Iterable[int], day: date) -> Eligible:
    """Say of providers how they stand in an agency's library on a day, in few statements."""
    asked = set(provider_org_ids)
    entries: dict[int, list[LibraryProvider]] = defaultdict(list)
    rows = LibraryProvider.objects.filter(owner_agency=agency_id, provider_org__in=asked)
    for entry in rows.in_force(day).select_related("business_class").order_by("pk"):
        entries[entry.provider_org_id or 0].append(entry)
    barred = unqualified_words(asked, day)
    return Eligible(entries, barred)
