"""The menu of an agency has more places than a screen has lines."""

import pytest

from tenancy.enums import Role
from tests import world
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def shown(page) -> list[str]:
    return page.locator("#menu a:visible").all_inner_texts()


@pytest.fixture
def admin():
    return world.member(world.agency("130371").org, Role.AGENCY_ADMIN)


def test_a_group_is_opened_by_keyboard_and_stays_open(admin, page_for):
    desk = page_for(admin, 1366, 768)
    assert [word.strip() for word in shown(desk)] == ["首页", "待办和消息", "工作周报"]
    desk.locator("#menu summary", has_text="文书和记录").press("Enter")
    follow(desk, "#menu >> text=操作日志")
    assert desk.locator("#menu [aria-current]").inner_text().strip() == "操作日志"
    no_barriers(desk)
    follow(desk, "#menu >> text=首页")
    assert "操作日志" in " ".join(shown(desk))
    desk.locator("#menu summary", has_text="文书和记录").click()
    desk.reload()
    assert "操作日志" not in " ".join(shown(desk))


def test_on_a_phone_it_is_opened_by_its_button(admin, page_for):
    phone = page_for(admin, 390, 844)
    assert shown(phone) == []
    phone.get_by_role("button", name="菜单").click()
    phone.locator("#menu summary", has_text="设置").click()
    no_barriers(phone)
    no_sideways_scrolling(phone)
    follow(phone, "#menu >> text=人员")
    assert phone.locator("h1").inner_text() == "人员"
