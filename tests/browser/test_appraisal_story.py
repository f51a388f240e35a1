"""A provider is evaluated: forms that stay sealed, a notice, an objection that holds, a notice to all."""

import pytest

from common.scope import acting_as
from scoring.models import Appraisal, Questionnaire
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling
from tests.scoring import evaluated

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def looks_good(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def confirmed(page, button: str) -> None:
    page.click(f"main button:has-text('{button}')")
    with page.expect_navigation():
        page.click("#confirm [data-yes]")


def test_an_enterprise_answers_on_its_phone_and_the_agency_sees_nothing_before_the_close(page_for):
    county = counties.build()
    row = evaluated.asking(county)
    phone = page_for(county.principal, 390, 844)
    phone.goto("/appraisals/questionnaires/")
    looks_good(phone)
    follow(phone, "main a.task-card")
    looks_good(phone)
    for number in range(1, 10):
        phone.select_option(f"[name=q{number}]", "9")
    phone.fill("[name=comment]", "来得准时")
    confirmed(phone, "提交评价")
    phone.wait_for_selector("[data-errors]")  # the tenth was left out; the others are kept
    assert phone.input_value("[name=q9]") == "9"
    phone.select_option("[name=q10]", "8")
    confirmed(phone, "提交评价")
    phone.wait_for_selector("text=已评价")
    desk = page_for(county.officer)
    desk.goto(f"/appraisals/{row.pk}/")
    desk.wait_for_selector("text=问卷 1/1 份，封存中")
    assert "来得准时" not in desk.content()
    looks_good(desk)
    follow(desk, "a:has-text('截止评价')")
    confirmed(desk, "截止并启封")
    desk.wait_for_selector("text=来得准时")
    with acting_as(county.officer):
        assert Questionnaire.objects.get().score == 89


def test_a_provider_objects_and_another_officer_grants_it(page_for):
    county = counties.build()
    row = evaluated.drafted(county, evaluated.asking(county))
    firm = page_for(county.lead, 390, 844)
    firm.goto("/appraisals/own/")
    follow(firm, f"a[href='/appraisals/own/{row.pk}/']")
    looks_good(firm)
    follow(firm, "a:has-text('提出异议')")
    firm.select_option("[name=code]", "B2")
    firm.fill("[name=reason]", "两人到场，一部手机没有信号，定位没有记录")
    confirmed(firm, "提出异议")
    firm.wait_for_selector("text=待答复")
    drafter = page_for(county.officer)
    drafter.goto(f"/appraisals/{row.pk}/")
    follow(drafter, "#objections + ul a")
    drafter.wait_for_selector("text=由其他人员答复")
    desk = page_for(county.second_officer)
    desk.goto(f"/appraisals/{row.pk}/")
    follow(desk, "#objections + ul a")
    looks_good(desk)
    desk.select_option("[name=is_granted]", "1")
    desk.fill("[name=answer]", "经核对检查记录，两人到场属实")
    confirmed(desk, "答复")
    desk.wait_for_selector("text=请填写核定后的分子和分母")
    assert desk.input_value("[name=answer]") == "经核对检查记录，两人到场属实"
    desk.fill("[name=numerator]", "1")
    desk.fill("[name=denominator]", "1")
    confirmed(desk, "答复")
    desk.wait_for_selector("text=核定：经核对检查记录")
    looks_good(desk)
    with acting_as(county.officer):
        assert Appraisal.objects.get().score > row.score


def test_a_year_is_decided_and_put_before_everybody(page_for, browser, live_server):
    county = counties.build()
    row = evaluated.drafted(county, evaluated.asking(county))
    county.later(days=14)
    desk = page_for(county.admin)
    desk.goto(f"/appraisals/{row.pk}/")
    confirmed(desk, "决定考评结果")
    desk.wait_for_selector("text=已决定")
    desk.goto("/appraisals/?year=2026")
    looks_good(desk)
    confirmed(desk, "公示已决定的结果")
    desk.wait_for_selector("text=已公示")
    address = desk.get_attribute("a[href^='/public/appraisals/']", "href")
    with browser.new_context(base_url=live_server.url, locale="zh-CN") as context:
        anybody = context.new_page()
        anybody.goto(address)
        anybody.wait_for_selector("text=演示数据")
        with acting_as(county.officer):
            assert str(Appraisal.objects.get().score) in anybody.content()
        looks_good(anybody)
