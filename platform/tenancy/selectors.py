"""What is asked of tenancy by every app above it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.db.models.functions import Length

from tenancy.actors import Actor, region_range
from tenancy.enums import OrgKind
from tenancy.models import Agency, CalendarDay, Membership, OfficerCertificate, Organization
from tenancy.workdays import DayKind, WorkCalendar


def townships(agency: Agency) -> dict[str, str]:
    """Return {name: region code} of the agencies right below `agency`."""
    rows = Agency.objects.filter(region_code__startswith=agency.region_code)
    return dict(
        rows.exclude(pk=agency.pk).order_by("region_code").values_list("region_name", "region_code")
    )


BELOW = {2: 4, 4: 6, 6: 9}  # digits of a region's code: of the regions right below it


def region_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return (code, name) of the regions to choose from: a regulator's own and those right below.

    A province chooses among its cities, not among a thousand townships.
    """
    lo, hi = actor.region_lo, actor.region_hi
    lengths = [len(lo), BELOW.get(len(lo), len(lo))]
    rows = Agency.objects.filter(region_code__gte=lo, region_code__lt=hi)
    rows = rows.annotate(length=Length("region_code")).filter(length__in=lengths)
    return list(
        dict(rows.order_by("region_code").values_list("region_code", "region_name")).items()
    )


def in_region(actor: Actor, code: str) -> Q:
    """Return the rows of a chosen region: all that lies in it; of the actor's own, only its own.

    What stands under an agency's own code is in none of its townships that it knows of.
    """
    if code == actor.region_lo:
        return Q(region_code=code)
    lo, hi = region_range(code)
    return Q(region_code__gte=lo, region_code__lt=hi)


def is_same_person(actor: Actor, *members: int | None) -> bool:
    """Whether one of these memberships is the actor's, in whatever role, or one he stands in for.

    For what takes a second pair of eyes: neither another role nor being a deputy gives that.
    """
    asked = Membership.objects.filter(pk__in=[pk for pk in members if pk is not None])
    mine = Q(user_id=actor.user_id) | Q(pk__in=actor.places)
    return asked.filter(mine | Q(deputy_for__in=actor.places)).exists()


def is_same_user(actor: Actor, user_id: int | None) -> bool:
    """The same, where a row names the user."""
    if actor.user_id == user_id or user_id is None or actor.deputy_for is None:
        return actor.user_id == user_id
    return Membership.objects.filter(pk=actor.deputy_for, user_id=user_id).exists()


DISTRICT_DIGITS = 6  # of a county's or district's region code


def district_of(agency: Agency) -> Agency:
    """Return the district's bureau that a township's agency reports to; another is its own."""
    code = agency.region_code
    if len(code) <= DISTRICT_DIGITS:
        return agency
    above = Agency.objects.select_related("org").filter(region_code=code[:DISTRICT_DIGITS])
    return above.order_by("pk").first() or agency


def region_names(codes: set[str]) -> dict[str, str]:
    """Return {code: name} for the codes that have an agency."""
    rows = Agency.objects.filter(region_code__in=codes)
    return dict(rows.values_list("region_code", "region_name"))


def providers() -> "list[Organization]":
    """Return every provider, by name."""
    return list(Organization.objects.filter(kind=OrgKind.PROVIDER).order_by("name"))


def work_calendar(agency_id: int) -> WorkCalendar:
    """Return the working days of one agency: its own table over the State Council's."""
    return work_calendars([agency_id])[agency_id]


def work_calendars(agency_ids: Iterable[int]) -> dict[int, WorkCalendar]:
    """Return {agency: its working days} of several agencies, in one statement."""
    found: dict[int, tuple[dict[date, DayKind], dict[date, str]]] = {
        pk: ({}, {}) for pk in agency_ids
    }
    rows = CalendarDay.objects.filter(agency_id__in=found)
    for agency_id, day, kind, source in rows.values_list("agency_id", "day", "kind", "source"):
        kinds, sources = found[agency_id]
        kinds[day], sources[day] = DayKind(kind), source
    return {pk: WorkCalendar(kinds, sources) for pk, (kinds, sources) in found.items()}


def certificate_numbers(people: Iterable[Membership], day: date) -> dict[int, str]:
    """Return {membership id: certificate number} for those whose certificate holds on `day`."""
    rows = OfficerCertificate.objects.filter(
        membership__in=[m.pk for m in people],
        revoked_at=None,
        valid_from__lte=day,
        valid_until__gte=day,
    )
    return dict(rows.order_by("valid_until").values_list("membership_id", "number"))
