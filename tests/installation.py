"""An installation of its own under var/, started over, for what would disturb that of the checkout."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRESH = "from stack import up; up.start_over()"


def run_in(
    name: str, module: str, *words: str, output: int | None = None, fresh: bool = True
) -> subprocess.CompletedProcess:
    """Start var/<name> over, run a module in it, stop it; `output` as subprocess has it.

    Without `fresh` the module finds what an earlier one left there, migrated.
    """
    env = {
        **os.environ,
        "VAR_DIR": str(ROOT / "var" / name),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MFA_REQUIRED": "0",  # its people are of training organisations
        "RATE_LIMITS": "0",  # its people are programs
        "PYTHONUNBUFFERED": "1",
    }
    python = sys.executable
    before = [[python, "-c", FRESH]] if fresh else []
    try:
        for command in (*before, [python, "-m", "stack", "prepare"]):
            subprocess.run(command, cwd=ROOT, env=env, check=True)
        command = [python, "-m", module, *words]
        return subprocess.run(command, cwd=ROOT, env=env, check=False, stdout=output, text=True)
    finally:
        subprocess.run([python, "-m", "stack", "stop"], cwd=ROOT, env=env, check=False)
