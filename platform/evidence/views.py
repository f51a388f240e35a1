from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods

from common.delivery import file_response
from evidence.access import attachment_for, is_open_to, photo_for
from evidence.models import SHOWN_TO_OTHERS, Attachment, Photo
from evidence.ranges import ranged
from evidence.scanning import infection_seen, infection_tasks
from evidence.services import held_picture, viewing_of
from tenancy.actors import Actor
from tenancy.file_links import ended, file_link
from tenancy.request import Request

BYTES = "application/octet-stream"  # never rendered
FINDS: dict[str, Callable[[Actor, UUID], Photo | Attachment]] = {
    "photo": photo_for,
    "attachment": attachment_for,
}


@login_required
def photo_reading(request: Request, pk: UUID) -> HttpResponse:
    """The scaled copy for reading, with drawing, time and place; a notice while it is held back."""
    photo = photo_for(request.actor, pk)
    if page := ended(request):
        return page
    content = viewing_of(photo) if is_open_to(request.actor, photo) else held_picture(photo)
    return _cached(HttpResponse(content, content_type="image/jpeg"), photo)


def _cached(response: HttpResponse, row: Photo | Attachment) -> HttpResponse:
    """Bytes never change; but what the scanner says may, so until then nothing is cached."""
    if row.scan in SHOWN_TO_OTHERS:
        patch_cache_control(response, private=True, max_age=3600, immutable=True)
    else:
        patch_cache_control(response, no_store=True)
    return response


@login_required
def photo_original(request: Request, pk: UUID) -> HttpResponseBase:
    """The original bytes, as evidence; always as a download, never rendered."""
    photo = photo_for(request.actor, pk)
    if not is_open_to(request.actor, photo):
        return redirect("evidence:held", "photo", photo.pk)
    if page := ended(request):
        return page
    name = f"{photo.get_purpose_display()}-{photo.sha256[:12]}"
    suffix = photo.content_type.rpartition("/")[2]
    return file_response(photo.original.name, filename=f"{name}.{suffix}", content_type=BYTES)


@login_required
def attachment(request: Request, pk: UUID) -> HttpResponseBase:
    """The bytes of an attachment; always as a download, never rendered."""
    found = attachment_for(request.actor, pk)
    if not is_open_to(request.actor, found):
        return redirect("evidence:held", "attachment", found.pk)
    if page := ended(request):
        return page
    return file_response(found.file.name, filename=found.filename, content_type=BYTES)


@login_required
def attachment_audio(request: Request, pk: UUID) -> HttpResponseBase:
    """A recording, to be played in a page; nothing but recordings is ever given inline."""
    found = attachment_for(request.actor, pk)
    if not found.is_sound:
        raise Http404
    if not is_open_to(request.actor, found):
        return redirect("evidence:held", "attachment", found.pk)
    if page := ended(request):
        return page
    response = ranged(request, found.file, found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = content_disposition_header(False, found.filename) or "inline"
    return _cached(response, found)


@login_required
@require_http_methods(["GET", "POST"])
def held(request: Request, kind: str, pk: UUID) -> HttpResponse:
    """Why a file is not given; POST: the organisation has seen to what was infected."""
    if kind not in FINDS:
        raise Http404
    row = FINDS[kind](request.actor, pk)
    if is_open_to(request.actor, row):
        return redirect(file_link(request.actor, f"evidence:{kind}", row.pk))
    if request.method == "POST":
        infection_seen(actor=request.actor, row=row)
        return redirect("home:front")
    is_owed = infection_tasks(request.actor, row).exists()
    return render(request, "evidence/held.html", {"row": row, "is_owed": is_owed})
