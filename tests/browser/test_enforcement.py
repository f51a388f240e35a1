"""Phase 5 as officers do it: a refusal lists the firm, then plan, check, order, opinion, closed."""

import pytest

from common.scope import acting_as
from documents.models import Document
from inspections.models import EnforcementReferral, Hazard, RectificationOrder, Visit
from inspections.selectors import checklist_items
from inspections.services import answers_save, referrals_list_due, visit_refuse
from tenancy.actors import system_for
from tenancy.enums import Role
from tenancy.models import Agency
from tests import county as counties
from tests import world
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LONG = "秦皇岛经济技术开发区北方精密铸造与重型机械零部件制造股份有限责任公司第二分公司"
TYPED = {
    "weak_points": "临时用电，起重机械", "deep_causes": "主要负责人不履行职责，没有安全管理人员",
    "content": "配电室、起重机械现场；责任制、教育培训档案", "planned_on": "2026-06-10",
}  # fmt: skip


def looks_good(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def confirm(page, button: str) -> None:
    page.click(f"button:has-text('{button}')")
    page.click("#confirm [data-yes]")


def choose(page, name: str, actor) -> None:
    page.select_option(f"[name={name}]", str(actor.member))


def refused(county) -> None:
    """The representative will not sign the provider's record; the day's round lists the firm."""
    with acting_as(county.admin):
        county.enterprises[0].name = LONG
        county.enterprises[0].search_text += f" {LONG}"
        county.enterprises[0].save(update_fields=["name", "search_text"])
    visit = counties.visit(county, hazards=0, sign=False)
    with acting_as(county.inspector):
        items = checklist_items(visit)
        answers_save(actor=county.inspector, visit=visit, answers={i.pk: ("ok", "") for i in items})
        visit_refuse(
            actor=county.inspector, visit=visit, refusal_reason="负责人称忙，把人推出门",
            witness_name="王平",
        )  # fmt: skip
    with acting_as(county.admin):
        worker = system_for(Agency.objects.select_related("org").get(pk=county.zone.pk))
    with acting_as(worker):
        assert referrals_list_due(actor=worker, agency_id=county.zone.pk) == 1


def test_a_refusal_leads_to_an_order_and_is_closed_when_all_is_mended(page_for, tmp_path):
    county = counties.build(enterprises=1)
    bare = world.member(county.zone.org, Role.OFFICER, name="李无证")
    page = page_for(county.officer)
    page.goto("/enforcement/")
    page.wait_for_selector("text=名单上没有企业")
    looks_good(page)
    refused(county)
    page.reload()
    page.wait_for_selector("text=拒绝在检查记录上签字：负责人称忙，把人推出门")
    looks_good(page)
    page.fill("main [name=q]", "没有这家")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=没有符合条件的企业")
    assert "q=" in page.url
    page.goto("/enforcement/")
    follow(page, f"a:has-text('{LONG}')")
    looks_good(page)
    plan(page, county, bare)
    check(page, county)
    order(page, county, bare)
    phone = page_for(county.officer, 390, 844)
    for passes in (False, True):
        county.later(days=5)
        opinion(phone, county, tmp_path, passes)
    with acting_as(county.officer):
        assert EnforcementReferral.objects.get().state == "closed"
        assert Document.objects.filter(kind="recheck_opinion").count() == 2
    page.goto("/enforcement/?state=closed")
    page.click(f"a:has-text('{LONG}')")
    page.wait_for_selector("text=已办结")
    looks_good(page)


def plan(page, county, bare) -> None:
    """A second officer without a certificate is refused and every word stays."""
    page.click("a:has-text('制定方案')")
    for name, text in TYPED.items():
        page.fill(f"[name={name}]", text)
    choose(page, "second_officer", bare)
    page.click("button:has-text('签发现场检查方案')")
    page.wait_for_selector(".field-error:has-text('李无证：没有2026-06-10有效的执法证件')")
    looks_good(page)
    assert {name: page.input_value(f"[name={name}]") for name in TYPED} == TYPED
    choose(page, "second_officer", county.second_officer)
    page.click("button:has-text('签发现场检查方案')")
    page.wait_for_selector("text=现场检查方案已签发")
    looks_good(page)
    with acting_as(county.officer):
        assert EnforcementReferral.objects.get().plan_made.weak_points == TYPED["weak_points"]


def check(page, county) -> None:
    """Two officers arrive; what they find on site goes through the same services."""
    county.later(days=2)
    page.click("a:has-text('到场检查')")
    page.check(f"label:has-text('{county.second_officer.user_name}') input")
    looks_good(page)
    page.click("text=到场，开始检查")
    page.wait_for_selector("text=已答 0/")
    with acting_as(county.officer):
        visit = Visit.objects.get(kind="enforcement")
    counties.officers_visit(county, lambda: visit, faults=2)
    page.goto(f"/visits/{visit.pk}/")
    looks_good(page)
    follow(page, "a:has-text('下达指令')")


def order(page, county, bare) -> None:
    """A deadline for each item; a past day and a long one are asked about, a preview issues nothing."""
    looks_good(page)
    first, second = page.locator("input[type=date]").all()
    first.fill("2026-06-01")
    second.fill("2026-08-20")
    choose(page, "second_officer", bare)
    confirm(page, "签发指令书")
    page.wait_for_selector(".field-error:has-text('不能早于今天')")
    page.wait_for_selector(".field-error:has-text('期限超过30天')")
    looks_good(page)
    assert second.input_value() == "2026-08-20"
    first.fill("2026-06-20")
    second.fill("2026-07-01")
    confirm(page, "签发指令书")
    page.wait_for_selector(".field-error:has-text('李无证')")
    choose(page, "second_officer", county.second_officer)
    with page.context.expect_event("response", lambda r: r.url.endswith("/order/")) as preview:
        page.click("button:has-text('预览文书')")
    assert preview.value.headers["content-type"] == "application/pdf"
    with acting_as(county.officer):
        assert not RectificationOrder.objects.exists()
    confirm(page, "签发指令书")
    page.wait_for_url("**/record/")
    with acting_as(county.officer):
        made = RectificationOrder.objects.get()
        days = [str(h.due_on) for h in made.hazards.order_by("number")]
        assert days == ["2026-06-20", "2026-07-01"]
        assert EnforcementReferral.objects.get().state == "ordered"
    with acting_as(county.principal):
        assert Hazard.objects.filter(source="enforcement").count() == 2


def opinion(page, county, tmp_path, passes: bool) -> None:
    """Officers look again: first one item is left, then none."""
    photo = tmp_path / "again.jpg"
    photo.write_bytes(counties.picture((40, 160, 60)))
    page.goto("/enforcement/")
    looks_good(page)
    follow(page, f"a:has-text('{LONG}')")
    looks_good(page)
    page.locator(".page-actions a:has-text('复查')").click()
    results = page.locator("fieldset")
    results.first.locator("input[value=passed]").check()
    page.locator("input[type=file]").first.set_input_files(str(photo))
    choose(page, "second_officer", county.second_officer)
    if not passes:
        results.nth(1).locator("input[value=partial]").check()
        confirm(page, "签发复查意见书")
        page.wait_for_selector(".field-error:has-text('请给出再次期限')")
        looks_good(page)
        assert results.nth(1).locator("input[value=partial]").is_checked()
        page.locator("[name^=opinion]").nth(1).fill("还差一处没有接地")
        page.locator("input[type=date]").nth(1).fill("2026-07-08")
    looks_good(page)
    confirm(page, "签发复查意见书")
    page.wait_for_url("**/record/")
