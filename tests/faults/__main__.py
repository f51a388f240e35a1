"""Drill in an installation of its own under var/drill, so that nothing of the checkout changes."""

import sys

from tests.installation import run_in

if __name__ == "__main__":
    sys.exit(run_in("drill-faults", "tests.faults.drill", *sys.argv[1:]).returncode)
