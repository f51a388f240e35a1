"""The first hazard library and checklists, read from their files and checked (domain.md 2.5, 5.4).

Where only the heading of a criterion is known, its text stays empty and the entry says so. Nothing
here touches the database: `manage.py load_content` writes what this module returns.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
MISSING_TEXT = "条文原文未收录，请查阅标准原文"
SEVERITIES = {"一般": "general", "重大": "major"}
CATEGORIES = ("基础管理", "现场管理")
DEADLINE_UNITS = {"工作日": True, "自然日": False}
PARTS = ("soft", "site")
RESULTS = ("ok", "fail", "na")
PROVENANCES = ("source", "quoted", "found", "general", "proposal")  # domain.md 0.1
LENGTHS = {"code": 20, "subcategory": 40, "title": 80, "check_against": 120, "keywords": 120}
_SEVERAL_ARTICLES = re.compile(
    r"第([〇一二三四五六七八九十百]+(?:、[〇一二三四五六七八九十百]+)+)条"
)


class ContentError(ValueError):
    """A content file contradicts itself; the message names file and row."""


@dataclass(frozen=True, slots=True)
class LegalBasisData:
    """A law, rule or local requirement that entries rest on; a date that we do not know is None."""

    name: str
    title: str
    number: str
    dated_on: date | None
    dated_as: str
    in_force_from: date | None
    in_force_until: date | None
    provenance: str
    note: str

    def cite(self, article: str) -> str:
        """Return it as a paper cites it; a local requirement is no law and gets no title marks."""
        if self.provenance == "proposal":
            return f"{self.title}{article}"
        return f"《{self.title}》{article}"


@dataclass(frozen=True, slots=True)
class Citation:
    """One basis with the articles that count, written out (第三十六条、第九十九条)."""

    basis: LegalBasisData
    article: str

    def __str__(self) -> str:
        return self.basis.cite(self.article)


@dataclass(frozen=True, slots=True)
class EntryData:
    """One entry of the hazard library.

    `criterion` is the article (and item) of the standard that makes it major; `check_against` names
    an article that the finder must compare by hand, since its text is not in the library.
    """

    code: str
    category: str
    subcategory: str
    title: str
    description: str
    severity: str
    citations: tuple[Citation, ...]
    criterion: str
    check_against: str
    measure: str
    deadline_days: int
    is_deadline_in_workdays: bool
    clause_code: str
    industries: tuple[str, ...]
    keywords: str
    item_count: int | None
    is_text_missing: bool
    provenance: str

    @property
    def basis(self) -> str:
        """The legal basis in words, without the criterion."""
        return "；".join(str(one) for one in self.citations if str(one) != self.criterion)

    @property
    def in_force_from(self) -> date | None:
        """The day from which the entry holds as it is written; None while one date is unknown."""
        if self.criterion:
            return self.citations[0].basis.in_force_from
        known = [one.basis.in_force_from for one in self.citations if one.basis.in_force_from]
        return max(known) if known and len(known) == len(self.citations) else None

    @property
    def in_force_until(self) -> date | None:
        """The last day on which all its bases hold; None while none of them has an end."""
        ends = [one.basis.in_force_until for one in self.citations if one.basis.in_force_until]
        return min(ends, default=None)


@dataclass(frozen=True, slots=True)
class ItemData:
    """One question of a checklist, answered 符合, 不符合 or 不涉及."""

    code: str
    part: str
    text: str
    method: str
    library: tuple[str, ...]
    is_photo_required: bool
    is_major: bool
    asked_if: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ChecklistData:
    """One version of a checklist: common, for an industry, or for a risk."""

    code: str
    version: str
    name: str
    industry: str
    risks: tuple[str, ...]
    valid_from: date
    provenance: str
    items: tuple[ItemData, ...]

    def fits(self, industry: str, risk_factors: str) -> bool:
        """Say whether an enterprise with these words in its list is asked these questions."""
        if self.industry:
            return self.industry == industry
        return not self.risks or any(word in risk_factors for word in self.risks)


def load_bases(path: Path = DATA / "legal_bases.csv") -> dict[str, LegalBasisData]:
    """Return the legal bases by the short name that the library uses."""
    found: dict[str, LegalBasisData] = {}
    for where, row in _rows(path):
        if not row["name"] or row["name"] in found:
            raise ContentError(f"{where}: the name is empty or stands twice")
        found[row["name"]] = _basis(where, row)
    return found


def load_library(path: Path = DATA / "hazard_library.csv") -> tuple[EntryData, ...]:
    """Return the library; ContentError names the row that is doubled, incomplete or unknown."""
    bases, seen, entries = load_bases(), set[str](), []
    for where, row in _rows(path):
        if row["code"] in seen:
            raise ContentError(f"{where} {row['code']}: the code stands twice")
        seen.add(row["code"])
        _check_row(f"{where} {row['code']}", row)
        entries.append(_entry(f"{where} {row['code']}", row, bases))
    return tuple(entries)


def load_checklists(path: Path = DATA / "checklists.json") -> tuple[ChecklistData, ...]:
    """Return the checklists; ContentError names the item that offers an entry without text."""
    known = {entry.code for entry in load_library() if not entry.is_text_missing}
    lists = tuple(_checklist(path.name, data) for data in json.loads(path.read_text("utf-8")))
    versions = [(one.code, one.version) for one in lists]
    for one in lists:
        where = f"{path.name} {one.code} {one.version}"
        if versions.count((one.code, one.version)) > 1:
            raise ContentError(f"{where}: the version stands twice")
        _check_items(where, one, known)
    return lists


@cache
def _lists() -> tuple[ChecklistData, ...]:
    return load_checklists()


def items_for(industry: str, risk_factors: str, day: date | None = None) -> tuple[ItemData, ...]:
    """Return the questions for an enterprise in the order of asking: papers first, then the site.

    Of each checklist the newest version counts (the newest in use on `day`, if one is given); the
    common one comes first, then the industry's, then those of the risks.
    """
    newest: dict[str, ChecklistData] = {}
    for one in sorted(_lists(), key=lambda one: one.valid_from):
        if day is None or one.valid_from <= day:
            newest[one.code] = one
    order = [one.code for one in _lists()]
    lists = sorted(newest.values(), key=lambda one: order.index(one.code))
    items = [item for one in lists if one.fits(industry, risk_factors) for item in one.items]
    return tuple(sorted(items, key=lambda item: PARTS.index(item.part)))


def cite(text: str, bases: dict[str, LegalBasisData]) -> Iterator[Citation]:
    """Read 安全生产法第三十六、九十九条；… ; ContentError for a basis that is not on file."""
    for part in filter(None, text.split("；")):
        name = max((name for name in bases if part.startswith(name)), key=len, default="")
        if not name:
            raise ContentError(f"unknown legal basis {part}")
        yield Citation(bases[name], _written_out(part.removeprefix(name)))


def _written_out(article: str) -> str:
    return _SEVERAL_ARTICLES.sub(
        lambda found: "、".join(f"第{number}条" for number in found[1].split("、")), article
    )


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="", restval=None)
        for row in reader:
            where = f"{path.name} row {reader.line_num}"
            if "" in row or None in row.values():
                raise ContentError(f"{where}: more or fewer columns than the head")
            yield where, row


def _basis(where: str, row: dict[str, str]) -> LegalBasisData:
    _one_of(where, "provenance", row["provenance"], PROVENANCES)
    start, end = _day(where, row["in_force_from"]), _day(where, row["in_force_until"])
    if start and end and end < start:
        raise ContentError(f"{where}: ends before it begins")
    return LegalBasisData(
        name=row["name"],
        title=row["title"],
        number=row["number"],
        dated_on=_day(where, row["dated_on"]),
        dated_as=row["dated_as"],
        in_force_from=start,
        in_force_until=end,
        provenance=row["provenance"],
        note=row["note"],
    )


def _day(where: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ContentError(f"{where}: {text} is no date") from None


def _one_of(where: str, column: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        raise ContentError(f"{where}: {column} {value!r} is not one of {'、'.join(allowed)}")


def _check_row(where: str, row: dict[str, str]) -> None:
    for column, limit in LENGTHS.items():
        if len(row[column]) > limit:
            raise ContentError(f"{where}: {column} is longer than {limit} characters")
    for column in ("code", "subcategory", "title", "clause_code", "keywords"):
        if not row[column]:
            raise ContentError(f"{where}: {column} is empty")
    _one_of(where, "category", row["category"], CATEGORIES)
    _one_of(where, "severity", row["severity"], SEVERITIES)
    _one_of(where, "deadline_unit", row["deadline_unit"], DEADLINE_UNITS)
    _one_of(where, "provenance", row["provenance"], PROVENANCES)
    _one_of(where, "text_missing", row["text_missing"], ("是", ""))
    if not row["deadline_days"].isdecimal() or not 1 <= int(row["deadline_days"]) <= 180:
        raise ContentError(f"{where}: deadline_days must be from 1 to 180")
    _check_text(where, row)


def _check_text(where: str, row: dict[str, str]) -> None:
    """A text is there, or it is said to be missing and the number of items says what is."""
    missing = row["text_missing"] == "是"
    if missing == bool(row["description"]) or missing == bool(row["measure"]):
        raise ContentError(f"{where}: a text is there, or is said to be missing")
    if missing != row["item_count"].isdecimal():
        raise ContentError(f"{where}: item_count belongs to an entry whose text is missing")
    if row["severity"] == "一般" and row["criterion"]:
        raise ContentError(f"{where}: a criterion makes it major")


def _entry(where: str, row: dict[str, str], bases: dict[str, LegalBasisData]) -> EntryData:
    try:
        criterion = tuple(cite(row["criterion"], bases))
        citations = criterion + tuple(cite(row["basis"], bases))
    except ContentError as error:
        raise ContentError(f"{where}: {error}") from None
    if not citations:
        raise ContentError(f"{where}: no legal basis")
    return EntryData(
        code=row["code"],
        category=row["category"],
        subcategory=row["subcategory"],
        title=row["title"],
        description=row["description"],
        severity=SEVERITIES[row["severity"]],
        citations=citations,
        criterion="；".join(str(one) for one in criterion),
        check_against=row["check_against"],
        measure=row["measure"],
        deadline_days=int(row["deadline_days"]),
        is_deadline_in_workdays=DEADLINE_UNITS[row["deadline_unit"]],
        clause_code=row["clause_code"],
        industries=tuple(filter(None, row["industry"].split("、"))),
        keywords=row["keywords"],
        item_count=int(row["item_count"]) if row["item_count"] else None,
        is_text_missing=row["text_missing"] == "是",
        provenance=row["provenance"],
    )


def _checklist(file: str, data: dict[str, Any]) -> ChecklistData:
    try:
        return ChecklistData(
            code=data["code"],
            version=data["version"],
            name=data["name"],
            industry=data["industry"],
            risks=tuple(data["risks"]),
            valid_from=date.fromisoformat(data["valid_from"]),
            provenance=data["provenance"],
            items=tuple(_item(item) for item in data["items"]),
        )
    except (KeyError, ValueError) as error:
        raise ContentError(f"{file} {data.get('code', '?')}: {error!r}") from None


def _item(data: dict[str, Any]) -> ItemData:
    return ItemData(
        code=data["code"],
        part=data["part"],
        text=data["text"],
        method=data["method"],
        library=tuple(data["library"]),
        is_photo_required=data["photo"],
        is_major=data["major"],
        asked_if={code: tuple(wanted) for code, wanted in data.get("asked_if", {}).items()},
    )


def _check_items(where: str, one: ChecklistData, known: set[str]) -> None:
    _one_of(where, "provenance", one.provenance, PROVENANCES)
    codes = [item.code for item in one.items]
    for item in one.items:
        here = f"{where} {item.code}"
        _one_of(here, "part", item.part, PARTS)
        if codes.count(item.code) > 1:
            raise ContentError(f"{here}: the item stands twice")
        if not item.library or not set(item.library) <= known:
            unknown = "、".join(sorted(set(item.library) - known)) or "nothing"
            raise ContentError(f"{here}: offers {unknown}, which is not an entry with a text")
        if not item.text or not item.method:
            raise ContentError(f"{here}: no text or no method")
        for code, wanted in item.asked_if.items():
            if code not in codes[: codes.index(item.code)]:
                raise ContentError(f"{here}: asked if {code}, which is no earlier item")
            for result in wanted:
                _one_of(here, "asked_if", result, RESULTS)
