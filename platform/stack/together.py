"""Programs that start together and end together, with their output on one terminal."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue

from stack.places import ROOT

STOP_SECONDS = 30  # a worker first ends the paper it is at
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = (36, 35, 33, 32, 34)


class Together:
    """Runs programs until a signal comes or the first of them ends; then ends the others.

    Each has a session of its own, so that a Ctrl-C reaches us alone and they are told in order, and
    whatever they started is ended with them. One more, `first`, shares our terminal: it draws its
    progress there, and ending well it leaves the others running if `stays`.
    """

    def __init__(
        self,
        programs: Mapping[str, list[str]],
        env: Mapping[str, str],
        *,
        first: list[str] | None = None,
        stays: bool = True,
        when_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.programs, self.env = programs, env
        self.first, self.stays, self.when_up = first, stays, when_up
        self.started: dict[str, subprocess.Popen[str]] = {}
        self.ended: SimpleQueue[tuple[str, int]] = SimpleQueue()
        self.caught: list[int] = []
        self.is_playing = first is not None
        self.threads: list[threading.Thread] = []

    def run(self) -> int:
        """Return the exit code of what ended first; of a signal 128 + its number.

        Ctrl-C is how serving is meant to end, so it is 0 unless `first` was still at work.
        """
        for number in SIGNALS:
            signal.signal(number, self._catch)
        for place, (name, command) in enumerate(self.programs.items()):
            self._start(name, command, COLOURS[place % len(COLOURS)])
        if self.first:
            self._start_first(self.first)
        else:
            self.when_up()
        try:
            code = self._until_one_ends()
        finally:
            self._end_all()
        if self.caught:
            is_usual = self.caught[0] == signal.SIGINT and not self.is_playing
            return 0 if is_usual else 128 + self.caught[0]
        return code

    def _catch(self, number: int, frame: object) -> None:
        self.caught.append(number)
        self.ended.put(("", 0))

    def _start(self, name: str, command: list[str], colour: int) -> None:
        process = subprocess.Popen(
            command,
            env=self.env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        prefix = f"{name:<8}| "
        if sys.stdout.isatty():
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self._begin(lambda: _relay(process, prefix))
        self._watch(name, process)

    def _start_first(self, command: list[str]) -> None:
        self._watch("first", subprocess.Popen(command, env=self.env, cwd=ROOT, text=True))

    def _watch(self, name: str, process: subprocess.Popen[str]) -> None:
        self.started[name] = process
        self._begin(lambda: self.ended.put((name, process.wait())))

    def _begin(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _until_one_ends(self) -> int:
        while True:
            name, code = self.ended.get()
            if self.caught:
                return code
            if name != "first":
                print(f"{name} has ended (exit code {code}): stopping the others", flush=True)
                return code if code > 0 else 1
            if code or not self.stays:
                return code if code >= 0 else 1
            self.is_playing = False
            self.when_up()

    def _end_all(self) -> None:
        """Tell every program to end; kill what has not after a while, or at a second signal."""
        for process in self.started.values():
            process.terminate()  # it alone: what it started, it ends in its own order
        deadline = time.monotonic() + STOP_SECONDS
        signals = len(self.caught)
        while self._still_running() and time.monotonic() < deadline:
            if len(self.caught) > signals:
                break
            try:
                self.ended.get(timeout=0.1)
            except Empty:
                continue
        for name, process in self.started.items():
            self._kill(name, process)
        for thread in self.threads:  # one still printing while Python ends would crash it
            thread.join(timeout=2)

    def _still_running(self) -> bool:
        return any(process.poll() is None for process in self.started.values())

    def _kill(self, name: str, process: subprocess.Popen[str]) -> None:
        """Kill a program with what it left behind; `first` is of our own group, so it alone."""
        if name == "first":
            process.kill()
            return
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def _relay(process: subprocess.Popen[str], prefix: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        print(f"{prefix}{line}", end="", flush=True)
