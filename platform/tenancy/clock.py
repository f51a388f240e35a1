"""One clock: every time that a rule reads comes from here.

A training agency may run its own clock, so a demonstration plays three months in a minute and a
test needs no patching. Other agencies live in real time.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, When
from django.db.models.functions import Now, TruncDate
from django.utils import timezone

from tenancy.models import Agency

# Written out: to build it takes longer than to answer it.
TRAINING = """
    SELECT a.org_id, a.training_now, a.training_set_at FROM tenancy_agency a
    JOIN tenancy_organization o ON o.id = a.org_id
    WHERE a.org_id = ANY(%s) AND o.is_training AND a.training_now IS NOT NULL
"""


def now(agency_id: int | None) -> datetime:
    """Return the present moment of one agency (aware)."""
    if agency_id is None:
        return timezone.now()
    return _moments([agency_id])[agency_id]


def now_of(agency: Agency) -> datetime:
    """Return the present moment of an agency that is loaded with its organisation: no statement."""
    real, stood = timezone.now(), agency.training_now
    if stood is None or not agency.org.is_training:
        return real
    return _moved(real, stood, agency.training_set_at)


def today_of(agency: Agency) -> date:
    """Return the present day of such an agency in its time zone."""
    return timezone.localdate(now_of(agency))


def _moments(agency_ids: Iterable[int]) -> dict[int, datetime]:
    """Return {agency: its present moment} of several, in one statement, which every act asks."""
    real = timezone.now()
    found = dict.fromkeys(agency_ids, real)
    if not found:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TRAINING, [list(found)])
        return found | {pk: _moved(real, *clock) for pk, *clock in cursor.fetchall()}


def _moved(real: datetime, stood: datetime, since: datetime | None) -> datetime:
    """Return where a clock is that was set to `stood`, and runs since then or stands."""
    return stood if since is None else stood + (real - since)


def is_training(agency_id: int | None) -> bool:
    """Whether the agency keeps a time of its own."""
    rows = Agency.objects.filter(pk=agency_id, org__is_training=True)
    return rows.exclude(training_now=None).exists()


def today(agency_id: int | None) -> date:
    """Return the present day of one agency in its time zone."""
    return timezone.localdate(now(agency_id))


def todays(agency_ids: Iterable[int]) -> dict[int, date]:
    """Return {agency: its present day} of several, in one statement."""
    return {pk: timezone.localdate(moment) for pk, moment in _moments(agency_ids).items()}


def day_of_row(path: str = "owner_agency") -> TruncDate:
    """Return the expression of the present day of a row's own agency: rows of several in one question."""
    real = Now()  # of the database: what asks it is the same at every moment
    stood, since = F(f"{path}__training_now"), F(f"{path}__training_set_at")
    runs = ExpressionWrapper(stood + (real - since), output_field=DateTimeField())
    practises = {f"{path}__org__is_training": True, f"{path}__training_now__isnull": False}
    moment = Case(
        When(**practises, **{f"{path}__training_set_at": None}, then=stood),
        When(**practises, then=runs),
        default=real,
        output_field=DateTimeField(),
    )
    return TruncDate(moment)
