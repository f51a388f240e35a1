"""Reading a rule book from its sheet (domain.md 2.5): 15 items, 56 clauses, five aspects."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from scoring.points import ASPECTS, HALF

FILE = Path(__file__).parent / "data" / "rulebook-v1.csv"
UNITS = re.compile(r"每[项处](?:，最多(\d+))?")


class RuleBookError(ValueError):
    """The sheet is no rule book; the message names the clause."""


@dataclass(frozen=True, slots=True)
class ClauseData:
    """One clause as its sheet states it."""

    code: str
    item: int
    sub: int
    aspect: str
    item_name: str
    text: str
    points: Decimal
    legal_basis: str
    is_reducible: bool
    is_on_site_waivable: bool
    is_major: bool
    is_per_unit: bool
    max_units: int | None
    is_referred: bool
    flags: str
    check_method: str = ""
    discretion: str = ""
    variants: tuple[tuple[str, Decimal], ...] = ()  # by circumstance (情节): label, points


def check_clauses(clauses: Sequence[ClauseData], *, is_whole: bool = False) -> None:
    """Raise RuleBookError where clauses contradict themselves or one another.

    A book that `is_whole` has clauses, in aspects and items that hang together.
    """
    if is_whole and not clauses:
        raise RuleBookError("记分表没有条款")
    codes = Counter(clause.code for clause in clauses)
    texts = Counter(clause.text for clause in clauses)
    items: dict[int, tuple[str, str]] = {}
    for clause in clauses:
        _check_clause(clause)
        if codes[clause.code] > 1:
            raise RuleBookError(f"第{clause.code}款重复")
        if texts[clause.text] > 1:
            raise RuleBookError(f"第{clause.code}款与另一款的情形相同")
        head = items.setdefault(clause.item, (clause.aspect, clause.item_name))
        if head != (clause.aspect, clause.item_name):
            raise RuleBookError(f"第{clause.item}条的方面或者记分事项前后不一")


def _check_clause(clause: ClauseData) -> None:
    code = clause.code
    if code != f"{clause.item}.{clause.sub}" or clause.aspect not in ASPECTS:
        raise RuleBookError(f"第{code}款的条、款或方面不符")
    if not clause.text or not clause.item_name:
        raise RuleBookError(f"第{code}款缺少情形或者记分事项")
    labels = [label for label, _ in clause.variants]
    if len(set(labels)) < len(labels) or not all(labels):
        raise RuleBookError(f"第{code}款的情节重复或者没有名称")
    for points in (clause.points, *(points for _, points in clause.variants)):
        if not points.is_finite() or points <= 0 or points % HALF:
            raise RuleBookError(f"第{code}款分值应为0.5的倍数")
    if clause.max_units is not None and clause.max_units < 1:
        raise RuleBookError(f"第{code}款最多项（处）数应为正数")
    if clause.is_per_unit is (clause.max_units == 1):
        raise RuleBookError(f"第{code}款按项（处）计与最多项（处）数不符")


def load_clauses(path: Path = FILE) -> tuple[ClauseData, ...]:
    """Return the clauses of a rule book; RuleBookError if it contradicts itself."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        clauses = tuple(_clause(row) for row in csv.DictReader(file))
    check_clauses(clauses, is_whole=True)
    return clauses


def _clause(row: dict[str, str]) -> ClauseData:
    code, flags = row["clause"].strip(), row["flags"].strip()
    units = UNITS.search(flags)
    marks = re.split(r"[；;、]", flags)
    return ClauseData(
        code=code,
        item=int(row["item"]),
        sub=int(row["sub"]),
        aspect=row["aspect"],
        item_name=row["item_name"].strip(),
        text=row["violation"].strip(),
        points=Decimal(row["points"]),
        legal_basis=row["legal_basis"].strip(),
        is_reducible=row["reducible(R/N)"].strip() == "R",
        is_on_site_waivable="I" in marks,
        is_major="M" in marks,
        is_per_unit=units is not None,
        max_units=(int(units[1]) if units[1] else None) if units else 1,
        is_referred="移送执法" in flags,
        flags=flags,
    )
