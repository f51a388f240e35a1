from collections.abc import Iterable

from evidence.models import Photo
from evidence.pictures import phash_distance

NEAR = 8  # of 64 bits: the same view scaled, compressed again or slightly brighter


def near_photos(photo: Photo, *, among: Iterable[Photo], distance: int = NEAR) -> list[Photo]:
    """Return the others among these rows whose perceptual hash differs in at most so many bits.

    A photo without a hash (a signature, a bare wall in the dark) is near to none.
    """
    if not photo.phash:
        return []
    return [
        other
        for other in among
        if other.pk != photo.pk
        and other.phash
        and phash_distance(photo.phash, other.phash) <= distance
    ]
