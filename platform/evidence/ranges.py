"""Parts of a file by HTTP Range (RFC 9110, 14): Safari plays nothing that does not give them."""

import re

from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


def ranged(request: HttpRequest, file: FieldFile, content_type: str) -> HttpResponse:
    """Answer with the part asked for (206), the whole (200), or 416 for what lies outside it."""
    size = file.size
    found = _ONE_RANGE.match(request.headers.get("Range", ""))
    if not found or not any(found.groups()):  # several ranges may be answered with the whole
        response = HttpResponse(_read(file, 0, size), content_type=content_type)
    else:
        start, stop = _bounds(found[1], found[2], size)
        if start >= stop:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        content = _read(file, start, stop)
        response = HttpResponse(content, status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return [start, stop) of `first-last`, `first-` (to the end) or `-last` (so many at the end)."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size


def _read(file: FieldFile, start: int, stop: int) -> bytes:
    with file.open("rb") as opened:
        opened.seek(start)
        content: bytes = opened.read(stop - start)
    return content
