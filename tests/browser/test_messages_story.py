"""Somebody asks for a daily digest; three messages arrive; one letter brings all and leads to them."""

import re

import pytest
from django.core import mail

from tenancy.enums import Role
from tests import world
from tests.browser.looks import no_barriers, no_sideways_scrolling, until
from tests.notifications.conftest import at, bureau, deliver, mailbox  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
TITLES = ("重大隐患：配电室", "整改已提交：北方铸造厂", "合同“甲”已生效")


def test_three_messages_come_as_one_letter_that_leads_to_the_page(
    page_for,
    bureau,  # noqa: F811
    live_server,
    settings,
    monkeypatch,
):
    monkeypatch.setattr("tenancy.gate.SECOND_FACTOR_ROLES", frozenset())  # tests/accounts
    settings.SITE_URL = live_server.url
    reader = world.member(bureau.agency.org, Role.ASSISTANT)
    mailbox(reader)
    page = page_for(reader)
    page.goto("/messages/settings/")
    no_barriers(page)
    for select in page.locator("select[id^=id_m-]").all():
        select.select_option("digest")
    page.get_by_label("每日汇总时间").select_option("8")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("消息设置已保存").wait_for()

    for title in TITLES:
        bureau.say("hazard.submitted", title, to=reader, at=at(9, days=-1))
    deliver(at(10, days=-1))
    assert mail.outbox == []
    deliver(at(8, 1))
    [letter] = mail.outbox
    assert "您有 3 条消息" in letter.subject
    assert [title in letter.body for title in TITLES] == [True] * 3

    page.goto(re.search(r"全部消息：(\S+)", letter.body)[1])
    page.get_by_text(TITLES[0]).first.wait_for()
    page.goto(re.search(r"停止接收：(\S+)", letter.body)[1])
    until(page, "location.pathname === '/messages/settings/'")
    page.goto("/messages/log/")
    assert page.locator("tbody tr").count() == 3
    no_barriers(page)

    phone = page_for(reader, 390, 844)
    for address in ("/messages/settings/", "/messages/log/"):
        phone.goto(address)
        no_barriers(phone)
        no_sideways_scrolling(phone)
