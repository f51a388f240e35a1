"""The first hazard library and checklists, read from their files and checked (domain.md 2.5, 5.4).

Where only the heading of a criterion is known, its text stays empty and the entry says so.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SEVERITIES, PARTS = ("general", "major"), ("soft", "site")


class ContentError(ValueError):
    """A content file contradicts itself; the message names file and entry."""


@dataclass(frozen=True, slots=True)
class EntryData:
    """One entry of the hazard library."""

    code: str
    category: str
    subcategory: str
    title: str
    description: str
    severity: str
    basis: str
    criterion: str
    in_force_from: date | None
    measure: str
    deadline_days: int
    clause_code: str
    keywords: str
    is_text_missing: bool
    provenance: str


@dataclass(frozen=True, slots=True)
class ItemData:
    """One question of a checklist."""

    code: str
    part: str
    text: str
    method: str
    library: tuple[str, ...]
    is_photo_required: bool


@dataclass(frozen=True, slots=True)
class ChecklistData:
    """One version of a checklist."""

    code: str
    version: str
    name: str
    industry: str
    risks: tuple[str, ...]
    valid_from: date
    provenance: str
    items: tuple[ItemData, ...]


def load_library(path: Path = DATA / "hazard_library.csv") -> tuple[EntryData, ...]:
    """Return the library; ContentError for an entry that is doubled, or empty without saying so."""
    with path.open(encoding="utf-8", newline="") as file:
        entries = tuple(_entry(row) for row in csv.DictReader(file))
    seen: set[str] = set()
    for entry in entries:
        if entry.code in seen:
            raise ContentError(f"{path.name} {entry.code}: twice")
        seen.add(entry.code)
        _check(path.name, entry)
    return entries


def _entry(row: dict[str, str]) -> EntryData:
    since = row["in_force_from"]
    return EntryData(
        code=row["code"],
        category=row["category"],
        subcategory=row["subcategory"],
        title=row["title"],
        description=row["description"],
        severity=row["severity"],
        basis=row["basis"],
        criterion=row["criterion"],
        in_force_from=date.fromisoformat(since) if since else None,
        measure=row["measure"],
        deadline_days=int(row["deadline_days"]),
        clause_code=row["clause_code"],
        keywords=row["keywords"],
        is_text_missing=row["text_missing"] == "1",
        provenance=row["provenance"],
    )


def _check(file: str, entry: EntryData) -> None:
    if entry.severity not in SEVERITIES or entry.deadline_days < 1:
        raise ContentError(f"{file} {entry.code}: severity or deadline")
    if not entry.basis or not entry.title:
        raise ContentError(f"{file} {entry.code}: no title or no legal basis")
    if entry.is_text_missing == bool(entry.description):
        raise ContentError(f"{file} {entry.code}: a text is there, or is said to be missing")


def load_checklists(path: Path = DATA / "checklists.json") -> tuple[ChecklistData, ...]:
    """Return the checklists; ContentError for an item that offers an unknown library entry."""
    known = {entry.code for entry in load_library() if not entry.is_text_missing}
    lists = tuple(_checklist(data) for data in json.loads(path.read_text("utf-8")))
    for checklist in lists:
        codes = [item.code for item in checklist.items]
        if len(codes) != len(set(codes)):
            raise ContentError(f"{path.name} {checklist.code}: an item twice")
        for item in checklist.items:
            if item.part not in PARTS or not item.library or not set(item.library) <= known:
                raise ContentError(f"{path.name} {checklist.code} {item.code}: part or library")
    return lists


def _checklist(data: dict[str, Any]) -> ChecklistData:
    return ChecklistData(
        code=data["code"],
        version=data["version"],
        name=data["name"],
        industry=data["industry"],
        risks=tuple(data["risks"]),
        valid_from=date.fromisoformat(data["valid_from"]),
        provenance=data["provenance"],
        items=tuple(
            ItemData(
                code=item["code"],
                part=item["part"],
                text=item["text"],
                method=item["method"],
                library=tuple(item["library"]),
                is_photo_required=item["photo"],
            )
            for item in data["items"]
        ),
    )
