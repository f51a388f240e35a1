"""Build LEVEL anew in var/bench-<level> (SEED=): what it took, what is in it, how large it is."""

import os
import sys

from tests.bench.data.levels import LEVELS
from tests.installation import run_in


def main() -> int:
    """Start an installation over and build the level in it; return the exit code."""
    level, seed = os.environ.get("LEVEL") or "county", os.environ.get("SEED") or "1"
    if level not in LEVELS:
        print(f"anfu: LEVEL={level} is none of {', '.join(LEVELS)}", file=sys.stderr)
        return 1
    return run_in(f"bench-{level}", "tests.bench.data.run", level, seed).returncode


if __name__ == "__main__":
    sys.exit(main())
