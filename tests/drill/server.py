"""The web, killed in the middle of its work and started again."""

import random
import threading
from collections import Counter

from tests.serving import Web

MEAN_LIFE = 20.0  # seconds


class Server(Web):
    """While `is_killed`, it dies again and again."""

    def __init__(self, rng: random.Random, kills: Counter[str]) -> None:
        super().__init__()
        self.rng, self.kills = rng, kills
        self.is_killed = False
        self.ends = threading.Event()
        self.killer = threading.Thread(target=self._kill_often, daemon=True)
        self.lock = threading.Lock()

    def start(self) -> None:
        """Start it, and whoever kills it."""
        super().start()
        self.killer.start()

    def stop(self) -> None:
        """End it."""
        self.ends.set()
        if self.killer.is_alive():
            self.killer.join()
        super().stop()

    def settle(self) -> None:
        """Wait for a kill that is on its way."""
        with self.lock:
            self.wait()

    def _kill_often(self) -> None:
        while not self.ends.wait(self.rng.expovariate(1 / MEAN_LIFE)):
            if not self.is_killed:
                continue
            with self.lock:
                super().stop()
                self.kills["server"] += 1
                super().start()
