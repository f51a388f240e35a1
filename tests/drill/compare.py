"""What the phones have beside what the server has: words, bytes, rows, papers. Every difference is a line."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from common.scope import acting_as
from documents.models import Document
from evidence.models import Photo
from inspections.field.sent import canonical
from inspections.models import (
    Answer,
    FieldFile,
    FieldOperation,
    Hazard,
    Visit,
    VisitTrack,
)
from tenancy.actors import system_for
from tests.county import County

RECORDS = ("service_record", "check_record")
Words = dict[str, Any]


def differences(
    county: County, dumps: dict[int, list[Words]], kept: dict[int, set[str]]
) -> list[str]:
    """Return what is lost, double or different, in words."""
    with acting_as(system_for(county.zone)):
        found = [line for member, visits in dumps.items() for line in _lost(visits, kept[member])]
        visits = [visit for several in dumps.values() for visit in several]
        for visit in visits:
            found += [f"visit {visit['number']}: {line}" for line in _of_visit(visit)]
        return found + list(_double(visits))


def _lost(visits: list[Words], kept: set[str]) -> Iterator[str]:
    """What the phone said it had kept must still be on it."""
    there = {operation["id"] for visit in visits for operation in visit["operations"]}
    yield from (f"operation {pk} was kept and is gone from the phone" for pk in kept - there)


def _of_visit(visit: Words) -> Iterator[str]:
    yield from _operations(visit)
    yield from _files(visit)
    yield from _content(visit)


def _operations(visit: Words) -> Iterator[str]:
    rows = {str(o.pk): o for o in FieldOperation.objects.filter(visit_id=visit["visit"])}
    for here in visit["operations"]:
        there = rows.pop(here["id"], None)
        if there is None:
            yield f"operation {here['sequence']} {here['kind']} is not at the server"
            continue
        for name in ("sequence", "kind", "state"):
            if here[name] != getattr(there, name):
                yield f"operation {here['sequence']}: {name} {here[name]} / {getattr(there, name)}"
        if here["body"] != canonical(there.body):
            yield f"operation {here['sequence']} {here['kind']}: other words"
        if here["state"] != "done":
            yield f"operation {here['sequence']} {here['kind']} {here['state']}: {here['message']}"
    yield from (f"operation {pk} is only at the server" for pk in rows)
    if [o["sequence"] for o in visit["operations"]] != list(range(1, len(visit["operations"]) + 1)):
        yield "sequence with a gap"


def _files(visit: Words) -> Iterator[str]:
    rows = {
        str(f.pk): f
        for f in FieldFile.objects.filter(visit_id=visit["visit"]).select_related("photo")
    }
    for here in visit["files"]:
        there = rows.pop(here["id"], None)
        if there is None or there.photo is None:
            yield f"file {here['id']} is not at the server"
            continue
        with there.photo.original.open("rb") as stored:
            sha256 = hashlib.sha256(stored.read()).hexdigest()
        if not here["sha256"] == sha256 == there.sha256 == there.photo.sha256:
            yield f"file {here['id']}: other bytes"
        if here["state"] != "stored":
            yield f"file {here['id']}: {here['state']} on the phone"
    yield from (f"file {pk} is only at the server" for pk in rows)


def _content(visit: Words) -> Iterator[str]:
    there = Visit.objects.filter(pk=visit["visit"]).first()
    if there is None:
        yield "no visit at the server"
        return
    if (visit["state"], visit["note"]) != (there.state, there.process_note):
        yield f"state {visit['state']} / {there.state}, or another note"
    if visit["answers"] and _keyed(visit["answers"]) != _keyed(_answers(there)):
        yield "other answers"
    if _keyed(visit["hazards"]) != _keyed(_hazards(there)):
        yield "other hazards"
    removed = there.hazards.filter(state=Hazard.State.DISMISSED).values_list("pk", flat=True)
    if {str(pk) for pk in removed} != set(visit["removed"]):
        yield "other removed hazards"
    papers = Document.objects.filter(subject_id=visit["visit"], kind__in=RECORDS)
    if papers.count() != (0 if visit["state"] == "open" else 1):
        yield f"{papers.count()} records of a visit that is {visit['state']}"
    yield from _rows(visit)


def _rows(visit: Words) -> Iterator[str]:
    """Nothing is there twice."""
    kinds = Counter(operation["kind"] for operation in visit["operations"])
    hazards = Hazard.objects.filter(visit=visit["visit"])
    tracks = VisitTrack.objects.filter(visit=visit["visit"]).count()
    if (hazards.count(), tracks) != (kinds["hazard.add"], kinds["track"]):
        yield f"{hazards.count()} hazards, {tracks} tracks for {kinds}"
    subjects = [visit["visit"], *map(str, hazards.values_list("pk", flat=True))]
    photos = Photo.objects.filter(subject_id__in=subjects).count()
    if photos != len(visit["files"]):
        yield f"{photos} pictures for {len(visit['files'])} files"


def _answers(visit: Visit) -> list[Words]:
    return [
        {
            "item": answer.item_id,
            "risk_point": str(answer.risk_point_id) if answer.risk_point_id else None,
            "result": answer.result,
            "note": answer.note,
            "version": str(answer.version),
        }
        for answer in Answer.objects.filter(visit=visit)
    ]


def _hazards(visit: Visit) -> list[Words]:
    return [
        {
            "id": str(hazard.pk),
            "number": hazard.number,
            "place": hazard.place,
            "place_count": hazard.place_count,
            "description": hazard.description,
        }
        for hazard in visit.hazards.exclude(state=Hazard.State.DISMISSED)
    ]


def _keyed(rows: list[Words]) -> list[list[tuple[str, Any]]]:
    return sorted((sorted(row.items()) for row in rows), key=repr)


def _double(visits: list[Words]) -> Iterator[str]:
    """Over all visits: numbers of hazards once each, nothing that no phone made."""
    numbers = Counter(Hazard.objects.values_list("number", flat=True))
    yield from (f"hazard number {number} {n} times" for number, n in numbers.items() if n > 1)
    known = {visit["visit"] for visit in visits}
    strange = {str(pk) for pk in Visit.objects.values_list("pk", flat=True)} - known
    yield from (f"visit {pk} that no phone made" for pk in strange)
