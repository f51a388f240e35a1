"""A hazard that reads wrongly is corrected; a signed visit is opened again and signed anew."""

import os
from pathlib import Path

import pytest

from common.scope import acting_as
from documents.models import Document
from inspections.models import Hazard, Visit
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures of every page, to be looked at


def look(page, name: str) -> None:
    """Hold a page to what every page must be, at both widths."""
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        no_sideways_scrolling(page)
        no_barriers(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def draw_signature(page) -> None:
    page.locator("canvas.signature-pad").scroll_into_view_if_needed()
    box = page.locator("canvas.signature-pad").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 70, steps=8)
    page.mouse.up()


def test_a_lead_corrects_a_hazard_and_the_officer_agrees_to_what_lessens_it(page_for):
    county = counties.build()
    [hazard] = counties.issued(county, severity="major")
    county.later(hours=2)
    lead = page_for(county.lead)
    lead.goto(f"/hazards/{hazard.pk}/")
    look(lead, "hazard")
    follow(lead, f"a[href='/hazards/{hazard.pk}/correct/']")
    look(lead, "correct")
    lead.fill("[name=description]", "配电箱外壳未接地，箱门缺锁")
    lead.select_option("[name=severity]", "general")
    lead.click("button:has-text('提交更正')")
    lead.wait_for_selector(".invalid-feedback, .errorlist, .has-error")
    assert lead.input_value("[name=description]") == "配电箱外壳未接地，箱门缺锁"
    look(lead, "correct-error")
    lead.fill("[name=reason]", "现场复核，不符合重大隐患判定标准")
    follow(lead, "button:has-text('提交更正')")
    assert "待同意" in lead.inner_text("main")

    officer = page_for(county.officer)
    officer.goto("/corrections/")
    look(officer, "list")
    follow(officer, f"text={hazard.number}")
    look(officer, "answer")
    officer.check("[name=decision][value=allow]")
    follow(officer, "button:has-text('答复')")

    lead.reload()
    follow(lead, "button:has-text('更正并签发新文书')")
    look(lead, "applied")
    assert "代替" in lead.inner_text("main")

    owner = page_for(county.principal, 390, 844)
    owner.goto(f"/hazards/{hazard.pk}/")
    look(owner, "owner")
    follow(owner, "text=看前后对比")
    look(owner, "owner-diff")
    with acting_as(county.admin):
        assert Hazard.objects.get(pk=hazard.pk).severity == "general"
        assert Document.objects.filter(kind="major_report", state="voided").count() == 1


def test_a_signed_visit_is_opened_again_and_signed_anew(page_for):
    county = counties.build()
    visit = counties.visit(county)
    lead = page_for(county.lead)
    lead.goto(f"/visits/{visit.pk}/")
    follow(lead, "text=申请重新打开")
    look(lead, "reopen")
    lead.fill("[name=reason]", "漏查了配电室")
    follow(lead, "button:has-text('提交申请')")

    officer = page_for(county.officer)
    officer.goto("/corrections/")
    follow(officer, "text=北方铸造厂0")
    look(officer, "reopening")
    officer.check("[name=decision][value=allow]")
    follow(officer, "button:has-text('答复')")
    look(officer, "reopened")

    inspector = page_for(county.inspector, 390, 844)
    inspector.goto(f"/visits/{visit.pk}/")
    if SHOTS:
        inspector.screenshot(path=Path(SHOTS) / "visit-390.png", full_page=True)
    inspector.goto(f"/visits/{visit.pk}/sign/")
    inspector.fill("[name=representative_name]", "李四")
    draw_signature(inspector)
    follow(inspector, "text=签字并结束检查")
    look(inspector, "signed")
    with acting_as(county.admin):
        assert Visit.objects.get(pk=visit.pk).representative_name == "李四"
        papers = Document.objects.filter(kind="service_record").order_by("number")
        assert [paper.state for paper in papers] == ["voided", "issued"]
