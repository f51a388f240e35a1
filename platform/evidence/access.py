from evidence.models import SHOWN_TO_OTHERS, Attachment, Photo, Scan
from tenancy.access import visible_or_404
from tenancy.actors import Actor


def photo_for(actor: Actor | None, pk: object) -> Photo:
    """Return a photo that the actor may know of; whether he gets its bytes says `is_open_to`.

    Row-level security says which rows are his; what waits for the virus scanner is there for the
    organisation that sent it only.
    """
    rows = Photo.objects.all() if actor is not None and actor.org_id else Photo.objects.none()
    return visible_or_404(rows.shown_to(actor), pk)


def attachment_for(actor: Actor | None, pk: object) -> Attachment:
    """Return an attachment that the actor may know of, by the same rules as a photo."""
    is_somebody = actor is not None and actor.org_id
    rows = Attachment.objects.all() if is_somebody else Attachment.objects.none()
    return visible_or_404(rows.shown_to(actor), pk)


def is_open_to(actor: Actor | None, row: Photo | Attachment) -> bool:
    """Whether the bytes may be given: unscanned ones to who sent them, infected ones to nobody."""
    if row.scan == Scan.WAITING:
        return bool(actor and actor.membership_id and actor.membership_id == row.uploaded_by_id)
    return row.scan in SHOWN_TO_OTHERS
