"""What every page must be: there, without barriers, and as wide as the screen."""

from axe_playwright_python.sync_playwright import Axe


def follow(page, link: str) -> None:
    """Click a link, and go on when the page it leads to is there."""
    with page.expect_navigation():
        page.click(link)


def until(page, condition: str) -> None:
    """Wait until a condition holds on the page; its policy forbids to have it polled there."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it does not come to {condition}")


def no_barriers(page) -> None:
    """axe-core finds nothing on this page."""
    found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], v["nodes"][0]["html"][:120]) for v in found]


def no_sideways_scrolling(page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]
