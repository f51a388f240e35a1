"""One person's browser, killed while it writes and opened again, with a clock that may be days wrong."""

import os
import random
import shutil
import signal
import tempfile
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.test import Client
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from stack import doctor
from tenancy.actors import Actor
from tests import world

if TYPE_CHECKING:
    from tests.drill.drill import Drill

SOURCE = Path(__file__).with_name("phone.js")
MEAN_LIFE = 25.0  # seconds
DAYS_WRONG = 5  # a clock at most
ROUNDS = 20  # of sync in the end; more, and something hangs
BATCH = 50  # visits told at a time
CALL = """async ([source, ahead, name, given]) => {
    const Real = globalThis.RealDate ??= Date;
    globalThis.Date = class extends Real {
        constructor(...words) { if (words.length) super(...words); else super(Real.now() + ahead); }
        static now() { return Real.now() + ahead; }
    };
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    return (await import(url))[name](given);
}"""


class Phone:
    """A phone in the hand of one person."""

    def __init__(
        self, drill: "Drill", actor: Actor, partner: Actor, numbers: range, port: int
    ) -> None:
        self.drill, self.actor, self.partner, self.numbers = drill, actor, partner, numbers
        self.base_url = f"http://127.0.0.1:{port}"
        self.rng = random.Random(drill.seed + actor.member)
        self.folder = tempfile.mkdtemp(prefix="phone")
        self.cookie = _session(actor)
        self.reached = numbers[0] if numbers else 0
        self.kept = drill.kept.setdefault(actor.member, set())
        self.dumped: list[dict[str, Any]] = []

    def play(self) -> None:
        """Make all visits, through every kill."""
        with sync_playwright() as playwright:
            while not self._play_on(playwright):
                self.drill.kills["browser"] += 1

    def _play_on(self, playwright: Any) -> bool:
        context = self._open(playwright)
        timer = threading.Timer(2 + self.rng.expovariate(1 / MEAN_LIFE), self._kill)
        timer.start()
        try:
            left = [number for number in self.numbers if number >= self.reached]
            self._call(context, "play", numbers=left, partner=self.partner.member)
            return True
        except Error as error:
            if "closed" not in str(error) and "crashed" not in str(error):
                raise
            return False
        finally:
            timer.cancel()
            _close(context)

    def finish(self) -> None:
        """Send what is left on a good line, then tell everything."""
        with sync_playwright() as playwright:
            context = self._open(playwright)
            end = self._call(context, "finish", rounds=ROUNDS)
            if end["left"]["operations"] or end["left"]["files"] or end["left"]["waiting"]:
                print("LEFT:", self.actor.user_name, end, flush=True)
            for start in range(0, len(self.numbers), BATCH):
                numbers = list(self.numbers[start : start + BATCH])
                self.dumped += self._call(context, "dump", numbers=numbers)
            context.close()
        shutil.rmtree(self.folder)

    def _open(self, playwright: Any) -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            self.folder,
            base_url=self.base_url,
            executable_path=doctor.browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            bypass_csp=True,  # the person is a module of the drill's own
        )
        context.expose_function("kept", self._note)
        context.expose_function("ended", lambda how: self.drill.syncs.update([how]))
        context.add_cookies([{**self.cookie, "url": self.base_url}])
        return context

    def _call(self, context: BrowserContext, name: str, **given: Any) -> Any:
        page = context.pages[0]
        _go(page)
        days = self._days_wrong()
        ahead = round(timedelta(days=days).total_seconds() * 1000)
        values = {"member": self.actor.member, "seed": self.drill.seed, **given}
        return page.evaluate(CALL, [SOURCE.read_text(encoding="utf-8"), ahead, name, values])

    def _days_wrong(self) -> float:
        """Every other time the clock is right."""
        return self.rng.uniform(-DAYS_WRONG, DAYS_WRONG) if self.rng.random() < 0.5 else 0.0

    def _note(self, number: int, operation: str) -> None:
        if number != self.reached and number % 100 < 2:
            print(f"{self.actor.user_name}: visit {number}", flush=True)
        self.reached = number
        self.kept.add(operation)

    def _kill(self) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={self.folder}".encode() in words:
                os.kill(int(process.name), signal.SIGKILL)


def _go(page: Page) -> None:
    """A page of the site that is not the app itself, which would sync on its own."""
    while True:
        try:
            page.goto("/field/manifest.webmanifest")
            return
        except Error as error:
            if "closed" in str(error) or "crashed" in str(error):
                raise
            page.wait_for_timeout(200)


def _close(context: BrowserContext) -> None:
    with suppress(Error):  # it was killed
        context.close()


def _session(actor: Actor) -> dict[str, str]:
    client = Client()
    world.sign_in(client, actor)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value}
