"""Somebody asks for a daily digest; three messages arrive; one letter brings all and leads to them."""

import re

import pytest
from django.core import mail

from common.scope import acting_as
from inspections.services import extension_ask
from tenancy.enums import Role
from tests import county as counties
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


def test_what_happens_comes_in_the_morning_and_its_line_leads_to_the_act(
    page_for, live_server, settings
):
    settings.SITE_URL = live_server.url
    settings.TRAINING_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    county = counties.build()
    hazard = counties.issued(county)[0]
    mailbox(county.officer)
    page = page_for(county.officer)
    page.goto("/messages/settings/")
    for select in page.locator("select[id^=id_m-]").all():
        select.select_option("digest")
    page.locator("[name=quiet_from]").select_option("20")
    page.locator("[name=quiet_until]").select_option("7")
    page.locator("[name=digest_hour]").select_option("8")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("消息设置已保存").wait_for()
    deliver(at(10, days=-2))  # what was said before

    with acting_as(county.principal):
        extension_ask(
            actor=county.principal, hazard=hazard, reason="配件没有到货", safeguard="停用并设警戒",
            wanted_on=hazard.due_on.replace(day=28),
        )  # fmt: skip
    deliver(at(21, days=-1))
    mail.outbox.clear()  # the morning's letter of before
    deliver(at(3))
    assert mail.outbox == []
    deliver(at(8, 1))
    [letter] = mail.outbox
    page.goto(re.search(rf"申请延期\S*\s+({live_server.url}\S+)", letter.body)[1])
    with page.expect_navigation():
        page.get_by_role("button", name="答复", exact=True).click()
    page.goto("/inbox/")
    assert "待答复的延期申请" not in page.inner_text("main")
