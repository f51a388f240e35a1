import hashlib
import json

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from documents import keys
from documents import signing as signatures
from portal.selectors import draw_by_code, paper_by_code

MAX_CHECKED = 40 * 1024 * 1024  # bytes; a larger file is only compared by its hash


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
    context = {
        "paper": paper,
        "is_same": is_same,
        "file_name": upload.name if upload else "",
        "signature": _signature(upload) if upload else None,
    }
    return render(request, "portal/check.html", context)


def _sha256(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _signature(upload: UploadedFile) -> signatures.SignatureReport | None:
    if (upload.size or 0) > MAX_CHECKED:
        return None
    upload.seek(0)
    return signatures.verify(
        upload.read(), root=keys.root_certificate(), revoked=keys.revoked_serials()
    )


def draw(request: HttpRequest, code: str) -> HttpResponse:
    """A draw as anyone may see it: what was fixed when, and the sample computed anew here."""
    found = draw_by_code(code)
    if found is None:
        raise Http404("draw")
    return render(request, "portal/draw.html", {"draw": found, "code": code})


def draw_json(request: HttpRequest, code: str) -> HttpResponse:
    """The published values, as `docs/draw.py` reads them."""
    found = draw_by_code(code)
    if found is None:
        raise Http404("draw")
    text = json.dumps(found.body, ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def draw_script(request: HttpRequest) -> HttpResponse:
    """The twenty lines that recompute a published draw, for anyone to read and run."""
    text = (settings.BASE_DIR / "docs" / "draw.py").read_text("utf-8")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def signing(request: HttpRequest) -> HttpResponse:
    """How anyone can verify a signature: the root's certificate and its fingerprint."""
    pem = keys.root_certificate()
    return render(
        request,
        "portal/signing.html",
        {"fingerprint": keys.fingerprint(pem), "revoked": sorted(keys.revoked_serials())},
    )


def root(request: HttpRequest) -> HttpResponse:
    """The root certificate that every signature of a paper leads to."""
    response = HttpResponse(keys.root_certificate(), content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="anfu-root.pem"'
    return response
