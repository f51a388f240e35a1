"""A meeting that visitors sign in to with their phones, and the calendar that moves deadlines."""

from datetime import timedelta

import pytest

from common.scope import acting_as
from documents.models import Document
from evidence.models import Attachment
from inspections.models import Hazard, Meeting, MeetingAttendance
from inspections.services import (
    attendance_add,
    extension_ask,
    extension_grant,
    meeting_hold,
    meeting_plan,
)
from tenancy.models import CalendarDay
from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LONG = "秦皇岛经济技术开发区北方精密铸造与重型机械装备制造股份有限公司第二分公司"


@pytest.fixture
def phone(browser, live_server):
    """The phone of a visitor who has no account."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=live_server.url, locale="zh-CN"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def looks_right(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def plan(page, batch_id: int) -> str:
    """The lead plans the kick-off; return the address to sign in at."""
    page.goto(f"/batches/{batch_id}/meetings/")
    page.wait_for_selector("text=动员会还没有召开")
    looks_right(page)
    page.click("main >> text=新建动员会")
    page.fill("[name=title]", "社会化服务动员会")
    page.fill("[name=starts_at]", "2026-05-08T09:30")
    page.fill("[name=place]", "黄河道街道办事处三楼会议室")
    page.fill("[name=host_name]", "李主任")
    page.click("text=建立会议和签到表")
    page.wait_for_selector("text=时间不能早于合同开始日期2026-06-01")
    assert page.input_value("[name=place]") == "黄河道街道办事处三楼会议室"
    looks_right(page)
    page.fill("[name=starts_at]", "2026-06-08T09:30")
    page.click("text=建立会议和签到表")
    page.wait_for_selector("img[alt=签到二维码]")
    assert page.evaluate("document.querySelector('.sign-in-qr').naturalWidth") > 0
    looks_right(page)
    return page.inner_text(".sign-in-link")


def sign_in(phone, link: str, unit: str) -> None:
    """A visitor scans, forgets his name, signs in, and signs in again to be sure."""
    phone.goto(link)
    looks_right(phone)
    phone.fill("[name=unit_name]", unit)
    phone.click("button:has-text('签到')")
    phone.wait_for_selector(".field-error")
    assert phone.input_value("[name=unit_name]") == unit
    looks_right(phone)
    phone.fill("[name=person_name]", "张立新")
    phone.fill("[name=phone]", "13405461647")
    phone.click("button:has-text('签到')")
    phone.wait_for_selector("text=已签到")
    assert "先前" not in phone.inner_text("main")
    looks_right(phone)
    phone.click("text=替另一个人签到")
    phone.fill("[name=unit_name]", unit)
    phone.fill("[name=person_name]", "张立新")
    phone.click("button:has-text('签到')")
    phone.wait_for_selector("text=您先前已经签过到")


def test_a_kick_off_is_planned_signed_in_to_and_held(page_for, phone, tmp_path):
    county = counties.build(kicked_off=False)
    with acting_as(county.admin):
        firm = county.enterprises[0]
        firm.name = LONG
        firm.save(update_fields=["name"])
    page = page_for(county.lead)
    link = plan(page, county.batch.pk)
    assert page.locator("text=写纪要，结束签到").count() == 0
    assert "请先登记到会人员" in page.inner_text("#hold")

    sign_in(phone, link, firm.credit_code)
    page.wait_for_selector("#attendances >> text=张立新")
    assert "1 / 2" in page.inner_text("#attendances")
    assert "13405461647" not in page.inner_text("#attendances")
    page.wait_for_selector("#hold >> text=写纪要，结束签到")

    page.click("text=登记没有手机的人")
    page.fill("#desk [name=unit_name]", county.enterprises[1].name)
    page.click("#desk button")
    page.wait_for_selector(".field-error")
    assert page.input_value("[name=unit_name]") == county.enterprises[1].name
    page.fill("[name=person_name]", "王建国")
    page.click("button:has-text('登记')")
    page.wait_for_selector("text=已登记")
    assert "2 / 2" in page.inner_text("#attendances")
    looks_right(page)

    material = tmp_path / "服务方案.pdf"
    material.write_text("no pdf at all")
    page.click("text=写纪要，结束签到")
    page.fill("[name=minutes]", "讲解五个阶段和配合要求")
    page.set_input_files("[name=files]", str(material))
    page.click("text=保存纪要并结束签到")
    page.click("#confirm [data-yes]")
    page.wait_for_selector("text=只收 PDF")
    assert page.input_value("[name=minutes]") == "讲解五个阶段和配合要求"
    looks_right(page)
    material.write_bytes(b"%PDF-1.7 plan")
    page.set_input_files("[name=files]", str(material))
    page.click("text=保存纪要并结束签到")
    page.click("#confirm [data-yes]")
    page.wait_for_selector("text=会议已登记，签到结束")
    page.wait_for_selector("aside >> text=服务方案.pdf")
    looks_right(page)

    phone.goto(link)
    phone.wait_for_selector("text=签到已经结束")
    looks_right(phone)
    phone.goto("/sign-in/somebody-1-guessed/")
    phone.wait_for_selector("text=这个签到链接不能使用")
    looks_right(phone)
    with acting_as(county.lead):
        assert Meeting.objects.get().state == "held"
        rows = MeetingAttendance.objects.order_by("signed_at")
        assert [(r.unit_name, r.person_name, r.how) for r in rows] == [
            (LONG, "张立新", "qr"),
            (county.enterprises[1].name, "王建国", "desk"),
        ]
        assert Attachment.objects.get().filename == "服务方案.pdf"
        assert Document.objects.get().kind == "meeting_record"


def test_a_wall_that_others_closed_shows_what_was_kept(page_for):
    county = counties.build(kicked_off=False)
    with acting_as(county.lead):
        meeting = meeting_plan(
            actor=county.lead, batch=county.batch, kind="kickoff", title="动员会", place="会议室",
            host_name="李主任", starts_at=counties.NOW - timedelta(hours=1),
        )  # fmt: skip
    wall = page_for(county.officer)
    wall.goto(f"/meetings/{meeting.pk}/")
    wall.wait_for_selector("text=还没有人签到")
    with acting_as(county.lead):
        attendance_add(meeting=meeting, unit_name="区应急局", person_name="赵科长")
        meeting_hold(actor=county.lead, meeting=meeting, minutes="讲解服务内容")
    wall.wait_for_selector("text=讲解服务内容")
    assert wall.locator("img[alt=签到二维码]").count() == 0
    looks_right(wall)
    wall.goto(f"/batches/{county.batch.pk}/meetings/")
    assert wall.locator("text=动员会还没有召开").count() == 0
    looks_right(wall)


def test_a_holiday_notice_moves_a_deadline_after_a_look(page_for):
    county = counties.build()
    [hazard] = counties.issued(county)
    page = page_for(county.admin)
    page.goto("/calendar/")
    looks_right(page)
    page.fill("[name=start]", "2026-12-31")
    page.fill("[name=days]", "1")
    page.click("text=计算")
    page.wait_for_selector("text=2027年1月4日")
    page.wait_for_selector("text=这个日期是暂定的")
    looks_right(page)
    page.click("text=录入放假通知")
    page.fill("[name=source]", "区管委会通知〔2026〕8号")
    page.fill("[name=days]", "2026-06-15 至 2026-06-16 放假\n2026-06-31 上班")
    page.click("button:has-text('看哪些期限会变动')")
    page.wait_for_selector("text=第2行“2026-06-31 上班”里有不存在的日期")
    assert "2026-06-31" in page.input_value("[name=days]")
    looks_right(page)
    page.fill("[name=days]", "2026-06-15 至 2026-06-16 放假\n2026-06-13 上班")
    page.click("button:has-text('看哪些期限会变动')")
    page.wait_for_selector("text=1 个期限随之变动")
    assert hazard.number in page.inner_text("table")
    looks_right(page)
    page.click("text=返回修改")
    assert "2026-06-13 上班" in page.input_value("[name=days]")
    page.click("button:has-text('看哪些期限会变动')")
    with acting_as(county.admin):
        assert Hazard.objects.get().due_on == hazard.due_on
        assert CalendarDay.objects.count() == 0
    page.click("button[name=confirm]")
    page.click("#confirm [data-yes]")
    page.wait_for_selector("text=已录入3天，1个期限随之变动并已通知")
    looks_right(page)
    with acting_as(county.admin):
        moved = Hazard.objects.get()
        assert moved.due_on > hazard.due_on
        assert CalendarDay.objects.filter(source="区管委会通知〔2026〕8号").count() == 3

    owner = page_for(county.principal, 390, 844)
    owner.goto(f"/hazards/{hazard.pk}/")
    owner.click("text=为什么是这一天")
    owner.wait_for_selector(f"text={moved.due_on.month}月{moved.due_on.day}日")
    owner.wait_for_selector("text=区管委会通知〔2026〕8号")
    looks_right(owner)


def test_a_deadline_that_a_person_set_names_who_and_when(page_for):
    county = counties.build()
    [hazard] = counties.issued(county)
    wanted = hazard.due_on + timedelta(days=7)
    with acting_as(county.principal):
        asked = extension_ask(
            actor=county.principal, hazard=hazard, reason="配件要从外地订购", safeguard="停用该设备",
            wanted_on=wanted,
        )  # fmt: skip
    with acting_as(county.officer):
        extension_grant(actor=county.officer, extension=asked, granted_on=wanted, answer="抓紧")
    page = page_for(county.officer)
    page.goto(f"/hazards/{hazard.pk}/why/")
    page.wait_for_selector(f"text=同意延期至 {wanted}")
    page.wait_for_selector("text=配件要从外地订购")
    looks_right(page)
