import io
import re
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from documents.xlsx import Column, write_table
from inspections.documents import LEDGER_COLUMNS, ledger_sheet
from scoring.documents import summary_sheet
from tests.documents.samples import AT, EVIL_NAME, LONG_NAME, ledger, ledger_row, points_summary

COLUMNS = (
    Column("名称", 20),
    Column("数", 8, "integer"),
    Column("分", 8, "number"),
    Column("金额", 10, "money"),
    Column("日期", 12, "date"),
    Column("时间", 16, "datetime"),
)
ROW = ("甲", 3, Decimal("0.5"), Decimal("1200.50"), date(2026, 6, 3), AT)


def sheet_of(rows, **more) -> bytes:
    out = io.BytesIO()
    write_table(out, **{"title": "表", "columns": COLUMNS, "rows": rows, "created": AT} | more)
    return out.getvalue()


def cells(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def test_values_keep_their_kind_and_moments_are_local():
    title, head, row = cells(sheet_of([ROW]))
    assert title[0] == "表"
    assert head == [column.label for column in COLUMNS]
    assert row == ["甲", 3, 0.5, 1200.5, date(2026, 6, 3), datetime(2026, 6, 18, 9, 5)]  # noqa: DTZ001


SOURCES = ("platform", "agencies", "enterprises", "inspections", "providers", "scoring")
WRITER = re.compile(
    r"^\s*(?:import|from) (?:xlsxwriter|openpyxl|xlwt)|csv\.(?:Dict)?[Ww]riter", re.M
)
DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "http://x.cn",
    "mailto:a@b.cn",
    "007",
    EVIL_NAME,
]


def test_text_is_never_a_formula_a_link_or_a_number():
    content = sheet_of([[text, *ROW[1:]] for text in DANGEROUS])
    assert [row[0] for row in cells(content)[2:]] == DANGEROUS
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(content, "xl/worksheets/sheet1.xml")


def test_nothing_else_writes_sheets():
    root = Path(__file__).parents[2]
    ours = [path for name in SOURCES for path in (root / name).rglob("*.py")]
    writers = {
        path.relative_to(root).as_posix() for path in ours if WRITER.search(path.read_text())
    }
    assert writers == {"platform/documents/xlsx.py", "platform/documents/csv_files.py"}


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_text_is_read_back_as_it_was_written(text):
    assert cells(sheet_of([[text, *ROW[1:]]]))[2][0] == text


def test_text_beyond_what_a_cell_holds_is_cut_and_not_lost():
    assert len(cells(sheet_of([["长" * 40_000, *ROW[1:]]]))[2][0]) == 32_767


def test_nothing_stays_an_empty_cell():
    assert cells(sheet_of([ROW, [None] * 6, ROW]))[3] == [""] * 6


def test_the_head_is_frozen_filtered_and_repeated_in_print():
    content = sheet_of([ROW, ROW], head=["合同"], totals=ROW, notes=["注"])
    sheet, book = part(content, "xl/worksheets/sheet1.xml"), part(content, "xl/workbook.xml")
    assert 'ySplit="3"' in sheet
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A3:F5"/>' in sheet  # two rows; neither totals nor notes
    assert 'paperSize="9" orientation="landscape"' in sheet.replace(' fitToHeight="0"', "")
    assert "$3:$3</definedName>" in book


def test_a_wide_table_is_printed_on_a3():
    out = io.BytesIO()
    ledger_sheet(out, ledger(1).head, [ledger_row(1)])
    assert 'paperSize="8"' in part(out.getvalue(), "xl/worksheets/sheet1.xml")


def test_an_empty_table_still_has_head_and_filter():
    content = sheet_of([])
    assert len(cells(content)) == 2
    assert '<autoFilter ref="A2:F2"/>' in part(content, "xl/worksheets/sheet1.xml")


def test_the_same_input_gives_the_same_bytes_and_no_date_is_of_today():
    content = sheet_of([ROW])
    assert content == sheet_of([ROW])
    assert "2026-06-18T01:05:00Z" in part(content, "docProps/core.xml")
    members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    assert {member.date_time[0] for member in members} == {1980}


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="2 cells for 6 columns"):
        sheet_of([ROW, ("甲", 1)])


def test_memory_does_not_grow_with_the_rows():
    def peak(count: int) -> int:
        tracemalloc.start()
        sheet_of(ROW for _ in range(count))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)
    # The finished file (zipped, some 10 bytes a row) is in memory here, the rows are not.
    assert peak(6_000) < peak(1_000) + 5_000 * 40


def test_a_day_before_the_calendar_of_sheets_is_written_as_text():
    assert cells(sheet_of([[*ROW[:4], date(1899, 1, 2), None]]))[2][4] == "1899-01-02"


def test_a_training_table_says_so_on_sheet_and_in_print():
    content = sheet_of([ROW], training=True)
    assert "演示" in cells(content)[1][0]
    assert "演示" in part(content, "xl/worksheets/sheet1.xml").split("<headerFooter>")[1]
    assert "演示" not in part(sheet_of([ROW]), "xl/worksheets/sheet1.xml")


LEDGER_NAMES = [  # domain.md 4.6
    "序号",
    "隐患编号",
    "企业名称",
    "统一社会信用代码",
    "属地（区划代码）",
    "行业",
    "排查日期",
    "排查人/来源",
    "部位/场所",
    "隐患描述",
    "类别",
    "等级",
    "判定/违反条款",
    "整改前照片",
    "整改措施",
    "责任单位",
    "责任人",
    "资金（元）",
    "整改期限",
    "应急预案/防控措施",
    "整改完成日期",
    "整改后照片",
    "复查人",
    "复查日期",
    "复查结论",
    "挂牌督办（级别/文号）",
    "验收/销号日期",
    "状态",
    "是否逾期/逾期天数",
    "备注",
]


def test_the_ledger_has_the_thirty_columns_in_order_and_its_totals():
    out = io.BytesIO()
    document = ledger(7)
    assert ledger_sheet(out, document.head, iter(document.rows)) == 7
    rows = cells(out.getvalue())
    head = next(n for n, row in enumerate(rows) if row[0] == "序号")
    assert rows[head] == LEDGER_NAMES
    first = dict(zip(LEDGER_NAMES, rows[head + 2], strict=True))
    assert first["企业名称"] == LONG_NAME
    assert first["排查日期"] == date(2026, 6, 18)
    assert first["资金（元）"] == 1200.5
    totals = rows[head + 8]
    assert [totals[n] for n in (1, 9, 24, 27, 28)] == [
        "合计",
        "发现 7 项",
        "整改率 57.1%",
        "已销号 4",
        "逾期 0",
    ]


def test_the_kinds_of_the_ledger_columns_fit_the_values():
    kinds = {"text": str, "integer": int, "money": Decimal, "date": date}
    for column, value in zip(LEDGER_COLUMNS, ledger_row(1).cells, strict=True):
        assert isinstance(value, kinds[column.kind]), column.label


def test_the_points_summary_adds_up_its_columns():
    out = io.BytesIO()
    document = points_summary(3)
    assert summary_sheet(out, document) == 3
    rows = cells(out.getvalue())
    head = next(row for row in rows if row[0] == "序号")
    totals = dict(zip(head, rows[-1], strict=True))
    assert totals["基础管理"] == 1.5
    assert totals["记分合计"] == 15
    assert totals["累计记分"] == 12


def test_created_must_be_a_moment_with_its_zone():
    assert sheet_of([ROW]) == sheet_of([ROW], created=AT.astimezone(UTC))
