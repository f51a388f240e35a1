"""Drill in an installation of its own under var/, so that nothing of the checkout changes.

Without a word what one host runs on is broken (drill.py); with `hosts` there are several, and one is
cut off (hosts.py). DRILL_SEED= repeats a drill, ENTERPRISES= sizes it.
"""

import os
import sys

from stack import places
from tests.faults import network
from tests.faults.disk import Disk
from tests.installation import ROOT, run_in

DATABASE_MB = 1024


def one_host() -> int:
    """Run the drill of one host. As root the database lies on a small disk, which can be filled."""
    name = "drill-faults"
    os.environ["VAR_DIR"] = str(ROOT / "var" / name)
    disk = Disk(places.home(), DATABASE_MB)
    os.environ["DRILL_DATABASE_DISK"] = str(disk.folder) if disk.mount() else ""
    try:
        return run_in(name, "tests.faults.drill").returncode
    finally:
        disk.unmount()


def several_hosts() -> int:
    """Run the drill of several hosts, where namespaces may be made."""
    if missing := network.lacking():
        print(f"anfu: drill-hosts cannot run here, it needs {' and '.join(missing)}")
        return 1
    return run_in("drill-hosts", "tests.faults.hosts").returncode


if __name__ == "__main__":
    os.environ["RATE_LIMITS"] = "0"  # three people do the work of a hundred
    sys.exit(several_hosts() if "hosts" in sys.argv[1:] else one_host())
