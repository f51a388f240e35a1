"""A purchase at the desk, from the plan to what was accepted; the provider on a phone."""

from pathlib import Path

import pytest

from agencies.models import Obligation, PurchasePlan
from common.scope import acting_as
from tests import county as counties
from tests import purchases
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def press(page, words: str) -> None:
    """Press a button, and say yes where it asks."""
    page.click(f"main button:has-text('{words}')")
    if page.is_visible("#confirm [data-yes]"):
        with page.expect_navigation():
            page.click("#confirm [data-yes]")


def send(page) -> None:
    with page.expect_navigation():
        page.click("main form button[type=submit].btn-primary")


def test_a_plan_is_written_by_one_and_approved_by_another(page_for):
    county = counties.build(kicked_off=False)
    desk = page_for(county.officer)
    desk.goto("/plans/")
    no_barriers(desk)
    follow(desk, "main .empty a:has-text('编制计划')")
    send(desk)
    follow(desk, "main .empty a:has-text('增加事项')")
    desk.select_option("[name=area]", "inspection")
    desk.fill("[name=what]", "规上企业隐患排查")
    desk.fill("[name=amount]", "0")
    desk.select_option("[name=method]", "open_tender")
    send(desk)
    desk.wait_for_selector(
        ".field-error, .invalid-feedback, .errorlist"
    )  # and what was typed stays
    assert desk.input_value("[name=what]") == "规上企业隐患排查"
    desk.fill("[name=amount]", "500000")
    send(desk)
    desk.wait_for_selector("tr:has-text('规上企业隐患排查'):has-text('500,000.00')")
    no_barriers(desk)
    assert not desk.is_visible("button:has-text('批准')")
    leader = page_for(county.admin)
    leader.goto(desk.url)
    press(leader, "批准")
    follow(leader, "a:has-text('列入预算')")
    leader.fill("[name=budget_number]", "财预〔2026〕8号")
    leader.fill("[name=budgeted_on]", f"{purchases.TODAY:%Y-%m-%d}")
    press(leader, "列入预算")
    leader.wait_for_selector("a:has-text('建立采购项目')")
    with acting_as(county.admin):
        assert PurchasePlan.objects.get().is_in_force


def test_an_award_is_read_by_anybody_and_a_delivery_is_accepted(page_for, tmp_path):
    county = counties.build()
    lot, mine, _ = purchases.ranked(county)
    desk = page_for(county.admin)
    desk.goto(f"/lots/{lot.pk}/")
    no_barriers(desk)
    desk.wait_for_selector("tr:has-text('91.16'):has-text('无需资质')")
    follow(desk, "a:has-text('定标')")
    send(desk)
    follow(desk, ".breadcrumb-line a")
    press(desk, "公布结果")
    follow(desk, "a:has-text('中标（成交）结果公告') >> nth=-1")
    desk.wait_for_selector(f"text={mine.provider_name}")
    no_barriers(desk)
    owed = purchases.owe(
        county, county.contract, "other", 1, purchases.DUE, name="宣传手册", safety="不外泄"
    )
    scan = Path(tmp_path, "手册.jpg")
    scan.write_bytes(counties.picture())
    phone = page_for(county.lead, 390, 844)
    phone.goto("/offers/mine/")
    phone.wait_for_selector("text=91.16")
    no_sideways_scrolling(phone)
    phone.goto(f"/contracts/{county.contract.pk}/obligations/")
    no_barriers(phone)
    no_sideways_scrolling(phone)
    follow(phone, "a:has-text('登记交付')")
    phone.fill("[name=quantity]", "1")
    phone.fill("[name=delivered_on]", f"{purchases.TODAY:%Y-%m-%d}")
    phone.fill("[name=what]", "印制完成")
    phone.set_input_files("[name=files]", scan)
    send(phone)
    desk.goto(f"/contracts/{county.contract.pk}/obligations/")
    follow(desk, "tr:has-text('宣传手册') a:has-text('验收')")
    desk.check("[name=met_technical][value=yes]")
    desk.check("[name=met_safety][value=yes]")
    send(desk)
    desk.wait_for_selector("tr:has-text('宣传手册'):has-text('验收合格')")
    no_barriers(desk)
    with acting_as(county.admin):
        assert Obligation.objects.get(pk=owed.pk).acceptances.get().quantity == 1
