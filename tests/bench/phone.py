"""How long a person waits on a slow phone without signal, in the app as it is served.

Chromium with its processor slowed four times and the network off; the demonstration's enterprises.
"""

import io
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.test import Client
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from common.scope import acting_as
from config.demo.county import PASSWORD
from stack import doctor, up
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tests.browser.looks import until

LOGIN = "lead-a"  # who may go to all hundred
RATE = 4
VISITS, ANSWERS, PHOTOS = 8, 60, 40
PHOTO_BYTES = 4 * 1024 * 1024
CARD = "a.card[href^='#/p/']"
FIRST_QUESTION = (  # after the tap on an enterprise, which opens its page
    ("footer.bar a.primary", "footer.bar button.primary"),  # → arrival
    ("footer.bar button.primary", ".question .answer"),  # → the first question
)
# From the tap until the picture with the awaited element is on the glass.
TAP = """([tap, awaited]) => new Promise((resolve, reject) => {
    const began = performance.now();
    setTimeout(() => reject(new Error(`${awaited} does not come after ${tap}`)), 20_000);
    const look = () => (document.querySelector(awaited)
        ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)))
        : requestAnimationFrame(look));
    document.querySelector(tap).click();
    look();
})"""
ANSWER = """() => new Promise((resolve, reject) => {
    const [button] = [...document.querySelectorAll(".question .answers")]
        .filter((one) => !one.querySelector("[aria-pressed=true]")).map((one) => one.querySelector(".answer.ok"));
    if (!button) return resolve(null);
    setTimeout(() => reject(new Error("the answer is not taken")), 20_000);
    const began = performance.now();
    const look = () => (button.ariaPressed === "true" ? resolve(performance.now() - began) : setTimeout(look));
    button.click();
    look();
})"""
KEPT = """async () => {
    const { openStore, storedMembers } = await import("/static/field/store.js");
    const { sha256 } = await import("/static/field/canon.js");
    const store = await openStore((await storedMembers())[0]);
    const found = { answers: 0, photos: 0, bytes: 0, damaged: 0 };
    for (const { id } of await store.visits()) {
        found.answers += (await store.log(id)).filter(({ kind }) => kind === "answer").length;
        for (const file of await store.files(id)) {
            const blob = await store.blob(file.id);
            found.photos += 1;
            found.bytes += blob.size;
            found.damaged += (await sha256(await blob.arrayBuffer())) === file.sha256 ? 0 : 1;
        }
    }
    return found;
}"""


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst, in milliseconds."""
    ranked = sorted(times)
    return {
        "median_ms": round(ranked[len(ranked) // 2], 1),
        "p95_ms": round(ranked[int(len(ranked) * 0.95)], 1),
        "worst_ms": round(ranked[-1], 1),
    }


def bundle_size() -> dict[str, int]:
    """Bytes of the bundle as it goes over the air, and what is in it."""
    with acting_as(SYSTEM):
        user = Membership.objects.select_related("user").get(user__username=LOGIN).user
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/field/api/bundle", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/field/api/bundle")
    places = plain.json()["places"]
    return {
        "enterprises": len(places), "hazards": sum(len(p["hazards"]) for p in places),
        "compressed_bytes": len(answer.content), "plain_bytes": len(plain.content),
    }  # fmt: skip


class Slow:
    """The app on a phone whose data outlive its browser."""

    def __init__(self, playwright: Playwright, folder: str, base_url: str) -> None:
        self.playwright, self.folder, self.base_url = playwright, folder, base_url

    def open(self) -> tuple[BrowserContext, Page]:
        """Open the browser."""
        context = self.playwright.chromium.launch_persistent_context(
            self.folder, base_url=self.base_url, executable_path=doctor.browser(),
            args=["--no-sandbox", "--disable-gpu"], viewport={"width": 390, "height": 844},
            locale="zh-CN", geolocation={"latitude": 39.92, "longitude": 119.52, "accuracy": 12},
            permissions=["geolocation"],
        )  # fmt: skip
        return context, context.pages[0]

    def measure(self) -> dict[str, Any]:
        """Return all figures."""
        context, page = self.open()
        _take_along(page)
        context.set_offline(True)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": RATE})
        taps, answers = _visits(page)
        photos = _photos(page)
        context.close()
        context, page = self.open()
        context.set_offline(True)
        page.goto("/field/")
        kept = page.evaluate(KEPT)
        context.close()
        steps = ("enterprise", "arrival", "question")
        return {
            "first_question": spread([sum(three) for three in taps]),
            **{f"to_{step}": spread([t[n] for t in taps]) for n, step in enumerate(steps)},
            "answer": spread(answers),
            "photo_of_4_mb": spread(photos),
            "kept_after_closing": kept,
        }


def _take_along(page: Page) -> None:
    page.goto("/accounts/login/?next=/field/")
    page.fill("[name=login]", LOGIN)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('登录')")
    page.click("button:has-text('下载资料')")
    page.wait_for_selector("a.card")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    until(page, "navigator.serviceWorker.controller !== null")


def _visits(page: Page) -> tuple[list[list[float]], list[float]]:
    taps, answers = [], []
    page.goto("/field/#/")
    page.wait_for_selector(CARD)
    cards = page.locator(CARD).evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    for card in cards[-VISITS:]:
        page.goto("/field/#/")
        enterprise = f"a.card[href='{card}']"
        page.wait_for_selector(enterprise)
        page.wait_for_timeout(1500)
        three = []
        for tap, awaited in ((enterprise, "footer.bar a"), *FIRST_QUESTION):
            three.append(page.evaluate(TAP, [tap, awaited]))
            page.wait_for_timeout(700)
        taps.append(three)
        page.evaluate("location.hash = `${location.hash}?g=soft`")  # stay in one group
        page.wait_for_timeout(700)
        for _ in range(-(-ANSWERS // VISITS)):
            took = page.evaluate(ANSWER)
            if took is None:
                break
            answers.append(took)
            page.wait_for_timeout(300)
    return taps, answers


def _photos(page: Page) -> list[float]:
    visit = page.evaluate("location.hash.split('?')[0]")
    page.goto(f"/field/{visit}?g=notes")
    times = []
    for number, content in enumerate(_pictures(), start=1):
        file = {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
        page.set_input_files("[data-camera]", file)
        began = time.perf_counter()
        until(page, f"document.querySelectorAll('.shots .shot').length >= {number}")
        times.append((time.perf_counter() - began) * 1000)
    return times


def _pictures() -> list[bytes]:
    """Pictures of 4 MB each, none like the other."""
    rng, out = random.Random(1), io.BytesIO()
    small = Image.frombytes("RGB", (1000, 750), rng.randbytes(1000 * 750 * 3))
    small.resize((4000, 3000)).save(out, "JPEG", quality=70)
    base = out.getvalue()
    return [_padded(base, number) for number in range(PHOTOS)]


def _padded(base: bytes, number: int) -> bytes:
    """Comments fill it up to its size."""
    comments, left = b"", PHOTO_BYTES - len(base)
    while left > 4:
        size = min(left, 65_000)
        words = f"{number} ".encode().ljust(size - 4, b"x")
        comments += b"\xff\xfe" + struct.pack(">H", len(words) + 2) + words
        left -= size
    return base[:2] + comments + base[2:]


def on_the_phone() -> dict[str, Any]:
    """Start the web, measure, stop it."""
    web = subprocess.Popen(up.commands()["web"], env=up.environment(), stdout=sys.stderr)
    folder = tempfile.mkdtemp()
    try:
        time.sleep(4)
        with sync_playwright() as playwright:
            figures = Slow(playwright, folder, f"http://127.0.0.1:{up.port()}").measure()
    finally:
        web.terminate()
        web.wait(timeout=30)
        shutil.rmtree(Path(folder))
    return {"bundle": bundle_size(), **figures}
