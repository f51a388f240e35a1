"""What people do, in a real browser: assign a batch, log a visit, submit a rectification."""

import pytest

from agencies.models import Assignment
from common.scope import acting_as
from evidence.models import Photo
from inspections.models import Hazard, Visit
from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_regulator_assigns_all_of_a_filter_in_one_action(page_for):
    county = counties.build()
    with acting_as(county.admin):
        for number in range(100, 155):
            counties.enterprise(county.zone, number, industry="轻工")
        counties.enterprise(county.zone, 200, industry="建材")
    page = page_for(county.admin)
    page.goto(f"/batches/{county.batch.pk}/")
    page.click("text=指派企业")
    page.select_option("[name=industry]", "轻工")
    page.wait_for_url("**industry=*")
    no_barriers(page)
    page.check("[data-bulk-page]")
    assert "已选本页 50 项" in page.inner_text("[data-bulk-words]")
    page.click("[data-bulk-all]")
    assert "已选全部 55 项" in page.inner_text("[data-bulk-words]")
    page.click("text=下一步")
    page.wait_for_selector("text=把 55 家企业指派给")
    page.click("button:has-text('指派 55 家')")
    page.wait_for_selector("text=已指派 55 家企业")
    assert "共 57 家" in page.inner_text(".count-line")
    no_barriers(page)
    with acting_as(county.admin):
        assert Assignment.objects.filter(batch=county.batch).count() == 57


def test_an_inspector_logs_a_visit_with_a_photo_on_a_phone(page_for, tmp_path):
    county = counties.build()
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(counties.picture((200, 40, 40)))
    page = page_for(county.inspector, 390, 844)
    page.goto("/visits/mine/")
    no_sideways_scrolling(page)
    page.click(f"text={county.enterprises[0].name}")
    page.click("text=开始检查")
    page.click("text=到场，开始检查")
    page.wait_for_selector("text=已答 0/")
    no_sideways_scrolling(page)
    no_barriers(page)
    page.locator(".question label.fail").first.click()
    page.wait_for_selector("text=已答 1/")
    page.locator("a:has-text('登记这项隐患')").first.click()
    page.locator(".task-card").first.click()
    page.fill("[name=place]", "冲压车间2号配电箱")
    page.set_input_files("[name=photos]", str(photo))
    no_barriers(page)
    page.locator(".phone-bar button").click()
    page.wait_for_selector("text=已登记隐患 1 项")
    page.fill("[name=process_note]", "查阅资料，现场检查，与负责人交换意见")
    page.click("text=保存记录")
    page.click("text=请负责人签字")
    page.click("text=其余都不涉及")
    page.click("#confirm [data-yes]")
    page.wait_for_selector("canvas")
    page.fill("[name=representative_name]", "张立新")
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 30 + 25 * step, box["y"] + 40 + 12 * (step % 3))
    page.mouse.up()
    page.click("text=签字并结束检查")
    page.wait_for_selector("text=检查已结束，记录已签发")
    with acting_as(county.inspector):
        visit = Visit.objects.get()
        assert (visit.state, visit.representative_name) == ("signed", "张立新")
        hazard = Hazard.objects.get()
        assert hazard.place == "冲压车间2号配电箱"
        assert Photo.objects.filter(subject_id=str(hazard.pk)).count() == 1


def test_an_enterprise_submits_a_rectification(page_for, tmp_path):
    county = counties.build()
    [hazard] = counties.issued(county)
    photo = tmp_path / "after.jpg"
    photo.write_bytes(counties.picture((40, 160, 60)))
    page = page_for(county.principal, 390, 844)
    page.wait_for_selector("text=有 1 项要整改")
    no_sideways_scrolling(page)
    no_barriers(page)
    page.click(f".task-card:has-text('{hazard.place}')")
    page.locator(".phone-bar a:has-text('提交整改')").click()
    page.click("text=提交，请求复查")
    page.wait_for_selector("text=请上传整改后的照片")
    page.fill("[name=text]", "已加装接地线并测量接通")
    page.set_input_files("[name=photos]", str(photo))
    page.locator(".phone-bar button").click()
    page.wait_for_selector("text=已提交，等待复查")
    with acting_as(county.principal):
        assert Hazard.objects.get().state == "submitted"
