"""A leader looks an act up, has the chain checked and takes it along; a visitor checks it alone."""

import subprocess
import sys

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.heads import Chain, day_publish
from audit.services import chain_seal, record
from common.scope import acting_as
from tenancy.actors import SYSTEM, system_for
from tenancy.enums import Role
from tests import world
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling
from workflow.models import Job
from workflow.services import job_part_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
LONG = "山海关经济技术开发区北方精密铸造与机械加工装备制造有限责任公司第一分公司铸造厂"
SIZES = [(1366, 768), (390, 844)]


@pytest.fixture
def zone():
    return world.agency()


@pytest.fixture
def leader(zone):
    leader = world.member(zone.org, Role.AGENCY_LEADER, name="李局长")
    with acting_as(leader):
        for n in range(60):
            record(
                actor=leader, act="hazard.found", subject=("inspections.hazard", f"0197-{n}"),
                summary=f"{LONG} 第{n}项", agency_id=zone.pk, region_code=zone.region_code,
            )  # fmt: skip
    with acting_as(SYSTEM):
        chain_seal(agency_id=zone.pk)
    return leader


@pytest.fixture
def published(zone, leader):
    """What stands today, published as of tonight."""
    with acting_as(SYSTEM):
        day_publish(
            day=timezone.localdate(), chains={zone.pk: Chain(zone.org.name, True)},
            sign=lambda content: b"",
        )  # fmt: skip


def looks_right(page) -> None:
    no_sideways_scrolling(page)
    no_barriers(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_leader_finds_an_act_and_has_the_chain_checked(page_for, zone, leader, width, height):
    page = page_for(leader, width, height)
    page.goto(reverse("chain:log"))
    looks_right(page)
    page.fill("main [name=q]", "第42项")
    page.press("main [name=q]", "Enter")
    page.wait_for_url(lambda url: "q=" in url)
    assert page.locator("tbody tr").count() == 1
    looks_right(page)
    follow(page, "nav.subnav a:has-text('存证链')")
    looks_right(page)
    follow(page, "button:has-text('开始核查')")
    with acting_as(SYSTEM):
        parts = list(Job.objects.get().parts.order_by("step", "pk").values_list("pk", flat=True))
    for pk in parts:
        with acting_as(system_for(zone)):
            job_part_run(pk)
    page.click("a:has-text('看核查结果')")
    page.wait_for_selector("h1:has-text('核查结果')")
    assert "没有被改动、抽走、插入或调换" in page.inner_text("main")
    looks_right(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_visitor_checks_an_export_with_what_the_public_page_gives(
    browser, live_server, page_for, leader, published, tmp_path, width, height
):
    desk = page_for(leader)
    desk.goto(reverse("chain:chain"))
    with desk.expect_download() as chain:
        desk.click("a:has-text('导出整条链')")
    chain.value.save_as(tmp_path / "chain.jsonl")
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=live_server.url, locale="zh-CN"
    )
    page = context.new_page()
    page.goto(reverse("portal:heads"))
    looks_right(page)
    page.click("summary")
    looks_right(page)
    for link, name in (("heads.jsonl", "heads.jsonl"), ("验证程序", "verify_chain.py")):
        with page.expect_download() as download:
            page.click(f"a:has-text('{link}')")
        download.value.save_as(tmp_path / name)
    context.close()
    run = subprocess.run(
        [sys.executable, "-I", "-S", "verify_chain.py", "chain.jsonl", "--heads", "heads.jsonl"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, "没有发现问题" in run.stdout) == (0, True)


def test_an_agency_without_acts_and_a_platform_without_heads_say_so(page_for, zone):
    page = page_for(world.member(zone.org, Role.AGENCY_ADMIN), 390, 844)
    for name in ("chain:log", "chain:chain", "portal:heads"):
        page.goto(reverse(name))
        assert page.locator(".empty").count() == 1
        looks_right(page)
