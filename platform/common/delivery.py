"""How the bytes of a file get to whoever may have them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage, storages
from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

# An object store gives a file to anybody who has its signed address: long enough to begin.
STORE_LINK = timedelta(minutes=1)


def file_response(
    name: str | None, *, filename: str, content_type: str, as_attachment: bool = True
) -> HttpResponseBase:
    """Return the file of that name in the storage, or a 307 to it where browsers reach the store."""
    assert name  # whoever calls has looked whether there is a file
    if settings.STORAGE_PUBLIC_ENDPOINT:
        kept = content_disposition_header(as_attachment, filename) or "attachment"
        said = {"ResponseContentDisposition": kept, "ResponseContentType": content_type}
        store: Any = storages["links"]
        seconds = int(STORE_LINK.total_seconds())
        url = store.url(name, parameters=said, expire=seconds)
        return HttpResponseRedirect(url, preserve_request=True)
    return FileResponse(
        default_storage.open(name, "rb"),
        as_attachment=as_attachment,
        filename=filename,
        content_type=content_type,
    )
