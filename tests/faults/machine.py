"""The programs and the services of an installation, and the ways in which they die."""

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import redis
from django.conf import settings

from stack import embedded, postgres, redis_server, up
from stack.places import ROOT, StackError

MEAN_PEACE = 6.0  # seconds between two faults
DISK_MB = 256  # of the small disk that is filled up
SKEWS = ("-3d", "-40m", "+25m", "+9d")


class Machine:
    """Web, worker and beat, each in a process group of its own, PostgreSQL, Redis and a disk."""

    def __init__(self, rng: random.Random, log: Path) -> None:
        self.rng, self.log = rng, log.open("w")
        self.faults: Counter[str] = Counter()
        self.programs: dict[str, subprocess.Popen[str]] = {}
        self.ends = threading.Event()
        self.disk = Path(settings.MEDIA_ROOT)
        self.has_disk = _mounted(self.disk)

    def start(self) -> None:
        """Start everything."""
        for name in up.commands():
            self._start(name)

    def harm(self) -> None:
        """Break one thing after another until `ends` is set; each is up again before the next."""
        kinds = self._kinds()
        while not self.ends.wait(self.rng.expovariate(1 / MEAN_PEACE)):
            name = self.rng.choice(sorted(kinds))
            self.faults[name] += 1
            kinds[name]()

    def stop(self) -> None:
        """End everything."""
        self.ends.set()
        for name in list(self.programs):
            self._kill(name)
        self.log.close()
        if self.has_disk:
            subprocess.run(["umount", "--lazy", str(self.disk)], check=False)

    def _kinds(self) -> dict[str, Callable[[], None]]:
        found: dict[str, Callable[[], None]] = {
            "worker killed": lambda: self._again("worker"),
            "web killed": lambda: self._again("web"),
            "beat killed": lambda: self._again("beat"),
            "Redis killed": self._kill_redis,
            "Redis emptied": redis_server.empty,
            "PostgreSQL killed": self._kill_postgres,
        }
        if self.has_disk:
            found["disk full"] = self._fill_disk
        if shutil.which("faketime"):
            found["clock of the worker wrong"] = self._skew
        return found

    def lacking(self) -> list[str]:
        """Return the faults that cannot be made on this machine."""
        lacks = [] if self.has_disk else ["disk full (needs root, for a small disk of its own)"]
        return lacks if shutil.which("faketime") else [*lacks, "wrong clock (needs faketime)"]

    # programs

    def _start(self, name: str, front: tuple[str, ...] = ()) -> None:
        self.programs[name] = subprocess.Popen(
            [*front, *up.commands()[name]], env=up.environment(), cwd=ROOT, text=True,
            start_new_session=True, stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def _kill(self, name: str) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.programs[name].pid, signal.SIGKILL)
        self.programs[name].wait()

    def _again(self, name: str, front: tuple[str, ...] = ()) -> None:
        self._kill(name)
        time.sleep(self.rng.uniform(0, 2))
        self._start(name, front)

    def _skew(self) -> None:
        self._again("worker", ("faketime", "-f", self.rng.choice(SKEWS)))

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

    def _fill_disk(self) -> None:
        filler = self.disk / "filler"
        with suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(1 << 20))
        time.sleep(self.rng.uniform(1, 5))
        filler.unlink()


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


def _mounted(folder: Path) -> bool:
    """Put a small disk of memory under the files, where we may."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or os.geteuid() != 0:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
