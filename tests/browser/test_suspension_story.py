"""A provider is heard and suspended, and what it had under way goes to another in one step."""

from pathlib import Path

import pytest

from agencies.models import Assignment
from common.scope import acting_as
from providers.models import StandingDecision
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling
from tests.providers import barring

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def confirmed(page, button: str) -> None:
    """Press a button that asks once more, and say yes."""
    page.click(button)
    with page.expect_navigation():
        page.click("#confirm [data-yes]")


def test_a_suspension_is_heard_decided_and_handed_over(page_for, tmp_path):
    county = counties.build(enterprises=3)
    barring.second_provider(county)
    proof = Path(tmp_path, "现场照片.jpg")
    proof.write_bytes(counties.picture())
    officer = page_for(county.officer)
    officer.goto(f"/providers/{county.lead.org_id}/")
    follow(officer, "a:has-text('拟采取措施')")
    officer.select_option("[name=measure]", "suspend")
    officer.select_option("[name=ground]", "absent")
    officer.fill("[name=facts]", "三次应到场而未到场")
    officer.fill("[name=basis]", "合同第八条")
    officer.set_input_files("[name=files]", proof)
    officer.click("main button[type=submit]")
    officer.wait_for_selector("text=请填写结束日期")
    assert officer.input_value("[name=facts]") == "三次应到场而未到场"
    no_barriers(officer)
    officer.fill("[name=until_on]", "2026-12-31")
    officer.set_input_files("[name=files]", proof)
    with officer.expect_navigation():
        officer.click("main button[type=submit]")
    follow(officer, "a:has-text('签发告知书')")
    confirmed(officer, "main button[type=submit]")
    officer.wait_for_selector("text=陈述申辩至 2026-06-15")
    no_barriers(officer)
    lead = page_for(county.lead, 390, 844)
    lead.goto("/providers/standing/")
    follow(lead, "main td a")
    no_barriers(lead)
    no_sideways_scrolling(lead)
    follow(lead, "a:has-text('陈述申辩')")
    lead.fill("[name=text]", "已改期并告知企业")
    confirmed(lead, "main button[type=submit]")
    desk = page_for(county.admin)
    desk.goto("/providers/standing/?state=noticed")
    follow(desk, "main td a")
    follow(desk, "a:has-text('作出决定')")
    desk.fill("[name=reason]", "改期没有依据，不予采纳")
    confirmed(desk, "main button[type=submit]")
    desk.wait_for_selector("text=执行中")
    desk.goto("/")
    follow(desk, "a:has-text('任务已冻结')")
    desk.wait_for_selector("text=正在进行的企业 3 家")
    no_barriers(desk)
    desk.select_option("[name=target]", index=1)
    desk.fill("[name=code]", "YJ-1")
    confirmed(desk, "main button[type=submit]")
    desk.wait_for_selector("text=双方都已收到通知")
    with acting_as(county.admin):
        assert StandingDecision.objects.get().state == "effective"
        handed = Assignment.objects.filter(withdrawal="handed", replaced_by__isnull=False)
        assert handed.count() == 3
