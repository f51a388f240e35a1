"""The drill: a contract runs to its outputs while everything under it is killed, emptied, filled up.

Run by `make drill` in an installation of its own, from a printed random number (DRILL_SEED=). It ends
with 1 where anything is lost, double, left undone without anybody being told, or not as its hash says.
"""

import json
import os
import random
import sys
import threading
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after Django is up)

from common.scope import acting_as  # noqa: E402
from stack import embedded  # noqa: E402
from stack.places import var_dir  # noqa: E402
from tenancy.actors import Actor  # noqa: E402
from tenancy.enums import Role  # noqa: E402
from tests import county as counties  # noqa: E402
from tests import world  # noqa: E402
from tests.faults.checks import problems, unfinished  # noqa: E402
from tests.faults.machine import Machine  # noqa: E402
from tests.faults.people import FAULTS, Person, outputs, together  # noqa: E402

CROWD = 3  # people at work at once
SETTLED = 900.0  # seconds in which everything owed must be done once peace is made


def build(enterprises: int) -> tuple[counties.County, dict[int, Actor]]:
    """A county with its contract, and the principal of every enterprise."""
    county = counties.build(enterprises=enterprises)
    county.at(timezone.now())
    with acting_as(county.admin):
        orgs = {firm.pk: firm.enterprise_org for firm in county.enterprises}
    return county, {pk: world.member(org, Role.PRINCIPAL) for pk, org in orgs.items()}


def tick(county: counties.County, ends: threading.Event) -> None:
    """Let the county's time go by, as far as its database is there."""
    while not ends.wait(1.0):
        try:
            county.later(minutes=3)
        except FAULTS:
            continue


def work(county: counties.County, principals: dict[int, Actor], rng: random.Random) -> set[str]:
    """Everybody does his share, then the outputs are asked for; return what was said to be kept."""
    people = [
        Person(county, county.assignments[n::CROWD], principals, random.Random(rng.random()))
        for n in range(CROWD)
    ]
    together(people)
    outputs(county)
    return {pk for person in people for pk in person.said}


def settle() -> dict[str, int]:
    """Wait until nothing is owed; return what is left when patience ends."""
    deadline = time.monotonic() + SETTLED
    while any((left := unfinished()).values()) and time.monotonic() < deadline:
        time.sleep(2)
    return left


def main() -> int:
    """Print the seed, what was broken, what came of it; return 1 for anything wrong."""
    seed = int(os.environ.get("DRILL_SEED") or random.SystemRandom().randrange(1_000_000))
    enterprises = int(os.environ.get("ENTERPRISES") or 30)
    print(f"DRILL_SEED={seed} ENTERPRISES={enterprises}", flush=True)
    embedded.ensure_started()
    machine = Machine(random.Random(seed), var_dir() / "programs.log")
    county, principals = build(enterprises)
    began, ends = time.monotonic(), threading.Event()
    harm = threading.Thread(target=machine.harm, daemon=True)
    clock = threading.Thread(target=tick, args=(county, ends), daemon=True)
    try:
        machine.start()
        harm.start()
        clock.start()
        said = work(county, principals, random.Random(seed + 1))
        machine.ends.set()
        harm.join()
        worked, settling = time.monotonic() - began, time.monotonic()
        left = settle()
        found = [*problems(said, county.zone.pk), *(f"{n} {k} left" for k, n in left.items() if n)]
    finally:
        ends.set()
        clock.join()
        machine.stop()
    print(
        json.dumps(
            {
                "seed": seed, "enterprises": enterprises, "faults": dict(machine.faults),
                "not_possible_here": machine.lacking(), "kept": len(said),
                "worked_s": round(worked), "settled_s": round(time.monotonic() - settling),
                "wrong": len(found),
            },
            ensure_ascii=False,
        )
    )  # fmt: skip
    for words in found[:50]:
        print(f"  {words}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
