"""Photos on papers by reference: the content names the original's hash, not the picture.

So a content stays small, is compared in an instant, and still says which photo it shows; the
picture is looked up when the paper is laid out.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from documents.pdf import PaperError, data_uri
from evidence.models import Photo, Scan
from evidence.services import small_of


@dataclass(frozen=True)
class PhotoRef:
    """A photo that a paper shows, with the SHA-256 of its original."""

    caption: str
    sha256: str


class PhotosWaiting(PaperError):
    """Photos of a paper are still before the virus scanner: its file is made when they are through."""


def photo_uris(content: object) -> dict[str, str]:
    """Return {sha256: `data:` address of a small copy} of every photo that a content names.

    What is unscanned or infected is shown as a notice. PaperError where a photo is not there.
    """
    return {sha256: data_uri(small_of(photo)) for sha256, photo in _photos_of(content).items()}


def photos_settled(content: object) -> None:
    """Raise PhotosWaiting while the scanner has still to look at a photo that a content names."""
    for sha256, photo in _photos_of(content).items():
        if photo.scan == Scan.WAITING:
            raise PhotosWaiting(f"the photo {sha256} is not scanned yet")


def _photos_of(content: object) -> dict[str, Photo]:
    wanted = {ref.sha256 for ref in _refs(content)}
    if not wanted:
        return {}
    # Of rows with the same bytes a scanned one: "waiting" is the last of the words in `scan`.
    rows = Photo.objects.filter(sha256__in=wanted).order_by("sha256", "scan", "id")
    found = {photo.sha256: photo for photo in rows.distinct("sha256")}
    if missing := sorted(wanted - found.keys()):
        raise PaperError(f"the photo {missing[0]} is not there")
    return found


def _refs(value: object) -> Iterator[PhotoRef]:
    if isinstance(value, PhotoRef):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _refs(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _refs(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _refs(item)
