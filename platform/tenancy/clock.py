"""One clock: every time that a rule reads comes from here.

A training agency may run its own clock, so a demonstration plays three months in a minute and a
test needs no patching. Other agencies live in real time.
"""

from datetime import date, datetime

from django.utils import timezone

from tenancy.models import Agency


def now(agency_id: int | None) -> datetime:
    """Return the present moment of one agency (aware)."""
    real = timezone.now()
    if agency_id is None:
        return real
    row = (
        Agency.objects.filter(pk=agency_id, org__is_training=True)
        .values_list("training_now", "training_set_at")
        .first()
    )
    stood, set_at = row or (None, None)
    if stood is None:
        return real
    return stood if set_at is None else stood + (real - set_at)


def is_training(agency_id: int | None) -> bool:
    """Whether the agency keeps a time of its own."""
    rows = Agency.objects.filter(pk=agency_id, org__is_training=True)
    return rows.exclude(training_now=None).exists()


def today(agency_id: int | None) -> date:
    """Return the present day of one agency in its time zone."""
    return timezone.localdate(now(agency_id))
