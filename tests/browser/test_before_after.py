"""A mended place is photographed through the old picture, and looked at beside it."""

import pytest

from common.scope import acting_as
from evidence.models import Photo
from inspections.matching.match import photos_match
from tenancy.actors import system_for
from tests import county as counties
from tests.browser.looks import no_barriers, no_sideways_scrolling, until

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_old_photo_lies_over_the_camera_and_the_new_one_is_handed_in(page_for):
    county = counties.build()
    [hazard] = counties.issued(county)
    page = page_for(county.principal, 390, 844)
    page.click(f".task-card:has-text('{hazard.place}')")
    page.locator(".phone-bar a:has-text('提交整改')").click()
    page.click("text=对照原照片拍照")
    page.wait_for_selector("dialog[open]")
    until(page, "document.querySelector('[data-camera-video]').videoWidth > 0")
    ghost = page.locator("[data-camera-before]")
    assert ghost.evaluate("one => one.naturalWidth") > 0
    page.locator("[data-camera-opacity]").fill("80")
    assert ghost.evaluate("one => getComputedStyle(one).opacity") == "0.8"
    no_barriers(page)
    page.click("dialog >> text=拍照")
    page.wait_for_selector("[data-camera-taken]:visible")
    page.click("dialog >> text=用这张")
    page.fill("[name=text]", "已加装接地线并测量接通")
    page.locator(".phone-bar button").click()
    page.wait_for_selector("text=已提交，等待复查")
    with acting_as(system_for(county.zone)):
        taken = Photo.objects.get(purpose=Photo.Purpose.AFTER)
        assert taken.width > 0
        assert photos_match(hazard=hazard) == 1


def test_the_recheck_shows_both_and_a_slider_moves_between_them(page_for):
    county = counties.build()
    [hazard] = counties.rechecking(county)
    with acting_as(county.principal):
        counties.rectification_submit(
            actor=county.principal, hazard=hazard, text="已接地", responsible_person="张立新",
            done_on=hazard.found_on, photos=[counties.picture((9, 9, 9))],
        )  # fmt: skip
    with acting_as(system_for(county.zone)):
        photos_match(hazard=hazard)
    for width in (1366, 390):
        page = page_for(county.lead, width)
        page.goto(f"/hazards/{hazard.pk}/recheck/")
        frame = page.locator("[data-compare-frame]")
        before = frame.evaluate("one => one.style.getPropertyValue('--cut')")
        page.locator(".compare-slider input").fill("20")
        assert before == "50%"
        assert frame.evaluate("one => one.style.getPropertyValue('--cut')") == "20%"
        assert "特征太少，无法比较" in page.locator("figcaption").inner_text()
        no_sideways_scrolling(page)
        no_barriers(page)
