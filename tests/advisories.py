"""`make audit`: what is known against the versions that are locked, for Python and for the browser.

A service that does not know a package says nothing against it either, and pip-audit then ends well.
So each service is first asked about a version that is known to be bad: where it finds nothing, or
where a package is left out, nothing was audited, and that is said and is a failure.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KNOWN_BAD = "django==3.2.0"
# id: why it does not concern us, and until when that was looked at (docs/security.md has the same).
EXCEPTIONS: dict[str, str] = {}


class NotAudited(Exception):
    """No answer that could be relied on."""


def locked() -> str:
    """Return what is served with, as uv.lock has it."""
    words = ["export", "--frozen", "--quiet", "--no-dev", "--no-emit-project", "--no-hashes"]
    command = [os.environ.get("UV", "uv"), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def pip_audit(requirements: str) -> list[dict[str, Any]]:
    """Return what pip-audit says of each package."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(requirements)
        file.flush()
        command = [
            sys.executable, "-m", "pip_audit", "--requirement", file.name, "--no-deps",
            "--disable-pip", "--format", "json", "--progress-spinner", "off",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        raise NotAudited(f"PyPI's advisories: {last}") from None
    return found


def of_python() -> Iterator[str]:
    """Yield a line for each advisory against a locked package."""
    if not any(row.get("vulns") for row in pip_audit(KNOWN_BAD)):
        raise NotAudited(f"PyPI's advisories: the service knows nothing against {KNOWN_BAD}")
    rows = pip_audit(locked())
    if left_out := [row["name"] for row in rows if "skip_reason" in row]:
        raise NotAudited(f"PyPI's advisories: left out {', '.join(left_out)}")
    print(f"python: {len(rows)} packages")
    for row in rows:
        for vuln in row["vulns"]:
            known = {vuln["id"], *vuln.get("aliases", ())}
            if not known & EXCEPTIONS.keys():
                yield f"python: {row['name']} {row['version']}: {vuln['id']}"


def of_browser() -> Iterator[str]:
    """Yield a line for each advisory against a package of package-lock.json."""
    command = ["npm", "audit", "--omit=dev", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
        found, total = answer["vulnerabilities"], answer["metadata"]["dependencies"]["total"]
    except (json.JSONDecodeError, KeyError):
        words = done.stdout and json.loads(done.stdout).get("message")
        raise NotAudited(f"npm's advisories: {words or 'no answer'}") from None
    print(f"browser: {total} packages")
    for name, row in found.items():
        ids = {via["url"].rpartition("/")[2] for via in row["via"] if isinstance(via, dict)}
        for known in sorted(ids - EXCEPTIONS.keys()):
            yield f"browser: {name} ({row['severity']}): {known}"


def main() -> int:
    """0 if both were really asked and nothing is known."""
    problems = 0
    for ask in (of_python, of_browser):
        try:
            for line in ask():
                problems += 1
                print(line)
        except NotAudited as error:
            problems += 1
            print(f"NOT AUDITED. {error}")
    for known, reason in EXCEPTIONS.items():
        print(f"exception: {known}: {reason}")
    print("nothing known" if not problems else f"{problems} to see to")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
