"""Files that operations announce: which row each will belong to."""

from collections.abc import Iterable
from typing import Any

from inspections.field.sent import read_body
from inspections.models import FieldFile, FieldOperation

VISIT, HAZARD, RECHECK = "inspections.visit", "inspections.hazard", "inspections.recheck"


def announce(operations: Iterable[FieldOperation]) -> None:
    """Expect every file that new operations announce; one whose body cannot be read announces none."""
    files: list[FieldFile] = []
    for row in operations:
        try:
            values = read_body(row.kind, row.body)
        except ValueError:
            continue
        subject_type, subject_id = subject_of(row, values)
        files += [_file(row, about, subject_type, subject_id) for about in values["files"]]
    FieldFile.objects.bulk_create(files, ignore_conflicts=True)


def subject_of(row: FieldOperation, values: dict[str, Any]) -> tuple[str, str]:
    """Return (kind, id) of the row that an operation's files belong to."""
    if row.kind == "recheck":
        return RECHECK, str(row.pk)
    hazard = values.get("hazard")
    if row.kind in ("hazard.add", "hazard.change") or values.get("subject") == "hazard":
        return HAZARD, str(hazard)
    return VISIT, str(row.visit_id)


def _file(
    row: FieldOperation, about: dict[str, Any], subject_type: str, subject_id: str
) -> FieldFile:
    position = about["position"] or {}
    taken_at = about["taken_at"]
    return FieldFile(
        **row.tenant,
        id=about["id"],
        operation=row,
        visit_id=row.visit_id,
        subject_type=subject_type,
        subject_id=subject_id,
        purpose=about["purpose"],
        sha256=about["sha256"],
        size=about["size"],
        about={
            "type": about["type"],
            "taken_at": taken_at.isoformat() if taken_at else None,
            "latitude": str(position["latitude"]) if position else None,
            "longitude": str(position["longitude"]) if position else None,
            "accuracy": round(position["accuracy"]) if position else None,
            "drawing": about["drawing"],
            "seconds": about["seconds"],
        },
    )
