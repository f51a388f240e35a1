"""An officer reads what asks for a second look, and says why it asks no longer."""

import pytest

from common.scope import acting_as
from inspections.models import Sign
from inspections.signs.update import signs_update
from tenancy.actors import system_for
from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sign_is_read_dismissed_with_a_reason_and_taken_back(page_for):
    county = counties.build()
    counties.issued(county)
    with acting_as(system_for(county.zone)):
        signs_update(actor=system_for(county.zone), batch=county.batch)
        count = Sign.objects.count()
    assert count > 0
    page = page_for(county.admin)
    page.click("#menu summary:has-text('检查和执法')")
    page.click("a:has-text('疑点')")
    page.wait_for_selector(f"text=共 {count} 个")
    no_barriers(page)
    row = page.locator("tbody tr").first
    row.locator("summary:has-text('排除')").click()
    row.locator("button:has-text('排除')").click()
    page.wait_for_selector("[aria-invalid=true]")
    row = page.locator("tbody tr").first
    row.locator("[name=reason]").fill("已电话核实，企业在场")
    row.locator("button:has-text('排除')").click()
    page.wait_for_selector("text=已排除：")
    page.click("button:has-text('撤销')")
    page.wait_for_selector(f"text=共 {count} 个")
    page.click("text=阈值")
    page.wait_for_selector("h1:has-text('阈值')")
    no_barriers(page)
    page.set_viewport_size({"width": 390, "height": 844})
    no_sideways_scrolling(page)
    page.goto("/signs/")
    no_sideways_scrolling(page)
    no_barriers(page)
