"""The web as it is served, killed in the middle of its work and started again."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress

from stack import up

MEAN_LIFE = 20.0  # seconds


class Server:
    """gunicorn on a port of its own; while `is_killed`, it dies again and again."""

    def __init__(self, rng: random.Random, kills: Counter[str]) -> None:
        self.rng, self.kills = rng, kills
        self.is_killed = False
        self.ends = threading.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        os.environ["PORT"] = str(self.port)
        self.killer = threading.Thread(target=self._kill_often, daemon=True)
        self.lock = threading.Lock()

    def start(self) -> None:
        """Start it, and whoever kills it."""
        self._start()
        self.killer.start()

    def stop(self) -> None:
        """End it."""
        self.ends.set()
        if self.killer.is_alive():
            self.killer.join()
        self._kill()

    def settle(self) -> None:
        """Wait for a kill that is on its way."""
        with self.lock:
            self._wait()

    def _start(self) -> None:
        self.program = subprocess.Popen(
            up.commands()["web"], env=up.environment(), start_new_session=True, stderr=sys.stderr
        )
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the web does not start")

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait()

    def _kill_often(self) -> None:
        while not self.ends.wait(self.rng.expovariate(1 / MEAN_LIFE)):
            if not self.is_killed:
                continue
            with self.lock:
                self._kill()
                self.kills["server"] += 1
                self._start()
