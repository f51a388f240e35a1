"""Browser packages come from npm and are served as they are: `{% static "npm/htmx.org/…" %}`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# Only what a browser loads; fonts for papers are read from disk.
SERVED = {
    "@tabler/core": ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
    "@tabler/icons-webfont": ("dist/tabler-icons.min.css", "dist/fonts/"),
    "client-zip": ("index.js",),
    "htmx.org": ("dist/htmx.min.js",),
    "idb": ("build/index.js",),
    "leaflet": ("dist/leaflet-src.esm.js", "dist/leaflet.css", "dist/images/"),
    "lit-html": ("lit-html.js", "directive.js", "directive-helpers.js", "directives/"),
    "signature_pad": ("dist/signature_pad.min.js",),
    "swagger-ui-dist": ("swagger-ui.css", "swagger-ui-bundle.js"),
    "uuid": ("dist/",),
}


class NodeModulesFinder(BaseFinder):
    """Finds `npm/<package>/<path>` in node_modules, for the packages and paths of `SERVED`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.NODE_MODULES)
        self.storage.prefix = "npm"  # type: ignore[attr-defined]  # collectstatic puts it in front

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file's absolute path, or an empty list."""
        relative = path.removeprefix("npm/")
        if relative == path or not any(
            relative.startswith(f"{package}/{part}")
            for package, parts in SERVED.items()
            for part in parts
        ):
            return []
        file = Path(self.storage.path(relative))
        if not file.is_file():
            return []
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every served file, for collectstatic."""
        for package, parts in SERVED.items():
            for part in parts:
                base = settings.NODE_MODULES / package / part
                files = base.rglob("*") if base.is_dir() else [base]
                for file in files:
                    if file.is_file():
                        yield str(file.relative_to(settings.NODE_MODULES)), self.storage
