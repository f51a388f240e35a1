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
from enterprises.grid import Grid, SheetError, read_grids

__all__ = ["SheetError", "SheetResult", "SheetRow", "Values", "read", "write_rejected"]

MAX_NAME, MAX_TEXT, MAX_COUNT = 100, 200, 200_000
HEAD_ROWS = 40  # how far down a sheet its head is looked for
NOTES = re.compile(r"^(合计|总计|小计|共计|填表人|审核人|制表人?|备注|说明|注)[：:]?")
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
INDUSTRIES = ("冶金", "有色", "建材", "机械", "轻工", "纺织", "烟草", "商贸", "危化品", "其他")
INDUSTRY_WORDS = {"有色金属": "有色", "危险化学品": "危化品", "化工": "危化品", "其它": "其他"}
INDUSTRY_CODE = re.compile(r"^[A-T]\d{2,4}$")

# field: (label, required, heading words); a heading matches when it begins with one of the words.
FIELDS: dict[str, tuple[str, bool, tuple[str, ...]]] = {
    "name": ("企业名称", True, ("企业名称", "单位名称", "企业全称", "单位全称", "生产经营单位", "公司名称", "名称")),
    "credit_code": ("统一社会信用代码", True, ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码")),
    "industry": ("所属行业", False, ("所属行业", "行业类别", "行业领域", "行业类型", "行业")),
    "industry_code": ("国民经济行业代码", False, ("国民经济行业代码", "行业代码", "国民经济行业")),
    "town": ("所属镇街", False, ("所属镇街", "镇街", "乡镇", "街道", "所属乡镇", "所属街道", "属地")),
    "address": ("生产经营地址", False, ("生产经营地址", "经营地址", "生产地址", "企业地址", "单位地址", "地址")),
    "products": ("主要产品", False, ("主要产品", "产品", "经营范围")),
    "employee_count": ("从业人员数量", False, ("从业人员", "职工人数", "员工总数", "员工人数", "职工总数", "人数")),
    "safety_manager_count": ("安全管理人员数量", False, ("安全管理人员", "安管人员", "专兼职安全")),
    "special_operator_count": ("特种作业人员数量", False, ("特种作业人员", "特种作业")),
    "principal_name": ("主要负责人", False, ("主要负责人", "法定代表人", "负责人", "企业负责人", "联系人", "法人")),
    "phone": ("联系电话", False, ("联系电话", "联系方式", "手机", "电话")),
    "risk_factors": ("主要风险因素", False, ("主要风险因素", "风险因素", "主要风险", "主要危险因素")),
}  # fmt: skip
HEADINGS = [(squeeze(word), name) for name, (_, _, words) in FIELDS.items() for word in words]
ANY_HEADING = tuple(word for word, _ in HEADINGS)
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
    """One row of the list: as typed, as understood, and what is wrong or odd about it."""

    row: int
    raw: Mapping[str, str]
    values: Values
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
class _Reading:
    """One row while it is read."""

    raw: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, name: str, message: str, kind: str = "error") -> None:
        self.problems.append(Problem(name, FIELDS[name][0], self.raw.get(name, ""), message, kind))

    def warn(self, name: str, message: str) -> None:
        self.warnings.append(Problem(name, FIELDS[name][0], self.raw.get(name, ""), message))


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
    grid, top, columns = _find_table(read_grids(file, filename))
    towns = {_town_key(name): code for name, code in townships.items()}
    towns |= {_town_key(name): code for name, code in (town_answers or {}).items()}
    rows: list[SheetRow] = []
    seen: dict[str, int] = {}
    for number, raw in _body(grid, top, columns):
        reading = _Reading(raw)
        _read_row(reading, grid, number, columns, towns, region_code)
        _note_twice(reading, seen, number)
        rows.append(_finished(number, reading))
    if not rows:
        raise SheetError("表头下面没有企业，请检查名单是否填写")
    headings = {name: plain(grid.cell(top, column)) for name, column in columns.items()}
    taken = set(columns.values())
    ignored = tuple(
        plain(text) for i, text in enumerate(grid.row(top)) if i not in taken and plain(text)
    )
    return SheetResult(grid.name, headings, ignored, tuple(rows))


def _find_table(grids: Sequence[Grid]) -> tuple[Grid, int, dict[str, int]]:
    """Return the sheet, the row of its head, and {field: column}; the fullest head wins."""
    best: tuple[int, Grid, int, dict[str, int]] | None = None
    for grid in grids:
        for row in range(min(HEAD_ROWS, len(grid.rows))):
            columns = _head(grid.row(row))
            if columns and (best is None or len(columns) > best[0]):
                best = (len(columns), grid, row, columns)
    if best is None:
        raise SheetError("没有找到名单：表头应有“企业名称”和“统一社会信用代码”两列")
    return best[1], best[2], best[3]


def _head(cells: Sequence[str]) -> dict[str, int]:
    """Return {field: column} if this row is a head, which has a name and a code; else {}."""
    found: dict[str, int] = {}
    for column, text in enumerate(cells):
        name = _field_of(squeeze(text))
        if name is None:
            continue
        if name in found:
            # 法定代表人 beside 主要负责人: the exact word stays
            if squeeze(cells[found[name]]) == FIELDS[name][0]:
                continue
            if squeeze(text) != FIELDS[name][0] and name not in ("principal_name", "phone"):
                raise SheetError(
                    f"“{plain(cells[found[name]])}”和“{plain(text)}”两列都像是{FIELDS[name][0]}，请删去一列"
                )
            if squeeze(text) != FIELDS[name][0]:
                continue
        found[name] = column
    return found if {"name", "credit_code"} <= found.keys() else {}


def _field_of(heading: str) -> str | None:
    if not heading.startswith(ANY_HEADING):
        return None
    return max((len(word), name) for word, name in HEADINGS if heading.startswith(word))[1]


def _body(grid: Grid, top: int, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number, {field: text}) below the head; blank rows and notes are passed over."""
    for index in range(top + 1, len(grid.rows)):
        raw = {name: grid.cell(index, column) for name, column in columns.items()}
        first = next(filter(None, map(plain, grid.row(index))), "")
        formula = any((index, column) in grid.formulas for column in columns.values())
        if (not any(plain(text) for text in raw.values()) and not formula) or NOTES.match(first):
            continue
        if _field_of(squeeze(raw["credit_code"])) and _head(grid.row(index)):
            continue  # the head again at the top of a printed page
        yield index + 1, raw


def _read_row(
    reading: _Reading,
    grid: Grid,
    number: int,
    columns: Mapping[str, int],
    towns: Mapping[str, str],
    region_code: str,
) -> None:
    formulas = {n for n, column in columns.items() if (number - 1, column) in grid.formulas}
    for name in formulas:
        reading.refuse(name, f"{FIELDS[name][0]}是公式，请改为文字或数字")
    for name in FIELDS:
        if name not in formulas and name != "town":
            _READERS[name](reading, name)
    _industry_from_code(reading)
    _town(reading, towns, region_code)
    _check_counts(reading)


def _text(reading: _Reading, name: str) -> None:
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


def _code(reading: _Reading, name: str) -> None:
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


def _count(reading: _Reading, name: str) -> None:
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


def _phone(reading: _Reading, name: str) -> None:
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


def _industry(reading: _Reading, name: str) -> None:
    text = squeeze(reading.raw.get(name, "")).removesuffix("行业").removesuffix("类")
    text = INDUSTRY_WORDS.get(text, text)
    if text and text not in INDUSTRIES:
        reading.refuse(name, f"所属行业应为{'、'.join(INDUSTRIES)}之一")
    else:
        reading.values[name] = text


def _industry_code(reading: _Reading, name: str) -> None:
    text = squeeze(reading.raw.get(name, "")).upper()
    if text and not INDUSTRY_CODE.match(text):
        reading.refuse(name, "国民经济行业代码应为一位字母加二至四位数字，如 C3484")
    else:
        reading.values[name] = text


def _industry_from_code(reading: _Reading) -> None:
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


def _town(reading: _Reading, towns: Mapping[str, str], region_code: str) -> None:
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


def _check_counts(reading: _Reading) -> None:
    employees, managers, operators = (reading.values.get(name) for name in COUNTS)
    if employees is not None and (managers or 0) + (operators or 0) > employees:
        reading.warn("employee_count", "安全管理人员与特种作业人员之和超过从业人员数量，请核对")


def _note_twice(reading: _Reading, seen: dict[str, int], number: int) -> None:
    code = reading.values.get("credit_code")
    if code is None:
        return
    if code in seen:
        reading.refuse("credit_code", f"统一社会信用代码重复，首次出现在第{seen[code]}行")
    else:
        seen[code] = number


def _finished(number: int, reading: _Reading) -> SheetRow:
    reading.values.pop("town", None)
    return SheetRow(
        row=number,
        raw=reading.raw,
        values=Values(**reading.values),
        problems=tuple(reading.problems),
        warnings=tuple(reading.warnings),
    )


_READERS: dict[str, Callable[[_Reading, str], None]] = {
    **dict.fromkeys(FIELDS, _text),
    **dict.fromkeys(COUNTS, _count),
    "credit_code": _code,
    "phone": _phone,
    "industry": _industry,
    "industry_code": _industry_code,
}


def write_rejected(result: SheetResult, out: BinaryIO, *, created: Any) -> int:
    """Write the rejected rows as typed, with a column 问题; mended, the sheet can be read again."""
    names = [name for name in FIELDS if name in result.headings]
    columns = [Column(FIELDS[name][0], 22) for name in names]
    rows = (
        [*(plain(row.raw[name]) for name in names), "；".join(p.message for p in row.problems)]
        for row in result.rejected
    )
    return write_table(
        out,
        title="未导入的企业",
        columns=[*columns, Column("问题", 50)],
        rows=rows,
        created=created,
    )
