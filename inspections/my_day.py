"""Where a person goes today and why: candidates, what is open nearby, what waits for a recheck.

Reads only, in a fixed number of statements; the order itself is worked out by `inspections.day`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from math import cos, radians
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet
from django.db.models.functions import Cast

from agencies.grants import assigned_to
from agencies.models import Assignment
from common.geo import box_around, distance_m
from enterprises.models import Enterprise
from inspections.access import LEADS, hazards_of, visits_of
from inspections.day import Place, Stop
from inspections.models import (
    EnforcementReferral,
    Hazard,
    RectificationOrder,
    Severity,
    SpotCheck,
    Visit,
)
from tenancy.actors import Actor

# Priorities and minutes on site, all [proposal].
CHOSEN, NEW, RECHECK, PLANNED, DANGER = range(5)
SURVEY_MINUTES, RECHECK_MINUTES, OFFICIAL_MINUTES, OTHER_MINUTES = 90, 40, 90, 45
NEARBY_METRES = 3000
NEARBY_ROWS, RECHECK_ROWS, MAX_STOPS = 50, 100, 60


@dataclass
class Candidate:
    """A place one may go to, with why and how urgent; the keys are those of the bundle's places."""

    key: str
    enterprise: Enterprise
    assignment: Assignment | None = None
    reasons: list[str] = field(default_factory=list)
    priority: int = CHOSEN
    minutes: int = OTHER_MINUTES
    planned_on: date | None = None
    place: Place | None = None

    def add(self, reason: str, priority: int, minutes: int) -> None:
        """One more reason; the most urgent one and the longest stay count."""
        self.reasons.append(reason)
        self.priority = max(self.priority, priority)
        self.minutes = max(self.minutes, minutes) if len(self.reasons) > 1 else minutes

    def stop(self) -> Stop:
        """The place as the order of the day takes it."""
        opens, closes = self.enterprise.opens_at, self.enterprise.closes_at
        return Stop(
            key=self.key,
            place=self.place,
            seconds=self.minutes * 60,
            priority=self.priority,
            opens_at=seconds_of(opens) if opens else 0,
            closes_at=seconds_of(closes) if closes else 24 * 3600,
        )


@dataclass(frozen=True, slots=True)
class Outing:
    """What the day is made of. `nearby` are (hazard, metres), nearest first."""

    candidates: list[Candidate]
    unknown: list[str]
    nearby: list[tuple[Hazard, int]]
    recheck: list[Hazard]


def seconds_of(moment: time) -> int:
    """Return the seconds after midnight."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def day_of(
    actor: Actor, *, position: Place | None, day: date, chosen: Collection[str] | None
) -> Outing:
    """Return where the actor may go on a day: what is due, or exactly the `chosen` keys.

    A key that is not his to go to, or does not exist, is `unknown`. Officers before their own
    record of a spot check see nothing that the provider found there.
    """
    numbers = _numbers(chosen or ())
    tasks = _official_tasks if actor.is_agency else _service_tasks
    found = tasks(actor, day, numbers["a"])
    for firm in _enterprises(actor, numbers["e"]):
        found[f"e{firm.pk}"] = Candidate(f"e{firm.pk}", firm)
    if chosen is None:
        due = [c for c in found.values() if c.reasons]
        due.sort(key=lambda c: (-c.priority, c.planned_on or date.max, c.key))
        candidates, unknown = due[:MAX_STOPS], []
    else:
        keys = list(dict.fromkeys(chosen))[:MAX_STOPS]
        candidates = [found[key] for key in keys if key in found]
        unknown = [key for key in keys if key not in found]
    _locate(actor, candidates)
    recheck = _to_recheck(actor, found.values())
    return Outing(candidates, unknown, _nearby(actor, position), recheck)


def _numbers(keys: Iterable[str]) -> dict[str, set[int]]:
    """Return {"a": assignment ids, "e": enterprise ids}; other keys are nobody's."""
    found: dict[str, set[int]] = {"a": set(), "e": set()}
    for key in keys:
        if key[:1] in found and key[1:].isascii() and key[1:].isdigit() and len(key) < 19:
            found[key[0]].add(int(key[1:]))
    return found


def _enterprises(actor: Actor, ids: set[int]) -> list[Enterprise]:
    """Officers may look at any enterprise of their region; the provider goes by assignments."""
    rows = Enterprise.objects.filter(pk__in=ids) if actor.is_agency and ids else []
    return list(rows)


def _service_tasks(actor: Actor, day: date, chosen: set[int]) -> dict[str, Candidate]:
    """The provider's people: their assignments; leads may choose any of the provider's."""
    mine = Q(pk__in=assigned_to(actor.places).values("pk"))
    if actor.role in LEADS and chosen:
        mine |= Q(pk__in=chosen)
    rows = Assignment.objects.filter(mine, withdrawn_at=None, batch__contract__state="active")
    rows = rows.exclude(state=Assignment.Phase.CONCLUDED).select_related("enterprise")
    found = {row.pk: _candidate(row) for row in rows.order_by("pk")}
    for row in _open_counts(actor, list(found)):
        _add_hazards(found[row["assignment"]], row)
    for candidate in found.values():
        _add_plan(candidate, day)
    return {candidate.key: candidate for candidate in found.values()}


def _candidate(assignment: Assignment) -> Candidate:
    return Candidate(f"a{assignment.pk}", assignment.enterprise, assignment)


def _open_counts(actor: Actor, assignments: Sequence[int]) -> Iterable[Mapping[str, Any]]:
    """Return open hazards by assignment: major, overdue, submitted."""
    return (
        hazards_of(actor)
        .open()
        .filter(assignment__in=assignments)
        .order_by()
        .values("assignment")
        .annotate(
            major=Count("pk", filter=Q(severity=Severity.MAJOR)),
            late=Count("pk", filter=Q(is_overdue=True)),
            submitted=Count("pk", filter=Q(state=Hazard.State.SUBMITTED)),
        )
    )


def _add_hazards(candidate: Candidate, counts: Mapping[str, Any]) -> None:
    if counts["major"]:
        candidate.add(f"重大隐患 {counts['major']} 项未销号", DANGER, RECHECK_MINUTES)
    if counts["late"]:
        candidate.add(f"逾期隐患 {counts['late']} 项", DANGER, RECHECK_MINUTES)
    if counts["submitted"]:
        candidate.add(f"待复查 {counts['submitted']} 项", RECHECK, RECHECK_MINUTES)


def _add_plan(candidate: Candidate, day: date) -> None:
    """A planned day that has come, or nobody was there yet and no other day is planned."""
    assert candidate.assignment is not None  # made from one
    row = candidate.assignment
    candidate.planned_on = row.planned_on
    is_new = row.state == Assignment.Phase.WAITING
    if not row.is_open:
        return
    if row.planned_on is not None and row.planned_on <= day and not row.site_checked_on:
        words = f"计划 {row.planned_on:%Y-%m-%d} 到场"
        candidate.add(words, PLANNED, SURVEY_MINUTES)
    elif row.planned_on is None and is_new:
        candidate.add("还没有去过", NEW, SURVEY_MINUTES)


def _official_tasks(actor: Actor, day: date, chosen: set[int]) -> dict[str, Candidate]:
    """Officers: spot checks to do, planned enforcement that names them, orders to recheck."""
    found: dict[str, Candidate] = {}

    def of(assignment: Assignment) -> Candidate:
        return found.setdefault(f"a{assignment.pk}", _candidate(assignment))

    for check in _spot_checks(actor):
        of(check.assignment).add(_spot_check_words(check), PLANNED, OFFICIAL_MINUTES)
    for referral in _referrals(actor, day):
        planned_on = referral.plan_made.planned_on
        candidate = of(referral.assignment)
        candidate.planned_on = planned_on
        candidate.add(f"执法检查，计划 {planned_on:%Y-%m-%d}", PLANNED, OFFICIAL_MINUTES)
    for order in _orders(actor, day):
        candidate = _of_visit(found, order.visit)
        candidate.add(
            f"责令整改待复查，期限 {order.last_due_on:%Y-%m-%d}", PLANNED, RECHECK_MINUTES
        )
    rest = {pk for pk in chosen if f"a{pk}" not in found}
    for row in Assignment.objects.filter(pk__in=rest).select_related("enterprise") if rest else ():
        of(row)
    return found


def _of_visit(found: dict[str, Candidate], visit: Visit) -> Candidate:
    if visit.assignment is not None:
        return found.setdefault(f"a{visit.assignment_id}", _candidate(visit.assignment))
    firm = visit.enterprise
    return found.setdefault(f"e{firm.pk}", Candidate(f"e{firm.pk}", firm))


def _spot_check_words(check: SpotCheck) -> str:
    return "抽查还没有结束" if check.state == SpotCheck.State.VISITING else "抽查验收"


def _spot_checks(actor: Actor) -> QuerySet[SpotCheck]:
    """What was drawn and is not signed yet; one that began is for its own team to end."""
    waiting = Q(state=SpotCheck.State.WAITING)
    begun = Q(state=SpotCheck.State.VISITING, visit__team__membership_id__in=actor.places)
    rows = SpotCheck.objects.filter(waiting | begun, owner_agency_id=actor.org_id)
    return rows.select_related("assignment__enterprise").order_by("pk").distinct()


def _referrals(actor: Actor, day: date) -> QuerySet[EnforcementReferral]:
    """Files of phase 5 whose plan names the actor and whose day has come."""
    me = actor.places
    named = Q(plan_made__first_officer__in=me) | Q(plan_made__second_officer__in=me)
    rows = EnforcementReferral.objects.filter(
        named, state=EnforcementReferral.State.PLANNED, plan_made__planned_on__lte=day
    )
    return rows.select_related("assignment__enterprise", "plan_made").order_by("pk")


def _orders(actor: Actor, day: date) -> QuerySet[RectificationOrder]:
    """Orders after visits of the actor that are due for a recheck, or handed in already."""
    due = Q(last_due_on__lte=day) | Q(hazards__state=Hazard.State.SUBMITTED)
    rows = RectificationOrder.objects.filter(due, visit__team__membership_id__in=actor.places)
    rows = rows.exclude(state=RectificationOrder.State.DONE)
    return (
        rows.select_related("visit__assignment__enterprise", "visit__enterprise")
        .order_by("pk")
        .distinct()
    )


def _locate(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """Where the file names no place, the last visit that had one tells it."""
    firms = [c.enterprise.pk for c in candidates if c.enterprise.latitude is None]
    rows = visits_of(actor).filter(enterprise__in=firms, latitude__isnull=False)
    rows = rows.order_by("enterprise", "-arrived_at").distinct("enterprise")
    seen = {
        pk: (float(lat), float(lon))
        for pk, lat, lon in rows.values_list("enterprise", "latitude", "longitude")
        if lat is not None and lon is not None
    }
    for candidate in candidates:
        candidate.place = _place_of(candidate.enterprise) or seen.get(candidate.enterprise.pk)


def _place_of(firm: Enterprise) -> Place | None:
    if firm.latitude is None or firm.longitude is None:
        return None
    return float(firm.latitude), float(firm.longitude)


def _nearby(actor: Actor, position: Place | None) -> list[tuple[Hazard, int]]:
    """Open hazards within NEARBY_METRES, nearest first."""
    if position is None:
        return []
    south, west, north, east = box_around(position, NEARBY_METRES)
    rows = hazards_of(actor).open().select_related("enterprise")
    rows = rows.filter(
        enterprise__latitude__range=(south, north), enterprise__longitude__range=(west, east)
    )
    # Nearly nearest first by the database, so that few rows come; then exactly.
    d_lat = Cast(F("enterprise__latitude"), FloatField()) - position[0]
    d_lon = Cast(F("enterprise__longitude"), FloatField()) - position[1]
    shrink = cos(radians(position[0])) ** 2
    rows = rows.order_by(d_lat * d_lat + d_lon * d_lon * shrink, "pk")[: 2 * NEARBY_ROWS]
    found = [(h, round(distance_m(position, _place_of(h.enterprise) or position))) for h in rows]
    near = [pair for pair in found if pair[1] <= NEARBY_METRES]
    return sorted(near, key=lambda pair: (pair[1], pair[0].number))[:NEARBY_ROWS]


def _to_recheck(actor: Actor, found: Iterable[Candidate]) -> list[Hazard]:
    """What was handed in and waits for the actor; officers: of the orders they gave."""
    rows = hazards_of(actor).filter(state=Hazard.State.SUBMITTED).select_related("enterprise")
    if actor.is_agency:
        rows = rows.filter(order__visit__team__membership_id__in=actor.places)
    else:
        mine = [c.assignment.pk for c in found if c.assignment]
        rows = rows.filter(assignment__in=mine).exclude(source__in=Hazard.OFFICIAL)
    return list(rows.order_by("submitted_at", "pk")[:RECHECK_ROWS])
