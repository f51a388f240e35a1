"""Measures in an installation of its own under var/bench, so that nothing of the checkout changes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.installation import run_in

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "bench"
ENV = {
    **os.environ,
    "VAR_DIR": str(VAR),
    "SERVE": "0",
    "MFA_REQUIRED": "0",  # its people are of training organisations
    "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
}


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


def main() -> None:
    """Run everything and print one JSON object."""
    figures = {"demo": {"first_s": demo(), "again_s": demo()}}
    measured = subprocess.run(
        [sys.executable, "-m", "tests.bench.measures"],
        cwd=ROOT,
        env={**ENV, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures |= json.loads(measured.stdout.splitlines()[-1])  # workers print too
    phones = run_in("bench-sync", "tests.bench.sync", output=subprocess.PIPE)
    figures["sync"] = json.loads(phones.stdout.splitlines()[-1])
    acts = run_in("bench-chain", "tests.bench.chain", output=subprocess.PIPE)
    figures["chain"] = json.loads(acts.stdout.splitlines()[-1])
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
