"""Reading a rule book from its sheet (domain.md 2.5): 15 items, 56 clauses, five aspects."""

import csv
import re
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


def load_clauses(path: Path = FILE) -> tuple[ClauseData, ...]:
    """Return the clauses of a rule book; RuleBookError if it contradicts itself."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        clauses = tuple(_clause(row) for row in csv.DictReader(file))
    codes = [clause.code for clause in clauses]
    for code in codes:
        if codes.count(code) > 1:
            raise RuleBookError(f"第{code}款重复")
    return clauses


def _clause(row: dict[str, str]) -> ClauseData:
    code, flags = row["clause"].strip(), row["flags"].strip()
    points = Decimal(row["points"])
    if points <= 0 or points % HALF:
        raise RuleBookError(f"第{code}款分值应为0.5的倍数")
    if code != f"{row['item']}.{row['sub']}" or row["aspect"] not in ASPECTS:
        raise RuleBookError(f"第{code}款的条、款或方面不符")
    units = UNITS.search(flags)
    marks = re.split(r"[；;、]", flags)
    return ClauseData(
        code=code,
        item=int(row["item"]),
        sub=int(row["sub"]),
        aspect=row["aspect"],
        item_name=row["item_name"].strip(),
        text=row["violation"].strip(),
        points=points,
        legal_basis=row["legal_basis"].strip(),
        is_reducible=row["reducible(R/N)"].strip() == "R",
        is_on_site_waivable="I" in marks,
        is_major="M" in marks,
        is_per_unit=units is not None,
        max_units=(int(units[1]) if units[1] else None) if units else 1,
        is_referred="移送执法" in flags,
        flags=flags,
    )
