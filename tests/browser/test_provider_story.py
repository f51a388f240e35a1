"""A provider shows what its people may do, and the agency that registered it compares it."""

from pathlib import Path

import pytest

from common.scope import acting_as
from providers.models import StaffCertificate
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_certificate_is_entered_on_a_phone_and_verified_at_the_desk(page_for, tmp_path):
    county = counties.build()
    scan = Path(tmp_path, "证书.jpg")
    scan.write_bytes(counties.picture())
    phone = page_for(county.lead, 390, 844)
    phone.goto("/providers/own/")
    no_barriers(phone)
    follow(phone, "a:has-text('登记证书')")
    phone.select_option("[name=membership]", str(county.inspector.member))
    phone.select_option("[name=kind]", "engineer")
    phone.fill("[name=number]", "13001234")
    phone.fill("[name=issued_by]", "应急管理部")
    phone.fill("[name=valid_from]", "2025-01-01")
    phone.fill("[name=valid_until]", "2024-01-01")
    phone.set_input_files("[name=files]", scan)
    phone.click("main button[type=submit]")
    phone.wait_for_selector("text=有效期止不能早于有效期起")  # and everything typed is kept
    assert phone.input_value("[name=number]") == "13001234"
    phone.fill("[name=valid_until]", "2027-12-31")
    phone.set_input_files("[name=files]", scan)
    no_sideways_scrolling(phone)
    with phone.expect_navigation():
        phone.click("main button[type=submit]")
    phone.wait_for_selector("text=等待登记机关核验")
    desk = page_for(county.officer)
    desk.goto("/providers/")
    follow(desk, "main td a")
    desk.wait_for_selector("tr:has-text('13001234'):has-text('有效')")
    no_barriers(desk)
    desk.click("tr:has-text('13001234') button:has-text('核验')")
    with desk.expect_navigation():
        desk.click("#confirm [data-yes]")
    desk.wait_for_selector(f"text={county.officer.user_name}")
    with acting_as(county.officer):
        assert StaffCertificate.objects.get().verified_at is not None
