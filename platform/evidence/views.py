from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.views.decorators.cache import cache_control

from evidence.access import attachment_for, photo_for
from tenancy.request import Request


@login_required
@cache_control(private=True, max_age=3600, immutable=True)
def photo_reading(request: Request, pk: UUID) -> FileResponse:
    """The scaled copy for reading."""
    photo = photo_for(request.actor, pk)
    return FileResponse(photo.reading.open("rb"), content_type="image/jpeg")


@login_required
def photo_original(request: Request, pk: UUID) -> FileResponse:
    """The original bytes, as evidence; always as a download, never rendered."""
    photo = photo_for(request.actor, pk)
    name = f"{photo.get_purpose_display()}-{photo.sha256[:12]}"
    suffix = photo.content_type.rpartition("/")[2]
    return FileResponse(
        photo.original.open("rb"),
        as_attachment=True,
        filename=f"{name}.{suffix}",
        content_type="application/octet-stream",
    )


@login_required
def attachment(request: Request, pk: UUID) -> FileResponse:
    """The bytes of an attachment; always as a download, never rendered."""
    found = attachment_for(request.actor, pk)
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.filename,
        content_type="application/octet-stream",
    )
