"""An officer makes two files of one enterprise one, and a lead changes many tasks at once."""

import pytest
from django.urls import reverse

from common.scope import acting_as
from enterprises.models import Enterprise
from tenancy.enums import Role
from tests import county as counties
from tests import world
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "秦皇岛经济技术开发区北方铸造厂0有限责任公司（更名前的旧档案，二〇二五年导入）"


@pytest.fixture
def county():
    return counties.build()


@pytest.fixture
def twin(county):
    with acting_as(county.admin):
        row = counties.enterprise(
            county.zone,
            60,
            name=LONG,
            phone="13300000000",
            products="铸件",
            principal_name="张立新",
        )
        world.member(row.enterprise_org, Role.PRINCIPAL)
        return row


@pytest.mark.parametrize("width", [1366, 390])
def test_two_files_become_one_and_the_old_address_leads_on(county, twin, page_for, width):
    firm = county.enterprises[0]
    page = page_for(county.officer, width, 844)
    page.goto(reverse("enterprises:record", args=[firm.pk]))
    follow(page, "a:has-text('合并档案')")
    no_barriers(page)
    no_sideways_scrolling(page)
    page.goto(reverse("enterprises:merge", args=[twin.pk, firm.pk]))
    assert page.is_disabled("button:has-text('合并档案')")  # its task is not accepted yet
    no_barriers(page)
    follow(page, "a:has-text('改为保留')")
    no_barriers(page)
    no_sideways_scrolling(page)
    page.check("[name=products][value=former]")
    page.fill("[name=reason]", "更名后重复导入，营业执照已核对")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('合并档案')")
    confirm = page.locator("dialog[open] button:has-text('确定')")
    if confirm.count():
        confirm.click()
    page.wait_for_url(f"**{reverse('enterprises:record', args=[firm.pk])}")
    no_barriers(page)
    page.goto(reverse("enterprises:record", args=[twin.pk]))
    assert page.is_visible("text=这份档案已停用")
    no_barriers(page)
    no_sideways_scrolling(page)
    page.goto(reverse("enterprises:certificates", args=[twin.pk]))
    assert page.url.endswith(reverse("enterprises:record", args=[firm.pk]))
    follow(page, "a:has-text('撤销合并')")
    no_barriers(page)
    page.fill("[name=reason]", "弄错了")
    follow(page, "button:has-text('撤销合并')")
    with acting_as(county.officer):
        assert Enterprise.objects.get(pk=twin.pk).merged_into_id is None


@pytest.mark.parametrize("width", [1366, 390])
def test_many_tasks_get_another_inspector(county, page_for, width):
    page = page_for(county.lead, width, 844)
    page.goto(reverse("inspections:batch-tasks", args=[county.batch.pk]))
    no_barriers(page)
    no_sideways_scrolling(page)
    page.check("[name=all_of_filter]")
    page.select_option("[name=inspector]:not(#t-who)", str(county.idle_inspector.member))
    page.fill("[name=note]", "小李病假")
    follow(page, "button:has-text('预览改动')")
    assert page.is_visible("text=要改 2 家")
    no_barriers(page)
    no_sideways_scrolling(page)
