"""What one cell says, for sheets of every kind: texts, days, choices; and whose row it is.

Pure but for `firms_in`, which asks for the enterprises of one agency in a fixed number of statements.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache

from django.db.models.functions import Coalesce

from common import credit_code
from common.text import has_control, plain, squeeze
from enterprises.columns import Table
from enterprises.models import Enterprise
from enterprises.sheet import FORMULA_STARTS, Reading, formulas_of
from tenancy.models import Agency

DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(T00:00:00|00:00(:00)?)?")
PACKED_DAY = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
SERIAL = re.compile(r"\d{5}(\.0+)?")
FIRST_SERIAL = date(1899, 12, 30)  # Excel's day 0
NOTHING = ("-", "/", "—", "无")
UNKNOWN = 20  # names for which something alike is looked for


def refuse_formulas(reading: Reading, table: Table, number: int) -> None:
    """A formula's value depends on what is not in the sheet."""
    for name in formulas_of(table, number):
        reading.refuse(name, f"{reading.fields[name].label}是公式，请改为文字或数字")


def text(reading: Reading, name: str, limit: int) -> str:
    """Return a text; '' with a problem if it is lacking or cannot be kept."""
    said, problem = _text(reading.raw.get(name, ""), limit)
    if problem:
        reading.refuse(name, reading.fields[name].label + problem)
    elif problem is None and reading.fields[name].required:
        reading.refuse(name, f"缺少{reading.fields[name].label}")
    return said


@lru_cache(8192)  # of a ledger's cells most stand in many rows
def _text(typed: str, limit: int) -> tuple[str, str | None]:
    """Return what a cell says, and what is wrong with it ('' if nothing, None if it is empty)."""
    said = plain(typed)
    if not said:
        return "", None
    if said in NOTHING:
        return "", ""
    if has_control(typed):
        return "", "中有不可见的控制字符，请重新输入"
    if said.startswith(FORMULA_STARTS):
        return "", f"不能以“{said[0]}”开头"
    if len(said) > limit:
        return "", f"超过{limit}字"
    return said, ""


def day(reading: Reading, name: str) -> date | None:
    """Return a day as people write it, or Excel's number of it; None with a problem if it is none."""
    typed = reading.raw.get(name, "")
    found = _day(typed)
    if isinstance(found, date):
        return found
    label = reading.fields[name].label
    if found:
        reading.refuse(name, f"{label}“{found}”不是真实的日期，请写成 2025-06-03")
    elif reading.fields[name].required:
        reading.refuse(name, f"缺少{label}")
    return None


@lru_cache(8192)
def _day(cell: str) -> date | str:
    """Return a day; what stands there instead, and '' for nothing."""
    typed = squeeze(cell)
    if typed in ("", *NOTHING):
        return ""
    if SERIAL.fullmatch(typed) and 20_000 <= int(float(typed)) <= 80_000:
        return FIRST_SERIAL + timedelta(days=int(float(typed)))
    match = DAY.fullmatch(typed) or PACKED_DAY.fullmatch(typed)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else typed[:20]
    except ValueError:
        return typed[:20]


def choice(reading: Reading, name: str, words: Mapping[str, str]) -> str:
    """Return what a word stands for; '' for none, with a problem for one that is not known."""
    typed = squeeze(reading.raw.get(name, ""))
    if typed in ("", *NOTHING) and typed not in words:
        if reading.fields[name].required:
            reading.refuse(name, f"缺少{reading.fields[name].label}")
        return ""
    if typed not in words:
        known = "、".join(reading.fields[name].choices or dict.fromkeys(words))
        reading.refuse(name, f"{reading.fields[name].label}应为{known}之一")
        return ""
    return words[typed]


@dataclass(frozen=True, slots=True)
class Firm:
    """The file that a row belongs to."""

    pk: int
    org_id: int
    region_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Firms:
    """The agency's files that a sheet speaks of, and names alike of those that it does not have."""

    by_code: Mapping[str, Firm]
    by_name: Mapping[str, tuple[Firm, ...]]
    alike: Mapping[str, tuple[str, ...]]

    def of(self, reading: Reading) -> Firm | None:
        """Find a row's enterprise by credit code, else by its exact name; else say what is wrong.

        Another agency's enterprise is as unknown as one that does not exist.
        """
        code = credit_code.normalise(reading.raw.get("credit_code", ""))
        name = plain(reading.raw.get("name", ""))
        if code:
            found = self.by_code.get(code)
            if found is None:
                reading.refuse(
                    "credit_code", f"企业档案中没有信用代码 {code[:24]}，请先建档或核对代码"
                )
            elif name and name != found.name:
                reading.warn("name", f"档案中的名称是{found.name}，按信用代码归入")
            return found
        if not name:
            reading.refuse("name", "缺少企业名称或统一社会信用代码")
            return None
        same = self.by_name.get(name, ())
        if len(same) == 1:
            return same[0]
        if same:
            reading.refuse("name", f"企业档案中有 {len(same)} 家同名，请填写统一社会信用代码")
        else:
            near = "、".join(self.alike.get(name, ()))
            hint = f"，是不是{near}" if near else "，请先建档或核对名称"
            reading.refuse("name", f"企业档案中没有“{name[:40]}”{hint}")
        return None


def firms_in(agency: Agency, rows: Iterable[Mapping[str, str]]) -> Firms:
    """Return the agency's files that rows speak of by `credit_code` or `name`."""
    codes, names = set[str](), set[str]()
    for raw in rows:
        code = credit_code.normalise(raw.get("credit_code", ""))
        if code:
            codes.add(code)
        else:
            names.add(plain(raw.get("name", "")))
    files = Enterprise.objects.filter(owner_agency=agency)
    # Of a file that was merged into another, the one that is kept.
    columns = [
        Coalesce(f"merged_into__{name}", name)
        for name in ("id", "enterprise_org_id", "region_code", "name")
    ]
    by_code = {
        code: Firm(*rest)
        for code, *rest in files.filter(credit_code__any_of=[*codes]).values_list(
            "credit_code", *columns
        )
    }
    by_name: dict[str, tuple[Firm, ...]] = {}
    for name, *rest in files.filter(name__any_of=[*names]).values_list("name", *columns):
        by_name[name] = tuple({*by_name.get(name, ()), Firm(*rest)})
    unknown = sorted(names - by_name.keys() - {""})[:UNKNOWN]
    return Firms(by_code, by_name, _alike(files.values_list("name", flat=True), unknown))


def _alike(names: Iterable[str], unknown: list[str]) -> dict[str, tuple[str, ...]]:
    if not unknown:
        return {}
    known = [*names]
    return {
        name: tuple(
            [one for one in known if name in one or one in name][:3]
            or get_close_matches(name, known, 3, 0.7)
        )
        for name in unknown
    }
