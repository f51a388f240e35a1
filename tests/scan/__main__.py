"""`make scan`: wapiti over an installation of its own, as everybody in turn (SCAN_SECONDS=, WHO=)."""

import os
import subprocess
import sys

from tests.installation import ROOT, run_in

# The last version for Python 3.11, in an environment of its own: what it needs is not what we need.
WAPITI, VERSION = ROOT / "var" / "tools" / "wapiti", "3.2.3"


def install() -> None:
    """Get the scanner if it is not there."""
    if (WAPITI / "bin" / "wapiti").exists():
        return
    uv = os.environ.get("UV", "uv")
    subprocess.run([uv, "venv", "--quiet", WAPITI, "--python", sys.executable], check=True)
    python = WAPITI / "bin" / "python"
    words = [uv, "pip", "install", "--quiet", "--python", python, f"wapiti3=={VERSION}"]
    subprocess.run(words, check=True)


def main() -> int:
    """Run it; return its exit code."""
    install()
    return run_in("scan", "tests.scan.scan", str(WAPITI / "bin" / "wapiti")).returncode


if __name__ == "__main__":
    sys.exit(main())
