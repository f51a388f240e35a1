"""`make drill-sync`: phones on a bad line, and what they and the server have in the end.

DRILL_SEED= repeats a drill, VISITS= makes it shorter.
"""

import os
import secrets
import sys

from tests.installation import run_in


def main() -> int:
    """Run a drill; return its exit code."""
    seed = os.environ.get("DRILL_SEED") or str(secrets.randbelow(10**9))
    visits = os.environ.get("VISITS") or "1000"
    print(f"DRILL_SEED={seed} VISITS={visits}", flush=True)
    return run_in("drill", "tests.drill.drill", seed, visits).returncode


if __name__ == "__main__":
    sys.exit(main())
