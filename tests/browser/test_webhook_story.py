"""An administrator registers an address, tries it, sees what arrived and what did not; exports a file."""

import io
import zipfile

import pytest
from django.urls import reverse
from standardwebhooks import Webhook

from common.scope import acting_as
from inspections.models import OutsideExport
from tenancy.actors import SYSTEM, system_for
from tests import county as counties
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling
from tests.webhooks.receiver import listening
from webhooks.sending import send_due
from workflow.models import Job
from workflow.services import job_part_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SIZES = [(1366, 768), (390, 844)]


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def receiver(settings):
    settings.OUTSIDE_ALLOWED = ("127.0.0.1",)
    with listening() as found:
        yield found


def looks_right(page) -> None:
    no_sideways_scrolling(page)
    no_barriers(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_registering_trying_and_sending_again(page_for, county, receiver, width, height):
    page = page_for(county.admin, width, height)
    page.goto(reverse("webhooks:list"))
    looks_right(page)
    follow(page, "main a:has-text('登记推送地址')")
    page.fill("[name=url]", "https://192.168.1.5/hook")
    page.fill("[name=description]", "市局一网统管平台")
    page.check("[value='hazard.issued']")
    page.check("[value='document.issued']")
    looks_right(page)
    follow(page, "button:has-text('登记')")
    assert "不能发到内部网络" in page.inner_text("main")
    assert page.input_value("[name=description]") == "市局一网统管平台"
    looks_right(page)
    page.fill("[name=url]", receiver.url)
    follow(page, "button:has-text('登记')")
    secret = page.input_value("#secret")
    looks_right(page)
    follow(page, "a:has-text('已记下')")
    looks_right(page)
    follow(page, "button:has-text('发送测试事件')")
    receiver.says(500, "内部错误".encode())
    send_due(seconds=2)
    page.reload()
    assert "待重试" in page.inner_text("tbody")
    looks_right(page)
    receiver.says(200, b"ok")
    follow(page, "button:has-text('暂停')")
    follow(page, "button:has-text('恢复')")
    send_due(seconds=2)
    follow(page, "tbody a:has-text('测试事件')")
    assert "已送达" in page.inner_text("main")
    assert "内部错误" in page.inner_text("main")
    looks_right(page)
    headers, body = receiver.got[-1]
    assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    page.goto(reverse("webhooks:list"))
    looks_right(page)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_exporting_for_an_outside_system(page_for, county, width, height):
    counties.mend(county, counties.issued(county)[0])
    page = page_for(county.officer, width, height)
    page.goto(reverse("inspections:outside-list"))
    looks_right(page)
    follow(page, "main a:has-text('导出')")
    page.select_option("[name=system]", "qinhuangdao")
    page.select_option("[name=batch]", str(county.batch.pk))
    looks_right(page)
    follow(page, "button:has-text('开始导出')")
    with acting_as(SYSTEM):
        parts = list(Job.objects.get().parts.order_by("step", "pk").values_list("pk", flat=True))
    for pk in parts:
        with acting_as(system_for(county.zone)):
            job_part_run(pk)
    page.goto(reverse("inspections:outside-list"))
    looks_right(page)
    assert "隐患台账 1" in page.inner_text("tbody")
    with page.expect_download() as download:
        page.click("tbody a:has-text('下载')")
    names = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).namelist()
    assert "隐患台账.csv" in names
    assert "隐患台账.xlsx" in names
    with acting_as(SYSTEM):
        assert OutsideExport.objects.get().sha256 != ""
