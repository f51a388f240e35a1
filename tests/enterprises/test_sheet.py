"""Lists as people keep them: found, understood, and refused with a reason."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from common import credit_code
from enterprises import sheet

DATA = Path(__file__).parents[1] / "data"
TOWNS = {
    "珠江道街道": "130371001",
    "黄河道街道": "130371002",
    "孟家营街道": "130371003",
    "船厂路街道": "130371004",
    "榆关镇": "130371100",
}
GOOD = "91130371MA0DEMA179"


def read(content, filename="list.xlsx", **more):
    return sheet.read(
        io.BytesIO(content), filename=filename, townships=TOWNS, region_code="130371", **more
    )


def workbook(*rows, merge=None, formula=None, cover=False):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        if cover:
            book.add_worksheet("封面").write(0, 0, "2026年名单")
        page = book.add_worksheet("名单")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                page.write(r, c, value)
        if merge:
            page.merge_range(*merge)
        if formula:
            page.write_formula(*formula)
    return out.getvalue()


HEAD = ["企业名称", "统一社会信用代码", "所属镇街", "从业人员数量", "联系电话"]


def only(*cells, head=HEAD, **more):
    [row] = read(workbook(head, list(cells)), **more).rows
    return row


def messages(row):
    return [problem.message for problem in row.problems]


def test_the_list_of_2026_is_good_in_every_row():
    result = read((DATA / "enterprise-list-2026.xlsx").read_bytes())
    assert (len(result.accepted), len(result.rejected)) == (100, 0)
    assert {row.values.region_code for row in result.rows} == set(TOWNS.values())


def test_the_messy_list_comes_out_row_by_row_as_expected():
    result = read((DATA / "enterprise-list-messy.xlsx").read_bytes())
    expected = json.loads((DATA / "enterprise-list-messy.expected.json").read_text())
    assert [(r.row, r.is_good) for r in result.rows] == [
        (e["row"], e["outcome"] == "ok") for e in expected
    ]
    words = {8: "校验位", 9: "缺少", 10: "第4行", 11: "整数", 12: "公式", 13: "缺少企业名称"}
    for row in result.rejected:
        assert words[row.row] in messages(row)[0]
    assert result.rows[2].values.employee_count == 60


def test_a_table_is_found_below_titles_and_behind_a_cover():
    rows = [["附件1"], [], ["企业信息表"], HEAD, ["北方厂", GOOD, "榆关", "60人", "13405461647"]]
    result = read(workbook(*rows, ["合计", "1家"], ["填表人：张三"], cover=True))
    [row] = result.rows
    assert (row.row, row.values.region_code, row.values.employee_count) == (5, "130371100", 60)


def test_a_town_merged_over_several_rows_holds_for_each():
    other = "91130301MA0DEMA17W"
    rows = [HEAD, ["甲厂", GOOD, "", 5, ""], ["乙厂", other, "", 6, ""]]
    result = read(workbook(*rows, merge=(1, 2, 2, 2, "榆关镇")))
    assert [row.values.region_code for row in result.rows] == ["130371100", "130371100"]


def test_a_town_the_agency_does_not_know_is_asked_for_and_its_answer_taken():
    row = only("甲厂", GOOD, "开发区西区", 5, "")
    assert row.problems[0].kind == "town"
    answered = only("甲厂", GOOD, "开发区西区", 5, "", town_answers={"开发区西区": "130371001"})
    assert (answered.is_good, answered.values.region_code) == (True, "130371001")


def test_a_list_without_towns_belongs_to_the_agency_and_says_so():
    row = only("甲厂", GOOD, head=HEAD[:2])
    assert (row.is_good, row.values.region_code) == (True, "130371")
    assert any("镇街" in warning.message for warning in row.warnings)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [(13405461647, "13405461647"), ("0335-8051234", "0335-8051234"), ("134 0546 1647", "13405461647"),
     ("13405461647/13905461647", "13405461647、13905461647"), ("1.3405461647E+10", "13405461647")],
)  # fmt: skip
def test_phones_come_as_they_are_typed(typed, phone):
    assert only("甲厂", GOOD, "榆关镇", 5, typed).values.phone == phone


@pytest.mark.parametrize(
    ("typed", "count"),
    [("６０人", 60), ("约60", 60), ("1,200", 1200), ("", None), ("无", 0), (8.0, 8)],
)
def test_head_counts_come_as_they_are_typed(typed, count):
    assert only("甲厂", GOOD, "榆关镇", typed, "").values.employee_count == count


@pytest.mark.parametrize("typed", ["若干", "-5", "300000", "6.5"])
def test_a_head_count_that_is_none_is_refused(typed):
    assert messages(only("甲厂", GOOD, "榆关镇", typed, ""))


@pytest.mark.parametrize("name", ["=1+1", "@厂", "厂" * 101, "甲\x07厂".replace("\x07", "\x7f")])
def test_a_name_that_is_no_name_is_refused(name):
    assert messages(only(name, GOOD, "榆关镇", 5, ""))


def test_markup_in_a_name_is_only_text():
    assert only("<b>甲</b>厂", GOOD, "榆关镇", 5, "").values.name == "<b>甲</b>厂"


def test_a_formula_where_text_belongs_is_refused():
    content = workbook(
        HEAD, ["", GOOD, "榆关镇", 5, ""], formula=(1, 0, '="甲"&"厂"', None, "甲厂")
    )
    [row] = read(content).rows
    assert "公式" in messages(row)[0]


def test_two_columns_that_claim_one_thing_are_refused():
    head = ["企业名称", "单位名称", "统一社会信用代码"]
    with pytest.raises(sheet.SheetError, match="两列都像"):
        read(workbook(["企业名称全", "单位名称", "统一社会信用代码"], ["甲", "乙", GOOD]))
    assert head


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"", "a.xlsx", "空的"),
        (b"PK not a zip", "a.xlsx", "打不开"),
        (b"%PDF-1.7", "a.xlsx", "打不开"),
        (b"x" * (11 * 2**20), "a.xlsx", "10 MB"),
        ("姓名,年龄\n张三,5".encode(), "a.csv", "没有找到名单"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(content, filename, words):
    with pytest.raises(sheet.SheetError, match=words):
        read(content, filename)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_either_encoding(encoding):
    text = f"单位名称,社会信用代码\n北方厂,{GOOD}\n"
    [row] = read(text.encode(encoding), "list.csv").rows
    assert row.values.name == "北方厂"


def test_rejected_rows_come_back_as_a_sheet_that_can_be_mended_and_read_again():
    result = read((DATA / "enterprise-list-messy.xlsx").read_bytes())
    out = io.BytesIO()
    sheet.write_rejected(result, out, created=datetime(2026, 6, 1, tzinfo=UTC))
    again = read(out.getvalue())
    assert "问题" in again.ignored
    assert [row.raw["name"] for row in again.rows] == [r.raw["name"] for r in result.rejected]


BODIES = st.text(credit_code.ALPHABET, min_size=9, max_size=9).map(lambda rest: "91130371" + rest)
CODES = st.lists(BODIES, min_size=1, max_size=6, unique=True).map(
    lambda bodies: [body + credit_code.check_digit(body) for body in bodies]
)
NAMES = st.sampled_from(["单位名称", "企业全称", "企业名称（盖章）", "企 业 名 称", "生产经营单位"])
CODE_NAMES = st.sampled_from(
    ["社会信用代码", "信用代码", "统一社会信用代码（18位）", "统一社会\n信用代码"]
)


@settings(max_examples=40, deadline=None)
@given(CODES, NAMES, CODE_NAMES, st.integers(0, 5), st.booleans(), st.booleans())
def test_what_was_meant_comes_back_whatever_the_sheet_looks_like(
    codes, name, code_name, titles, swapped, numbered
):
    head = [name, code_name][:: -1 if swapped else 1]
    rows = [
        [f"企业{n}", f" {code.lower()}\u3000"][:: -1 if swapped else 1]
        for n, code in enumerate(codes)
    ]
    if numbered:
        head, rows = ["序号", *head], [[n, *row] for n, row in enumerate(rows, start=1)]
    result = read(workbook(*[["名单"]] * titles, head, *rows))
    assert [row.values.credit_code for row in result.accepted] == codes
    assert [row.values.name for row in result.accepted] == [f"企业{n}" for n in range(len(codes))]
    assert [row.row for row in result.rows] == list(range(titles + 2, titles + 2 + len(codes)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.xls", "a.csv"]))
def test_any_bytes_are_a_list_or_refused_in_words(content, filename):
    try:
        result = read(content, filename)
    except sheet.SheetError as error:
        assert str(error)
    else:
        assert result.rows
