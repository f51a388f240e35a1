"""`/` from any page, a few letters, an arrow and Enter: the firm's file is open."""

import pytest

from common.scope import acting_as
from enterprises.services import enterprise_save
from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SHOWN = "document.querySelectorAll('#found a').length > 0"


@pytest.fixture
def county():
    found = counties.build(enterprises=2)
    with acting_as(found.officer):
        firm = found.enterprises[0]
        firm.name, firm.principal_name = "恒瑞铸造厂", "曾国强"
        enterprise_save(actor=found.officer, enterprise=firm)
    counties.issued(found)
    return found


def test_an_officer_finds_a_firm_by_its_initials_without_a_mouse(county, page_for):
    desk = page_for(county.officer, 1366, 768)
    desk.goto("/documents/")
    desk.keyboard.press("/")
    desk.keyboard.type("hrzz")
    until(desk, SHOWN)
    no_barriers(desk)
    desk.keyboard.press("Escape")
    until(desk, "document.querySelectorAll('#found a').length === 0")
    desk.keyboard.type("zgq")  # the principal; Escape has emptied the field
    until(desk, SHOWN)
    desk.keyboard.press("ArrowDown")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert desk.url.endswith(f"/enterprises/{county.enterprises[0].pk}/")
    desk.goto("/hazards/")
    desk.keyboard.press("f")
    assert desk.evaluate("document.activeElement.matches('main [data-search]')")


def test_a_principal_searches_on_his_phone(county, page_for):
    phone = page_for(county.principal, 390, 844)
    phone.get_by_role("link", name="搜索").click()
    phone.locator("main [data-finder]").fill("配电箱")
    phone.get_by_role("button", name="搜索").click()
    phone.get_by_role("link", name="配电箱箱门未接地").wait_for()
    no_barriers(phone)
    no_sideways_scrolling(phone)
    phone.locator("main [data-finder]").fill("箱")
    phone.get_by_role("button", name="搜索").click()
    phone.get_by_text("请输入至少两个字").wait_for()
