"""More than one host: web, two workers, a pooler and the data, each with an address of its own.

Run by `make drill-hosts` in an installation of its own. Everybody reaches PostgreSQL through
pgbouncer in transaction mode. In the middle of a job one worker's cable is pulled while it holds a
transaction; the contract must complete without it, and with it again. Files lie in one folder of the
machine, which stands for a volume or store that all hosts share.
"""

import json
import logging
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg2

from stack import embedded, up
from stack.places import ROOT, sockets, var_dir
from tests.faults.data_host import PORT_POSTGRES, PORT_REDIS
from tests.faults.network import NET, Network
from tests.faults.pooler import PORT as PORT_POOLER
from tests.faults.pooler import Pooler

NETWORK = Network(("data", "pool", "web", "worker1", "worker2"))
AT = NETWORK.addresses
CUT, STAYS = "worker1", "worker2"


def move_services() -> None:
    """Start PostgreSQL and Redis of the installation again, on their host; tell everybody where."""
    embedded.stop()
    command = [sys.executable, "-m", "tests.faults.data_host", AT["data"], NET]
    subprocess.run([*NETWORK.on("data"), *command], cwd=ROOT, check=True)
    os.environ |= {
        "DATABASE_URL": f"postgres://anfu_app@{AT['pool']}:{PORT_POOLER}/anfu",
        "DATABASE_OWNER_URL": f"postgres://anfu_owner@{AT['data']}:{PORT_POSTGRES}/anfu",
        "REDIS_URL": f"redis://{AT['data']}:{PORT_REDIS}/0",
        "ALLOWED_HOSTS": AT["web"],
        "PORT": "8000",
    }
    up.HOST = AT["web"]


POOLER = Pooler(AT["pool"], (AT["data"], PORT_POSTGRES), var_dir() / "pooler")
if __name__ == "__main__":
    NETWORK.up()
    move_services()
    POOLER.start(NETWORK.on("pool"))

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from common.scope import acting_as  # noqa: E402
from inspections.services.acceptance import KIND as ACCEPTANCE  # noqa: E402
from scoring.services.outputs import KIND as OUTPUTS  # noqa: E402
from tenancy.actors import SYSTEM  # noqa: E402
from tests.faults.checks import counted, failures, problems, unfinished  # noqa: E402
from tests.faults.drill import Contract, build, settle  # noqa: E402
from tests.faults.people import Person, start_job, together  # noqa: E402
from workflow.models import Job, JobPart  # noqa: E402

ENTERPRISES, CROWD = 12, 3
# Who holds a part of a job has locked its row.
HOLDERS = """
    SELECT DISTINCT pid FROM pg_locks
    WHERE relation = 'workflow_jobpart'::regclass AND mode = 'RowShareLock' AND granted
"""
PATIENCE = 420.0  # seconds in which a job must be through
COMES_BACK = 180.0  # seconds after which a worker with its cable back must be at work again


class Hosts:
    """The programs, each on its host."""

    def __init__(self, log: Path) -> None:
        self.log = log.open("w")
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.began = time.monotonic()

    def start(self) -> None:
        """Start web and beat on one host, a worker on each of two."""
        commands = up.commands()
        self._start("web", "web", commands["web"])
        self._start("beat", "web", commands["beat"])
        for name in (CUT, STAYS):
            self._start(name, name, [*commands["worker"], "--hostname", f"{name}@drill"])

    def stop(self) -> None:
        """End everything."""
        for program in self.programs.values():
            os.killpg(program.pid, 9)
            program.wait()
        self.log.close()

    def say(self, words: str) -> None:
        """Print what happens, with the second in which it does."""
        print(f"{time.monotonic() - self.began:6.1f} s  {words}", flush=True)

    def _start(self, name: str, host: str, command: list[str]) -> None:
        self.programs[name] = subprocess.Popen(
            [*NETWORK.on(host), *command], env=up.environment(), cwd=ROOT, stdout=self.log,
            stderr=self.log, start_new_session=True,
        )  # fmt: skip


def cut_in_the_middle(hosts: Hosts, contract: Contract) -> bool:
    """Pull the cable of a worker that holds a part; again until it is caught."""
    town, deadline = contract.town, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        while not works_on_parts():
            if not runs(OUTPUTS):
                start_job(town, town.county.officer, outputs_of(contract))
        NETWORK.cut(CUT)
        time.sleep(1)
        if works_on_parts():
            hosts.say(f"{CUT} is cut off in the middle of a part; left: {left()}")
            return True
        NETWORK.heal(CUT)
    return False


def works_on_parts() -> set[int]:
    """Return the processes of PostgreSQL in which the worker holds a part of a job."""
    with (
        closing(psycopg2.connect(host=str(sockets()), user="postgres", dbname="anfu")) as link,
        link.cursor() as cursor,
    ):
        cursor.execute(HOLDERS)
        holders = {pid for (pid,) in cursor.fetchall()}
    return holders & POOLER.backends(AT[CUT]) if holders else set()


def left() -> str:
    """Return what is pending, in words."""
    with acting_as(SYSTEM):
        pending = JobPart.objects.filter(state=JobPart.State.PENDING).count()
        return f"{pending} parts, {unfinished()['papers']} papers"


def await_jobs(kind: str, seconds: float = PATIENCE) -> bool:
    """Wait until no job of a kind runs."""
    deadline = time.monotonic() + seconds
    while runs(kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def runs(kind: str) -> bool:
    """Whether a job of a kind is under way."""
    with acting_as(SYSTEM):
        return Job.objects.filter(kind=kind, state=Job.State.RUNNING).exists()


def comes_back(contract: Contract) -> bool:
    """Whether the worker that was cut off works on parts again: its connections are not dead ones."""
    town, deadline = contract.town, time.monotonic() + COMES_BACK
    while time.monotonic() < deadline:
        start_job(town, town.county.officer, outputs_of(contract))
        while runs(OUTPUTS) and time.monotonic() < deadline:
            if works_on_parts():
                return True
    return False


def outputs_of(contract: Contract) -> str:
    """Return the page of a contract's outputs."""
    return f"/outputs/{contract.town.county.contract.pk}/"


def await_release(seconds: float = PATIENCE) -> bool:
    """Wait until the database gives up on who does not answer; his locks are free then."""
    deadline = time.monotonic() + seconds
    while POOLER.backends(AT[CUT]):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def play(hosts: Hosts, contract: Contract) -> tuple[dict[str, float], list[str]]:
    """The contract up to its jobs on all hosts; a worker cut off in each of two; then both again."""
    town, times, wrong = contract.town, {}, []
    county = town.county
    people = [
        Person(town, county.assignments[n::CROWD], random.Random(n + contract.seed), accepts=False)
        for n in range(CROWD)
    ]
    hosts.say("people begin")
    together(people)
    contract.said = {pk for person in people for pk in person.said}
    hosts.say("visits, hazards and rechecks are done")
    start_job(town, county.lead, f"/batches/{county.batch.pk}/accept/")
    start_job(town, county.officer, outputs_of(contract))
    if not cut_in_the_middle(hosts, contract):
        return times, [f"{CUT} was never in the middle of anything"]
    cut = time.monotonic()
    if not await_release():
        wrong.append(f"the database still waits for {CUT}")
    times["locks_free_after"] = round(time.monotonic() - cut, 1)
    hosts.say("the database has given up on it; its locks are free")
    for kind in (ACCEPTANCE, OUTPUTS):
        if not await_jobs(kind):
            wrong.append(f"{kind} is not through without {CUT}")
        hosts.say(f"{kind} is through with {STAYS} alone")
    times["through_after"] = round(time.monotonic() - cut, 1)
    NETWORK.heal(CUT)
    hosts.say(f"{CUT} has its cable back")
    healed = time.monotonic()
    if comes_back(contract):
        hosts.say(f"{CUT} is at work again")
    else:
        wrong.append(f"{CUT} does nothing {COMES_BACK:.0f} s after it has its cable back")
    times["back_at_work_after"] = round(time.monotonic() - healed, 1)
    if not await_jobs(OUTPUTS):
        wrong.append("outputs are not through with both workers again")
    return times, wrong


def main() -> int:
    """Print the seed and what happens; return 1 for anything wrong."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    seed = int(os.environ.get("DRILL_SEED") or random.SystemRandom().randrange(1_000_000))
    enterprises = int(os.environ.get("ENTERPRISES") or ENTERPRISES)
    print(f"DRILL_SEED={seed} ENTERPRISES={enterprises} hosts={AT}", flush=True)
    contract = Contract(build(enterprises, up.site()), seed)
    hosts = Hosts(var_dir() / "programs.log")
    clock = threading.Thread(target=contract.tick, daemon=True)
    try:
        hosts.start()
        clock.start()
        times, wrong = play(hosts, contract)
        began = time.monotonic()
        wrong += [f"{n} {kind} left undone" for kind, n in settle().items() if n]
        times["settled_in"] = round(time.monotonic() - began, 1)
        wrong += [f"failed: {task.title}" for task in failures()]
        wrong += [*problems(contract.said), *POOLER.leaks()]
    finally:
        contract.ends.set()
        hosts.stop()
    figures = {
        "seed": seed, "enterprises": enterprises, "kept": len(contract.said), "counted": counted(),
        "seconds": times, "wrong": len(wrong),
    }  # fmt: skip
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    for words in wrong[:50]:
        print("WRONG:", words)
    return int(bool(wrong))


if __name__ == "__main__":
    try:
        code = main()
    finally:
        connection.close()
        POOLER.stop()
        NETWORK.down()
    sys.exit(code)
