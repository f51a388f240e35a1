"""Two phones make visits through a bad line while server and browsers are killed; then all is compared."""

import json
import logging
import os
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import django

django.setup()

from django.utils import timezone  # noqa: E402  (after Django is up)

from stack import embedded  # noqa: E402
from tenancy.actors import Actor  # noqa: E402
from tests import county as counties  # noqa: E402
from tests.drill.compare import differences  # noqa: E402
from tests.drill.phones import Phone  # noqa: E402
from tests.drill.proxy import Proxy  # noqa: E402
from tests.drill.server import Server  # noqa: E402

ENTERPRISES = 20


@dataclass(slots=True)
class Drill:
    """One drill: who takes part, and what was kept before the eyes of the drill."""

    seed: int
    visits: int
    county: counties.County = field(init=False)
    kept: dict[int, set[str]] = field(default_factory=dict)  # by member: operations told as kept
    kills: Counter[str] = field(default_factory=Counter)
    syncs: Counter[str] = field(default_factory=Counter)  # how they ended

    def run(self) -> int:
        """Return how many differences there are."""
        self.county = counties.build(enterprises=ENTERPRISES)
        self.county.at(timezone.now())
        server = Server(random.Random(self.seed), self.kills)
        proxy = Proxy(server.port, self.seed)
        began = time.monotonic()
        try:
            server.start()
            dumps = self._play(server, proxy)
            found = differences(self.county, dumps, self.kept)
        finally:
            server.stop()
            proxy.close()
        self._say(proxy, dumps, found, time.monotonic() - began)
        return len(found)

    def _play(self, server: Server, proxy: Proxy) -> dict[int, list[dict]]:
        phones = [
            Phone(self, actor, partner, range(start, self.visits, 2), proxy.port)
            for start, (actor, partner) in enumerate(self._people())
        ]
        proxy.is_bad = server.is_killed = True
        _together([phone.play for phone in phones])
        proxy.is_bad = server.is_killed = False
        server.settle()
        proxy.send_held()
        _together([phone.finish for phone in phones])
        return {phone.actor.member: phone.dumped for phone in phones}

    def _people(self) -> list[tuple[Actor, Actor]]:
        """An inspector on visits of a contract, an officer on inspections of his own."""
        county = self.county
        return [(county.inspector, county.lead), (county.officer, county.second_officer)]

    def _say(self, proxy: Proxy, dumps: dict, found: list[str], seconds: float) -> None:
        visits = [visit for several in dumps.values() for visit in several]
        figures = {
            "seed": self.seed,
            "visits": len(visits),
            "operations": sum(len(visit["operations"]) for visit in visits),
            "files": sum(len(visit["files"]) for visit in visits),
            "states": Counter(visit["state"] for visit in visits),
            "line": dict(proxy.counts),
            "syncs": dict(self.syncs),
            "killed": dict(self.kills),
            "seconds": round(seconds),
            "differences": len(found),
        }
        print(json.dumps(figures, ensure_ascii=False, indent=1))
        for line in found[:50]:
            print("DIFFERENT:", line)


def _together(works: list) -> None:
    """Run each in a thread; the first failure is raised when all have ended."""
    errors: list[BaseException] = []

    def guarded(work) -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def main() -> int:
    """Run one drill; 0 if phone and server have the same."""
    logging.getLogger("django.request").setLevel(logging.ERROR)
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    embedded.ensure_started()
    seed, visits = int(sys.argv[1]), int(sys.argv[2])
    return 1 if Drill(seed, visits).run() else 0


if __name__ == "__main__":
    sys.exit(main())
