"""Whose certificates hold on a day, and where a provider has told that it works."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from common.pinyin import search_words
from providers.models import CrossRegionNotice, Provider, StaffCertificate
from tenancy.actors import COUNTY_DIGITS
from tenancy.models import Membership, Organization
from tenancy.selectors import providers

_words = lru_cache(maxsize=10_000)(search_words)  # of so many bodies; asked with each search


def bodies_named(text: str) -> list[Organization]:
    """Return the providers of which name, pinyin initials or credit code contain `text`, by name."""
    wanted = text.strip().lower()
    return [
        body for body in providers() if wanted in f"{_words(body.name)} {body.credit_code}".lower()
    ]


def lapsed_people(people: Iterable[Membership], day: date) -> dict[int, date]:
    """Return {membership: last day} of those whose certificates have all lapsed before `day`.

    Certificates are a person's, in whichever role at the body he entered them. Who has none on the
    register is not among them: what a contract asks of its people is confirmed person by person
    before work begins.
    """
    asked = list(people)
    last: dict[tuple[int, int | None], date] = defaultdict(lambda: date.min)
    rows = StaffCertificate.objects.filter(
        membership__user__in={person.user_id for person in asked}, removed_at=None
    )
    for user_id, org_id, until in rows.values_list(
        "membership__user_id", "provider_org_id", "valid_until"
    ):
        last[user_id, org_id] = max(last[user_id, org_id], until)
    ends = {person.pk: last.get((person.user_id, person.org_id)) for person in asked}
    return {pk: until for pk, until in ends.items() if until is not None and until < day}


def lapsed_words(people: Iterable[Membership], day: date) -> str:
    """Say whose certificates have lapsed; '' where nobody's have."""
    names = {person.pk: person.user.name for person in people}
    lapsed = lapsed_people(people, day).items()
    return "、".join(f"{names[pk]}的证书已于{until:%Y-%m-%d}过期" for pk, until in lapsed)


def home_of(provider_org_id: int) -> str:
    """Return the region, at county level at the narrowest, in which a provider is at home."""
    rows = Provider.objects.filter(pk=provider_org_id)
    code = rows.values_list("registered_by__region_code", flat=True).first() or ""
    return code[:COUNTY_DIGITS]


def away_from(home: str, regions: Iterable[str]) -> set[str]:
    """Return those of the regions that lie outside a provider's home."""
    return {code for code in regions if not code.startswith(home)}


def untold(provider_org_id: int, regions: Iterable[str], day: date) -> set[str]:
    """Return the regions away from home of which no notice tells on a day.

    A notice covers all that lies in the region of the agency that it was filed to.
    """
    away = away_from(home_of(provider_org_id), regions)
    if not away:
        return away
    told = CrossRegionNotice.objects.filter(
        provider_org=provider_org_id, from_on__lte=day, until_on__gte=day
    )
    codes = tuple(told.values_list("region_code", flat=True))
    return {code for code in away if not code.startswith(codes)}
