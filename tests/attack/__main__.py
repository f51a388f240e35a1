"""Attack in an installation of its own under var/attack, so that nothing of the checkout changes."""

import sys

from tests.installation import run_in

if __name__ == "__main__":
    sys.exit(run_in("attack", "tests.attack.attack", *sys.argv[1:]).returncode)
