"""An outsider's tool goes through every page it finds, as each kind of person and as nobody.

What counts: a finding above informational. Pages and seconds are bounded; what signs the scanner
itself out is left out, and so are modules that guess passwords or ask machines elsewhere.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.urls import reverse  # noqa: E402  (after Django is up)
from django.utils import timezone  # noqa: E402

from common.scope import acting_as  # noqa: E402
from documents.models import Document  # noqa: E402
from stack import embedded  # noqa: E402
from tenancy.actors import Actor  # noqa: E402
from tenancy.enums import Role  # noqa: E402
from tests import world  # noqa: E402
from tests.scene import Scene  # noqa: E402
from tests.serving import Web  # noqa: E402

MODULES = (
    "backup", "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers",
    "ldap", "methods", "permanentxss", "redirect", "shellshock", "sql", "ssl", "timesql", "upload",
    "xss",
)  # fmt: skip
# What would end the scanner's own session, and what is the same for everybody.
LEFT_OUT = (
    "/accounts/logout/*", "/accounts/sessions/*", "/accounts/password/*", "/accounts/2fa/*",
    "/accounts/login/*", "/static/*",
)  # fmt: skip
LEVELS = ("informational", "low", "medium", "high", "critical")


def people(scene: Scene) -> dict[str, Actor | None]:
    """Return everybody by the name of his role."""
    county = scene.county
    with acting_as(county.lead):
        provider = county.contract.provider_org
    return {
        "nobody": None,
        "officer": county.officer,
        "agency administrator": county.admin,
        "provider administrator": world.member(provider, Role.PROVIDER_ADMIN),
        "inspector": county.inspector,
        "enterprise": county.principal,
    }


def starts(scene: Scene) -> list[str]:
    """Return pages that no link of a page leads to."""
    with acting_as(scene.county.admin):
        paper = Document.objects.get(pk=scene.things["document"])
    return [
        reverse("portal:heads"), reverse("portal:signing"),
        reverse("portal:check", args=[paper.check_code]), reverse("field:app"),
        reverse("api:docs"), "/field/refused/", "/field/import/",
    ]  # fmt: skip


def scan(web: Web, who: str, actor: Actor | None, first: list[str]) -> int:
    """Let wapiti go through the site as somebody; tell, and return the worst level it found."""
    folder = Path(os.environ["VAR_DIR"]) / who.replace(" ", "-")
    cookie = web.headers_of(actor)["Cookie"] if actor else ""
    log, report = folder.with_suffix(".log"), folder / "report.json"
    with log.open("w") as said:
        command = wapiti(web.url, first, folder, report, cookie)
        subprocess.run(command, check=True, stdout=said, stderr=subprocess.STDOUT)
    told = json.loads(report.read_text())
    pages, found = told["infos"]["crawled_pages_nbr"], list(findings(told))
    if cookie and not web.knows(cookie):
        found.insert(0, (1, "the scan itself", "it was signed out on the way"))
    counts = Counter(LEVELS[level] for level, _, _ in found)
    print(f"{who}: {pages} addresses and forms: {dict(counts) or 'nothing'}", flush=True)
    for level, kind, words in found:
        print(f"  {LEVELS[level]} {kind}: {words}", flush=True)
    return max((level for level, _, _ in found), default=0)


def wapiti(url: str, first: list[str], folder: Path, report: Path, cookie: str) -> list[str]:
    """Return the command."""
    seconds = int(os.environ.get("SCAN_SECONDS") or "30")
    return [
        sys.argv[1], "--url", f"{url}/", "--scope", "folder", "--module", ",".join(MODULES),
        *(word for path in first for word in ("--start", url + path)),
        *(word for path in LEFT_OUT for word in ("--exclude", url + path)),
        *(["--header", f"Cookie: {cookie}"] if cookie else []),
        "--verify-ssl", "0", "--flush-session", "--store-session", str(folder),
        "--max-links-per-page", "60", "--max-files-per-dir", "6", "--depth", "8",
        "--max-parameters", "40", "--max-scan-time", str(4 * seconds), "--max-attack-time", str(seconds),
        "--no-bugreport", "--verbose", "1", "--format", "json", "--output", str(report),
    ]  # fmt: skip


def findings(report: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield (level, kind, words) of what a report holds, the worst first."""
    kinds = [*report["vulnerabilities"].items(), *report["anomalies"].items()]
    every = [(row["level"], kind, row) for kind, rows in kinds for row in rows]
    for level, kind, row in sorted(every, key=lambda found: -found[0]):
        yield level, kind, f"{row['method']} {row['path']} {row['parameter']}: {row['info']}"


def main() -> int:
    """0 if nothing above informational was found."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    embedded.ensure_started()
    scene = Scene("130371", 0)
    scene.county.at(timezone.now())
    everybody, wanted, worst = people(scene), os.environ.get("WHO"), 0
    web = Web(Path(os.environ["VAR_DIR"]) / "web.log", https=True)
    web.start()
    try:
        for who, actor in everybody.items():
            if wanted in (None, "", who):
                worst = max(worst, scan(web, who, actor, starts(scene)))
    finally:
        web.stop()
    return int(worst > 0)


if __name__ == "__main__":
    sys.exit(main())
