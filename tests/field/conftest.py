"""The phone's modules in the real Chromium, against a server that fails as asked."""

from itertools import count

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.conftest import CHROMIUM
from tests.field.fake import FieldServer, serve

PLACE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
members = count(7)


@pytest.fixture(scope="session")
def site():
    """One server for all tests: `site.field` is what it has."""
    field = FieldServer()
    server = serve(field)
    server.field = field
    server.url = f"http://localhost:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def field(site) -> FieldServer:
    """The server, as new, with a person whom no phone has seen."""
    site.field.__init__()
    site.field.member = next(members)
    return site.field


@pytest.fixture(scope="session")
def shared(browser, site) -> Page:
    """One page for all tests, so that its modules are loaded once; members keep them apart."""
    context = browser.new_context(base_url=site.url, **PLACE)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(shared, field) -> Page:
    """The app, opened again; errors of its scripts fail the test."""
    errors = []
    note = lambda error: errors.append(str(error))  # noqa: E731
    shared.on("pageerror", note)
    yield opened(shared, field)
    shared.remove_listener("pageerror", note)
    assert errors == []


@pytest.fixture
def persistent(browser, site, tmp_path):
    """persistent(): a browser that keeps its data in `tmp_path`, as the one of a phone does."""
    contexts = []

    def start() -> BrowserContext:
        options = {"base_url": site.url, **PLACE, **CHROMIUM}
        contexts.append(browser.browser_type.launch_persistent_context(str(tmp_path), **options))
        return contexts[-1]

    yield start
    for context in contexts:
        context.close()


def opened(page: Page, field: FieldServer) -> Page:
    """Open the app on a page; `page.member` is who works there."""
    page.member = field.member
    page.goto("/field/")
    return page


def run(page: Page, words: str, given=None):
    """Run the words of an async function of (kit, given) in the page."""
    return page.evaluate(
        "async ([words, given, member]) => { const kit = await import('/test/kit.js');"
        " kit.setMember(member);"
        " const Work = Object.getPrototypeOf(async () => {}).constructor;"
        " return new Work('kit', 'given', words)(kit, given); }",
        [words, given, page.member],
    )
