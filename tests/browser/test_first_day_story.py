"""Three firms get in by each way, and what it takes is counted against the table of docs/people.md.

Whatever the number of firms, the office's counts are those of the table: sheets and lists cost as
much for three as for one; a link costs as much for each.
"""

import re

import pytest

from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.browser.counting import Counted, promised
from tests.browser.looks import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
PASSWORD = "Kept-by-heart-9"


@pytest.fixture
def county():
    """Three enterprises without an account, beside one that has one."""
    return counties.build(enterprises=4)


@pytest.fixture
def phone(browser, live_server):
    """A phone that nobody has signed in on, for each person a new one."""
    contexts = []

    def new_phone() -> Counted:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return Counted(page)

    yield new_phone
    for context in contexts:
        context.close()


def named(counted: Counted, name: str):
    return counted.page.locator(f"[name={name}]")


def sign_up(person: Counted, number: int, **more: str) -> None:
    for name, text in (more | {"username": f"owner{number}"}).items():
        person.fill(named(person, name), text)
    for name in ("password", "password_again"):
        person.fill(named(person, name), PASSWORD)


def claim(person: Counted, number: int) -> dict[str, int]:
    """Say what the file has, take a sign-in name, and be on one's own first page."""
    sign_up(person, number, answer="1647", name=f"李{number}")
    person.click(person.page.get_by_role("button", name="认领"))
    person.page.get_by_role("heading", name="要整改的").first.wait_for()
    until(person.page, "document.readyState === 'complete'")
    return person.taken()


def test_sheets_take_the_office_as_many_clicks_for_three_firms_as_for_one(page_for, phone, county):
    desk = Counted(page_for(county.officer, 1366, 768))
    desk.taken()
    desk.page.goto(f"/batches/{county.batch.pk}/")
    desk.click(desk.page.get_by_role("link", name="认领单"))
    desk.click(desk.page.get_by_role("button", name="生成并打印（3 张）"))
    until(desk.page, "document.querySelectorAll('.claim-sheet').length === 3")
    desk.click(desk.page.get_by_role("button", name="打印"))
    office, scanned = promised("claim sheets for firms, scanned")
    _, typed = promised("the same, the code typed")
    assert desk.taken() == office
    sheets = desk.page.locator(".claim-sheet").all_inner_texts()
    codes = [re.search(r"[A-Z2-7]{5}-[A-Z2-7]{5}", text)[0] for text in sheets]
    for number, code in enumerate(codes[:2]):
        owner = phone()
        owner.page.goto(f"/claim/{code.replace('-', '')}/")
        assert claim(owner, number) == scanned
    last = phone()
    last.page.goto("/claim/")
    last.fill(last.page.get_by_label("认领码"), codes[2].lower())
    last.click(last.page.get_by_role("button", name="下一步"))
    assert claim(last, 2) == typed
    desk.page.goto(f"/batches/{county.batch.pk}/claims/")
    assert desk.page.get_by_text("已认领").count() == 3


def test_a_link_takes_the_same_again_for_each_firm(page_for, phone, county):
    office, person = promised("a link for each firm")
    desk = Counted(page_for(county.officer, 1366, 768))
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for number, firm in enumerate(county.enterprises[1:]):
        desk.taken()
        desk.page.goto("/enterprises/")
        desk.click(desk.page.get_by_role("link", name=firm.name, exact=True))
        desk.click(desk.page.get_by_role("link", name="开通企业账号"))
        desk.click(desk.page.get_by_role("button", name="生成邀请链接"))
        link = desk.page.get_by_label("链接").input_value()
        desk.click(desk.page.get_by_role("button", name="复制"))
        desk.page.get_by_role("button", name="已复制").wait_for()
        assert desk.page.evaluate("navigator.clipboard.readText()") == link
        assert desk.taken() == office
        owner = phone()
        owner.page.goto(link)
        sign_up(owner, number)
        owner.click(owner.page.get_by_role("button", name="设置账号并加入"))
        owner.page.get_by_role("heading", name="要整改的").first.wait_for()
        until(owner.page, "document.readyState === 'complete'")
        assert owner.taken() == person


def test_a_pasted_list_is_one_way_however_long(page_for, phone, county):
    boss = world.member(county.zone.org, Role.AGENCY_ADMIN)
    desk = Counted(page_for(boss, 1366, 768))
    desk.taken()
    desk.page.goto("/people/")
    desk.click(desk.page.get_by_role("link", name="批量邀请"))
    people = "\n".join(f"周{n}工,行政执法人员" for n in range(3))
    desk.fill(desk.page.get_by_label("名单"), people, "paste")
    desk.click(desk.page.get_by_role("button", name="核对名单"))
    desk.click(desk.page.get_by_role("button", name="生成 3 份邀请"))
    desk.page.get_by_role("heading", name="等待接受的邀请").wait_for()
    until(desk.page, "document.readyState === 'complete'")
    office, person = promised("a pasted list, links by mail")
    assert {**desk.counts} == office
    desk.click(desk.page.get_by_role("link", name="打印邀请单"))
    until(desk.page, "document.querySelectorAll('.claim-sheet').length === 3")
    desk.click(desk.page.get_by_role("button", name="打印"))
    by_hand, scanned = promised("a pasted list, sheets by hand")
    assert desk.taken() == by_hand
    assert person == scanned
    desk.page.goto("/people/invitations/")
    desk.page.get_by_role("link", name="链接、二维码").first.click()
    link = desk.page.get_by_label("链接").input_value()
    colleague = phone()
    colleague.page.goto(link)
    sign_up(colleague, 9)
    colleague.click(colleague.page.get_by_role("button", name="设置账号并加入"))
    until(colleague.page, "!location.pathname.startsWith('/join/')")
    until(colleague.page, "document.readyState === 'complete'")
    assert colleague.taken() == person
