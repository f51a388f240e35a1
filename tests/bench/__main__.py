"""Measures in installations of their own under var/, so that nothing of the checkout changes.

LEVELS and PARTS choose (county,city,province and demo,pages,work,appraisals,sync,chain,webhooks,messages); PAGES is an
expression for the pages to measure again, the others stay as they were measured. Exit code 1 where a bar is missed.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import bars, report
from tests.installation import run_in

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "bench"
FIGURES = ROOT / "var" / "bench.json"
PAGE = ROOT / "docs" / "performance.md"
ENV = {
    **os.environ,
    "VAR_DIR": str(VAR),
    "SERVE": "0",
    "MFA_REQUIRED": "0",  # its people are of training organisations
    "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
}


def chosen(name: str, default: str) -> list[str]:
    """Return the words of an environment variable."""
    return (os.environ.get(name) or default).split(",")


def demo(**more: str) -> float:
    """Return the seconds of one whole demonstration from an empty database."""
    started = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "stack", "demo"],
        cwd=ROOT,
        env={**ENV, "FRESH": "1", **more},
        check=True,
        stdout=sys.stderr,
    )
    return round(time.monotonic() - started, 1)


def on_the_demonstration() -> dict[str, Any]:
    """Papers, outputs, sheets, the phone: on one contract that was played through."""
    figures: dict[str, Any] = {"demo": {"first_s": demo(), "again_s": demo()}}
    measured = subprocess.run(
        [sys.executable, "-m", "tests.bench.measures"],
        cwd=ROOT,
        env={**ENV, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return figures | json.loads(measured.stdout.splitlines()[-1])  # workers print too


def last_line(installation: str, module: str, *words: str, fresh: bool) -> dict[str, Any]:
    """Run a module in an installation and return the JSON of its last line."""
    done = run_in(installation, module, *words, output=subprocess.PIPE, fresh=fresh)
    if done.returncode:
        raise SystemExit(f"anfu: {module} failed in {installation}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def level(name: str, parts: list[str]) -> dict[str, Any]:
    """Build a level if it is not there, and measure it."""
    built = ROOT / "var" / f"bench-{name}" / "built.json"
    if not built.exists():
        seed = os.environ.get("SEED") or "1"
        last_line(f"bench-{name}", "tests.bench.data.run", name, seed, fresh=True)
    found: dict[str, Any] = {"data": json.loads(built.read_text())}
    for part in ("pages", "work", "appraisals"):
        if part in parts:
            found |= last_line(f"bench-{name}", f"tests.bench.{part}", fresh=False)
    return found


def merged(before: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """Return a level's figures with those found anew; of a choice of pages only these are replaced."""
    if not os.environ.get("PAGES") or "pages" not in found or "pages" not in before:
        return before | found
    again = {(page["who"], page["page"]): page for page in found["pages"]}
    pages = [again.get((page["who"], page["page"]), page) for page in before["pages"]]
    whole = {name: before[name] for name in ("cold_start_s", "web_peak_mb") if name in before}
    return before | found | whole | {"pages": pages}


def main() -> int:
    """Run everything, keep the figures, write the page; say which bars are missed."""
    parts = chosen("PARTS", "demo,pages,work,appraisals,sync,chain,webhooks,messages")
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"levels": {}}
    figures["machine"] = report.machine()
    if "demo" in parts:
        figures |= on_the_demonstration()
    of_levels = [part for part in parts if part in ("pages", "work")]
    for name in chosen("LEVELS", "county,city,province") if of_levels else ():
        found = level(name, of_levels)
        figures["levels"][name] = merged(figures["levels"].get(name, {}), found)
    if "appraisals" in parts:
        figures["appraisals"] = level("contracts", ["appraisals"])["appraisals"]
    for name in ("sync", "chain", "webhooks", "messages"):
        if name in parts:
            figures[name] = last_line(f"bench-{name}", f"tests.bench.{name}", fresh=True)
    FIGURES.write_text(json.dumps(figures, ensure_ascii=False, indent=1))
    PAGE.write_text(report.markdown(figures))
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    missed = bars.missed(figures)
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
