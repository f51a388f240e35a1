"""A rule book as a sheet, out and in again: the same columns both ways."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import BinaryIO

from common.errors import DomainError
from documents.xlsx import Cell, Column, write_table
from enterprises.grid import Grid, SheetError, read_grids
from scoring.models import RuleBook
from scoring.rulebook import ClauseData, RuleBookError, check_clauses

COLUMNS = (
    Column("条", 6, "integer"), Column("款", 6, "integer"), Column("方面", 12),
    Column("记分事项", 24), Column("情形", 50), Column("分值", 8, "number"), Column("依据", 36),
    Column("检查方法", 36), Column("裁量基准", 36), Column("可减免", 8),
    Column("当场改正可免记", 10), Column("重大隐患", 8), Column("最多项（处）", 10),
    Column("移送执法", 8), Column("情节", 30),
)  # fmt: skip
YES, NO, UNLIMITED = "是", "否", "不限"
HEAD_ROWS = 10  # in which the head is looked for


def write_book(out: BinaryIO, book: RuleBook, clauses: list[ClauseData], training: bool) -> int:
    """Write a book into `out`; return the number of clauses."""
    return write_table(
        out,
        title=f"安全生产监督检查记分表（{book.version}）",
        columns=list(COLUMNS),
        rows=map(_cells, clauses),
        created=book.created_at,
        head=[f"状态：{book.get_state_display()}　施行日期：{book.adopted_on or '未定'}"],
        notes=["情节写作“名称=分值”，多个用分号隔开。"],
        training=training,
    )


def _cells(clause: ClauseData) -> tuple[Cell, ...]:
    return (
        clause.item, clause.sub, clause.aspect, clause.item_name, clause.text, clause.points,
        clause.legal_basis, clause.check_method, clause.discretion, _mark(clause.is_reducible),
        _mark(clause.is_on_site_waivable), _mark(clause.is_major),
        UNLIMITED if clause.max_units is None else str(clause.max_units),
        _mark(clause.is_referred),
        "；".join(f"{label}={points}" for label, points in clause.variants),
    )  # fmt: skip


def _mark(value: bool) -> str:
    return YES if value else NO


def read_book(file: BinaryIO, filename: str) -> list[ClauseData]:
    """Return the clauses of a sheet; DomainError names the row that is wrong."""
    try:
        grids = read_grids(file, filename)
    except SheetError as error:
        raise DomainError(str(error), field="file") from None
    grid, top, places = _headed(grids)
    found = []
    for number in range(top + 1, len(grid.rows)):
        cells = {label: grid.cell(number, place).strip() for label, place in places.items()}
        if not cells["条"].isdigit():  # an empty row, or the notes below
            continue
        try:
            found.append(_clause(cells))
        except (ValueError, ArithmeticError) as error:
            words = str(error) if isinstance(error, RuleBookError) else "数字写得不对"
            raise DomainError(f"第{number + 1}行：{words}", field="file") from None
    try:
        check_clauses(found)
    except RuleBookError as error:
        raise DomainError(str(error), field="file") from None
    return found


def _headed(grids: list[Grid]) -> tuple[Grid, int, dict[str, int]]:
    labels = [column.label for column in COLUMNS]
    for grid in grids:
        for number in range(min(HEAD_ROWS, len(grid.rows))):
            row = [cell.strip() for cell in grid.row(number)]
            if set(labels) <= set(row):
                return grid, number, {label: row.index(label) for label in labels}
    missing = "、".join(labels)
    raise DomainError(f"没有找到表头，应有：{missing}", field="file")


def _clause(cells: dict[str, str]) -> ClauseData:
    item, sub = int(cells["条"]), int(cells["款"])
    most = cells["最多项（处）"]
    max_units = None if most == UNLIMITED else int(most or 1)
    return ClauseData(
        code=f"{item}.{sub}",
        item=item,
        sub=sub,
        aspect=cells["方面"],
        item_name=cells["记分事项"],
        text=cells["情形"],
        points=Decimal(cells["分值"]),
        legal_basis=cells["依据"],
        check_method=cells["检查方法"],
        discretion=cells["裁量基准"],
        is_reducible=_said(cells, "可减免"),
        is_on_site_waivable=_said(cells, "当场改正可免记"),
        is_major=_said(cells, "重大隐患"),
        is_per_unit=max_units != 1,
        max_units=max_units,
        is_referred=_said(cells, "移送执法"),
        flags="",
        variants=tuple(_variants(cells["情节"])),
    )


def _said(cells: dict[str, str], label: str) -> bool:
    if cells[label] not in (YES, NO, ""):
        raise RuleBookError(f"“{label}”应填{YES}或者{NO}")
    return cells[label] == YES


def _variants(text: str) -> Iterator[tuple[str, Decimal]]:
    for part in filter(None, re.split("[;；]", text)):
        label, equals, points = part.replace("＝", "=").partition("=")
        if not equals:
            raise RuleBookError(f"情节“{part}”应写作“名称=分值”")
        yield label.strip(), Decimal(points.strip().removesuffix("分"))
