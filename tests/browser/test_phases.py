"""A lead takes an enterprise through guidance to its conclusion; an officer takes another out."""

import pytest

from agencies.models import Assignment
from common.scope import acting_as
from documents.models import Document
from evidence.models import Attachment
from inspections.models import CriterionFinding, GuidanceRecord, GuidanceTopic
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LONG = "秦皇岛经济技术开发区北方精密铸造与机械加工联合制造有限责任公司珠江道分公司（一厂）"


def sound(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def confirmed(page, button: str) -> None:
    page.click(f"button:has-text('{button}')")
    page.click("#confirm [data-yes]")


def test_a_lead_fills_the_guidance_of_one_and_of_many(page_for, tmp_path):
    county = counties.build(enterprises=3)
    counties.issued(county)
    paper = tmp_path / "责任制.pdf"
    paper.write_bytes(b"%PDF-1.7 roles and duties")
    page = page_for(county.lead)
    page.goto(f"/batches/{county.batch.pk}/")
    row = page.locator("tbody tr", has_text=county.enterprises[0].name)
    assert "指导还差19项" in row.inner_text()
    sound(page)
    page.select_option("[name=only]", "ready")
    page.wait_for_selector("text=没有符合条件的企业")
    page.click("text=清除")
    follow(page, f"a:has-text('{county.enterprises[0].name}')")
    sound(page)
    follow(page, ".page-actions >> text=登记指导事项")
    sound(page)
    page.locator("tr", has_text="全员责任制文本").locator("a.btn").click()
    page.check("[name=state][value=done]")
    page.fill("[name=done_on]", "2026-07-30")
    page.fill("[name=note]", "责任书存档案柜")
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=完成日期不能晚于今天")
    assert page.input_value("[name=note]") == "责任书存档案柜"
    no_barriers(page)
    page.fill("[name=done_on]", "2026-06-08")
    page.set_input_files("[name=files]", str(paper))
    page.click("button:has-text('保存')")
    page.wait_for_selector("text=已登记：安全生产责任制")
    assert "责任制.pdf" in page.inner_text("main")
    with acting_as(county.lead):
        assert Attachment.objects.get().filename == "责任制.pdf"
    follow(page, "text=整批登记")
    sound(page)
    page.check("[data-bulk-page]")
    page.select_option("[name=topic]", "TS-2")
    page.click("text=登记所选企业")
    page.wait_for_selector("text=批量登记请写明材料在哪里")
    assert page.locator("[name=ids]:checked").count() == 3
    no_barriers(page)
    page.fill("[name=note]", "制度汇编存企业")
    page.click("text=登记所选企业")
    page.wait_for_selector("text=已登记 3 家")
    with acting_as(county.lead):
        assert GuidanceRecord.objects.filter(topic_id="TS-2", state="done").count() == 3
        assert GuidanceTopic.objects.filter(is_retired=False).count() == 20


def test_a_lead_accepts_only_what_was_looked_at_and_says_why_he_differs(page_for):
    county = counties.build()
    [hazard] = counties.rechecking(county, severity="general")
    first = county.assignment
    with acting_as(county.lead):
        CriterionFinding.objects.filter(criterion=4).delete()
    page = page_for(county.lead)
    page.goto(f"/visits/of/{first.pk}/")
    assert "验收标准还差1项" in page.inner_text("main")
    sound(page)
    page.click(".duties >> text=核查标准4")
    page.check("[name=result][value=ok]")
    page.click("button:has-text('保存核查结果')")
    page.wait_for_selector(".field-error")
    no_barriers(page)
    page.fill("[name=note]", "预案 2026 年 5 月修订，内容齐全")
    page.click("button:has-text('保存核查结果')")
    page.wait_for_selector("text=已登记核查结果")
    assert "验收标准还差" not in page.inner_text("main")
    page.goto(f"/assignments/{first.pk}/accept/")
    assert "1项未复查" in page.inner_text("[role=alert]")
    assert page.locator("button:has-text('完成验收')").count() == 0
    sound(page)
    counties.mend(county, hazard)
    page.goto(f"/batches/{county.batch.pk}/acceptance/")
    sound(page)
    page.goto(f"/visits/of/{first.pk}/")
    page.click(".page-actions >> text=完成验收")
    assert "数据显示的结论：通过" in page.inner_text("main")
    sound(page)
    page.check("[name=conclusion][value=conditional]")
    confirmed(page, "完成验收并签发")
    page.wait_for_selector("text=改为其他结论请写明理由")
    assert page.is_checked("[name=conclusion][value=conditional]")
    no_barriers(page)
    page.fill("[name=note]", "培训档案尚需补齐")
    confirmed(page, "完成验收并签发")
    page.wait_for_selector("text=验收完成，情况报告和结论性意见已签发")
    sound(page)
    with acting_as(county.lead):
        done = Assignment.objects.get(pk=first.pk)
        assert (done.state, done.conclusion) == ("accepted", "conditional")
        assert Document.objects.filter(kind="conclusion").count() == 1


def test_an_agency_takes_an_enterprise_out_and_puts_another_in(page_for):
    county = counties.build()
    with acting_as(county.admin):
        spare = counties.enterprise(county.zone, 77, name=LONG)
    gone = county.assignments[1]
    page = page_for(county.admin)
    page.goto(f"/contracts/{county.contract.pk}/")
    sound(page)
    follow(page, "a:has-text('待动员 2')")
    sound(page)
    follow(page, f"a:has-text('{county.enterprises[1].name}')")
    sound(page)
    page.click("text=退出本批次")
    page.check("[name=withdrawal][value=stopped]")
    page.select_option("[name=replacement]", str(spare.pk))
    confirmed(page, "退出本批次")
    page.wait_for_selector(".field-error")
    assert page.input_value("[name=replacement]") == str(spare.pk)
    page.fill("[name=reason]", "2026年6月起停产")
    confirmed(page, "退出本批次")
    page.wait_for_selector("text=已退出本批次")
    assert "2026年6月起停产" in page.inner_text("main")
    sound(page)
    page.set_viewport_size({"width": 390, "height": 844})
    no_sideways_scrolling(page)
    with acting_as(county.admin):
        assert Assignment.objects.get(replaces=gone).enterprise_id == spare.pk


def test_an_inspector_reads_the_same_pages_on_his_phone(page_for):
    county = counties.build()
    counties.rechecking(county)
    page = page_for(county.inspector, 390, 844)
    for url in (
        f"/batches/{county.batch.pk}/", f"/batches/{county.batch.pk}/guidance/",
        f"/batches/{county.batch.pk}/acceptance/", f"/visits/of/{county.assignment.pk}/",
        f"/assignments/{county.assignment.pk}/guidance/",
        f"/assignments/{county.assignment.pk}/criteria/4/",
    ):  # fmt: skip
        page.goto(url)
        sound(page)
