"""An owner without a phone: marked at the desk, visited, entered for with the slip that he signed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.scope import acting_as
from enterprises.models import EnteredAct
from inspections.models import Extension
from tenancy.actors import SYSTEM
from tenancy.deputies import deputy_name
from tenancy.models import Membership
from tests import county as counties
from tests.browser.looks import until
from tests.browser.test_people_story import looked_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SLIP = {"name": "slip.jpg", "mimeType": "image/jpeg", "buffer": counties.picture((9, 8, 7))}


@pytest.fixture
def county():
    """The first enterprise has a hazard to mend and nobody with an account."""
    found = counties.build()
    counties.issued(found, hazards=2)
    with acting_as(SYSTEM):
        Membership.objects.filter(pk=found.principal.member).update(ended_at=timezone.now())
    return found


def test_what_he_signed_is_entered_and_shown_as_such(page_for, county):
    firm = county.enterprises[0]
    desk = page_for(county.officer, 1366, 768)
    desk.goto(f"/enterprises/{firm.pk}/")
    looked_at(desk, "enterprise")
    desk.get_by_role("link", name="代录", exact=True).click()
    looked_at(desk, "entered-none")
    desk.get_by_role("link", name="标注无手机").click()
    looked_at(desk, "no-phone")
    desk.get_by_label("原因").fill("七十岁，没有智能手机，上门确认")
    desk.get_by_role("button", name="标注").click()
    desk.get_by_text("由服务机构的评估人员代录").first.wait_for()
    looked_at(desk, "entered-marked")

    phone = page_for(county.inspector, 390, 844)
    phone.goto("/inbox/")
    phone.get_by_text("无手机的企业要告知、代录").first.wait_for()
    phone.goto("/enterprises/without-phone/")
    looked_at(phone, "without-phone")
    phone.get_by_role("link", name=firm.name).click()
    until(phone, "location.pathname.endsWith('/entered/')")
    with acting_as(county.lead):
        hazard = county.assignment.hazards.order_by("due_on", "number").first()
    phone.goto(f"/hazards/{hazard.pk}/extension/enter/")
    phone.get_by_label("希望延到").fill(f"{hazard.due_on + timedelta(days=2)}")
    phone.get_by_label("延期理由").fill("配件未到")
    phone.get_by_role("button", name="代录").click()
    phone.locator("dialog button, .modal button").filter(has_text="确").first.click()
    phone.get_by_text("代录须上传企业签字的确认单照片").first.wait_for()
    looked_at(phone, "extension-enter-wrong")
    assert phone.get_by_label("延期理由").input_value() == "配件未到"  # what was typed stays
    phone.get_by_label("这段时间怎样保证安全").fill("停用")
    phone.set_input_files("[name=slip]", SLIP)
    phone.get_by_role("button", name="代录").click()
    phone.locator("dialog button, .modal button").filter(has_text="确").first.click()
    phone.get_by_text("已代录，注明代录人和签字人").wait_for()
    looked_at(phone, "entered-done")
    with acting_as(county.officer):
        assert Extension.objects.get().asked_by_name.endswith("（代录）")
        assert EnteredAct.objects.count() == 1
    desk.goto(f"/contracts/{county.contract.pk}/")
    desk.get_by_text("替 1 家企业录入 1 项").wait_for()
    looked_at(desk, "contract")


def test_the_pages_of_who_may_what(page_for, county):
    with acting_as(county.admin):
        rows = Membership.objects.select_related("user", "org")
        deputy_name(
            actor=county.admin, membership=rows.get(pk=county.second_officer.member),
            to=rows.get(pk=county.officer.member), valid_from=timezone.localdate(),
            valid_until=timezone.localdate() + timedelta(days=10), reason="外出学习",
        )  # fmt: skip
    desk = page_for(county.admin, 1366, 768)
    for name, path in (
        ("who-sees-contract", f"/contracts/{county.contract.pk}/access/"),
        ("who-sees-enterprise", f"/people/access/enterprises/{county.enterprises[0].pk}/"),
        ("deputies", f"/people/{county.second_officer.member}/deputies/"),
        ("people", "/people/"),
        ("account", "/accounts/security/"),
        ("self-check-enter", f"/points/firms/{county.enterprises[0].pk}/self-check/enter/"),
    ):
        assert desk.goto(path).status == 200, path
        looked_at(desk, name)
