"""The tables of an export, piece by piece, as CSV and as a sheet."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from django.db.models import Model, Q, QuerySet

from common.ids import uuid7_at
from documents.csv_files import csv_bytes
from documents.xlsx import Cell, Column, write_table
from enterprises.models import Enterprise
from inspections.access import hazards_of
from inspections.exports import clock_day
from inspections.models import Hazard, OutsideExport, Rectification
from inspections.outside.mapping import NOTICE, TABLES, System
from tenancy.access import within
from tenancy.actors import Actor
from tenancy.selectors import region_names

CHUNK = 2_000


def table_rows(table: str, export: OutsideExport, actor: Actor) -> QuerySet[Any]:
    """Return the rows of one table that the export is of, as far as its starter may see them."""
    return {"enterprises": _enterprises, "hazards": _hazards, "rectifications": _rectifications}[
        table
    ](export, actor)


def _enterprises(export: OutsideExport, actor: Actor) -> QuerySet[Enterprise]:
    rows = Enterprise.objects.all()
    if export.batch_id:
        rows = rows.filter(assignments__batch=export.batch_id)
    else:
        rows = rows.open()
        if actor.is_agency:
            rows = rows.filter(within(actor))
    return rows.filter(_changed(export, "updated_at"))


def _hazards(export: OutsideExport, actor: Actor) -> QuerySet[Hazard]:
    """Only what was issued: what nobody has confirmed yet is no hazard for others."""
    rows = hazards_of(actor).exclude(issued_at=None).exclude(state=Hazard.State.DISMISSED)
    if export.batch_id:
        rows = rows.filter(assignment__batch=export.batch_id)
    period = _days(export, "found_on")
    return rows.filter(period, _changed(export, "updated_at")).select_related("enterprise")


def _rectifications(export: OutsideExport, actor: Actor) -> QuerySet[Rectification]:
    shown = hazards_of(actor).exclude(issued_at=None)
    if export.batch_id:
        shown = shown.filter(assignment__batch=export.batch_id)
    rows = Rectification.objects.filter(hazard__in=shown).filter(_days(export, "done_on"))
    if export.changed_from:  # never changed: new ones by their ids, which tell real time
        rows = rows.filter(pk__gte=uuid7_at(export.changed_from))
    return rows.select_related("hazard__enterprise")


def _days(export: OutsideExport, field: str) -> Q:
    found = Q()
    if export.since_on:
        found &= Q(**{f"{field}__gte": export.since_on})
    if export.until_on:
        found &= Q(**{f"{field}__lte": export.until_on})
    return found


def _changed(export: OutsideExport, field: str) -> Q:
    return Q(**{f"{field}__gte": export.changed_from}) if export.changed_from else Q()


def pieces(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Yield rows by their keys, so many at a time."""
    rows = rows.order_by("pk")
    piece = list(rows[:CHUNK])
    while piece:
        yield piece
        piece = list(rows.filter(pk__gt=piece[-1].pk)[:CHUNK])


def values_of(table: str, rows: QuerySet[Any]) -> Iterator[Mapping[str, Cell]]:
    """Yield for each row its fields by name, as the mapping names them."""
    read = READERS[table]
    for piece in pieces(rows):
        names = region_names({_place(row) for row in piece})
        for row in piece:
            yield read(row, names)


def _place(row: Model) -> str:
    return str(getattr(row, "region_code", ""))


def _of_enterprise(row: Enterprise, names: Mapping[str, str]) -> Mapping[str, Cell]:
    plain = (
        "credit_code", "name", "address", "industry", "industry_code", "products", "employee_count",
        "safety_manager_count", "special_operator_count", "principal_name", "risk_factors",
        "longitude", "latitude",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "region": names.get(row.region_code, row.region_code),
        "major_installation": row.get_major_installation_display(),
    }


def _of_hazard(row: Hazard, names: Mapping[str, str]) -> Mapping[str, Cell]:
    return {
        "number": row.number, "credit_code": row.enterprise.credit_code,
        "enterprise_name": row.enterprise.name, "found_on": row.found_on,
        "found_by": row.found_by_name, "place": row.place, "description": row.description,
        "category": "→".join(filter(None, (row.category, row.subcategory))),
        "severity": str(row.get_severity_display()), "basis": row.basis, "measure": row.measure,
        "due_on": row.due_on, "state": str(row.get_state_display()),
        "overdue": "是" if row.is_overdue else "否", "closed_on": clock_day(row.closed_at),
    }  # fmt: skip


def _of_rectification(row: Rectification, names: Mapping[str, str]) -> Mapping[str, Cell]:
    hazard = row.hazard
    return {
        "number": hazard.number, "credit_code": hazard.enterprise.credit_code,
        "enterprise_name": hazard.enterprise.name, "round": row.round, "text": row.text,
        "responsible_person": row.responsible_person, "cost": row.cost, "done_on": row.done_on,
        "submitted_on": clock_day(row.submitted_at),
    }  # fmt: skip


READERS: dict[str, Callable[[Any, Mapping[str, str]], Mapping[str, Cell]]] = {
    "enterprises": _of_enterprise,
    "hazards": _of_hazard,
    "rectifications": _of_rectification,
}


def write_csv(
    system: System, table: str, values: Iterable[Mapping[str, Cell]]
) -> tuple[bytes, int]:
    """Return a table as CSV, and its number of rows."""
    columns = system.columns[table]
    return csv_bytes(
        [label for label, _ in columns], ([row[field] for _, field in columns] for row in values)
    )


def write_sheet(
    out: BinaryIO, system: System, table: str, values: Iterable[Mapping[str, Cell]],
    export: OutsideExport, *, training: bool,
) -> int:  # fmt: skip
    """Write a table as a sheet; texts stand there as texts, whatever they begin with."""
    columns = system.columns[table]
    return write_table(
        out,
        title=f"{TABLES[table]}（{system.name}）",
        columns=[Column(label, 18, _kind(field)) for label, field in columns],
        rows=([row[field] for _, field in columns] for row in values),
        created=export.started_at,
        head=[f"列的版本 {export.version}", NOTICE],
        training=training,
    )


def _kind(field: str) -> Any:
    if field.endswith("_on"):
        return "date"
    if field == "cost":
        return "money"
    return "integer" if field.endswith("_count") or field == "round" else "text"
