"""What is asked of tenancy by every app above it."""

from collections.abc import Iterable
from datetime import date

from tenancy.enums import OrgKind
from tenancy.models import Agency, CalendarDay, Membership, OfficerCertificate, Organization
from tenancy.workdays import DayKind, WorkCalendar


def townships(agency: Agency) -> dict[str, str]:
    """Return {name: region code} of the agencies right below `agency`."""
    rows = Agency.objects.filter(region_code__startswith=agency.region_code)
    return dict(
        rows.exclude(pk=agency.pk).order_by("region_code").values_list("region_name", "region_code")
    )


def region_names(codes: set[str]) -> dict[str, str]:
    """Return {code: name} for the codes that have an agency."""
    rows = Agency.objects.filter(region_code__in=codes)
    return dict(rows.values_list("region_code", "region_name"))


def providers() -> "list[Organization]":
    """Return every provider, by name."""
    return list(Organization.objects.filter(kind=OrgKind.PROVIDER).order_by("name"))


def work_calendar(agency_id: int) -> WorkCalendar:
    """Return the working days of one agency: its own table over the State Council's."""
    rows = CalendarDay.objects.filter(agency_id=agency_id).values_list("day", "kind", "source")
    days = list(rows)
    return WorkCalendar(
        {day: DayKind(kind) for day, kind, _ in days}, {day: source for day, _, source in days}
    )


def certificate_numbers(people: Iterable[Membership], day: date) -> dict[int, str]:
    """Return {membership id: certificate number} for those whose certificate holds on `day`."""
    rows = OfficerCertificate.objects.filter(
        membership__in=[m.pk for m in people],
        revoked_at=None,
        valid_from__lte=day,
        valid_until__gte=day,
    )
    return dict(rows.order_by("valid_until").values_list("membership_id", "number"))
