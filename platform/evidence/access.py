from evidence.models import Attachment, Photo
from tenancy.access import visible_or_404
from tenancy.actors import Actor


def photo_for(actor: Actor | None, pk: object) -> Photo:
    """Return a photo that the actor may see; row-level security says which those are."""
    rows = Photo.objects.all() if actor is not None and actor.org_id else Photo.objects.none()
    return visible_or_404(rows, pk)


def attachment_for(actor: Actor | None, pk: object) -> Attachment:
    """Return an attachment that the actor may see; row-level security says which those are."""
    is_somebody = actor is not None and actor.org_id
    rows = Attachment.objects.all() if is_somebody else Attachment.objects.none()
    return visible_or_404(rows, pk)
