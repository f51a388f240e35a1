"""An enterprise list as people keep it → checked rows, each problem named on its row and column.

Pure: knows no model and no request. Finds the table wherever it stands, takes what people really
type, and says of everything it refuses what is wrong. Row numbers are those that Excel shows.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from common import credit_code
from common.text import has_control, plain, squeeze
from documents.xlsx import Column, write_table
from enterprises.columns import EXAMPLE, Field, Table, find, missing, read_head
from enterprises.grid import Grid, SheetError, read_grids

__all__ = ["SheetError", "SheetResult", "SheetRow", "Values", "read", "write_rejected"]

MAX_NAME, MAX_TEXT, MAX_COUNT = 100, 200, 200_000
NOTES = re.compile(r"^(合计|总计|小计|共计|填表人|审核人|制表人?|备注|说明|注)[：:]?")
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
INDUSTRIES = ("冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸", "危化品", "其他")
INDUSTRY_WORDS = {"有色金属": "有色", "危险化学品": "危化品", "化工": "危化品", "其它": "其他"}
INDUSTRY_CODE = re.compile(r"^[A-T]\d{2,4}$")

FIELDS: dict[str, Field] = {
    "name": Field(
        "企业名称",
        True,
        ("企业名称", "单位名称", "企业全称", "单位全称", "生产经营单位", "公司名称", "名称"),
        "某某机械制造有限公司",
    ),
    "credit_code": Field(
        "统一社会信用代码",
        True,
        ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"),
        "91130300MA0000000X",
        "18 位",
    ),
    "industry": Field(
        "所属行业",
        False,
        ("所属行业", "行业类别", "行业领域", "行业类型", "行业"),
        "机械",
        "",
        INDUSTRIES,
    ),
    "industry_code": Field(
        "国民经济行业代码", False, ("国民经济行业代码", "行业代码", "国民经济行业"), "C3484"
    ),
    "town": Field(
        "所属镇街",
        False,
        ("所属镇街", "镇街", "乡镇", "街道", "所属乡镇", "所属街道", "属地"),
        "榆关镇",
    ),
    "address": Field(
        "生产经营地址",
        False,
        ("生产经营地址", "经营地址", "生产地址", "企业地址", "单位地址", "地址"),
        "榆关镇工业路 8 号",
    ),
    "products": Field("主要产品", False, ("主要产品", "产品", "经营范围"), "铸件"),
    "employee_count": Field(
        "从业人员数量",
        False,
        ("从业人员", "职工人数", "员工总数", "员工人数", "职工总数", "人数"),
        "60",
    ),
    "safety_manager_count": Field(
        "安全管理人员数量", False, ("安全管理人员", "安管人员", "专兼职安全"), "1"
    ),
    "special_operator_count": Field("特种作业人员数量", False, ("特种作业人员", "特种作业"), "3"),
    "principal_name": Field(
        "主要负责人",
        False,
        ("主要负责人", "法定代表人", "负责人", "企业负责人", "联系人", "法人"),
        "张三",
    ),
    "phone": Field(
        "联系电话", False, ("联系电话", "联系方式", "手机", "电话"), "13800000000", is_personal=True
    ),
    "risk_factors": Field(
        "主要风险因素",
        False,
        ("主要风险因素", "风险因素", "主要风险", "主要危险因素"),
        "机械伤害、触电",
    ),
}
# A list may name several people and numbers; the first column of them stands.
MANY = {FIELDS["principal_name"].label, FIELDS["phone"].label}
COUNTS = ("employee_count", "safety_manager_count", "special_operator_count")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell. `kind` is "town" where the preview asks instead of refusing."""

    field: str
    column_label: str
    value: str
    message: str
    kind: str = "error"


@dataclass(frozen=True, slots=True)
class Values:
    """A row as it would be written; counts are None where the list says nothing."""

    name: str = ""
    credit_code: str = ""
    industry: str = ""
    industry_code: str = ""
    region_code: str = ""
    address: str = ""
    products: str = ""
    employee_count: int | None = None
    safety_manager_count: int | None = None
    special_operator_count: int | None = None
    principal_name: str = ""
    phone: str = ""
    risk_factors: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet: as typed, as understood, and what is wrong or odd about it."""

    row: int
    raw: Mapping[str, str]
    values: Any
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it can be written."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class SheetResult:
    """A whole list: which heading was taken for what, and its rows."""

    sheet_name: str
    headings: Mapping[str, str]
    ignored: tuple[str, ...]
    rows: tuple[SheetRow, ...]

    @property
    def accepted(self) -> list[SheetRow]:
        """Rows that can be written."""
        return [row for row in self.rows if row.is_good]

    @property
    def rejected(self) -> list[SheetRow]:
        """Rows with a problem."""
        return [row for row in self.rows if not row.is_good]

    @property
    def unknown_towns(self) -> list[str]:
        """Town names that the agency does not know, each once, in order."""
        names = [p.value for row in self.rows for p in row.problems if p.kind == "town"]
        return list(dict.fromkeys(names))


@dataclass(slots=True)
class Reading:
    """One row while it is read."""

    raw: Mapping[str, str]
    fields: Mapping[str, Field] = field(default_factory=lambda: FIELDS)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, name: str, message: str, kind: str = "error") -> None:
        self.problems.append(
            Problem(name, self.fields[name].label, self.raw.get(name, ""), message, kind)
        )

    def warn(self, name: str, message: str) -> None:
        self.warnings.append(
            Problem(name, self.fields[name].label, self.raw.get(name, ""), message)
        )


def read(
    file: BinaryIO,
    *,
    filename: str,
    townships: Mapping[str, str],
    region_code: str,
    town_answers: Mapping[str, str] | None = None,
) -> SheetResult:
    """Read a list (.xlsx, .xls, .csv). `townships` maps names to 9-digit region codes.

    `town_answers` says which code a town name unknown to `townships` means; without a town a row
    belongs to `region_code`. Raises SheetError for a file that is no readable list.
    """
    return read_table(
        _list_in(read_grids(file, filename)),
        townships=townships,
        region_code=region_code,
        town_answers=town_answers,
    )


def read_table(
    table: Table,
    *,
    townships: Mapping[str, str],
    region_code: str,
    town_answers: Mapping[str, str] | None = None,
) -> SheetResult:
    """Read a list whose columns are known."""
    towns = {_town_key(name): code for name, code in townships.items()}
    towns |= {_town_key(name): code for name, code in (town_answers or {}).items()}
    rows: list[SheetRow] = []
    seen: dict[str, int] = {}
    for number, raw in body(table):
        reading = Reading(raw)
        _read_row(reading, table, number, towns, region_code)
        _note_twice(reading, seen, number)
        rows.append(_finished(number, reading))
    if not rows:
        raise SheetError("表头下面没有企业，请检查名单是否填写")
    return SheetResult(table.grid.name, table.used, table.ignored, tuple(rows))


def _list_in(grids: Sequence[Grid]) -> Table:
    table = find(grids, FIELDS)
    head = read_head(table.grid.row(table.top), FIELDS)
    for label, first, second in head.doubtful:
        if label not in MANY:
            raise SheetError(f"“{first}”和“{second}”两列都像是{label}，请删去一列")
    if missing(table.columns, FIELDS):
        raise SheetError("没有找到名单：表头应有“企业名称”和“统一社会信用代码”两列")
    return table


def body(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number, {field: text}) below the head; blank rows and notes are passed over."""
    grid, places = table.grid, [*table.columns.items()]
    head = [plain(text) for text in grid.row(table.top)]
    begins = next(filter(None, head), "")
    for index in range(table.top + 1, len(grid.rows)):
        row = grid.row(index)
        raw = {name: row[at] if at < len(row) else "" for name, at in places}
        first = next(filter(None, map(plain, row)), "")
        formula = bool(grid.formulas) and any((index, at) in grid.formulas for _, at in places)
        if not formula and not any(map(plain, raw.values())):
            continue
        if NOTES.match(first) or first == EXAMPLE:
            continue
        if first == begins and [*map(plain, row)] == head:
            continue  # the head again at the top of a printed page
        yield index + 1, raw


def _read_row(
    reading: Reading,
    table: Table,
    number: int,
    towns: Mapping[str, str],
    region_code: str,
) -> None:
    formulas = formulas_of(table, number)
    for name in formulas:
        reading.refuse(name, f"{FIELDS[name][0]}是公式，请改为文字或数字")
    for name in FIELDS:
        if name not in formulas and name != "town":
            _READERS[name](reading, name)
    _industry_from_code(reading)
    _town(reading, towns, region_code)
    _check_counts(reading)


def formulas_of(table: Table, number: int) -> set[str]:
    """Return the fields that a formula fills in one row."""
    found = table.grid.formulas
    return {n for n, at in table.columns.items() if (number - 1, at) in found} if found else set()


def _text(reading: Reading, name: str) -> None:
    typed = reading.raw.get(name, "")
    text = plain(typed)
    limit = MAX_NAME if name == "name" else 40 if name == "principal_name" else MAX_TEXT
    if not text and FIELDS[name][1]:
        reading.refuse(name, f"缺少{FIELDS[name][0]}")
    elif has_control(typed):
        reading.refuse(name, f"{FIELDS[name][0]}中有不可见的控制字符，请重新输入")
    elif text.startswith(FORMULA_STARTS) and text != "-":
        reading.refuse(name, f"{FIELDS[name][0]}不能以“{text[0]}”开头")
    elif len(text) > limit:
        reading.refuse(name, f"{FIELDS[name][0]}超过{limit}字")
    else:
        reading.values[name] = "" if text in ("-", "/", "无") and name != "name" else text


def _code(reading: Reading, name: str) -> None:
    code = credit_code.normalise(reading.raw.get(name, ""))
    if not code:
        reading.refuse(name, "缺少统一社会信用代码")
        return
    problem = credit_code.problem(code)
    if problem:
        reading.refuse(name, problem)
        return
    reading.values[name] = code
    warning = credit_code.body_warning(code)
    if warning:
        reading.warn(name, warning)


def _count(reading: Reading, name: str) -> None:
    text = squeeze(reading.raw.get(name, "")).replace(",", "").replace("，", "")
    if not text:
        return
    text = re.sub(r"^(约|大约|共)|(余|多)?(人|名|个)?$", "", text)
    if text in ("", "-", "/"):
        return
    if text == "无":
        text = "0"
    if not re.fullmatch(r"\d+(\.0+)?", text):
        reading.refuse(name, f"{FIELDS[name][0]}应为整数，如 60")
    elif int(float(text)) > MAX_COUNT:
        reading.refuse(name, f"{FIELDS[name][0]}过大，请核对")
    else:
        reading.values[name] = int(float(text))


def _phone(reading: Reading, name: str) -> None:
    text = re.sub(r"\.0+$", "", squeeze(reading.raw.get(name, "")))
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text, re.IGNORECASE):
        text = str(int(float(text)))
    text = re.sub(r"[/、,，;；]+", "、", text)
    if len(text) > 60 or not re.fullmatch(r"[\d+()（）\-—转、]*", text):
        reading.refuse(name, "联系电话只能是号码，多个号码用顿号隔开")
    else:
        reading.values[name] = text
        if text and not re.search(r"\d{7,}", re.sub(r"[()（）\-—]", "", text)):
            reading.warn(name, "联系电话位数偏少，请核对")


def _industry(reading: Reading, name: str) -> None:
    text = squeeze(reading.raw.get(name, "")).removesuffix("行业").removesuffix("类")
    text = INDUSTRY_WORDS.get(text, text)
    if text and text not in INDUSTRIES:
        reading.refuse(name, f"所属行业应为{'、'.join(INDUSTRIES)}之一")
    else:
        reading.values[name] = text


def _industry_code(reading: Reading, name: str) -> None:
    text = squeeze(reading.raw.get(name, "")).upper()
    if text and not INDUSTRY_CODE.match(text):
        reading.refuse(name, "国民经济行业代码应为一位字母加二至四位数字，如 C3484")
    else:
        reading.values[name] = text


def _industry_from_code(reading: Reading) -> None:
    """The core divisions of domain.md 5.3; where a list names its own industry, that stands."""
    derived = industry_of(reading.values.get("industry_code", ""))
    stated = reading.values.get("industry", "")
    if not stated and "industry" in reading.values:
        reading.values["industry"] = derived or "其他"
    elif derived and stated and derived != stated:
        reading.warn("industry", f"按行业代码应属{derived}，名单写的是{stated}，以名单为准")


def industry_of(code: str) -> str:
    """Return the 工贸 industry of a national economy code, '' where the core table has none."""
    if code[:5] in ("C3054", "C3074") or code[:4] in ("C292", "C338", "C384", "C385", "C387"):
        return "轻工"
    division = {
        "冶金": "C31", "有色": "C32", "建材": "C30",
        "机械": "C33 C34 C35 C36 C37 C38 C39 C40 C43",
        "轻工": "C13 C14 C15 C19 C20 C21 C22 C23 C24 C41",
        "纺织": "C17 C18 C28", "烟草": "C16", "商贸": "F51 F52 H61 H62 G59",
    }  # fmt: skip
    return next((name for name, codes in division.items() if code and code[:3] in codes), "")


def _town(reading: Reading, towns: Mapping[str, str], region_code: str) -> None:
    name = plain(reading.raw.get("town", ""))
    if not name:
        reading.values["region_code"] = region_code
        reading.warn("town", "没有所属镇街，先归入本级，可在企业档案中补")
    elif _town_key(name) in towns:
        reading.values["region_code"] = towns[_town_key(name)]
    else:
        reading.refuse("town", f"本辖区没有“{name}”，请指明是哪个镇街", "town")


def _town_key(name: str) -> str:
    """Return the name without what people leave out: 榆关镇 and 榆关 are one."""
    key = squeeze(name)
    shorter = re.sub(r"(街道办事处|街道办|街道|镇人民政府|镇|乡)$", "", key)
    return shorter or key


def _check_counts(reading: Reading) -> None:
    employees, managers, operators = (reading.values.get(name) for name in COUNTS)
    if employees is not None and (managers or 0) + (operators or 0) > employees:
        reading.warn("employee_count", "安全管理人员与特种作业人员之和超过从业人员数量，请核对")


def _note_twice(reading: Reading, seen: dict[str, int], number: int) -> None:
    code = reading.values.get("credit_code")
    if code is None:
        return
    if code in seen:
        reading.refuse("credit_code", f"统一社会信用代码重复，首次出现在第{seen[code]}行")
    else:
        seen[code] = number


def _finished(number: int, reading: Reading) -> SheetRow:
    reading.values.pop("town", None)
    return SheetRow(
        row=number,
        raw=reading.raw,
        values=Values(**reading.values),
        problems=tuple(reading.problems),
        warnings=tuple(reading.warnings),
    )


_READERS: dict[str, Callable[[Reading, str], None]] = {
    **dict.fromkeys(FIELDS, _text),
    **dict.fromkeys(COUNTS, _count),
    "credit_code": _code,
    "phone": _phone,
    "industry": _industry,
    "industry_code": _industry_code,
}


def write_rejected(
    result: SheetResult,
    out: BinaryIO,
    *,
    created: Any,
    fields: Mapping[str, Field] = FIELDS,
    title: str = "未导入的企业",
) -> int:
    """Write the rejected rows as typed, with a column 问题; mended, the sheet can be read again."""
    names = [name for name in fields if name in result.headings]
    columns = [Column(fields[name].label, 22) for name in names]
    rows = (
        [*(plain(row.raw[name]) for name in names), "；".join(p.message for p in row.problems)]
        for row in result.rejected
    )
    return write_table(
        out,
        title=title,
        columns=[*columns, Column("问题", 50)],
        rows=rows,
        created=created,
    )
