"""Files for outside systems: what stands in them, in CSV and sheet; whose; and only what changed."""

import csv
import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from audit.models import AuditEntry
from common.errors import DomainError
from common.scope import acting_as
from documents.csv_files import FORMULA, safe
from enterprises.models import Enterprise
from inspections.models import GuidanceTopic, Hazard, OutsideExport
from inspections.outside.mapping import TABLES, systems
from inspections.outside.services import outside_export_start
from inspections.services import guidance_save
from tenancy.actors import SYSTEM, system_for
from tests import county as counties
from tests import world
from workflow.models import Job
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return counties.build()


def start(actor, **chosen) -> Job:
    with acting_as(actor):
        return outside_export_start(actor=actor, **({"system": "hebei"} | chosen))


def run(job: Job, agency) -> None:
    for pk in parts(job):
        with acting_as(system_for(agency)):
            job_part_run(pk)


def parts(job: Job) -> list[int]:
    with acting_as(SYSTEM):
        return list(job.parts.order_by("step", "pk").values_list("pk", flat=True))


def made(actor, county, **chosen) -> tuple[OutsideExport, zipfile.ZipFile]:
    """An export made to its end, and the file as a person takes it from the list."""
    job = start(actor, **chosen)
    run(job, county.zone)
    client = Client()
    world.sign_in(client, actor)
    response = client.get(world.link(client, "workflow:job-file", job.pk))
    content = b"".join(response.streaming_content)
    with acting_as(actor):
        export = OutsideExport.objects.get(pk=job.subject_id)
    assert hashlib.sha256(content).hexdigest() == export.sha256
    return export, zipfile.ZipFile(io.BytesIO(content))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    content = archive.read(f"{TABLES[name]}.csv")
    assert content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_file_holds_the_three_tables_and_says_what_it_is_not(county):
    hazard = counties.issued(county)[0]
    counties.mend(county, hazard)
    export, archive = made(county.officer, county)
    assert {name: len(table(archive, name)) for name in TABLES} == {
        "enterprises": 2, "hazards": 1, "rectifications": 1,
    }  # fmt: skip
    assert export.rows == {"enterprises": 2, "hazards": 1, "rectifications": 1}
    (row,) = table(archive, "hazards")
    assert (row["隐患编号"], row["状态"], row["企业名称"]) == (
        hazard.number,
        "已销号",
        "北方铸造厂0",
    )
    assert table(archive, "rectifications")[0]["整改情况"] == "已接地"
    words = archive.read("说明.txt").decode("utf-8-sig")
    assert ("没有与该系统联网" in words, "运营方给出正式模板" in words) == (True, True)
    assert "13405461647" not in archive.read("企业基本信息.csv").decode()
    with acting_as(SYSTEM):
        act = AuditEntry.objects.get(act="outsideexport.make")
    assert (act.data["sha256"], act.data["rows"]["hazards"]) == (export.sha256, 1)


@pytest.mark.parametrize("name", TABLES)
def test_the_sheet_opens_again_and_says_the_same(county, name):
    counties.mend(county, counties.issued(county)[0])
    _, archive = made(county.officer, county)
    book = CalamineWorkbook.from_filelike(io.BytesIO(archive.read(f"{TABLES[name]}.xlsx")))
    rows = book.get_sheet_by_index(0).to_python()
    labels = [label for label, _ in systems()["hebei"].columns[name]]
    head = rows.index([*labels, *[""] * (len(rows[0]) - len(labels))])
    body = rows[head + 1 :]
    found = table(archive, name)
    assert len(body) == len(found)
    assert [str(row[1]) for row in body] == [list(one.values())[1] for one in found]
    assert any("列名由本平台拟定" in str(cell) for row in rows[:head] for cell in row)


def test_what_a_sheet_programme_would_work_out_is_plain_text(county):
    with acting_as(county.admin):
        Enterprise.objects.filter(pk=county.enterprises[0].pk).update(
            name='=HYPERLINK("http://x","y")', address="@SUM(1)", products="+1", longitude="-3.5"
        )
    _, archive = made(county.officer, county)
    row = next(r for r in table(archive, "enterprises") if "HYPERLINK" in r["企业名称"])
    assert row["企业名称"].startswith("'=")
    assert (row["生产经营地址"], row["主要产品"]) == ("'@SUM(1)", "'+1")
    assert row["经度"].startswith("-3.5")  # a number is one


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text):
    assert not safe(text).startswith(FORMULA)
    assert safe(text) in (text, f"'{text}")


def test_the_next_one_holds_what_changed_since(county):
    counties.issued(county)
    with pytest.raises(DomainError, match="先导出一次全部"):
        start(county.officer, is_incremental=True)
    made(county.officer, county, since_on=counties.NOW.date())  # left something out: no beginning
    with pytest.raises(DomainError, match="先导出一次全部"):
        start(county.officer, is_incremental=True)
    first, _ = made(county.officer, county)
    long_ago = timezone.now() - timedelta(days=3)
    with acting_as(SYSTEM):
        Enterprise.objects.update(updated_at=long_ago)
        Hazard.objects.update(updated_at=long_ago)
    with pytest.raises(DomainError, match="没有符合条件"):
        start(county.officer, is_incremental=True)
    with acting_as(county.lead):
        hazard = Hazard.objects.get()
    counties.mend(county, hazard)
    second, archive = made(county.officer, county, is_incremental=True)
    assert second.rows == {"enterprises": 0, "hazards": 1, "rectifications": 1}
    assert second.changed_from == first.changed_until - timedelta(minutes=10)
    with pytest.raises(DomainError, match="先导出一次全部"):  # each system by itself
        start(county.officer, system="qinhuangdao", is_incremental=True)


def test_a_provider_exports_its_batch_and_nobody_what_is_not_issued(county):
    counties.visit(county)
    with pytest.raises(DomainError, match="选择批次"):
        start(county.lead)
    export, archive = made(county.lead, county, batch=county.batch)
    assert export.rows == {"enterprises": 2, "hazards": 0, "rectifications": 0}
    with acting_as(county.principal):
        assert not OutsideExport.objects.exists()
    other = counties.build("130400", base=300)
    for stranger in (other.admin, other.lead):
        with acting_as(stranger):
            assert not OutsideExport.objects.exists()
    assert (
        "导出过"
        in world.client_of(county.officer).get(reverse("inspections:outside-list")).content.decode()
    )  # the provider's is not the agency's
    assert archive.namelist()[-1] == "说明.txt"


def test_a_period_counts_by_days(county):
    counties.mend(county, counties.issued(county)[0])
    day = counties.NOW.date()
    export, _ = made(county.officer, county, since_on=day, until_on=day)
    assert (export.rows["hazards"], export.rows["rectifications"]) == (1, 1)
    export, _ = made(county.officer, county, until_on=day - timedelta(days=1))
    assert (export.rows["hazards"], export.rows["rectifications"]) == (0, 0)


def test_two_clicks_make_one_file(county):
    assert start(county.officer) == start(county.officer)


def test_errors_stand_beside_their_fields(county):
    client = world.client_of(county.lead)
    url = reverse("inspections:outside-new")
    page = client.post(url, {"system": "hebei"})
    assert (page.status_code, "请选择" in page.content.decode()) == (422, True)
    typed = {
        "system": "mars",
        "batch": county.batch.pk,
        "since_on": "2026-07-01",
        "until_on": "2026-06-01",
    }
    text = client.post(url, typed).content.decode()
    assert ("截止日期早于开始日期" in text, 'value="2026-07-01"' in text) == (True, True)
    typed = {
        "system": "hebei",
        "batch": county.batch.pk,
        "is_incremental": "on",
        "since_on": "2026-07-01",
    }
    assert "请去掉日期" in client.post(url, typed).content.decode()
    stranger = counties.build("130400", base=300)
    typed = {"system": "hebei", "batch": stranger.batch.pk}
    assert client.post(url, typed).status_code == 422
    with acting_as(SYSTEM):
        assert not OutsideExport.objects.exists()


def test_the_list_runs_a_fixed_number_of_statements(county, django_assert_max_num_queries):
    job = start(county.officer)
    run(job, county.zone)
    with acting_as(SYSTEM):
        export = OutsideExport.objects.get()
        for _ in range(60):
            export.pk = None
            export._state.adding = True
            export.id = type(export)._meta.pk.get_default()
            export.save(force_insert=True)
    client = world.client_of(county.officer)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("inspections:outside-list")).content.decode()
    assert page.count("互联网+安全生产") >= 50


def test_the_page_says_how_far_the_entry_of_each_system_has_come(county):
    with acting_as(county.lead):
        for code, state in (("PF-H1", "done"), ("PF-H2", "na"), ("PF-Q1", "doing")):
            guidance_save(
                actor=county.lead, assignment=county.assignment, topic=GuidanceTopic.objects.get(pk=code),
                state=state, done_on=counties.NOW.date(), helped_by_name="王工", note="截图在附件",
            )  # fmt: skip
    for person in (county.officer, county.lead):
        text = world.client_of(person).get(reverse("inspections:outside-list")).content.decode()
        assert "已录入 1 项，共 5 项" in text
        assert "已录入 0 项，共 6 项" in text
