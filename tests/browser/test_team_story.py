"""The team of a contract is named, confirmed one by one, and only then goes to the enterprise."""

import pytest

from common.scope import acting_as
from inspections.models import TeamMember, Visit
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_team_is_named_confirmed_one_by_one_and_then_begins_its_visit(page_for):
    county = counties.build()
    with acting_as(county.admin):
        org = county.contract.provider_org
    colleague = world.member(org, Role.INSPECTOR, name="赵新")
    phone = page_for(county.inspector, 390, 844)
    _arrives(phone, county, colleague)
    phone.wait_for_selector("text=赵新不在本合同的项目组中")
    no_barriers(phone)
    no_sideways_scrolling(phone)

    lead = page_for(county.lead)
    lead.goto(f"/contracts/{county.contract.pk}/")
    follow(lead, "a:has-text('项目组')")
    follow(lead, "a:has-text('提名人员')")
    no_barriers(lead)
    lead.select_option("[name=membership]", str(colleague.member))
    lead.select_option("[name=duty]", "inspector")
    with lead.expect_navigation():
        lead.click("main button[type=submit]")
    lead.wait_for_selector("tr:has-text('赵新'):has-text('待确认')")
    _arrives(phone, county, colleague)
    phone.wait_for_selector("text=赵新已提名，等监管部门确认后再到场")

    desk = page_for(county.admin)
    desk.goto(f"/contracts/{county.contract.pk}/team/")
    row = "tr:has-text('赵新')"
    no_barriers(desk)
    follow(desk, f"{row} a:has-text('不予确认')")
    with desk.expect_navigation():  # nothing was written: said beside the field
        desk.click("main button[type=submit]")
    desk.wait_for_selector("[aria-invalid=true], .is-invalid, .errorlist")
    desk.goto(f"/contracts/{county.contract.pk}/team/")
    desk.fill(f"{row} [name=note]", "证书与本人一致")
    with desk.expect_navigation():
        desk.click(f"{row} button:has-text('确认')")
    desk.wait_for_selector("text=共 4 人，已确认 4 人")
    with acting_as(county.admin):
        assert TeamMember.objects.get(user=colleague.user_id).note == "证书与本人一致"

    county.later(minutes=5)
    _arrives(phone, county, colleague, is_refused=False)
    with acting_as(county.inspector):
        assert Visit.objects.get().team.count() == 2


def _arrives(page, county, colleague, *, is_refused=True) -> None:
    """The inspector says that he is there with a colleague."""
    page.goto(f"/visits/of/{county.assignment.pk}/start/")
    page.check(f"[name=members][value='{colleague.member}']")
    if is_refused:
        page.click("text=到场，开始检查")
    else:
        with page.expect_navigation():
            page.click("text=到场，开始检查")
