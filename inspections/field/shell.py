"""What a browser loads of the field app: the page, the manifest, the service worker.

The page holds nothing of anybody, so it needs no sign-in and may stay on the phone.
"""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

OWN = Path(__file__).parent.parent / "static"
# Of the packages that npm brings, what the app loads.
BROUGHT = (
    "npm/idb/build/index.js",
    "npm/client-zip/index.js",
    "npm/leaflet/dist/leaflet-src.esm.js",
    "npm/leaflet/dist/leaflet.css",
    "npm/signature_pad/dist/signature_pad.min.js",
    "npm/@tabler/icons-webfont/dist/tabler-icons.min.css",
    "npm/@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
)
FOLDERS = ("npm/lit-html/", "npm/uuid/dist/")  # small modules that load one another
ICONS = ((192, "any"), (512, "any"), (512, "maskable"))


def _assets() -> list[str]:
    """Return the static paths of everything that the app loads."""
    own = sorted(
        str(path.relative_to(OWN)) for path in (OWN / "field").rglob("*")
        if path.is_file() and path.name != "sw.js"
    )  # fmt: skip
    folders = [
        f"{folder}{path.relative_to(settings.NODE_MODULES / folder.removeprefix('npm/'))}"
        for folder in FOLDERS
        for path in sorted((settings.NODE_MODULES / folder.removeprefix("npm/")).rglob("*.js"))
        if not {"node", "development"} & set(path.parts)
    ]
    return [path for path in (*own, *BROUGHT, *folders) if finders.find(path)]


def _worker() -> str:
    assets = _assets()
    content = b"".join(Path(str(finders.find(path))).read_bytes() for path in assets)
    source = (OWN / "field/sw.js").read_text(encoding="utf-8")
    version = hashlib.sha256(content + source.encode()).hexdigest()[:16]
    urls = json.dumps([static(path) for path in assets])
    return source.replace("__VERSION__", version).replace("__ASSETS__", urls)


_kept_worker = lru_cache(maxsize=1)(_worker)


@require_safe
def app(request: HttpRequest) -> HttpResponse:
    """The page that the app lives in."""
    return render(request, "field/app.html")


@never_cache
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the version and the files of this release."""
    source = _worker() if settings.DEBUG else _kept_worker()
    return HttpResponse(source, content_type="text/javascript; charset=utf-8")


@require_safe
def authority(request: HttpRequest) -> FileResponse:
    """What a phone installs to trust the certificate of `HTTPS=1`; 404 where there is none."""
    path = settings.VAR_DIR / "https" / "authority.crt"
    if not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/x-x509-ca-cert")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a browser needs to put the app on the home screen."""
    page = reverse("field:app")
    icons = [
        {
            "src": static(f"field/icons/{purpose}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ICONS
    ]
    return JsonResponse(
        {
            "id": page,
            "name": "安服现场",
            "short_name": "现场",
            "description": "到企业检查：没有信号也能用",
            "lang": "zh-CN",
            "start_url": page,
            "scope": page,
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#ffffff",
            "theme_color": "#1f5fae",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )
