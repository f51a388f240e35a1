"""What a thumb does in the field app, as steps that several stories share."""

import io
import random

from PIL import Image
from playwright.sync_api import Page

from accounts.models import User
from tests import world
from tests.browser.looks import until

WORDS_OF_PHOTO = {"mimeType": "image/jpeg"}


def photo(seed: int) -> dict[str, object]:
    """A picture like no other, as a camera hands it over."""
    rng, out = random.Random(seed), io.BytesIO()
    picture = Image.new("RGB", (640, 480))
    picture.putdata([(rng.randrange(256), n % 256, seed % 256) for n in range(640 * 480)])
    picture.save(out, "JPEG", quality=60)
    return {"name": f"IMG_{seed}.jpg", "buffer": out.getvalue(), **WORDS_OF_PHOTO}


def sign_in(page: Page, actor) -> None:
    """Sign in and come to the field app."""
    page.goto("/accounts/login/?next=/field/")
    page.fill("[name=login]", User.objects.get(pk=actor.user_id).username)
    page.fill("[name=password]", world.PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_url("**/field/**")


def sign_in_again(page: Page, actor) -> None:
    """The session has ended: sync asks for it, and goes on."""
    page.click("text=登录后继续上传")
    page.wait_for_url("**/accounts/login/**")
    page.fill("[name=login]", User.objects.get(pk=actor.user_id).username)
    page.fill("[name=password]", world.PASSWORD)
    page.click("button:has-text('登录')")
    page.wait_for_url("**/field/#/sync")
    page.click("button:has-text('立即同步')")


def download(page: Page) -> None:
    """Take the material along."""
    page.click("button:has-text('下载资料')")
    page.wait_for_selector("a.card")


def keep_the_app(page: Page) -> None:
    """Wait until the service worker has all of the app."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    until(page, "navigator.serviceWorker.controller !== null")


def start(page: Page, firm: str, kind: str = "摸底排查") -> str:
    """Arrive at an enterprise; returns the visit's id."""
    page.click(f"a.card:has-text('{firm}')")
    page.click(f".bar a:has-text('{kind}')")
    page.click("text=我到了，开始检查")
    page.wait_for_selector(".groups")
    return page.evaluate("location.hash.match(/v\\/([0-9a-f-]+)/)[1]")


def group(page: Page, name: str) -> None:
    """Open one group of questions."""
    page.click(f".groups a:has-text('{name}')")
    page.wait_for_selector(f".groups a[aria-current]:has-text('{name}')")


def answer(page: Page, number: int, result: str) -> None:
    """Answer the n-th question that is on the screen."""
    page.click(f".question >> nth={number} >> .answer.{result}")


def rest_is_na(page: Page, *names: str) -> None:
    """Whatever is left of these groups does not apply."""
    for name in names:
        group(page, name)
        page.click("text=/^其余 .* 项标为不涉及$/")
        page.click("dialog >> button:has-text('标为不涉及')")
        page.wait_for_selector("text=/已把 .* 项标为不涉及/")


def fill_hazard(page: Page, place: str, *photos: int) -> None:
    """Photos first, then the first entry that the question offers, then the place."""
    for seed in photos:
        before = page.locator(".shots .shot").count()
        page.set_input_files("[data-camera]", photo(seed))
        until(page, f"document.querySelectorAll('.shots img').length > {before}")
    page.click("[data-entry] >> nth=0")
    page.fill("#place", place)


def draw_arrow(page: Page) -> None:
    """An arrow and a circle on the first photo."""
    page.click(".shots .thumb >> nth=0")
    page.click("dialog >> text=标注")
    box = page.wait_for_selector("svg.live").bounding_box()
    _drag(page, box, (0.2, 0.2), (0.5, 0.5))
    page.click("dialog >> text=圆圈")
    _drag(page, box, (0.6, 0.6), (0.7, 0.6))
    page.click("dialog >> text=完成")
    page.wait_for_selector("dialog", state="detached")


def _drag(page: Page, box, start, end) -> None:
    at = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=6)
    page.mouse.up()


def sign_name(page: Page) -> None:
    """A signature that is no mere dot."""
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 70)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(box["x"] + 40 + step * 5, box["y"] + 70 + (step % 8) * 9)
    page.mouse.up()


def sign(page: Page, name: str = "张立新") -> None:
    """The representative signs and the visit ends."""
    page.click(".bar >> text=签字")
    page.fill("#representative_name", name)
    page.fill("#representative_post", "厂长")
    sign_name(page)
    page.click("text=签字并结束检查")
    page.click("dialog >> button:has-text('结束检查')")
    page.wait_for_selector(".paper")


PRESS = (
    "[...document.querySelectorAll('button')].find(b => b.innerText.includes('立即同步'))?.click()"
)


def sync(page: Page) -> None:
    """To the page of sync, and send what is there; a phone that is back on line may be at it already."""
    page.goto("/field/#/sync")
    button = page.locator("button:has-text('立即同步')")
    button.or_(page.locator("text=登录后继续上传")).first.wait_for()
    page.evaluate(PRESS)  # at one moment: it is drawn anew while it sends, and never holds still


def all_received(page: Page) -> None:
    """The server has everything."""
    page.wait_for_selector("text=手机上的记录服务器都已收到", timeout=60_000)
    page.wait_for_selector(".card .state:has-text('全部收到')", timeout=60_000)
