"""Whose certificates hold on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from providers.models import Provider, Qualification, StaffCertificate
from tenancy.models import Membership


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


def unqualified_words(provider_org_ids: Iterable[int], day: date) -> dict[int, str]:
    """Return {provider: why} of those whose business a law asks a qualification for, and none holds."""
    asked = dict(
        Provider.objects.filter(pk__in=set(provider_org_ids))
        .exclude(required_qualification="")
        .values_list("pk", "required_qualification")
    )
    held = Qualification.objects.filter(
        provider_org__in=asked, removed_at=None, valid_from__lte=day, valid_until__gte=day
    ).values_list("provider_org", flat=True)
    holders = set(held)
    return {
        pk: f"业务要求{words}资质，没有在有效期内的登记"
        for pk, words in asked.items()
        if pk not in holders
    }
