"""`make drill-sync`: phones on a bad line, and what they and the server have in the end.

SEED= repeats a drill, VISITS= makes it shorter. An installation of its own under var/drill.
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "drill"
ENV = {
    **os.environ,
    "VAR_DIR": str(VAR),
    "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "PYTHONUNBUFFERED": "1",
}
FRESH = "from stack import up; up.start_over()"


def main() -> int:
    """Start over, prepare, run the drill in a process of its own; return its exit code."""
    seed = os.environ.get("DRILL_SEED") or str(secrets.randbelow(10**9))
    visits = os.environ.get("VISITS") or "1000"
    print(f"DRILL_SEED={seed} VISITS={visits}", flush=True)
    try:
        for command in ([sys.executable, "-c", FRESH], [sys.executable, "-m", "stack", "prepare"]):
            subprocess.run(command, cwd=ROOT, env=ENV, check=True)
        drill = [sys.executable, "-m", "tests.drill.drill", seed, visits]
        return subprocess.run(drill, cwd=ROOT, env=ENV, check=False).returncode
    finally:
        subprocess.run([sys.executable, "-m", "stack", "stop"], cwd=ROOT, env=ENV, check=False)


if __name__ == "__main__":
    sys.exit(main())
