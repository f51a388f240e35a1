"""Points as people meet them: given on a phone, spoken against, checked for oneself, tried out."""

from decimal import Decimal

import pytest

from common.scope import acting_as
from documents.models import Document
from scoring.models import PointAppeal, PointCycle, RuleBook, SelfCheck, ThresholdEvent
from scoring.services import thresholds_send_due
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling
from tests.scoring import township as townships
from tests.scoring.township import V8A
from workflow.models import Job, JobPart
from workflow.services import job_part_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def looks_good(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def confirm(page, button: str) -> None:
    page.click(f"button:has-text('{button}')")
    page.click("#confirm [data-yes]")


def draw(page) -> None:
    """Sign on the glass."""
    page.locator("canvas.signature-pad").scroll_into_view_if_needed()
    box = page.locator("canvas.signature-pad").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 20 + 12 * step, box["y"] + 20 + (step % 3) * 14)
    page.mouse.up()


def choose(page, code: str, fact: str) -> None:
    """Find a clause and say what was seen."""
    page.fill("#clause-filter", code)
    row = page.locator(f"#clauses .clause-field:has(.clause-code:text-is('{code}'))")
    row.locator("[type=checkbox]").first.check()
    row.locator("textarea").fill(fact)


def test_two_officers_give_points_on_a_phone_and_the_enterprise_signs(page_for):
    town = townships.build()
    phone = page_for(town.officer, 390, 844)
    phone.goto(f"/enterprises/{town.firm.pk}/")
    follow(phone, "main a:has-text('记分')")
    phone.wait_for_selector("text=还没有记分")
    looks_good(phone)
    follow(phone, "a:has-text('给予记分')")
    looks_good(phone)
    phone.fill("#clause-filter", "没有这样的")
    phone.wait_for_selector("text=换个词试试")
    phone.fill("#clause-filter", "责任制")
    choose(phone, "2.1", "没有责任制文件")
    choose(phone, "3.2", "规程与设备不符")
    confirm(phone, "给予记分")
    phone.wait_for_selector("text=第二名检查人员：")  # said above, and everything typed is kept
    phone.select_option("[name=second_officer]", str(town.second.member))
    draw(phone)
    with phone.expect_navigation():
        confirm(phone, "给予记分")
    phone.wait_for_selector("text=已给予记分")
    phone.wait_for_selector("text=没有责任制文件")
    looks_good(phone)
    assert town.cycle().total == Decimal("2.5")
    desk = page_for(town.admin)
    desk.goto("/points/")
    follow(desk, f"a:has-text('{town.firm.name}')")
    desk.wait_for_selector("text=第2.1款记2.0分")
    looks_good(desk)


def test_an_enterprise_speaks_against_its_points_and_somebody_else_answers(page_for):
    town = townships.build()
    town.give("2.1", "3.2")
    firm = page_for(town.principal, 390, 844)
    firm.goto("/points/own/")
    looks_good(firm)
    follow(firm, ".task-card")
    looks_good(firm)
    follow(firm, "a:has-text('陈述申辩')")
    firm.check("text=第2.1款")
    confirm_or_send(firm, "提交")
    firm.wait_for_selector("text=理由")
    firm.fill("[name=reason]", "责任制已张贴在车间门口")
    confirm_or_send(firm, "提交")
    firm.wait_for_selector("text=监管部门将按期答复")
    looks_good(firm)
    giver = page_for(town.officer)
    giver.goto("/points/appeals/")
    follow(giver, f"a:has-text('{town.firm.name}')")
    giver.wait_for_selector("text=由其他人员复核")
    other = page_for(town.admin)
    other.goto("/")
    follow(other, "a:has-text('待答复的陈述申辩')")
    looks_good(other)
    follow(other, f"a:has-text('{town.firm.name}')")
    other.check("[value=revoked]")
    other.fill("[name$=note]", "现场核实已张贴")
    other.fill("[name=answer]", "申辩成立")
    looks_good(other)
    with other.expect_navigation():
        confirm(other, "答复")
    other.wait_for_selector("text=复核决定书已签发")
    assert town.cycle().total == Decimal("0.5")
    with acting_as(town.admin):
        assert PointAppeal.objects.get().state == "decided"


def confirm_or_send(page, button: str) -> None:
    page.click(f"button[type=submit]:has-text('{button}')")


def test_past_twelve_the_report_goes_and_its_measures_are_seen_to(page_for):
    town = townships.build()
    town.give(*V8A, "3.2")
    page = page_for(town.admin)
    page.goto("/points/events/?state=drafted")
    looks_good(page)
    follow(page, f"a:has-text('{town.firm.name}')")
    confirm(page, "抄报")
    page.wait_for_selector("text=陈述申辩期至")  # refused, and says until when
    town.later(days=30)
    with acting_as(town.system):
        thresholds_send_due(actor=town.system, agency_id=town.agency.pk)
    page.reload()
    page.wait_for_selector("text=下一年度重点检查企业")
    looks_good(page)
    follow(page, "tr:has-text('执法检查') a:has-text('登记完成')")
    page.fill("[name=note]", "已执法检查，立案一起")
    with page.expect_navigation():
        page.click("button[type=submit]:has-text('登记完成')")
    page.wait_for_selector("text=完成：已执法检查")
    with acting_as(town.admin):
        assert ThresholdEvent.objects.get().state == "sent"
        assert Document.objects.filter(kind="points_report").exists()


def test_an_enterprise_checks_itself_and_sees_what_it_would_cost(page_for):
    town = townships.build()
    phone = page_for(town.principal, 390, 844)
    phone.goto("/points/own/self-check/")
    looks_good(phone)
    with phone.expect_navigation():
        phone.click("button[type=submit]:has-text('自查')")
    looks_good(phone)
    phone.fill("#narrow", "15.2")
    question = phone.locator(".question:has-text('15.2 ')").first
    question.locator("label.fail").click()
    question.locator("[name$=fact]").fill("三号冲床没有防护罩")
    with phone.expect_navigation():
        phone.click("button[type=submit]:has-text('保存')")
    phone.wait_for_selector("text=现在被检查会记 1.0 分")
    follow(phone, "a:has-text('登记完成')")
    phone.fill("[name=done_on]", "2026-03-02")
    with phone.expect_navigation():
        phone.click("button[type=submit]:has-text('登记完成')")
    phone.wait_for_selector("text=现在被检查会记 0")
    with acting_as(town.principal):
        assert SelfCheck.objects.get().shared_at is None


def test_a_draft_is_edited_compared_and_tried_before_it_is_adopted(page_for):
    town = townships.build()
    town.give(*V8A)
    page = page_for(town.admin)
    page.goto("/points/books/")
    looks_good(page)
    follow(page, "a:has-text('另拟新版本')")
    page.fill("[name=version]", "2.0")
    page.select_option("[name=based_on]", str(town.book.pk))
    with page.expect_navigation():
        page.click("main button[type=submit]")
    looks_good(page)
    with acting_as(town.admin):
        draft = RuleBook.objects.get(version="2.0")
        clause = draft.clauses.get(code="2.1")
    page.goto(f"/points/books/{draft.pk}/clauses/{clause.pk}/")
    page.fill("[name=points]", "2.3")
    page.click("main button[type=submit]")
    page.wait_for_selector("text=0.5的倍数")
    page.fill("[name=points]", "3")
    with page.expect_navigation():
        page.click("main button[type=submit]")
    page.goto(f"/points/books/{draft.pk}/compare/?with={town.book.pk}")
    page.wait_for_selector("tr:has-text('2.1'):has-text('分值')")
    looks_good(page)
    page.goto(f"/points/books/{draft.pk}/try/")
    page.fill("[name=year]", "2026")
    with page.expect_navigation():
        page.click("main button[type=submit]")
    with acting_as(town.system, atomic=False):
        for part in JobPart.objects.filter(job=Job.objects.get(kind="points_tryout")):
            job_part_run(part.pk)
    page.reload()
    page.wait_for_selector("text=变了的企业（1家）")
    page.wait_for_selector("text=第2.1款由2.0分变为3.0分")
    looks_good(page)
    with acting_as(town.admin):
        assert PointCycle.objects.get().total == Decimal("11.5")
