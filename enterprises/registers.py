"""The sheets that an enterprise's file is made of: the list itself, certificates, risk points."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from audit.services import record
from common.db.columns import insert_columns
from common.ids import uuid7
from common.pinyin import name_words
from common.text import squeeze
from enterprises import cells, sheet
from enterprises.bringing import Kind
from enterprises.cells import Firm
from enterprises.columns import Field, Fields, Table
from enterprises.grid import SheetError
from enterprises.models import EnterpriseImport, RiskPoint, SpecialOperationCertificate
from enterprises.services import Outcome, enterprises_import, rejected_of
from enterprises.sheet import Reading, SheetResult, SheetRow
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import townships

NAME = Field(
    "企业名称", False, sheet.FIELDS["name"].words, "某某机械制造有限公司", "与信用代码至少填一项"
)
CODE = Field(
    "统一社会信用代码",
    False,
    sheet.FIELDS["credit_code"].words,
    "91130300MA0000000X",
    "先按代码找企业",
)
CATEGORIES = tuple(SpecialOperationCertificate.Category.values)
CERTIFICATES: dict[str, Field] = {
    "name": NAME,
    "credit_code": CODE,
    "holder_name": Field("姓名", True, ("姓名", "持证人", "人员姓名"), "李四"),
    "number": Field(
        "证号",
        True,
        ("证号", "证书编号", "证件号", "操作证号", "证书号"),
        "T130300199001011234",
        "只保存后六位",
        is_personal=True,
    ),
    "category": Field(
        "作业类别", True, ("作业类别", "工种", "类别", "作业种类"), "电工作业", "", CATEGORIES
    ),
    "project": Field("操作项目", False, ("操作项目", "准操项目", "项目"), "低压电工作业"),
    "valid_until": Field(
        "有效期至", True, ("有效期", "到期日期", "有效期限", "有效期至", "截止日期"), "2028-06-03"
    ),
    "review_due_on": Field("复审日期", False, ("复审日期", "应复审日期", "复审"), "2027-06-03"),
}
RISK_POINTS: dict[str, Field] = {
    "name": NAME,
    "credit_code": CODE,
    "place": Field("重点部位", True, ("重点部位", "部位", "风险点", "场所", "位置"), "熔炼车间"),
    "risk": Field(
        "风险", True, ("风险", "主要风险", "风险描述", "可能导致的事故"), "高温熔融金属喷溅"
    ),
    "measure": Field(
        "现有管控措施", False, ("现有管控措施", "管控措施", "措施", "防范措施"), "设挡板，定期检查"
    ),
}


def rows_of(
    agency: Agency,
    table: Table,
    fields: Fields,
    read: Callable[[Reading, Firm | None], Any],
    *,
    nothing: str,
) -> SheetResult:
    """Read a sheet whose rows each belong to one of the agency's enterprises.

    `read` fills a row's problems and returns what would be written, or something to tell two equal
    rows by as its `key`.
    """
    raws = [*sheet.body(table)]
    if not raws:
        raise SheetError(nothing)
    firms = cells.firms_in(agency, (raw for _, raw in raws))
    found: list[SheetRow] = []
    seen: dict[Any, int] = {}
    for number, raw in raws:
        reading = Reading(raw, fields)
        cells.refuse_formulas(reading, table, number)
        values = read(reading, firms.of(reading))
        if not reading.problems:
            first = seen.setdefault(values["key"], number)
            if first != number:
                reading.refuse(next(iter(fields)), f"与第{first}行相同")
        found.append(
            SheetRow(number, raw, values, tuple(reading.problems), tuple(reading.warnings))
        )
    return SheetResult(table.grid.name, table.used, table.ignored, tuple(found))


def _read_list(agency: Agency, table: Table, draft: EnterpriseImport) -> SheetResult:
    return sheet.read_table(
        table,
        townships=townships(agency),
        region_code=agency.region_code,
        town_answers=draft.town_answers,
    )


def _write_list(
    actor: Actor, agency: Agency, result: SheetResult, draft: EnterpriseImport, valid_only: bool
) -> Outcome:
    return enterprises_import(actor=actor, agency=agency, result=result, valid_only=valid_only)


def _certificate(reading: Reading, firm: Firm | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "firm": firm,
        "holder_name": cells.text(reading, "holder_name", 40),
        "number_end": squeeze(cells.text(reading, "number", 40)).upper()[-6:],
        "category": cells.choice(reading, "category", dict(zip(CATEGORIES, CATEGORIES, strict=True))),
        "project": cells.text(reading, "project", 40),
        "valid_until": cells.day(reading, "valid_until"),
        "review_due_on": cells.day(reading, "review_due_on"),
    }  # fmt: skip
    values["search_text"] = name_words(values["holder_name"] or "")
    until, review = values["valid_until"], values["review_due_on"]
    if isinstance(until, date) and review is not None and review > until:
        reading.refuse("review_due_on", "复审日期不能晚于有效期")
    if firm is not None:
        values["key"] = _certificate_key(firm.pk, values)
    return values


def _certificate_key(pk: int, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return (pk, values["holder_name"], values["number_end"], values["category"])


def _risk_point(reading: Reading, firm: Firm | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "firm": firm,
        "place": cells.text(reading, "place", 60),
        "risk": cells.text(reading, "risk", 100),
        "measure": cells.text(reading, "measure", 200),
    }
    if firm is not None:
        values["key"] = (firm.pk, values["place"], values["risk"])
    return values


def _read_certificates(agency: Agency, table: Table, draft: EnterpriseImport) -> SheetResult:
    return rows_of(
        agency, table, CERTIFICATES, _certificate, nothing="表头下面没有证件，请检查是否填写"
    )


def _read_risk_points(agency: Agency, table: Table, draft: EnterpriseImport) -> SheetResult:
    return rows_of(
        agency, table, RISK_POINTS, _risk_point, nothing="表头下面没有风险点，请检查是否填写"
    )


def _write_certificates(
    actor: Actor, agency: Agency, result: SheetResult, draft: EnterpriseImport, valid_only: bool
) -> Outcome:
    names = ("holder_name", "number_end", "category", "project", "valid_until", "review_due_on",
             "search_text")  # fmt: skip
    key = ("enterprise_id", "holder_name", "number_end", "category")
    return write_new(
        actor, agency, result, valid_only, SpecialOperationCertificate, names, key, draft
    )


def _write_risk_points(
    actor: Actor, agency: Agency, result: SheetResult, draft: EnterpriseImport, valid_only: bool
) -> Outcome:
    names, key = ("place", "risk", "measure"), ("enterprise_id", "place", "risk")
    return write_new(actor, agency, result, valid_only, RiskPoint, names, key, draft)


def write_new(
    actor: Actor,
    agency: Agency,
    result: SheetResult,
    valid_only: bool,
    model: Any,
    names: tuple[str, ...],
    key: tuple[str, ...],
    draft: EnterpriseImport,
) -> Outcome:
    """Write the rows of a register that are not there yet, in a fixed number of statements."""
    rejected = tuple(rejected_of(result))
    if rejected and not valid_only:
        return Outcome(0, 0, 0, rejected, is_written=False)
    rows = [row.values for row in result.accepted]
    firms = {values["firm"].pk for values in rows}
    there = {*model.objects.filter(enterprise_id__in=firms, removed_at=None).values_list(*key)}
    new = [values for values in rows if values["key"] not in there]
    now = clock.now(agency.pk)
    if new:
        same = {"recorded_by_name": actor.display[:80], "recorded_at": now, "owner_agency": agency}
        columns: dict[str, list[Any]] = {n: [values[n] for values in new] for n in names}
        if model is RiskPoint:
            columns["id"] = [uuid7() for _ in new]
        insert_columns(model, {**columns, **whose(new)}, **same)
    record(
        actor=actor, act="register.import", subject=draft, at=now,
        summary=f"{model._meta.verbose_name}新增 {len(new)} 条",
    )  # fmt: skip
    return Outcome(len(new), 0, len(rows) - len(new), rejected, is_written=True)


def whose(rows: list[Any]) -> dict[str, list[Any]]:
    """Return the columns by which rows belong to their enterprises."""
    return {
        "enterprise": [values["firm"].pk for values in rows],
        "enterprise_org": [values["firm"].org_id for values in rows],
        "region_code": [values["firm"].region_code for values in rows],
    }


EITHER = ("credit_code", "name")
KINDS = (
    Kind(
        "enterprises", "企业名单", "家", sheet.FIELDS, _read_list, _write_list, "enterprises:list"
    ),
    Kind(
        "certificates", "特种作业证", "条", CERTIFICATES, _read_certificates, _write_certificates,
        "enterprises:list", EITHER, ("证号只保存后六位，用来区分两张证",),
    ),
    Kind(
        "risk-points", "风险点", "条", RISK_POINTS, _read_risk_points, _write_risk_points,
        "enterprises:list", EITHER,
    ),
)  # fmt: skip
