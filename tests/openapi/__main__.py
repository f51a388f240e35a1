"""`make api-check`: schemathesis over /api/schema/, as everybody in turn (EXAMPLES=, API_SEED=, WHO= one role)."""

import os
import secrets
import sys

from tests.installation import run_in


def main() -> int:
    """Run it; return its exit code."""
    seed = os.environ.get("API_SEED") or str(secrets.randbelow(10**9))
    examples = os.environ.get("EXAMPLES") or "30"
    print(f"API_SEED={seed} EXAMPLES={examples}", flush=True)
    return run_in("api-check", "tests.openapi.check", seed, examples).returncode


if __name__ == "__main__":
    sys.exit(main())
