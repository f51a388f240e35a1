"""Who acts in the measures, and the clock of them."""

import time
from collections.abc import Callable
from pathlib import Path

from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor, actor_for
from tenancy.models import Membership


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that one piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_of(pid: int) -> int:
    """Return the highest resident memory (MB) among a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    sizes = []
    for one in (str(pid), *children):
        status = Path(f"/proc/{one}/status").read_text()
        sizes += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(sizes) // 1024


def who(login: str) -> Actor:
    """Return a person of the demonstration."""
    with acting_as(SYSTEM):
        rows = Membership.objects.select_related("org__agency", "user")
        return actor_for(rows.get(user__username=login))
