from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from common.ids import uuid7_at
from inspections.models import Complaint, EnforcementReferral, MeetingAttendance, VisitTrack
from tenancy.retention import register_eraser

OVER = (EnforcementReferral.State.CLOSED, EnforcementReferral.State.REMOVED)


def phones_over(before: datetime) -> QuerySet[MeetingAttendance]:
    """Return lines of sign-in sheets from before a moment that still hold a phone."""
    return MeetingAttendance.objects.filter(signed_at__lt=before, phone__blank=False)


def tracks_over(before: datetime) -> QuerySet[VisitTrack]:
    """Return tracks that began before a moment and still hold places."""
    return VisitTrack.objects.filter(pk__lt=uuid7_at(before)).exclude(points=[])


def complainants_over(before: datetime) -> QuerySet[Complaint]:
    """Return complaints answered before a moment that still say who made them."""
    named = Q(complainant_name__blank=False) | Q(complainant_phone__blank=False)
    return Complaint.objects.filter(named, closed_at__lt=before)


def organisations_with_a_case() -> QuerySet[Any]:
    """Return the ids of enterprises on the list of phase 5, or whose case was handed over."""
    rows = EnforcementReferral.objects.exclude(state__in=OVER)
    return rows.values_list("assignment__enterprise__enterprise_org", flat=True)


def register() -> None:
    """Say what of the kinds of the table goes, once its time is over."""
    register_eraser(
        "attendance_phone",
        due=phones_over,
        erase=lambda rows: rows.update(phone=""),
        org="assignment__enterprise__enterprise_org",
    )
    register_eraser(
        "visit_track",
        due=tracks_over,
        erase=lambda rows: rows.update(points=[]),
        org="visit__enterprise__enterprise_org",
    )
    register_eraser(
        "complainant",
        due=complainants_over,
        erase=lambda rows: rows.update(complainant_name="", complainant_phone=""),
        org="enterprise__enterprise_org",
    )
