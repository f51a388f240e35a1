"""Signing in as a person does."""

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from accounts.models import User
from tests import world

POLICY = "Content Security Policy"


def note_errors(page: Page, errors: list[str]) -> None:
    """Note errors of a page's scripts, and whatever its policy keeps it from loading or doing.

    What has no address is the test's own: axe-core tries a style here and there.
    """

    def look(message: ConsoleMessage) -> None:
        if POLICY in message.text and message.location["url"]:
            errors.append(message.text)

    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", look)


@pytest.fixture
def page_for(browser: Browser, live_server):
    """page_for(actor, width, height): a signed-in page; errors of its scripts fail the test."""
    contexts, errors = [], []

    def open_page(actor, width: int = 1366, height: int = 768) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=live_server.url, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        note_errors(page, errors)
        page.goto("/accounts/login/")
        page.fill("[name=login]", User.objects.get(pk=actor.user_id).username)
        page.fill("[name=password]", world.PASSWORD)
        page.click("button:has-text('登录')")
        page.wait_for_url(lambda url: "login" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
