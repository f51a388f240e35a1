"""An officer sees a number, reads the message, does what it asks, and it is gone."""

import pytest

from common.scope import acting_as
from inspections.services import extension_ask
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_unread_then_opened_then_done_then_gone(page_for):
    county = counties.build()
    hazard = counties.issued(county)[0]
    with acting_as(county.principal):
        extension_ask(
            actor=county.principal, hazard=hazard, reason="配件没有到货", safeguard="停用并设警戒",
            wanted_on=hazard.due_on.replace(day=28),
        )  # fmt: skip
    desk = page_for(county.officer, 1366, 768)
    desk.goto("/")
    before = int(desk.locator(".bell .badge").inner_text())
    assert before >= 1
    follow(desk, ".bell")
    no_barriers(desk)
    with desk.expect_navigation():
        desk.locator(".message.is-unread .message-open", has_text="延期").first.click()
    assert "/hazards/" in desk.url
    desk.goto("/inbox/")
    no_barriers(desk)
    assert "待答复的延期申请" in desk.inner_text("main")
    follow(desk, ".waiting-item:has-text('延期')")
    with desk.expect_navigation():
        desk.get_by_role("button", name="答复", exact=True).click()
    desk.goto("/inbox/")
    assert "待答复的延期申请" not in desk.inner_text("main")
    left = desk.locator(".bell .badge")
    assert (int(left.inner_text()) if left.count() else 0) < before


def test_on_a_phone_an_owner_finds_what_is_due_and_subscribes(page_for):
    county = counties.build()
    counties.issued(county, hazards=2)
    phone = page_for(county.principal, 390, 844)
    for path in ("/inbox/", "/inbox/?part=messages", "/inbox/calendar/"):
        phone.goto(path)
        no_barriers(phone)
        no_sideways_scrolling(phone)
    phone.click("button:has-text('建立链接')")
    until(phone, "document.getElementById('link') !== null")
    assert phone.input_value("#link").endswith(".ics")
    no_sideways_scrolling(phone)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_leaders_pages_have_no_barriers(page_for, width, height):
    county = counties.build()
    counties.issued(county, hazards=2)
    page = page_for(county.admin, width, height)
    for path in (
        "/", "/inbox/", "/brief/?week=2026-06-08&open=found", "/deadlines/warnings/",
        "/deadlines/rules/",
    ):  # fmt: skip
        page.goto(path)
        no_barriers(page)
        no_sideways_scrolling(page)
