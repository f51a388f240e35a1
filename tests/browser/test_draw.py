"""Phase 4 as people do it: the draw step by step, the public's replay, the officers' own look."""

import subprocess
import sys

import pytest

from agencies.services import assignment_withdraw
from common.scope import acting_as
from documents.models import Document
from inspections.models import SpotCheck, SpotCheckDraw, Visit
from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LONG = "秦皇岛经济技术开发区北方精密铸造与重型机械零部件制造股份有限责任公司第二分公司"


def looks_good(page) -> None:
    no_barriers(page)
    no_sideways_scrolling(page)


def confirm(page, button: str) -> None:
    page.click(f"button:has-text('{button}')")
    page.click("#confirm [data-yes]")


def complete(county) -> None:
    """Phase 3 of the whole batch: one enterprise accepted, the other gone."""
    counties.accepted(county, hazards=2)
    with acting_as(county.admin):
        assignment_withdraw(
            actor=county.admin, assignment=county.assignments[1], withdrawal="closed", reason="注销"
        )


def post(page, url: str) -> str:
    """Send what no button on the page offers; return the page that answers."""
    token = page.evaluate("JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken']")
    headers = {"X-CSRFToken": token, "Referer": page.url}
    return page.request.post(url, headers=headers).text()


def numbered(county, page, page_for) -> None:
    """From nothing to the provider's number: whose turn it is, and why not yet."""
    url = f"/batches/{county.batch.pk}/draw/"
    page.goto(url)
    looks_good(page)
    confirm(page, "公布承诺")
    page.wait_for_selector("text=还有 2 家企业没有验收完成")
    assert not page.is_visible("button:has-text('冻结名单')")
    assert "当前状态为“已承诺”，不能进行此操作" in post(page, f"{url}reveal/")
    complete(county)
    page.goto(url)
    page.wait_for_selector("text=min（1，max（10，⌈20% × 1⌉ = 1））= 1 家")
    confirm(page, "冻结名单")
    page.wait_for_selector("text=等待服务机构在 2026-06-11 前给出")
    looks_good(page)
    lead = page_for(county.lead)
    lead.goto(url)
    looks_good(lead)
    lead.click("text=给出随机数")
    lead.fill("[name=number]", "7")
    confirm(lead, "给出随机数")
    lead.wait_for_selector("text=请给出 4 到 40 位数字")
    assert lead.input_value("[name=number]") == "7"
    looks_good(lead)
    lead.fill("[name=number]", "20260831")
    confirm(lead, "给出随机数")
    lead.wait_for_selector("text=等待监管部门")


def test_a_draw_goes_its_five_steps_and_anyone_can_replay_it(
    page_for, browser, live_server, tmp_path
):
    county = counties.build()
    page = page_for(county.admin)
    numbered(county, page, page_for)
    page.reload()
    confirm(page, "公开密数并抽取")
    page.wait_for_selector("text=抽中 1 家")
    looks_good(page)
    with acting_as(county.admin):
        draw = SpotCheckDraw.objects.get()
        assert (draw.state, len(draw.sample)) == ("drawn", 1)
    anyone = browser.new_page(base_url=live_server.url)
    anyone.goto(f"/draws/{draw.code}/")
    looks_good(anyone)
    assert anyone.locator(".state-green:has-text('一致')").count() == 3
    assert county.enterprises[0].name not in anyone.content()
    published = tmp_path / "published.json"
    published.write_bytes(anyone.request.get(f"/draws/{draw.code}/published.json").body())
    script = tmp_path / "draw.py"
    script.write_bytes(anyone.request.get("/draws/draw.py").body())
    anyone.close()
    replay = subprocess.run(
        [sys.executable, script, published], capture_output=True, text=True, check=True
    )
    assert replay.stdout.split() == draw.sample


def test_officers_look_without_the_providers_findings_then_compare_and_announce(page_for):
    county = counties.build(enterprises=1)
    with acting_as(county.admin):
        county.enterprises[0].name = LONG
        county.enterprises[0].save(update_fields=["name"])
    counties.drawn(county)
    with acting_as(county.officer):
        check = SpotCheck.objects.get()
    page = page_for(county.officer, 390, 844)
    page.goto(f"/batches/{county.batch.pk}/draw/")
    looks_good(page)
    page.click(f"a:has-text('{LONG}')")
    page.wait_for_selector("text=本页不显示服务机构在该企业查出的隐患")
    looks_good(page)
    page.click("text=到场抽查")
    page.click("text=到场，开始抽查")
    page.wait_for_selector("text=须由两名以上持有效执法证件的人员进行")
    looks_good(page)
    page.check(f"label:has-text('{county.second_officer.user_name}') input")
    page.click("text=到场，开始抽查")
    page.wait_for_selector("text=签字以前看不到服务机构查出的隐患")
    looks_good(page)
    page.goto(f"/spot-checks/{check.pk}/")
    page.wait_for_selector("text=继续抽查")
    assert "1号车间" not in page.content()
    with acting_as(county.officer):
        visit = Visit.objects.get(kind="spot_check")
    counties.officers_visit(county, lambda: visit, faults=2)
    page.goto(f"/visits/{visit.pk}/")
    looks_good(page)
    page.click("text=与机构发现比对")
    compare(page, check, county)
    announce(page_for(county.admin), county)


def compare(page, check, county) -> None:
    """The proposal stands; what is called untrue without a reason is asked for it, nothing lost."""
    page.wait_for_selector("text=抽查发现 2 项，服务机构发现 1 项")
    looks_good(page)
    officers, [other] = page.locator("table").first, page.locator("table").nth(1).all()
    chosen = officers.locator("select").evaluate_all("all => all.map(s => s.value.split(':')[0])")
    assert chosen == ["both", "missed"]
    officers.locator("select").first.select_option("missed")
    other.locator("select").select_option("overstated")
    page.fill("[name=opinion]", "总体较好，查出一项漏查")
    confirm(page, "完成比对")
    page.wait_for_selector("text=认定不实须写明理由")
    looks_good(page)
    assert other.locator("select").input_value() == "overstated"
    assert officers.locator("select").first.input_value() == "missed"
    assert page.input_value("[name=opinion]") == "总体较好，查出一项漏查"
    other.locator("input").fill("现场没有这台设备")
    confirm(page, "完成比对")
    page.wait_for_selector("text=比对完成")
    looks_good(page)
    with acting_as(county.officer):
        done = SpotCheck.objects.get(pk=check.pk)
        assert (done.found_both, done.missed, done.overstated) == (0, 2, 1)
        assert done.pairs.get(verdict="overstated").note == "现场没有这台设备"


def announce(page, county) -> None:
    page.goto(f"/batches/{county.batch.pk}/draw/")
    looks_good(page)
    page.click("a:has-text('通报结果')")
    page.wait_for_selector("text=已比对 1 家：双方均发现 0 项，漏查 2 项，不实 1 项")
    page.fill("[name=requirement]", "对漏查的企业重新排查，举一反三")
    confirm(page, "签发通报")
    page.wait_for_url("**/record/")
    page.goto(f"/batches/{county.batch.pk}/draw/")
    looks_good(page)
    with acting_as(county.admin):
        assert SpotCheckDraw.objects.get().state == "announced"
        assert Document.objects.filter(kind="draw_notice").count() == 1
