from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from evidence.models import SHOWN_TO_OTHERS, Attachment, Photo, Scan
from tenancy.access import visible_or_404
from tenancy.actors import Actor

F = TypeVar("F", Photo, Attachment)
_hidden: list[Callable[[Actor], Q]] = []


def register_hidden(files: Callable[[Actor], Q]) -> None:
    """Say which files somebody must not see for a while; called in AppConfig.ready()."""
    if files not in _hidden:
        _hidden.append(files)


def _open_now(actor: Actor | None, rows: QuerySet[F]) -> QuerySet[F]:
    if actor is None or not actor.org_id:
        return rows.none()
    for files in _hidden:
        rows = rows.exclude(files(actor))
    return rows


def photos_open(actor: Actor | None, photos: Iterable[Photo]) -> set[UUID]:
    """Return the ids of those of these photos that nothing hides from the actor, in one statement."""
    rows = Photo.objects.filter(pk__in=[photo.pk for photo in photos])
    return set(_open_now(actor, rows).values_list("pk", flat=True))


def photo_for(actor: Actor | None, pk: object) -> Photo:
    """Return a photo that the actor may know of; whether he gets its bytes says `is_open_to`.

    Row-level security says which rows are his; what waits for the virus scanner is there for the
    organisation that sent it only, and what shows a blind officer too much, for others only.
    """
    return visible_or_404(_open_now(actor, Photo.objects.shown_to(actor)), pk)


def attachment_for(actor: Actor | None, pk: object) -> Attachment:
    """Return an attachment that the actor may know of, by the same rules as a photo."""
    return visible_or_404(_open_now(actor, Attachment.objects.shown_to(actor)), pk)


def is_open_to(actor: Actor | None, row: Photo | Attachment) -> bool:
    """Whether the bytes may be given: unscanned ones to who sent them, infected ones to nobody."""
    if row.scan == Scan.WAITING:
        return bool(actor and actor.membership_id and actor.membership_id == row.uploaded_by_id)
    return row.scan in SHOWN_TO_OTHERS
