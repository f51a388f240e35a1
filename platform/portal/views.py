import hashlib

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portal.selectors import paper_by_code


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a paper is; compare a file with it. Nothing is stored, nobody has to sign in."""
    paper = paper_by_code(code)
    if paper is None:
        return render(request, "portal/check_unknown.html", {"code": code}, status=404)
    upload = request.FILES.get("file")
    is_same = None
    if upload and paper.file_sha256:
        is_same = _sha256(upload) == paper.file_sha256
    context = {"paper": paper, "is_same": is_same, "file_name": upload.name if upload else ""}
    return render(request, "portal/check.html", context)


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
