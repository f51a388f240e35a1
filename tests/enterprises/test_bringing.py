"""Sheets that are brought along: columns matched once, problems by cell, written once."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import xlsxwriter
from django.db import connections
from python_calamine import CalamineWorkbook

from common.errors import DomainError
from common.scope import acting_as
from enterprises.bringing import (
    JOB,
    LONG,
    import_columns_save,
    import_confirm,
    import_preview,
    import_start,
    import_upload,
    kinds,
)
from enterprises.models import (
    ColumnMatch,
    Enterprise,
    EnterpriseImport,
    RiskPoint,
    SpecialOperationCertificate,
)
from inspections.models import Hazard, HistoricalHazard
from tenancy.actors import system_for
from tests import county as counties
from tests import world
from workflow.models import Job
from workflow.services import job_part_run

pytestmark = pytest.mark.django_db
HEAD = ["企业名称", "排查日期", "部位", "隐患描述", "整改完成日期", "整改状态"]
ODD = ["被查单位", "哪天查的", "隐患描述", "办完没有"]  # two that nobody could guess
ODD_MATCH = {"name": 0, "found_on": 1, "description": 2, "state": 3}


@pytest.fixture
def county():
    return counties.build(enterprises=2)


def workbook(*rows, merge=(), formula=()) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("台账")
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    for cells in merge:
        page.merge_range(*cells)
    for row, column, text in formula:
        page.write_formula(row, column, text)
    book.close()
    return out.getvalue()


def upload(county, content, kind="hazards", filename="台账.xlsx"):
    with acting_as(county.officer):
        return import_upload(
            actor=county.officer, agency=county.zone, content=content, filename=filename, kind=kind
        )


def result_of(county, *rows, head=HEAD, **more):
    draft = upload(county, workbook(head, *rows, **more))
    with acting_as(county.officer):
        return import_preview(draft)


def problems(result) -> list[str]:
    return [p.message for row in result.rows for p in row.problems]


def confirm(county, draft, **options):
    with acting_as(county.officer):
        return import_confirm(actor=county.officer, draft=draft, **{"valid_only": False, **options})


def firm(county, place=0) -> str:
    return county.enterprises[place].name


def test_a_ledger_comes_in_as_what_its_sheet_said_and_as_nothing_else(county):
    before = counted(county, Hazard)
    draft = upload(county, workbook(
        HEAD,
        [firm(county), "2025-06-03", "配电箱", "未接地", "2025-06-18", "已整改"],
        [firm(county, 1), "2025.6.4", "冲床", "无护罩", "", "未整改"],
    ))  # fmt: skip
    assert confirm(county, draft).created == 2
    with acting_as(county.officer):
        done, left = HistoricalHazard.objects.order_by("found_on")
        assert (done.state, done.source_row, done.source_id) == ("closed", 2, draft.pk)
        assert (done.imported_by_name, left.is_open) == (county.officer.display, True)
    assert counted(county, Hazard) == before


def counted(county, model) -> int:
    with acting_as(county.officer):
        return model.objects.count()


def test_the_same_rows_again_are_recognised(county):
    content = workbook(HEAD, [firm(county), "2025-06-03", "配电箱", "未接地", "", ""])
    confirm(county, upload(county, content))
    again = confirm(county, upload(county, content, filename="又一份.xlsx"))
    assert (again.created, again.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025年6月3日", "2025-06-03"), ("２０２５．６．３", "2025-06-03"), ("2025/06/03", "2025-06-03"),
        (45811, "2025-06-03"), ("20250603", "2025-06-03"), ("2025-6-3 00:00:00", "2025-06-03"),
    ],
)  # fmt: skip
def test_days_are_taken_as_people_write_them(county, typed, day):
    [row] = result_of(county, [firm(county), typed, "箱", "未接地", "", ""]).rows
    assert str(row.values["found_on"]) == day, row.problems


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (["甲厂", "2025.13.40", "箱", "未接地", "", ""], "不是真实的日期"),
        (["甲厂", "", "箱", "未接地", "", ""], "缺少排查日期"),
        (["甲厂", "2025-06-03", "箱", "", "", ""], "缺少隐患描述"),
        (["甲厂", "2025-06-03", "箱", "未接地", "2025-06-01", ""], "早于排查日期"),
        (["甲厂", "2025-06-03", "箱", "未接地", "2025-06-08", "整改中"], "却填了整改完成日期"),
        (["甲厂", "2999-06-03", "箱", "未接地", "", ""], "还没有到"),
        (["甲厂", "2025-06-03", "箱", "未接地", "", "大概"], "应为已整改、未整改之一"),
        (["没有的厂", "2025-06-03", "箱", "未接地", "", ""], "企业档案中没有“没有的厂”"),
        (["", "2025-06-03", "箱", "未接地", "", ""], "缺少企业名称或统一社会信用代码"),
        (["甲厂", "2025-06-03", "箱", "x" * 1001, "", ""], "超过1000字"),
    ],
)
def test_what_is_wrong_stands_on_its_row(county, row, words):
    row = [firm(county) if row[0] == "甲厂" else row[0], *row[1:]]
    result = result_of(county, row)
    assert any(words in message for message in problems(result)), problems(result)
    assert counted(county, HistoricalHazard) == 0


def test_an_unknown_name_is_answered_with_those_that_are_alike(county):
    result = result_of(county, [firm(county)[:-2], "2025-06-03", "箱", "未接地", "", ""])
    assert f"是不是{firm(county)}" in problems(result)[0]


def test_a_strangers_code_is_as_unknown_as_one_that_does_not_exist(county):
    other = counties.build("130372", base=700, enterprises=1)
    head = ["统一社会信用代码", *HEAD[1:]]
    rows = [[code, "2025-06-03", "箱", str(n), "", ""] for n, code in enumerate(
        (other.enterprises[0].credit_code, "91130300MA0000000X")
    )]  # fmt: skip
    first, second = problems(result_of(county, *rows, head=head))
    assert first.replace(rows[0][0], "") == second.replace(rows[1][0], "")


def test_merged_cells_formulas_and_doubled_rows(county):
    name = firm(county)
    rows = [["", "2025-06-03", "箱", "甲", "", ""], ["", "2025-06-03", "箱", "乙", "", ""],
            [name, "2025-06-03", "箱", "乙", "", ""], [name, "2025-06-03", "箱", "x", "", ""]]  # fmt: skip
    result = result_of(county, *rows, merge=[(1, 0, 2, 0, name)], formula=[(4, 3, '="丙"')])
    assert [len(row.problems) for row in result.rows][:3] == [0, 0, 1]
    assert "与第3行相同" in problems(result)[0]
    assert "是公式" in problems(result)[1]


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"", "a.xlsx", "空的"),
        (b"no workbook", "a.xlsx", "打不开"),
        ("一句话".encode(), "a.csv", "没有找到表格"),
        (b"a,b\n" * 100_001, "a.csv", "超过 20,000 行"),
        ("企业名称,排查日期,隐患描述\n".encode("gb18030"), "a.csv", "没有隐患"),
    ],
)
def test_a_file_that_is_no_ledger_says_what_to_do(county, content, filename, words):
    with pytest.raises(DomainError, match=words) as refused:
        upload(county, content, filename=filename)
    assert refused.value.field == "file"
    assert counted(county, EnterpriseImport) == 0


def test_unknown_headings_are_asked_for_once_and_remembered(county):
    row = [firm(county), "2025-06-03", "未接地", "是"]
    draft = upload(county, workbook(ODD, row))
    assert draft.columns["how"] == "asked"
    with pytest.raises(DomainError, match="先指明"):
        confirm(county, draft)
    with acting_as(county.officer):
        import_columns_save(actor=county.officer, draft=draft, match=ODD_MATCH)
    assert confirm(county, draft).created == 1
    again = upload(county, workbook(["去年的台账"], ODD, [*row[:2], "又一项", "否"]))
    assert (again.columns["how"], again.columns["match"]) == ("remembered", ODD_MATCH)
    assert confirm(county, again).created == 1


def test_changed_headings_are_said_and_asked_with_the_remembered_ones_kept(county):
    first = upload(county, workbook(ODD, [firm(county), "2025-06-03", "未接地", "是"]))
    with acting_as(county.officer):
        import_columns_save(actor=county.officer, draft=first, match=ODD_MATCH)
    changed = ["经手", "被查单位", "隐患描述", "查的日子", "办完没有"]
    draft = upload(county, workbook(changed, ["王", firm(county), "未接地", "2025-06-03", "是"]))
    assert draft.columns["how"] == "asked"
    assert draft.columns["match"] == {"name": 1, "description": 2, "state": 4}
    assert (draft.columns["gone"], draft.columns["new"]) == (("哪天查的",), ("经手", "查的日子"))


def test_a_column_means_one_thing_and_what_is_required_is_asked_for(county):
    draft = upload(county, workbook(ODD, [firm(county), "2025-06-03", "未接地", "是"]))
    for match, words in (
        ({**ODD_MATCH, "place": 2}, "选了同一列"),
        ({"name": 0, "found_on": 1}, "隐患描述"),
        ({"found_on": 1, "description": 2}, "统一社会信用代码或企业名称"),
        ({**ODD_MATCH, "place": 99}, "表中的列"),
    ):
        with acting_as(county.officer), pytest.raises(DomainError, match=words):
            import_columns_save(actor=county.officer, draft=draft, match=match)
    assert counted(county, ColumnMatch) == 0


def test_doubled_headings_are_asked_for(county):
    head = ["企业名称", "排查日期", "检查日期", "隐患描述"]
    draft = upload(county, workbook(head, [firm(county), "2025-06-03", "2025-06-04", "未接地"]))
    assert draft.columns["how"] == "asked"


def test_another_region_asks_for_itself(county):
    draft = upload(county, workbook(ODD, [firm(county), "2025-06-03", "未接地", "是"]))
    with acting_as(county.officer):
        import_columns_save(actor=county.officer, draft=draft, match=ODD_MATCH)
    other = counties.build("130372", base=700, enterprises=1)
    theirs = upload(other, workbook(ODD, [firm(other), "2025-06-03", "未接地", "是"]))
    assert theirs.columns["how"] == "asked"


def test_every_template_is_read_back_without_a_question_and_without_its_example(client, county):
    world.sign_in(client, county.officer)
    for kind in kinds():
        content = b"".join(
            client.get(f"/enterprises/import/template/{kind.key}/").streaming_content
        )
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        assert any("示例" in str(cell) for row in sheet.to_python() for cell in row)
        with pytest.raises(DomainError, match="表头下面没有"):
            upload(county, content, kind.key)


def test_a_template_of_another_kind_says_what_it_is(client, county):
    world.sign_in(client, county.officer)
    content = b"".join(client.get("/enterprises/import/template/certificates/").streaming_content)
    with pytest.raises(DomainError, match="这是“特种作业证”的模板"):
        upload(county, content)


def test_certificates_and_risk_points_fill_the_registers_once(county):
    code = county.enterprises[0].credit_code
    sheets = (
        ("certificates", SpecialOperationCertificate,
         ["统一社会信用代码", "姓名", "证号", "作业类别", "有效期至"],
         [code, "李四", "T130300199001011234", "电工作业", "2028-06-03"]),
        ("risk-points", RiskPoint, ["统一社会信用代码", "重点部位", "风险"], [code, "熔炼", "喷溅"]),
    )  # fmt: skip
    for kind, model, head, row in sheets:
        before = counted(county, model)
        for expected in (1, 0):
            outcome = confirm(county, upload(county, workbook(head, row), kind))
            assert outcome.created == expected
        assert counted(county, model) == before + 1
    with acting_as(county.officer):
        held = SpecialOperationCertificate.objects.get(holder_name="李四")
        assert (held.number_end, held.enterprise_id) == ("011234", county.enterprises[0].pk)


def test_a_long_ledger_is_written_by_a_worker_as_who_confirmed_it(county):
    rows = [[firm(county), "2025-06-03", "箱", f"第{n}项", "", ""] for n in range(LONG + 1)]
    draft = upload(county, workbook(HEAD, *rows))
    with acting_as(county.officer):
        job = import_start(actor=county.officer, draft=draft, valid_only=False)
        twice = import_start(actor=county.officer, draft=draft, valid_only=False)
        part = job.parts.get()
    assert (job.kind, twice.pk) == (JOB, job.pk)
    with acting_as(system_for(county.zone)):
        job_part_run(part.pk)
        job_part_run(part.pk)
    assert counted(county, HistoricalHazard) == LONG + 1
    with acting_as(county.officer):
        assert Job.objects.get(pk=job.pk).state == "done"
        one = HistoricalHazard.objects.first()
        assert one.imported_by_name == county.officer.display


def test_the_number_of_statements_does_not_grow_with_the_ledger(
    county, django_assert_max_num_queries
):
    for number in (3, 1500):
        rows = [[firm(county), "2025-06-03", "箱", f"{number}-{n}", "", ""] for n in range(number)]
        draft = upload(county, workbook(HEAD, *rows))
        with django_assert_max_num_queries(15):
            confirm(county, draft)


def test_the_pages_from_upload_over_columns_to_the_ledger(client, county):
    world.sign_in(client, county.officer)
    bad = [firm(county), "2025.13.40", "坏行", "否"]
    file = io.BytesIO(workbook(ODD, [firm(county), "2025-06-03", "未接地", "否"], bad))
    file.name = "台账.xlsx"
    response = client.post("/enterprises/import/?kind=hazards", {"file": file}, follow=True)
    page = response.request["PATH_INFO"]
    assert page.endswith("/columns/")
    assert "被查单位（" in response.content.decode()
    response = client.post(page, {"name": "0", "found_on": "1"})
    assert (response.status_code, "请指明哪一列是隐患描述" in response.content.decode()) == (
        422,
        True,
    )
    response = client.post(page, ODD_MATCH, follow=True)
    assert "有问题 1 行" in response.content.decode()
    page = response.request["PATH_INFO"]
    refused = b"".join(client.get(f"{page}rejected/").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(refused)).get_sheet_by_index(0).to_python()
    assert "不是真实的日期" in json.dumps(rows, ensure_ascii=False)
    client.post(page, {"do": "valid"})
    shown = client.get(f"/hazards/historical/?enterprise={county.enterprises[0].pk}&state=open")
    assert "历史导入" in shown.content.decode()
    assert "共 1 项" in shown.content.decode()


def test_an_open_one_is_ended_by_a_person_once(client, county):
    confirm(
        county, upload(county, workbook(HEAD, [firm(county), "2020-06-03", "箱", "旧", "", ""]))
    )
    hazard = counties.issued(county, hazards=1)[0]
    with acting_as(county.officer):
        row = HistoricalHazard.objects.get()
    world.sign_in(client, county.officer)
    url = f"/hazards/historical/{row.pk}/"
    assert client.post(url, {"hazard": hazard.pk}).status_code == 422
    client.post(url, {"hazard": hazard.pk, "note": "仍然存在，已重新登记"})
    page = client.get(url).content.decode()
    assert hazard.number in page
    assert "办结这项" not in page
    assert client.post(url, {"note": "再来一次"}).status_code == 422


def test_a_draft_is_kept_and_can_be_dropped(client, county):
    draft = upload(county, workbook(HEAD, [firm(county), "2025-06-03", "箱", "未接地", "", ""]))
    world.sign_in(client, county.officer)
    assert draft.filename in client.get("/enterprises/import/?kind=hazards").content.decode()
    url = f"/enterprises/import/{draft.pk}/"
    assert "导入全部 1 项" in client.get(url).content.decode()
    client.post(url, {"do": "drop"})
    assert "已放弃" in client.get(url).content.decode()
    with pytest.raises(DomainError, match="已放弃"):
        confirm(county, draft)


@pytest.mark.parametrize("number", [2, 60])
def test_the_list_asks_the_same_number_of_questions(
    client, county, number, django_assert_max_num_queries
):
    rows = [[firm(county), "2025-06-03", "箱", f"第{n}项", "", ""] for n in range(number)]
    confirm(county, upload(county, workbook(HEAD, *rows)))
    world.sign_in(client, county.officer)
    client.get("/hazards/historical/")
    with django_assert_max_num_queries(9):
        client.get("/hazards/historical/")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_the_same_draft_one_writes(county):
    draft = upload(county, workbook(HEAD, [firm(county), "2025-06-03", "箱", "未接地", "", ""]))

    def once(_):
        try:
            return confirm(county, draft).created
        except DomainError as error:
            return error.message
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(once, range(2))]
    assert sorted(map(str, answers)) == ["1", "该名单已导入，请重新上传"]
    assert counted(county, Enterprise) == 2
