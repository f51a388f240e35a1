"""Whose certificates hold on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from providers.models import StaffCertificate
from tenancy.models import Membership


def lapsed_people(people: Iterable[Membership], day: date) -> dict[int, date]:
    """Return {membership: last day} of those whose certificates have all lapsed before `day`.

    Who has none on the register is not among them: what a contract asks of its people is
    confirmed person by person before work begins.
    """
    last: dict[int, date] = defaultdict(lambda: date.min)
    rows = StaffCertificate.objects.filter(
        membership__in=[person.pk for person in people], removed_at=None
    )
    for membership_id, until in rows.values_list("membership_id", "valid_until"):
        last[membership_id] = max(last[membership_id], until)
    return {pk: until for pk, until in last.items() if until < day}


def lapsed_words(people: Iterable[Membership], day: date) -> str:
    """Say whose certificates have lapsed; '' where nobody's have."""
    names = {person.pk: person.user.name for person in people}
    lapsed = lapsed_people(people, day).items()
    return "、".join(f"{names[pk]}的证书已于{until:%Y-%m-%d}过期" for pk, until in lapsed)
