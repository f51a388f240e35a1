"""The hazard ledgers of earlier years: a sheet's rows, and what ends the open ones.

historical_settle
"""

import hashlib
from datetime import date
from typing import Any

from django.db import transaction

from audit.services import record
from common.db.columns import insert_columns
from common.errors import DomainError
from common.ids import uuid7
from enterprises import cells
from enterprises.bringing import Kind
from enterprises.cells import Firm
from enterprises.columns import Field, Table
from enterprises.models import EnterpriseImport
from enterprises.registers import CODE, EITHER, NAME, rows_of, whose
from enterprises.services import Outcome, rejected_of
from enterprises.sheet import Reading, SheetResult
from inspections.models import Hazard, HistoricalHazard
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency

State = HistoricalHazard.State
FIELDS: dict[str, Field] = {
    "name": NAME,
    "credit_code": CODE,
    "number": Field("原编号", False, ("原编号", "隐患编号", "编号"), "2025-0001"),
    "found_on": Field(
        "排查日期",
        True,
        ("排查日期", "检查日期", "检查时间", "排查时间", "发现日期", "发现时间"),
        "2025-06-03",
    ),
    "place": Field(
        "部位/场所", False, ("部位", "场所", "隐患部位", "隐患地点", "位置"), "铸造车间配电箱"
    ),
    "description": Field(
        "隐患描述",
        True,
        ("隐患描述", "隐患内容", "存在问题", "隐患情况", "问题描述", "存在的问题", "存在的隐患"),
        "配电箱未接地",
    ),
    "category": Field("类别", False, ("类别", "隐患类别", "隐患类型", "隐患分类"), "电气安全"),
    "severity": Field(
        "等级",
        False,
        ("等级", "隐患等级", "隐患级别", "级别"),
        "一般",
        "空着算一般",
        ("一般", "重大"),
    ),
    "basis": Field(
        "判定/违反条款", False, ("判定", "违反条款", "判定依据", "依据", "检查依据"), "GB 50169"
    ),
    "measure": Field("整改措施", False, ("整改措施", "整改建议", "整改要求", "措施"), "接地并检测"),
    "due_on": Field("整改期限", False, ("整改期限", "整改时限", "限期", "计划完成"), "2025-06-20"),
    "closed_on": Field(
        "整改完成日期",
        False,
        (
            "整改完成日期",
            "完成日期",
            "整改完成时间",
            "销号日期",
            "销号时间",
            "复查日期",
            "整改日期",
        ),
        "2025-06-18",
    ),
    "state": Field(
        "整改状态",
        False,
        ("整改状态", "状态", "整改情况", "是否整改", "是否完成"),
        "已整改",
        "空着时有完成日期算已整改",
        ("已整改", "未整改"),
    ),
    "found_by_name": Field("排查人", False, ("排查人", "检查人", "检查人员", "排查人员"), "王五"),
    "provider_name": Field(
        "服务机构",
        False,
        ("服务机构", "检查单位", "排查单位", "机构名称"),
        "某某安全技术服务有限公司",
    ),
    "photo_names": Field(
        "照片",
        False,
        ("照片", "整改前照片", "隐患照片", "图片"),
        "2025-0001.jpg",
        "文件名，用顿号隔开",
    ),
}
TEXTS = {
    "number": 40, "place": 100, "description": 1000, "category": 40, "basis": 300, "measure": 1000,
    "found_by_name": 80, "provider_name": 100, "photo_names": 300,
}  # fmt: skip
SEVERITIES = {
    **dict.fromkeys(("一般", "一般隐患", "一般事故隐患"), "general"),
    **dict.fromkeys(("重大", "重大隐患", "重大事故隐患"), "major"),
}
STATES: dict[str, str] = {
    **dict.fromkeys(
        ("已整改", "已完成", "已销号", "已闭环", "整改完成", "完成", "是", "√", "合格"),
        State.CLOSED,
    ),
    **dict.fromkeys(
        ("未整改", "整改中", "待整改", "未完成", "未销号", "逾期", "部分整改", "否", "×"),
        State.OPEN,
    ),
}
COLUMNS = (*TEXTS, "severity", "found_on", "due_on", "closed_on", "state", "fingerprint", "source_row")  # fmt: skip


def _read(agency: Agency, table: Table, draft: EnterpriseImport) -> SheetResult:
    today = clock.today(agency.pk)
    columns = set(table.columns)

    def row(reading: Reading, firm: Firm | None) -> dict[str, Any]:
        return _row(reading, firm, today, columns)

    return rows_of(agency, table, FIELDS, row, nothing="表头下面没有隐患，请检查台账是否填写")


def _row(reading: Reading, firm: Firm | None, today: date, columns: set[str]) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: cells.text(reading, name, most) if name in columns else ""
        for name, most in TEXTS.items()
    }
    for name in ("found_on", "due_on", "closed_on"):
        values[name] = cells.day(reading, name) if name in columns else None
    values["severity"] = cells.choice(reading, "severity", SEVERITIES) or "general"
    stated = cells.choice(reading, "state", STATES)
    values["state"] = stated or (State.CLOSED if values["closed_on"] else State.OPEN)
    _check_days(reading, values, today)
    values["firm"] = firm
    if firm is not None:
        values["key"] = values["fingerprint"] = _fingerprint(firm.pk, values)
    return values


def _check_days(reading: Reading, values: dict[str, Any], today: date) -> None:
    found, closed = values["found_on"], values["closed_on"]
    if found is not None and found > today:
        reading.refuse("found_on", f"排查日期 {found} 还没有到")
    if closed is None:
        return
    if closed > today:
        reading.refuse("closed_on", f"整改完成日期 {closed} 还没有到")
    if found is not None and closed < found:
        reading.refuse("closed_on", f"整改完成日期 {closed} 早于排查日期 {found}")
    if values["state"] == State.OPEN:
        reading.refuse("state", "状态是未整改，却填了整改完成日期，请改正其中一项")


def _fingerprint(firm: int, values: dict[str, Any]) -> str:
    """Return what a hazard is known by again: when, where and what, whatever became of it."""
    what = (values[n] for n in ("number", "found_on", "place", "description"))
    return hashlib.sha256("\n".join(map(str, (firm, *what))).encode()).hexdigest()


def _write(
    actor: Actor, agency: Agency, result: SheetResult, draft: EnterpriseImport, valid_only: bool
) -> Outcome:
    rejected = tuple(rejected_of(result))
    if rejected and not valid_only:
        return Outcome(0, 0, 0, rejected, is_written=False)
    rows = [{**row.values, "source_row": row.row} for row in result.accepted]
    there = {
        *HistoricalHazard.objects.filter(
            owner_agency=agency, fingerprint__any_of=[values["key"] for values in rows]
        ).values_list("fingerprint", flat=True)
    }
    new = [values for values in rows if values["key"] not in there]
    now = clock.now(agency.pk)
    if new:
        insert_columns(
            HistoricalHazard,
            {
                **{name: [values[name] for values in new] for name in COLUMNS},
                **whose(new),
                "id": [uuid7() for _ in new],
            },
            owner_agency=agency,
            source=draft,
            imported_at=now,
            imported_by_name=actor.display[:80],
        )
    record(
        actor=actor, act="historical_hazard.import", subject=draft, at=now,
        summary=f"新增 {len(new)} 项，已有 {len(rows) - len(new)} 项",
        data={"created": len(new), "file": draft.filename},
    )  # fmt: skip
    return Outcome(len(new), 0, len(rows) - len(new), rejected, is_written=True)


@transaction.atomic
def historical_settle(
    *, actor: Actor, row: HistoricalHazard, note: str, hazard: Hazard | None
) -> HistoricalHazard:
    """Say what became of an open one: seen to, or carried on as a `hazard` found here since."""
    locked = HistoricalHazard.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if not locked.is_open:
        raise DomainError("这项历史隐患已经办结")
    if not note.strip():
        raise DomainError("请写明办结说明", field="note")
    if hazard is not None and hazard.enterprise.kept_id != locked.enterprise.kept_id:
        raise DomainError("请选择同一家企业的隐患", field="hazard")
    if hazard is not None and hazard.found_on < locked.found_on:
        raise DomainError("转入的隐患应在这项之后发现", field="hazard")
    locked.carried_to, locked.ended_note = hazard, note.strip()
    locked.ended_at = clock.now(locked.owner_agency_id)
    locked.ended_by_name = actor.display[:80]
    locked.save(update_fields=["carried_to", "ended_note", "ended_at", "ended_by_name"])
    record(
        actor=actor, act="historical_hazard.settle", subject=locked, at=locked.ended_at,
        data={"hazard": str(hazard.pk) if hazard else ""},
    )  # fmt: skip
    return locked


KIND = Kind(
    "hazards", "隐患台账", "项", FIELDS, _read, _write, "inspections:historical-list", EITHER,
    (
        "导入的是往年的记录：不记分，不催办，不算入考评；未整改的由人逐项办结或转入本平台的隐患",
        "企业须先建档；同一份台账再次导入不会产生重复",
    ),
)  # fmt: skip
