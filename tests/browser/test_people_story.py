"""The first day and the last: a list of people is invited, one signs up; one leaves and hands over.

Clicks and page loads of the first are counted here; docs/people.md says what they come to for 100.
"""

import os
from pathlib import Path

import pytest

from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.models import Membership
from tests import county as counties
from tests import world
from tests.browser.looks import no_barriers, no_sideways_scrolling, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LIST = "周工,评估人员,13900001111\n吴工,项目负责人,13900002222\n郑工,局长"
SHOTS = os.environ.get("SHOTS", "")


def looked_at(page, name: str) -> None:
    """What every page must be; with SHOTS its picture, in both widths, for a person to look at."""
    no_barriers(page)
    wide = page.viewport_size
    for width, height in ((390, 844), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        no_sideways_scrolling(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(wide)


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def boss(county):
    with acting_as(SYSTEM):
        org = Membership.objects.select_related("org").get(pk=county.lead.member).org
    return world.member(org, Role.PROVIDER_ADMIN, name="王总")


def test_a_list_is_invited_and_one_of_it_signs_up(page_for, browser, live_server, boss):
    desk = page_for(boss, 1366, 768)
    loads: list[str] = []
    desk.on("load", lambda page: loads.append(page.url))
    desk.goto("/people/")
    looked_at(desk, "people")
    desk.get_by_role("link", name="批量邀请").click()
    desk.get_by_label("名单").fill(LIST)
    desk.get_by_role("button", name="核对名单").click()
    desk.get_by_text("角色须是").wait_for()
    looked_at(desk, "invite-many")
    desk.get_by_role("button", name="生成 2 份邀请").click()
    desk.get_by_role("heading", name="等待接受的邀请").wait_for()
    looked_at(desk, "invitations")
    assert len(loads) == 4  # people, form, preview, invitations: however long the list
    desk.get_by_role("link", name="链接、二维码").first.click()
    link = desk.get_by_label("链接").input_value()
    looked_at(desk, "invitation")
    desk.goto("/people/invitations/sheets/")
    until(desk, "document.querySelectorAll('.claim-sheet').length === 2")
    looked_at(desk, "sheets")

    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    phone = context.new_page()
    phone.goto(link)
    phone.fill("[name=username]", "zhougong")
    for name in ("password", "password_again"):
        phone.fill(f"[name={name}]", "Kept-by-heart-9")
    phone.get_by_role("button", name="设置账号并加入").click()
    until(phone, "!location.pathname.startsWith('/join/')")
    context.close()


def test_who_leaves_hands_everything_over_and_is_out(page_for, county, boss):
    leaver = page_for(county.inspector, 1366, 768)
    leaver.goto("/")
    desk = page_for(boss, 1366, 768)
    desk.goto(f"/people/{county.inspector.member}/end/")
    assert county.enterprises[0].name in desk.content()
    looked_at(desk, "leaving")
    for select in desk.locator("select[name^=to_]").all():
        select.select_option(str(county.idle_inspector.member))
    desk.get_by_label("原因").fill("离职")
    desk.get_by_role("button", name="确认移交").click()
    desk.locator("dialog button, .modal button").filter(has_text="确").first.click()
    desk.get_by_text("工作已移交，身份已停用").wait_for()
    leaver.goto("/")
    until(leaver, "location.pathname.startsWith('/accounts/login')")
    desk.goto(f"/people/{county.idle_inspector.member}/deputies/new/")
    looked_at(desk, "deputy-new")
    desk.goto("/people/access/")
    looked_at(desk, "who-sees")
