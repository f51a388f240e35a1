"""`manage.py load_content`: library, checklists, guidance topics, criteria; again, it changes nothing."""

import csv
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from pypinyin import Style, lazy_pinyin

from common.scope import acting_as
from inspections.content import DATA, ChecklistData, EntryData, load_checklists, load_library
from inspections.models import (
    AcceptanceCriterion,
    ChecklistItem,
    ChecklistTemplate,
    GuidanceTopic,
    LibraryEntry,
)
from tenancy.actors import SYSTEM


class Command(BaseCommand):
    """Loads the content that comes with the software."""

    help = "载入隐患库和检查表"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the library over itself; a version of a checklist that exists is never changed."""
        with acting_as(SYSTEM):
            entries, lists = load_library(), load_checklists()
            _load_library(entries)
            new = sum(_load_checklist(data) for data in lists)
            _load_topics()
            _load_criteria()
        if options["verbosity"]:
            self.stdout.write(f"隐患库 {len(entries)} 条，检查表 {len(lists)} 份（新增 {new} 份）")


def _load_library(entries: tuple[EntryData, ...]) -> None:
    rows = [_entry(data) for data in entries]
    fields = [f.name for f in LibraryEntry._meta.concrete_fields if f.name != "code"]
    LibraryEntry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    LibraryEntry.objects.exclude(pk__in=[row.pk for row in rows]).update(is_retired=True)


def _entry(data: EntryData) -> LibraryEntry:
    words = f"{data.title} {data.keywords} {data.description}"
    initials = " ".join(
        "".join(lazy_pinyin(word, style=Style.FIRST_LETTER, errors="ignore"))
        for word in [data.title, *data.keywords.split()]
    )
    return LibraryEntry(
        code=data.code,
        category=data.category,
        subcategory=data.subcategory,
        title=data.title,
        description=data.description,
        severity=data.severity,
        basis="；".join(filter(None, [data.criterion, data.basis, data.check_against])),
        criterion=data.criterion,
        in_force_from=data.in_force_from,
        in_force_until=data.in_force_until,
        measure=data.measure,
        deadline_days=data.deadline_days,
        deadline_in_workdays=data.is_deadline_in_workdays,
        clause_code=data.clause_code,
        is_text_missing=data.is_text_missing,
        provenance=data.provenance,
        search_text=f"{words} {initials}",
    )


def _load_checklist(data: ChecklistData) -> bool:
    template, is_new = ChecklistTemplate.objects.get_or_create(
        code=data.code,
        version=data.version,
        defaults={
            "name": data.name,
            "industry": data.industry,
            "risk_keywords": list(data.risks),
            "valid_from": data.valid_from,
            "provenance": data.provenance,
        },
    )
    if is_new:
        ChecklistItem.objects.bulk_create(
            ChecklistItem(
                template=template,
                code=item.code,
                part=item.part,
                position=position,
                text=item.text,
                method=item.method,
                library_codes=list(item.library),
                is_photo_required=item.is_photo_required,
                is_major=item.is_major,
                asked_if={code: list(wanted) for code, wanted in item.asked_if.items()},
            )
            for position, item in enumerate(data.items)
        )
    return is_new


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _load_topics() -> None:
    rows = [
        GuidanceTopic(
            code=row["code"],
            group=row["group"],
            name=row["name"],
            hint=row["hint"],
            position=position,
            criterion=int(row["criterion"]) if row["criterion"] else None,
            risk_keywords=[word for word in row["risks"].split("、") if word],
        )
        for position, row in enumerate(_rows("guidance.csv"))
    ]
    fields = [f.name for f in GuidanceTopic._meta.concrete_fields if f.name != "code"]
    GuidanceTopic.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    GuidanceTopic.objects.exclude(pk__in=[row.pk for row in rows]).update(is_retired=True)


def _load_criteria() -> None:
    AcceptanceCriterion.objects.bulk_create(
        [
            AcceptanceCriterion(
                number=int(row["number"]),
                short=row["short"],
                text=row["text"],
                evidence=row["evidence"],
            )
            for row in _rows("criteria.csv")
        ],
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["short", "text", "evidence"],
    )
