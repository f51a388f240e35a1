"""The input of a contract's outputs, frozen as one moment had it, as JSON lines in the store.

One snapshot (REPEATABLE READ) for all parts, streamed by COPY: flat memory however many hazards.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Coalesce

from agencies.models import Assignment, ServiceContract
from evidence.models import Photo
from inspections.models import Hazard, Recheck, Visit, VisitMember
from scoring.models import PointEntry, PointEvent, PointSheet

HAZARD_FIELDS = (
    "number", "region_code", "found_on", "found_at", "found_by_name", "source", "place",
    "description", "category", "subcategory", "severity", "basis", "clause_code", "measure",
    "responsible_person", "cost", "due_on", "emergency_plan", "rectified_on", "rechecked_by_name",
    "rechecked_on", "state", "is_overdue", "was_overdue", "return_count", "issued_at",
    "submitted_at", "closed_at", "major_noticed_at", "major_reported_at", "is_refused", "corrected_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frozen:
    """One frozen file: where it lies, how many lines it has, its hash."""

    path: str
    lines: int
    sha256: str


def freeze_contract(contract: ServiceContract, folder: str) -> dict[str, dict[str, Any]]:
    """Freeze what the three outputs read; return {name: path, lines, sha256}."""
    sources = {
        "hazards": hazards_of(contract),
        "visits": visits_of(contract),
        "assignments": assignments_of(contract),
        "points": points_of(contract),
        "point_events": point_events_of(contract),
    }
    return {
        name: {"path": f.path, "lines": f.lines, "sha256": f.sha256}
        for name, rows in sources.items()
        for f in [_freeze(rows, f"{folder}/{name}.jsonl")]
    }


def _photo_count(kind: str, outer: str, purpose: str) -> Coalesce:
    rows = (
        Photo.objects.filter(
            subject_type=kind, subject_id=Cast(OuterRef(outer), CharField()), purpose=purpose
        )
        .order_by()
        .values("subject_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(rows), 0)


def hazards_of(contract: ServiceContract) -> Any:
    """Every finding that was not dismissed, in the order of its number."""
    recheck = Recheck.objects.filter(hazard=OuterRef("pk")).order_by("-rechecked_at")
    last = Subquery(recheck.values("rectification_id")[:1])
    rows = Hazard.objects.filter(assignment__batch__contract=contract)
    return (
        rows.exclude(state=Hazard.State.DISMISSED)
        .annotate(
            enterprise_name=F("enterprise__name"),
            credit_code=F("enterprise__credit_code"),
            industry=F("enterprise__industry"),
            recheck_result=Subquery(recheck.values("result")[:1]),
            recheck_reason=Subquery(recheck.values("reason")[:1]),
            photos_before=_photo_count("inspections.hazard", "pk", Photo.Purpose.BEFORE),
            last_rectification=last,
        )
        .annotate(
            photos_after=_photo_count(
                "inspections.rectification", "last_rectification", Photo.Purpose.AFTER
            )
        )
        .order_by("number")
        .values(
            *HAZARD_FIELDS, "enterprise_name", "credit_code", "industry", "recheck_result",
            "recheck_reason", "photos_before", "photos_after", "assignment_id", "visit_id",
        )
    )  # fmt: skip


def visits_of(contract: ServiceContract) -> Any:
    """Every visit with what the evaluation asks of it."""
    team = (
        VisitMember.objects.filter(visit=OuterRef("pk"))
        .order_by()
        .values("visit")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        Visit.objects.filter(assignment__batch__contract=contract)
        .exclude(state=Visit.State.OPEN)
        .annotate(
            team_size=Coalesce(Subquery(team), 0),
            home_latitude=F("enterprise__latitude"),
            home_longitude=F("enterprise__longitude"),
            answers_given=Count("answers"),
            site_photos=_photo_count("inspections.visit", "pk", Photo.Purpose.SITE),
        )
        .order_by("arrived_at", "id")
        .values(
            "id", "assignment_id", "enterprise_id", "kind", "state", "arrived_at", "left_at",
            "latitude", "longitude", "home_latitude", "home_longitude", "process_note", "team_size",
            "answers_given", "site_photos",
        )
    )  # fmt: skip


def assignments_of(contract: ServiceContract) -> Any:
    """Every enterprise of the contract, and when its phases were reached."""
    return (
        Assignment.objects.filter(batch__contract=contract, withdrawn_at=None)
        .order_by("region_code", "id")
        .values(
            "id", "enterprise_id", "enterprise__name", "enterprise__credit_code",
            "enterprise__industry", "region_code", "state", "surveyed_on", "guided_on",
            "accepted_on", "batch__ends_on",
        )
    )  # fmt: skip


def points_of(contract: ServiceContract) -> Any:
    """Every entry of the enterprises of the contract in the cycles that it touches.

    `happened` are the kinds of its events.
    """
    events = PointEvent.objects.filter(entry=OuterRef("pk")).order_by("kind")
    return (
        PointEntry.objects.filter(
            _counts_for("sheet__enterprise", contract),
            enterprise_org__isnull=False,
            cycle__year__in=_years(contract),
        )
        .exclude(sheet__state=PointSheet.State.DRAFT)
        .annotate(
            happened=ArraySubquery(events.values("kind")), firm=_firm("sheet__enterprise", contract)
        )
        .order_by("firm", "inspected_at", "sheet_id", "id")
        .values(
            "id", "sheet_id", "firm", "inspected_at", "sheet__is_obstructed",
            "sheet__state", "sheet__book_id", "clause__code", "clause__text", "clause__aspect",
            "clause__item", "clause__item_name", "clause__points", "variant__points",
            "clause__is_reducible", "clause__is_on_site_waivable", "clause__max_units", "units",
            "is_corrected_on_site", "hazard__state", "cycle__year", "happened",
        )
    )  # fmt: skip


def point_events_of(contract: ServiceContract) -> Any:
    """What happened to the same cycles as a whole: inspections refused, trainings passed."""
    return (
        PointEvent.objects.filter(
            _counts_for("cycle__enterprise", contract),
            entry=None,
            cycle__year__in=_years(contract),
        )
        .annotate(firm=_firm("cycle__enterprise", contract))
        .order_by("firm", "happened_at", "id")
        .values("id", "kind", "sheet_id", "firm", "cycle__year", "happened_at")
    )


def _counts_for(path: str, contract: ServiceContract) -> Q:
    served = _served(contract)
    return Q(**{f"{path}__in": served}) | Q(**{f"{path}__merged_into__in": served})


def _firm(path: str, contract: ServiceContract) -> Case:
    """For which of the contract's enterprises it counts: the one that a file was merged into, if served."""
    kept = f"{path}__merged_into"
    return Case(When(**{f"{kept}__in": _served(contract)}, then=F(kept)), default=F(path))


def _served(contract: ServiceContract) -> Any:
    rows = Assignment.objects.filter(batch__contract=contract, withdrawn_at=None)
    return rows.values("enterprise_id")


def _years(contract: ServiceContract) -> range:
    return range(contract.starts_on.year, contract.ends_on.year + 1)


def _freeze(rows: Any, path: str) -> Frozen:
    digest, lines = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as file:
        _copy(rows, file)
        file.seek(0)
        for line in file:
            digest.update(line)
            lines += 1
        file.seek(0)
        if default_storage.exists(path):  # an attempt that was cut off
            default_storage.delete(path)
        stored = default_storage.save(path, File(file))
    return Frozen(stored, lines, digest.hexdigest())


def _copy(rows: Any, file: IO[bytes]) -> None:
    """Stream a query as one JSON object per line, filtered by row-level security like any other."""
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(
            f"COPY (SELECT row_to_json(t) FROM ({query}) t) TO STDOUT "
            "WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')",
            file,
        )


def frozen_lines(path: str) -> Iterator[dict[str, Any]]:
    """Yield the frozen rows again, one at a time."""
    with default_storage.open(path, "rb") as file:
        for line in file:
            yield json.loads(line)
