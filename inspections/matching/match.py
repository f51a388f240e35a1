"""photos_match: the work of the task; enqueues nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from common.ids import uuid7_at
from evidence.models import Photo, Scan
from evidence.storage import stored
from inspections.framing import Features, Framing, Spot, compare, features_of, place_text
from inspections.models import Hazard, PhotoMatch
from tenancy import clock

LATELY = timedelta(days=30)  # by whatever clock: one may have been wrong by days
AFTERWARDS = ("inspections.rectification", "inspections.recheck")
MAX_BEFORE, MAX_AFTER = 6, 12  # photos of one hazard that are compared [proposal]


@transaction.atomic
def photos_match(*, hazard: Hazard) -> int:
    """Compare what was not compared yet with the photos from before; return how many.

    Any number of times: what has its match keeps it.
    """
    before = list(_photos(hazard, Photo.Purpose.BEFORE)[:MAX_BEFORE])
    after = list(_after(hazard)[:MAX_AFTER])
    if not before or not after:
        return 0
    seen = {photo.pk: features_of(stored(str(photo.reading.name))) for photo in (*before, *after)}
    now = clock.now(hazard.owner_agency_id)
    rows = []
    for photo in after:
        best, found = _best(before, photo, seen)
        rows.append(
            PhotoMatch(
                **hazard.tenant,
                before=best,
                after=photo,
                figures=found.figures(),
                text=f"{found.text}；{place_text(_spot(best), _spot(photo))}"[:200],
                made_at=now,
            )
        )
    return len(PhotoMatch.objects.bulk_create(rows, ignore_conflicts=True))


def hazards_not_compared(agency_id: int) -> list[UUID]:
    """Return the hazards that have a photo of the last days without a match."""
    photos = Photo.objects.filter(
        owner_agency=agency_id,
        pk__gt=uuid7_at(timezone.now() - LATELY),
        subject_type__in=AFTERWARDS,
        purpose__in=(Photo.Purpose.AFTER, Photo.Purpose.RECHECK),
    )
    left = photos.exclude(pk__in=PhotoMatch.objects.values("after")).exclude(scan=Scan.INFECTED)
    ids = [UUID(pk) for pk in left.values_list("subject_id", flat=True)]
    of_them = Q(rectifications__in=ids) | Q(rechecks__in=ids)
    rows = Hazard.objects.filter(of_them).order_by("pk").distinct()
    return list(rows.values_list("pk", flat=True))


def _photos(hazard: Hazard, purpose: str) -> QuerySet[Photo]:
    rows = Photo.objects.filter(subject_type=Hazard._meta.label_lower, subject_id=str(hazard.pk))
    return rows.filter(purpose=purpose).exclude(scan=Scan.INFECTED).order_by("pk")


def _after(hazard: Hazard) -> QuerySet[Photo]:
    """The photos of its rectifications and rechecks that have no match yet."""
    ids = [
        *hazard.rectifications.values_list("pk", flat=True),
        *hazard.rechecks.values_list("pk", flat=True),
    ]
    rows = Photo.objects.filter(
        subject_type__in=AFTERWARDS,
        subject_id__in=[str(pk) for pk in ids],
        purpose__in=(Photo.Purpose.AFTER, Photo.Purpose.RECHECK),
    )
    done = PhotoMatch.objects.filter(after__in=rows).values("after")
    return rows.exclude(pk__in=done).exclude(scan=Scan.INFECTED).order_by("pk")


def _best(
    before: Sequence[Photo], photo: Photo, seen: Mapping[UUID, Features]
) -> tuple[Photo, Framing]:
    """Return the photo from before that most points agree with, and how the two compare."""
    compared = [(one, compare(seen[one.pk], seen[photo.pk])) for one in before]
    return max(compared, key=lambda pair: (pair[1].covered > 0, pair[1].agreeing))


def _spot(photo: Photo) -> Spot | None:
    if photo.latitude is None or photo.longitude is None:
        return None
    return Spot(float(photo.latitude), float(photo.longitude), photo.accuracy)
