"""A bureau prints sheets for the kick-off meeting; an owner scans his and is in."""

import re

import pytest

from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_an_owner_is_handed_a_sheet_and_takes_his_firm_up_on_his_phone(
    page_for, browser, live_server
):
    county = counties.build(enterprises=3)
    desk = page_for(county.officer, 1366, 768)
    desk.goto(f"/batches/{county.batch.pk}/")
    desk.get_by_role("link", name="认领单").click()
    desk.get_by_role("button", name="生成并打印（2 张）").click()
    until(desk, "document.querySelectorAll('.claim-sheet').length === 2")
    no_barriers(desk)
    first = desk.locator(".claim-sheet").first
    firm = first.locator(".h3").inner_text()
    code = re.search(r"[A-Z2-7]{5}-[A-Z2-7]{5}", first.inner_text())[0]

    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    phone = context.new_page()
    phone.goto("/claim/")
    phone.get_by_label("认领码").fill(code.lower())
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("heading", name=f"认领 {firm}").wait_for()
    no_barriers(phone)
    no_sideways_scrolling(phone)
    typed = {"answer": "0000", "name": "李明", "username": "liming"}
    secret = {"password": "Kept-by-heart-9", "password_again": "Kept-by-heart-9"}
    fill(phone, typed | secret)
    phone.get_by_role("button", name="认领").click()
    phone.get_by_text("还可以试4次").first.wait_for()
    fill(phone, {"answer": "1647"} | secret)
    phone.get_by_role("button", name="认领").click()
    until(phone, "!location.pathname.startsWith('/claim/')")
    assert firm in phone.content()
    context.close()

    desk.goto(f"/batches/{county.batch.pk}/claims/")
    desk.get_by_text("李明 已认领").wait_for()


def fill(page, values: dict[str, str]) -> None:
    """Type into fields by their names."""
    for name, text in values.items():
        page.fill(f"[name={name}]", text)
