"""Facts from rows, in a fixed number of statements however many enterprises a batch has."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from agencies.models import ServiceBatch
from inspections.models import (
    Answer,
    FieldOperation,
    Hazard,
    LibraryEntry,
    Recheck,
    Visit,
    VisitMember,
    VisitTrack,
)
from inspections.signs.copies import normalised
from inspections.signs.facts import Facts, HazardFact, Place, Span, TrackPoint, VisitFact
from inspections.signs.photos import photos_of_region, photos_of_subjects, subjects_of
from inspections.signs.thresholds import Thresholds
from tenancy.actors import region_range
from tenancy.models import Agency

DAY = timedelta(days=1)
# What a person taps on site, one after the other; arrival, signature and track are none of these.
TAPPED = ("answer", "hazard.add", "recheck", "risk_point")
HANDED_IN = (Hazard.State.SUBMITTED, Hazard.State.CLOSED)


def facts_of(batch: ServiceBatch, thresholds: Thresholds) -> Facts:
    """Return what the rules must know about a batch.

    Visits of the same people and pictures are looked for in the whole region of its agency; words
    are compared within the batch, where so many enterprises mean something.
    """
    agency = Agency.objects.get(pk=batch.owner_agency_id)
    region = region_range(agency.region_code)
    firms = dict(batch.assignments.order_by("pk").values_list("pk", "enterprise_id"))
    own = list(_closed().filter(assignment__in=firms))
    companions = list(_companions(own, firms, region)) if own else []
    hazards = list(_hazards(firms))
    rechecks = list(
        Recheck.objects.filter(hazard__in=[h.pk for h in hazards]).order_by("rechecked_at", "pk")
    )
    visits = _visit_facts([*own, *companions], agency)
    subjects = subjects_of(own, hazards, rechecks)
    photos = photos_of_subjects(subjects)
    return Facts(
        assignments=firms,
        visits=_with_findings([visits[v.pk] for v in own], hazards, rechecks),
        companions=tuple(visits[v.pk] for v in companions),
        hazards=_hazard_facts(hazards),
        photos=photos,
        others=photos_of_region(photos, region, thresholds.photo_bits),
    )


def _closed() -> QuerySet[Visit]:
    """The provider's visits that are over."""
    rows = Visit.objects.exclude(kind__in=Visit.OFFICIAL).exclude(state=Visit.State.OPEN)
    return rows.select_related("enterprise").order_by("arrived_at", "pk")


def _companions(
    own: Sequence[Visit], firms: Iterable[int], region: tuple[str, str]
) -> QuerySet[Visit]:
    """Other visits of the people of these, about the same time."""
    people = VisitMember.objects.filter(visit__in=[v.pk for v in own]).values("membership")
    return (
        _closed()
        .filter(
            pk__in=VisitMember.objects.filter(membership__in=people).values("visit"),
            region_code__gte=region[0],
            region_code__lt=region[1],
            arrived_at__gte=own[0].arrived_at - DAY,
            arrived_at__lte=own[-1].arrived_at + DAY,
        )
        .exclude(assignment__in=firms)
    )


def _hazards(firms: Iterable[int]) -> QuerySet[Hazard]:
    """What the provider found on visits that are over."""
    rows = Hazard.objects.filter(assignment__in=firms, source=Hazard.Source.PROVIDER)
    rows = rows.exclude(visit__state=Visit.State.OPEN)
    return rows.exclude(state=Hazard.State.DISMISSED).order_by("number")


# visits


def _visit_facts(rows: Sequence[Visit], agency: Agency) -> dict[UUID, VisitFact]:
    ids = [v.pk for v in rows]
    people: dict[UUID, list[tuple[int, str]]] = defaultdict(list)
    team = VisitMember.objects.filter(visit__in=ids).order_by("pk")
    for visit, member, name in team.values_list("visit_id", "membership_id", "name"):
        people[visit].append((member, name))
    tracks: dict[UUID, list[TrackPoint]] = defaultdict(list)
    for visit, points in (
        VisitTrack.objects.filter(visit__in=ids).order_by("pk").values_list("visit_id", "points")
    ):
        tracks[visit] += [TrackPoint((p[1], p[2]), p[3]) for p in points]
    answers = _by_visit(_answers(ids))
    found = _by_visit(
        Hazard.objects.filter(visit__in=ids)
        .values("visit_id")
        .annotate(first=Min("found_at"), last=Max("found_at"))
    )
    taps = _by_visit(_taps(ids))
    is_real_time = agency.training_now is None
    return {
        v.pk: _visit_fact(
            v, people[v.pk], tracks[v.pk], answers.get(v.pk, {}), found.get(v.pk, {}),
            taps.get(v.pk, {}), is_real_time,
        )
        for v in rows
    }  # fmt: skip


def _by_visit(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, Mapping[str, Any]]:
    return {row["visit_id"]: row for row in rows}


def _answers(ids: Sequence[UUID]) -> Iterable[Mapping[str, Any]]:
    looked = Q(result__in=(Answer.Result.OK, Answer.Result.FAIL))
    return (
        Answer.objects.filter(visit__in=ids)
        .values("visit_id")
        .annotate(
            looked=Count("pk", filter=looked), first=Min("answered_at"), last=Max("answered_at")
        )
    )


def _taps(ids: Sequence[UUID]) -> Iterable[Mapping[str, Any]]:
    """By the corrected time, so that two phones, or one whose clock was set right, can be compared."""
    return (
        FieldOperation.objects.filter(
            visit_id__in=ids, kind__in=TAPPED, state=FieldOperation.State.DONE
        )
        .values("visit_id")
        .annotate(
            count=Count("pk"),
            phones=Count("device", distinct=True),
            first=Min("happened_at"),
            last=Max("happened_at"),
        )
    )


def _visit_fact(
    visit: Visit,
    people: Sequence[tuple[int, str]],
    track: Sequence[TrackPoint],
    answers: Mapping[str, Any],
    found: Mapping[str, Any],
    taps: Mapping[str, Any],
    is_real_time: bool,
) -> VisitFact:
    assert visit.left_at is not None  # it is signed or refused
    firm = visit.enterprise
    # A phone's visit is created when it arrives at the server; a desk's when somebody enters it.
    at_desk = [visit.created_at] if is_real_time and visit.device is None else []
    return VisitFact(
        id=str(visit.pk),
        assignment=visit.served_id,
        firm=firm.pk,
        arrived_at=timezone.localtime(visit.arrived_at),
        left_at=timezone.localtime(visit.left_at),
        firm_place=_place(firm.latitude, firm.longitude),
        is_survey=visit.kind == Visit.Kind.SURVEY,
        is_on_site=visit.part != Visit.Part.SOFT,
        place=_place(visit.latitude, visit.longitude),
        accuracy=visit.accuracy,
        track=tuple(track),
        people=tuple(people),
        recorder=visit.started_by_id,
        answers=answers.get("looked", 0),
        phones=max(taps.get("phones", 0), 1),
        entered=_span([*at_desk, *_ends(answers), *_ends(found), *_ends(taps)]),
        tapped=_span(_ends(taps)),
        taps=taps.get("count", 0),
    )


def _place(latitude: Any, longitude: Any) -> Place | None:
    return None if latitude is None or longitude is None else (float(latitude), float(longitude))


def _ends(row: Mapping[str, Any]) -> list[datetime]:
    return [row[name] for name in ("first", "last") if row.get(name) is not None]


def _span(moments: Sequence[datetime]) -> Span | None:
    local = [timezone.localtime(moment) for moment in moments]
    return Span(min(local), max(local)) if local else None


def _with_findings(
    visits: Iterable[VisitFact], hazards: Sequence[Hazard], rechecks: Sequence[Recheck]
) -> tuple[VisitFact, ...]:
    """Count what was found on each visit and, on a recheck, what was looked at again meanwhile."""
    found = Counter(str(h.visit_id) for h in hazards)
    assignment_of = {h.pk: h.served_id for h in hazards}
    looked: dict[int, list[datetime]] = defaultdict(list)
    for recheck in rechecks:
        looked[assignment_of[recheck.hazard_id]].append(recheck.rechecked_at)
    return tuple(
        replace(
            visit,
            hazards=found[visit.id],
            rechecks=0 if visit.is_survey else _within(visit, looked[visit.assignment]),
        )
        for visit in visits
    )


def _within(visit: VisitFact, moments: Iterable[datetime]) -> int:
    return sum(visit.arrived_at <= moment <= visit.left_at for moment in moments)


# findings


def _hazard_facts(hazards: Sequence[Hazard]) -> tuple[HazardFact, ...]:
    texts = LibraryEntry.objects.exclude(description="").values_list("description", flat=True)
    library = {normalised(text) for text in texts}
    return tuple(
        HazardFact(
            id=str(h.pk),
            number=h.number,
            assignment=h.served_id,
            firm=h.enterprise_id,
            visit=str(h.visit_id),
            place=h.place,
            description=h.description,
            is_library=normalised(h.description) in library,
            is_handed_in=h.state in HANDED_IN,
        )
        for h in hazards
    )
