"""The drill: a contract runs to its outputs while everything under it is killed, emptied, filled up.

Run by `make drill` in an installation of its own, from a printed random number. It ends with 1 where
anything is lost, double, left undone without anybody being told, or not as its hash says.
"""

import json
import logging
import os
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

import django

django.setup()

from django.db import connection  # noqa: E402  (after Django is up)
from django.utils import timezone  # noqa: E402  (after Django is up)

from common.scope import acting_as  # noqa: E402
from inspections.matching.tasks import compare_missing_of_agency  # noqa: E402
from scoring.tasks import recount_of_agency  # noqa: E402
from stack import embedded, up  # noqa: E402
from stack.places import var_dir  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tenancy.enums import Role  # noqa: E402
from tests import county as counties  # noqa: E402
from tests import world  # noqa: E402
from tests.faults.browser import Browser  # noqa: E402
from tests.faults.checks import (  # noqa: E402
    counted,
    failures,
    not_compared,
    problems,
    sums_wrong,
    unfinished,
    unseen,
)
from tests.faults.machine import Machine  # noqa: E402
from tests.faults.people import FAULTS, Person, Town, start_job, together  # noqa: E402
from workflow.models import WorkTask  # noqa: E402

ENTERPRISES = 12
CROWD = 3  # people at work at once
UNREST = 150.0  # seconds of it at least; until every kind of fault was met
OUTPUTS_EVERY = 15.0  # seconds between two orders of the outputs
NIGHT = 60.0  # seconds that it may take
SETTLED = 240.0  # seconds in which everything owed must be done once there is peace


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def build(enterprises: int, address: str) -> Town:
    """A county with its contract, and the principal of every enterprise."""
    county = counties.build(enterprises=enterprises)
    county.at(timezone.now())
    with acting_as(county.admin):
        orgs = {firm.pk: firm.enterprise_org for firm in county.enterprises}
    principals = {pk: world.member(org, Role.PRINCIPAL) for pk, org in orgs.items()}
    return Town(county, principals, address)


@dataclass
class Contract:
    """The people of a county at work, beside whom its time goes by."""

    town: Town
    seed: int
    said: set[str] = field(default_factory=set)
    broke: BaseException | None = None
    at_peace: threading.Event = field(default_factory=threading.Event)
    ends: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        """Everybody does his share, then jobs do the rest: acceptances and outputs."""
        try:
            self._work()
        except BaseException as error:
            self.broke = error

    def tick(self) -> None:
        """Let the county's time go by, as far as its database is there."""
        while not self.ends.wait(1.0):
            try:
                self.town.county.later(minutes=3)
            except FAULTS:
                continue

    def _work(self) -> None:
        county, rng = self.town.county, random.Random(self.seed)
        people = [
            Person(self.town, county.assignments[n::CROWD], random.Random(rng.random()), n > 0)
            for n in range(CROWD)
        ]
        together(people)
        self.said = {pk for person in people for pk in person.said}
        start_job(self.town, county.lead, f"/batches/{county.batch.pk}/accept/")
        self._outputs()

    def ask(self) -> None:
        """An officer who wants the contract's outputs again and again, until there is peace."""
        try:
            while not self.at_peace.wait(OUTPUTS_EVERY):
                self._outputs()
        except BaseException as error:
            self.broke = error

    def _outputs(self) -> None:
        county = self.town.county
        start_job(self.town, county.officer, f"/outputs/{county.contract.pk}/")


def settle(seconds: float = SETTLED) -> dict[str, int]:
    """Wait until nothing is owed; return what is left when patience ends."""
    deadline = time.monotonic() + seconds
    while any((left := unfinished()).values()) and time.monotonic() < deadline:
        time.sleep(1)
    return left


def retry(tasks: list[WorkTask], town: Town) -> None:
    """What a person does about what failed: he presses its button."""
    people = [town.county.officer, town.county.lead]
    for task in tasks:
        person = next(p for p in people if p.org_id == task.org_id_for)
        again = f"{task.url}retry/" if task.kind == "job_failed" else f"{task.url}render/"
        Browser(person, town.address).post(again)


@dataclass
class Outcome:
    """What came of it."""

    settled: float = 0.0
    failed: list[str] = field(default_factory=list)  # that a person saw
    wrong: list[str] = field(default_factory=list)


def afterwards(contract: Contract) -> Outcome:
    """Wait for what is owed, look at what failed as people do and have it done again, then check all."""
    connection.close()  # of before the faults
    began, out, town = time.monotonic(), Outcome(), contract.town
    left = settle()
    out.settled = time.monotonic() - began
    tasks = failures()
    out.failed = [task.title for task in tasks]
    people = [town.county.officer, town.county.lead, *town.principals.values()]
    out.wrong += unseen(tasks, people, town.address)
    retry(tasks, town)
    if tasks:
        left = settle()
        out.wrong += [f"failed again: {task.title}" for task in failures()]
    out.wrong += [f"{n} {kind} left undone" for kind, n in left.items() if n]
    night(town)
    out.wrong += problems(contract.said)
    return out


def night(town: Town) -> None:
    """What beat sends each night for what only a queue knew of."""
    agency = town.county.zone.pk
    with acting_as(SYSTEM):
        recount_of_agency.send(agency, agency)
        compare_missing_of_agency.send(agency, agency)
    deadline = time.monotonic() + NIGHT
    while (sums_wrong() or not_compared()) and time.monotonic() < deadline:
        time.sleep(1)
    settle()


def main() -> int:
    """Print the seed, each fault as it happens, what came of it; return 1 for anything wrong."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    seed = int(os.environ.get("DRILL_SEED") or random.SystemRandom().randrange(1_000_000))
    enterprises = int(os.environ.get("ENTERPRISES") or ENTERPRISES)
    print(f"DRILL_SEED={seed} ENTERPRISES={enterprises}", flush=True)
    os.environ["PORT"] = str(free_port())
    embedded.ensure_started()
    machine = Machine(random.Random(seed), var_dir() / "programs.log")
    for words in machine.lacking():
        print(f"  skipped here: {words}", flush=True)
    contract = Contract(build(enterprises, up.site()), seed)
    try:
        machine.start()
        out = play(machine, contract)
    finally:
        contract.ends.set()
        machine.stop()
    say(seed, enterprises, machine, contract, out)
    return int(bool(out.wrong))


def play(machine: Machine, contract: Contract) -> Outcome:
    """Unrest for a time, and until every kind of fault was met; then peace, in which all ends."""
    threads = [
        threading.Thread(target=act, daemon=True)
        for act in (machine.harm, contract.work, contract.ask, contract.tick)
    ]
    for thread in threads:
        thread.start()
    harm, work, ask, _ = threads
    while not machine.met_all.is_set() or time.monotonic() - machine.began < UNREST:
        time.sleep(0.5)
        if contract.broke is not None:
            break
    machine.ends.set()
    harm.join()
    machine.say("peace")
    contract.at_peace.set()
    work.join()
    ask.join()
    for broke in (machine.broke, contract.broke):
        if broke is not None:
            raise broke
    return afterwards(contract)


def say(seed: int, enterprises: int, machine: Machine, contract: Contract, out: Outcome) -> None:
    """Print what was done and what came of it."""
    figures = {
        "seed": seed,
        "enterprises": enterprises,
        "faults": dict(sorted(machine.faults.items())),
        "ended_by_itself": dict(machine.gave_up),
        "skipped": machine.lacking(),
        "kept": len(contract.said),
        "counted": counted(),
        "seconds": round(time.monotonic() - machine.began),
        "settled_in": round(out.settled),
        "failed_before_a_person": out.failed,
        "wrong": len(out.wrong),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    for words in out.wrong[:50]:
        print("WRONG:", words)


if __name__ == "__main__":
    sys.exit(main())
