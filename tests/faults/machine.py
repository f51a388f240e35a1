"""The programs and the services of an installation, and the ways in which they die."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from django.conf import settings

from stack import embedded, postgres, redis_server, up
from stack.places import ROOT, StackError, home, var_dir
from tests.faults.clocks import RIGHT, Clock, library
from tests.faults.disk import Disk

MEAN_PEACE = 4.0  # seconds between two faults
FILES_MB = 192  # of the disk that the files lie on
SKEWS = ("-9d", "-5h", "+3h", "+9d")
NEEDS_ROOT = "needs root, for a small disk of its own"


class Machine:
    """Web, worker and beat, each in a process group of its own, PostgreSQL, Redis and two disks."""

    def __init__(self, rng: random.Random, log: Path) -> None:
        self.rng, self.log = rng, log.open("w")
        self.began = time.monotonic()
        self.faults: Counter[str] = Counter()
        self.programs: dict[str, subprocess.Popen[str]] = {}
        self.hands = threading.RLock()  # one at a time starts and kills programs
        self.gave_up: Counter[str] = Counter()  # programs that ended by themselves
        self.ends, self.met_all, self.stopped = (threading.Event() for _ in range(3))
        self.broke: BaseException | None = None  # why the drill itself cannot go on
        self.clocks = {name: Clock(name, var_dir()) for name in up.commands()}
        self.files = Disk(Path(settings.MEDIA_ROOT), FILES_MB)
        self.has_files_disk = self.files.mount()
        self.database = Disk(home(), 0)
        self.has_database_disk = os.environ.get("DRILL_DATABASE_DISK") == str(home())

    def start(self) -> None:
        """Start everything."""
        self.began = time.monotonic()
        for name in up.commands():
            self._start(name)
        threading.Thread(target=self.supervise, daemon=True).start()

    def harm(self) -> None:
        """Break one thing after another until `ends` is set; each is mended before the next.

        Every kind once, in an order of the seed's, then every kind again.
        """
        try:
            kinds, order = self.kinds(), []
            while not self.ends.wait(self.rng.expovariate(1 / MEAN_PEACE)):
                order = order or self.rng.sample(sorted(kinds), len(kinds))
                self._break(name := order.pop(), kinds[name])
                if len(self.faults) == len(kinds):
                    self.met_all.set()
        except BaseException as error:
            self.broke = error
            self.met_all.set()

    def supervise(self) -> None:
        """Start again what ended by itself, as whatever runs programs on a server does."""
        while not self.stopped.wait(1.0):
            with self.hands:
                for name, program in self.programs.items():
                    if program.poll() is not None and not self.stopped.is_set():
                        self.gave_up[name] += 1
                        self.say(f"{name} ended by itself ({program.returncode}), is started again")
                        self._start(name)

    def stop(self) -> None:
        """End everything."""
        self.ends.set()
        self.stopped.set()
        with self.hands:
            for name in list(self.programs):
                self._kill(name)
        self.log.close()
        self.files.unmount()

    def _break(self, name: str, act: Callable[[], str | None]) -> None:
        self.faults[name] += 1
        began = time.monotonic() - self.began
        more = act()
        self.say(f"{name}{f': {more}' if more else ''}", began)

    def say(self, words: str, at: float | None = None) -> None:
        """Print what happens, with the second in which it did."""
        seconds = time.monotonic() - self.began if at is None else at
        print(f"{seconds:6.1f} s  {words}", flush=True)

    def kinds(self) -> dict[str, Callable[[], str | None]]:
        """Return every fault that can be made here, by name."""
        found: dict[str, Callable[[], str | None]] = {
            "web killed": lambda: self._again("web"),
            "worker killed": lambda: self._again("worker"),
            "one process of the worker killed": self._kill_child,
            "beat killed": lambda: self._again("beat"),
            "Redis killed": self._kill_redis,
            "Redis emptied": redis_server.empty,
            "PostgreSQL killed": self._kill_postgres,
        }
        if self.has_files_disk:
            found["disk of the files full"] = self._fill_files
        if self.has_database_disk:
            found["disk of the database full"] = self._fill_database
        if library():
            found |= {f"clock of {n} wrong": lambda n=n: self._skew(n) for n in self.clocks}  # type: ignore[misc]
        return found

    def lacking(self) -> list[str]:
        """Return the faults that cannot be made on this machine, and why."""
        lacks = {
            f"disk of the files full: {NEEDS_ROOT}": self.has_files_disk,
            f"disk of the database full: {NEEDS_ROOT}": self.has_database_disk,
            "clocks wrong: needs faketime": library() is not None,
        }
        return [words for words, is_there in lacks.items() if not is_there]

    # programs

    def _start(self, name: str) -> None:
        self.programs[name] = subprocess.Popen(
            up.commands()[name], env=self.clocks[name].environment(up.environment()),
            cwd=ROOT, text=True, start_new_session=True, stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def _kill(self, name: str) -> None:
        program = self.programs[name]
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        self.clocks[name].forget(program.pid)

    def _again(self, name: str) -> None:
        with self.hands:
            self._kill(name)
            time.sleep(self.rng.uniform(0, 2))
            self._start(name)

    def _kill_child(self) -> str:
        """One of the processes that do the work, as the kernel does it when memory is short."""
        pid = self.programs["worker"].pid
        for _ in range(200):
            if children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                os.kill(int(self.rng.choice(children)), signal.SIGKILL)
                return ""
            time.sleep(0.2)
        return "it had none"

    def _skew(self, name: str) -> str:
        """Under a running program the clock jumps, and some seconds later back."""
        by = self.rng.choice(SKEWS)
        self.clocks[name].shift(by)
        time.sleep(self.rng.uniform(6, 12))
        self.clocks[name].shift(RIGHT)
        return by

    # services

    def _kill_redis(self) -> None:
        link = redis.Redis.from_url(embedded.service_urls().redis)
        os.kill(link.info()["process_id"], signal.SIGKILL)
        link.close()
        time.sleep(self.rng.uniform(0, 3))
        _until(embedded.ensure_started)

    def _kill_postgres(self) -> None:
        [pid, *_] = (postgres.data() / "postmaster.pid").read_text().splitlines()
        os.kill(int(pid), signal.SIGKILL)
        time.sleep(self.rng.uniform(0, 3))
        _until(embedded.ensure_started)

    def _fill_files(self) -> None:
        with _full(self.files):
            time.sleep(self.rng.uniform(3, 8))

    def _fill_database(self) -> str:
        with _full(self.database):
            time.sleep(self.rng.uniform(3, 8))
            died = not postgres.is_ready()
        _until(embedded.ensure_started)
        return "PostgreSQL ended itself" if died else ""


@contextmanager
def _full(disk: Disk) -> Iterator[None]:
    disk.fill()
    try:
        yield
    finally:
        disk.free()


def _until(act: Callable[[], None], seconds: float = 120) -> None:
    """Do something again until it succeeds: after a kill what is left of a server still ends."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except StackError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
