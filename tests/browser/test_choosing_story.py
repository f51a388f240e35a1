"""An enterprise chooses its provider on a phone; a payment is cut by one and approved by another."""

from decimal import Decimal

import pytest

from agencies.models import ChoiceInvite, PaymentDecision
from agencies.payments import Share
from agencies.services import payment_plan_set
from common.scope import acting_as
from tenancy.enums import Role
from tests import world
from tests.agencies import market as markets
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def looks_good(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def confirm(page, button: str) -> None:
    """Press a button that asks, and say yes."""
    page.click(button)
    with page.expect_navigation():
        page.click("#confirm [data-yes]")


def test_an_enterprise_chooses_on_a_phone_and_changes_its_mind(page_for):
    market = markets.build()
    found = markets.drafted(market)
    desk = page_for(market.officer)
    desk.goto("/library/")
    looks_good(desk)
    follow(desk, "nav.subnav a:has-text('企业自主选择')")
    follow(desk, f"main td a:has-text('{found.title}')")
    looks_good(desk)
    confirm(desk, "button:has-text('通知企业选择')")
    desk.wait_for_selector("text=已通知企业选择")
    phone = page_for(market.county.principal, 390, 844)
    phone.goto("/")
    phone.click("[data-menu]")
    follow(phone, "nav a:has-text('选择服务机构')")
    phone.wait_for_selector("text=还没有选择")
    looks_good(phone)
    first = phone.locator("main section h2").first.inner_text()
    confirm(phone, "button:has-text('选择这一家') >> nth=0")
    phone.wait_for_selector(f"text=你单位选择了：{first}")
    confirm(phone, "button:has-text('改选这一家')")
    phone.wait_for_selector("text=全部选择")  # the first one is kept
    looks_good(phone)
    with acting_as(market.county.principal):
        chosen = str(ChoiceInvite.objects.get().choice.offer.provider_org)
    assert chosen != first
    desk.reload()
    desk.wait_for_selector(f"tr:has-text('{chosen}'):has-text('企业自主选择')")
    follow(desk, "td a:has-text('代为选择')")
    desk.check("[name=offer] >> nth=0")
    desk.fill("[name=reason]", "没有选择")
    confirm(desk, "main button[type=submit]")
    desk.wait_for_selector("text=至少 10 个字")
    assert desk.input_value("[name=reason]") == "没有选择"
    looks_good(desk)
    desk.fill("[name=reason]", "企业停产检修，两次通知没有回复")
    confirm(desk, "main button[type=submit]")
    confirm(desk, "button:has-text('结束并指派')")
    desk.wait_for_selector("text=选择已结束")
    desk.goto("/library/rounds/statistics/")
    desk.wait_for_selector("tr:has-text('合计'):has-text('50.0%')")
    looks_good(desk)


def test_a_payment_is_cut_by_one_and_approved_by_another(page_for):
    market = markets.build()
    contract = market.contracts[1]
    shares = [Share(name, Decimal(50), "other", "资料移交") for name in ("首付", "尾款")]
    with acting_as(market.officer):
        payment_plan_set(actor=market.officer, contract=contract, shares=shares, reason="补录")
        office = market.county.zone.org
    leader = world.member(office, Role.AGENCY_LEADER)
    desk = page_for(market.officer)
    desk.goto(f"/contracts/{contract.pk}/")
    follow(desk, "main a:has-text('付款')")
    looks_good(desk)
    follow(desk, "tr:has-text('首付') a:has-text('提出付款意见')")
    looks_good(desk)
    desk.check("[name=outcome][value=cut]")
    desk.fill("[name=form-0-label]", "到场不规范 3 次")
    desk.fill("[name=form-0-amount]", "1500")
    desk.fill("[name=reason]", "3 次到场少于 2 人")
    with desk.expect_navigation():
        desk.click("main button[type=submit]")
    desk.wait_for_selector("text=请写明依据")
    assert desk.input_value("[name=reason]") == "3 次到场少于 2 人"
    looks_good(desk)
    desk.fill("[name=form-0-rule]", "合同第八条")
    with desk.expect_navigation():
        desk.click("main button[type=submit]")
    desk.wait_for_selector("tr:has-text('实付金额'):has-text('48,500.00')")
    assert desk.locator("button:has-text('批准')").count() == 0  # not by the same person
    looks_good(desk)
    phone = page_for(leader, 390, 844)
    phone.goto("/")
    follow(phone, "main a:has-text('付款待批准') >> nth=0")
    looks_good(phone)
    phone.fill("[name=note]", "同意扣减")
    confirm(phone, "main button:has-text('批准')")
    phone.wait_for_selector("text=付款核定表正在制作")
    looks_good(phone)
    body = page_for(market.second_lead)
    body.goto(f"/contracts/{contract.pk}/payments/")
    follow(body, "tr:has-text('首付') a:has-text('扣减后支付')")
    body.wait_for_selector("text=3 次到场少于 2 人")
    looks_good(body)
    with acting_as(market.officer):
        assert PaymentDecision.objects.get().decided_by_id == leader.user_id
