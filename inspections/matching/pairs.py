"""What the pages that show before and after need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from evidence.models import Photo
from evidence.services import photos_of
from inspections.models import Hazard, PhotoMatch, Rectification
from tenancy.actors import Actor

NOT_YET = "取景还没有比对"


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo from after the rectification and the one from before that it is laid over."""

    before: Photo | None
    after: Photo
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The photos of one rectification: in pairs, and what is left of either side."""

    pairs: list[Pair]
    before: list[Photo]  # not part of a pair
    slips: list[Photo]  # the signed slip, where the provider entered it


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was last handed in about a hazard, with its photos."""

    hazard: Hazard
    last: Rectification
    compared: Compared


def compared(before: Sequence[Photo], after: Sequence[Photo]) -> Compared:
    """Return the photos in pairs, in one statement; what has no match is laid over the first."""
    return _arranged(before, after, _matches(after))


def handed_in(actor: Actor, hazards: Sequence[Hazard]) -> list[HandedIn]:
    """Return the last rectification of each of these that has one, in four statements."""
    rows = Rectification.objects.filter(hazard__in=hazards).order_by("round")
    last = {row.hazard_id: row for row in rows}
    before = photos_of("inspections.hazard", list(last), actor=actor)
    after = photos_of("inspections.rectification", [r.pk for r in last.values()], actor=actor)
    matches = _matches([photo for photos in after.values() for photo in photos])
    return [
        HandedIn(
            hazard,
            last[hazard.pk],
            _arranged(
                before.get(str(hazard.pk), []), after.get(str(last[hazard.pk].pk), []), matches
            ),
        )
        for hazard in hazards
        if hazard.pk in last
    ]


def _matches(after: Sequence[Photo]) -> dict[UUID, PhotoMatch]:
    rows = PhotoMatch.objects.filter(after__in=[photo.pk for photo in after])
    return {row.after_id: row for row in rows}


def _arranged(
    before: Sequence[Photo], after: Sequence[Photo], matches: Mapping[UUID, PhotoMatch]
) -> Compared:
    known = {photo.pk: photo for photo in before}
    slips = [photo for photo in after if photo.purpose == Photo.Purpose.SLIP]
    pairs = []
    for photo in after:
        match = matches.get(photo.pk)
        partner = known.get(match.before_id) if match else None
        if partner and match:
            pairs.append(Pair(partner, photo, match.text))
        elif photo not in slips:
            pairs.append(Pair(before[0] if before else None, photo, NOT_YET if before else ""))
    shown = {pair.before.pk for pair in pairs if pair.before}
    return Compared(pairs, [photo for photo in before if photo.pk not in shown], slips)
