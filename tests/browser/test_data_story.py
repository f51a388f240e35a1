"""A ledger of last year comes in, with columns nobody could guess, its photos after it; all goes out."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.urls import reverse
from python_calamine import CalamineWorkbook

from common.scope import acting_as
from home.models import DataArchive
from home.takeout.services import archive_make
from inspections.models import HistoricalHazard
from tests import county as counties
from tests import world
from tests.browser.looks import follow, no_barriers, no_sideways_scrolling, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
SIZES = [(1366, 768), (390, 844)]
HEAD = ["被查单位", "哪天查的", "隐患描述", "办完没有", "照片"]
CHANGED = ["被查单位", "排查日期", "隐患描述", "责任科室", "办完没有", "照片"]
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def county():
    return counties.build()


def looks_right(page, name: str) -> None:
    if SHOTS:
        path = Path(SHOTS) / f"{name}-{page.viewport_size['width']}.png"
        page.screenshot(path=path, full_page=True)
    no_sideways_scrolling(page)
    no_barriers(page)


def sheet(path: Path, *rows) -> Path:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("台账")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_ledger_of_last_year_is_matched_mended_and_taken_in(
    page_for, county, tmp_path, width, height
):
    first, second = (enterprise.name for enterprise in county.enterprises[:2])
    page = page_for(county.officer, width, height)
    page.goto(reverse("inspections:historical-list"))
    follow(page, "main a:has-text('导入往年台账')")
    looks_right(page, "ledger-upload")
    rows = [
        [first, "2025-06-03", "配电箱未接地", "已完成", "IMG_1.jpg"],
        [second, "2025-06-31", "护栏缺失", "未完成", ""],
        ["没有这一家", "2025-06-04", "通道堵塞", "未完成", ""],
    ]
    page.set_input_files("[name=file]", sheet(tmp_path / "2025.xlsx", HEAD, *rows))
    follow(page, "button:has-text('上传并检查')")
    # two headings that nobody could guess
    looks_right(page, "ledger-columns")
    page.select_option("[name=name]", "0")
    page.select_option("[name=found_on]", "1")
    follow(page, "main button[type=submit].btn-primary")
    assert "请指明哪一列是" not in page.inner_text("main")
    assert "有问题 2 行" in page.inner_text("main")
    assert "不是真实的日期" in page.inner_text("main")
    looks_right(page, "ledger-preview")
    with page.expect_download() as download:
        page.click("a:has-text('下载问题行')")
    refused = CalamineWorkbook.from_path(download.value.path()).get_sheet_by_index(0).to_python()
    assert any("没有这一家" in str(row) for row in refused)
    mended = [rows[0], [second, "2025-06-30", *rows[1][2:]], [first, *rows[2][1:]]]
    page.goto(reverse("enterprises:upload") + "?kind=hazards")
    page.set_input_files("[name=file]", sheet(tmp_path / "2025改.xlsx", HEAD, *mended))
    follow(page, "button:has-text('上传并检查')")  # the same headings ask nothing again
    follow(page, "button:has-text('导入全部 3 项')")
    assert "新增 3 项" in page.inner_text("body")
    looks_right(page, "ledger-imported")
    follow(page, "a:has-text('看导入的数据')")
    assert "共 3 项" in page.inner_text("main")
    looks_right(page, "ledger-list")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_next_years_ledger_has_other_columns_and_only_those_are_asked_for(
    page_for, county, tmp_path, width, height
):
    firm = county.enterprises[0].name
    page = page_for(county.officer, width, height)
    upload = reverse("enterprises:upload") + "?kind=hazards"
    page.goto(upload)
    rows = [[firm, "2024-06-03", "未接地", "已完成", ""]]
    page.set_input_files("[name=file]", sheet(tmp_path / "2024.xlsx", HEAD, *rows))
    follow(page, "button:has-text('上传并检查')")
    for field, at in {"name": "0", "found_on": "1", "state": "3"}.items():
        page.select_option(f"[name={field}]", at)
    follow(page, "main button[type=submit].btn-primary")
    follow(page, "button:has-text('导入全部 1 项')")
    page.goto(upload)
    rows = [[firm, "2025-06-03", "无护栏", "安监科", "未完成", ""]]
    page.set_input_files("[name=file]", sheet(tmp_path / "2025.xlsx", CHANGED, *rows))
    follow(page, "button:has-text('上传并检查')")
    words = page.inner_text("main")
    assert "哪天查的" in words  # is gone
    assert "责任科室" in words  # is new
    assert page.input_value("[name=state]") == "4"  # what was chosen before stays, where it now is
    looks_right(page, "ledger-changed")
    follow(page, "main button[type=submit].btn-primary")
    follow(page, "button:has-text('导入全部 1 项')")
    with acting_as(county.officer):
        found = HistoricalHazard.objects.order_by("found_on").values_list("found_on__year", "state")
        assert list(found) == [(2024, "closed"), (2025, "open")]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_its_photos_follow_in_an_archive(page_for, county, tmp_path, width, height):
    firm = county.enterprises[0].name
    page = page_for(county.officer, width, height)
    page.goto(reverse("enterprises:upload") + "?kind=hazards")
    head = ["企业名称", "原编号", "排查日期", "隐患描述", "照片"]
    rows = [[firm, "2025-01", "2025-06-03", "配电箱未接地", "IMG_1.jpg"]]
    page.set_input_files("[name=file]", sheet(tmp_path / "a.xlsx", head, *rows))
    follow(page, "button:has-text('上传并检查')")
    follow(page, "button:has-text('导入全部 1 项')")
    page.goto(reverse("inspections:historical-list"))
    follow(page, "main a:has-text('导入照片')")
    looks_right(page, "files-upload")
    archive = tmp_path / "照片.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("照片/IMG_1.jpg", counties.picture())
        packed.writestr("照片/2025-01-2.jpg", counties.picture((200, 30, 30)))
        packed.writestr("照片/不知道是谁的.jpg", counties.picture((1, 2, 3)))
    page.set_input_files("[name=files]", archive)
    follow(page, "button:has-text('上传并检查')")
    assert "可以导入 2 个，有问题 1 个" in page.inner_text("main")
    looks_right(page, "files-preview")
    page.click("button:has-text('只导入合格的 2 个')")
    follow(page, "#confirm [data-yes]")
    assert "新增 2 个文件" in page.inner_text("main")
    looks_right(page, "files-done")
    page.goto(reverse("inspections:historical-list"))
    follow(page, "tbody a")
    until(
        page,
        "[...document.querySelectorAll('.photos img')].every(i => i.complete && i.naturalWidth)",
    )
    assert page.locator(".photos img").count() == 2
    looks_right(page, "files-hazard")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_that_is_ones_own_is_taken_along(page_for, county, width, height):
    counties.mend(county, counties.issued(county)[0])
    page = page_for(county.admin, width, height)
    page.goto(reverse("home:takeout-list"))
    looks_right(page, "takeout-empty")
    follow(page, "main a:has-text('导出全部数据')")
    page.fill("[name=password]", world.PASSWORD)  # who one is, once more
    follow(page, "main button[type=submit]")
    looks_right(page, "takeout-new")
    page.check("[name=is_whole]")
    follow(page, "button:has-text('开始导出')")
    assert "要写明理由" in page.inner_text("main")
    looks_right(page, "takeout-refused")
    page.fill("[name=reason]", "迁往市级平台")
    follow(page, "button:has-text('开始导出')")
    assert "等待制作" in page.inner_text("main")
    looks_right(page, "takeout-waiting")
    with acting_as(county.admin):
        archive = DataArchive.objects.get()
    archive_make(archive.pk)
    until(page, "document.body.innerText.includes('可以下载')")
    looks_right(page, "takeout-ready")
    with page.expect_download() as download:
        page.click("main button:has-text('下载')")
    pack = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    names = {r["name"] for r in json.loads(pack.read("datapackage.json"))["resources"]}
    assert {"enterprises-enterprise", "inspections-hazard", "evidence-photo"} <= names
    if SHOTS:
        (Path(SHOTS) / "takeout.zip").write_bytes(download.value.path().read_bytes())
    page.goto(reverse("home:takeout-list"))
    looks_right(page, "takeout-list")
    follow(page, "tbody a")
    page.click("button:has-text('删除文件')")
    follow(page, "#confirm [data-yes]")
    assert "已删除" in page.inner_text("main")
