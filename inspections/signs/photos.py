"""Pictures as facts: those of a batch, and of the whole region those that may be the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from evidence.models import Photo
from inspections.models import Hazard, Recheck, Rectification, Visit
from inspections.signs.facts import PhotoFact
from inspections.signs.near import NearIndex

HAZARD, VISIT = "inspections.hazard", "inspections.visit"
RECTIFICATION, RECHECK = "inspections.rectification", "inspections.recheck"
Purpose = Photo.Purpose
# Signatures and slips are no pictures of what was there.
PURPOSES = (Purpose.BEFORE, Purpose.AFTER, Purpose.RECHECK, Purpose.SITE)
Key = tuple[str, str]  # (model, id) of what a picture was taken for


@dataclass(frozen=True, slots=True)
class Subject:
    """What a picture was taken for."""

    visit: str
    assignment: int
    firm: int
    hazard: str = ""
    number: str = ""
    is_closing: bool = False
    is_latest: bool = True


def subjects_of(
    visits: Iterable[Visit], hazards: Sequence[Hazard], rechecks: Iterable[Recheck]
) -> dict[Key, Subject]:
    """Return what pictures of a batch can hang on: its visits, findings, submissions, rechecks."""
    found = {(VISIT, str(v.pk)): Subject(str(v.pk), v.served_id, v.enterprise_id) for v in visits}
    by_pk = {h.pk: h for h in hazards}
    for hazard in hazards:
        found[HAZARD, str(hazard.pk)] = _subject(hazard)
    rows = Rectification.objects.filter(hazard__in=by_pk).order_by("round")
    handed_in = list(rows.values_list("pk", "hazard_id"))
    last = {hazard_id: pk for pk, hazard_id in handed_in}
    for pk, hazard_id in handed_in:
        found[RECTIFICATION, str(pk)] = _subject(
            by_pk[hazard_id], is_closing=True, is_latest=pk == last[hazard_id]
        )
    for recheck in rechecks:
        found[RECHECK, str(recheck.pk)] = _subject(
            by_pk[recheck.hazard_id],
            is_closing=True,
            is_latest=recheck.result == Recheck.Result.PASSED,
        )
    return found


def _subject(hazard: Hazard, **more: Any) -> Subject:
    return Subject(
        visit=str(hazard.visit_id),
        assignment=hazard.served_id,
        firm=hazard.enterprise_id,
        hazard=str(hazard.pk),
        number=hazard.number,
        **more,
    )


COLUMNS = ("pk", "sha256", "phash", "subject_type", "subject_id")


def photos_of_subjects(subjects: Mapping[Key, Subject]) -> tuple[PhotoFact, ...]:
    """Return the pictures that hang on these."""
    kinds = {kind for kind, _ in subjects}
    rows = Photo.objects.filter(
        subject_type__in=kinds, subject_id__in=[pk for _, pk in subjects], purpose__in=PURPOSES
    )
    return tuple(
        _photo(row, subjects[row[3], row[4]])
        for row in rows.order_by("pk").values_list(*COLUMNS)
        if (row[3], row[4]) in subjects
    )


def _photo(row: tuple[Any, ...], subject: Subject) -> PhotoFact:
    pk, sha256, phash, kind, subject_id = row
    return PhotoFact(
        id=str(pk),
        sha256=sha256,
        phash=phash,
        subject=f"{kind}:{subject_id}",
        visit=subject.visit,
        assignment=subject.assignment,
        firm=subject.firm,
        hazard=subject.hazard,
        number=subject.number,
        is_closing=subject.is_closing,
        is_latest=subject.is_latest,
    )


def photos_of_region(
    photos: Sequence[PhotoFact], region: tuple[str, str], bits: int
) -> tuple[PhotoFact, ...]:
    """Return the pictures of other batches of the region that are the same as, or near to, these.

    The region's pictures are read once, five short columns each, and told apart in memory: see
    `near`. What matches is looked up in one statement for each thing a picture can hang on.
    """
    if not photos:
        return ()
    own, bytes_of = {p.id for p in photos}, {p.sha256 for p in photos}
    index = NearIndex((p.phash for p in photos), bits)
    rows = Photo.objects.filter(
        region_code__gte=region[0], region_code__lt=region[1], purpose__in=PURPOSES
    )
    matching = [
        row
        for row in rows.order_by("pk").values_list(*COLUMNS)
        if str(row[0]) not in own and (row[1] in bytes_of or index.near(row[2]))
    ]
    subjects = _elsewhere(matching)
    return tuple(
        _photo(row, subjects[row[3], row[4]]) for row in matching if (row[3], row[4]) in subjects
    )


def _elsewhere(rows: Iterable[tuple[Any, ...]]) -> dict[Key, Subject]:
    """Return what these pictures hang on, where that is of a provider's visit that is over."""
    ids: dict[str, set[str]] = {kind: set() for kind in (HAZARD, RECTIFICATION, RECHECK, VISIT)}
    for row in rows:
        if row[3] in ids:
            ids[row[3]].add(row[4])
    found: dict[Key, Subject] = {}
    for kind, model, path in (
        (HAZARD, Hazard, ""),
        (RECTIFICATION, Rectification, "hazard__"),
        (RECHECK, Recheck, "hazard__"),
    ):
        for pk, *values in _hazards_behind(model, path, ids[kind]):
            visit, assignment, firm, hazard, number = values
            found[kind, str(pk)] = Subject(
                str(visit), assignment, firm, str(hazard), number, is_closing=kind != HAZARD
            )
    visits = Visit.objects.filter(pk__in=ids[VISIT]).exclude(kind__in=Visit.OFFICIAL)
    visits = visits.exclude(state=Visit.State.OPEN)
    for pk, assignment, firm in visits.values_list("pk", "assignment_id", "enterprise_id"):
        found[VISIT, str(pk)] = Subject(str(pk), assignment, firm)
    return found


def _hazards_behind(model: type[Model], path: str, ids: set[str]) -> QuerySet[Any, Any]:
    rows = model._default_manager.filter(
        **{"pk__in": ids, f"{path}source": Hazard.Source.PROVIDER}
    ).exclude(
        Q(**{f"{path}state": Hazard.State.DISMISSED})
        | Q(**{f"{path}visit__state": Visit.State.OPEN})
    )
    return rows.values_list(
        "pk", f"{path}visit_id", f"{path}assignment_id", f"{path}enterprise_id",
        F(f"{path}id"), f"{path}number",
    )  # fmt: skip
