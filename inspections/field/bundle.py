"""What a phone takes along: everything it needs where there is no signal, in few statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from agencies.grants import assigned_to
from agencies.models import Assignment
from enterprises.models import Enterprise, RiskPoint
from evidence.services import photos_of
from inspections.access import LEADS, hazards_of, visits_of
from inspections.field.compare import answer_words, hazard_words
from inspections.models import (
    Answer,
    ChecklistItem,
    ChecklistTemplate,
    EnforcementReferral,
    Hazard,
    LibraryEntry,
    SpotCheck,
    Visit,
    VisitReopening,
)
from inspections.selectors import fitting
from inspections.supervision import unready
from tenancy import clock
from tenancy.actors import Actor
from tenancy.file_links import BUNDLE, file_link
from tenancy.models import Membership
from tenancy.personal import shown
from tenancy.selectors import certificate_numbers, region_names, work_calendar

DAYS_AHEAD = 180
PLACES = 500  # as many as the list of one's own assignments shows
Words = dict[str, Any]


def bundle_for(actor: Actor) -> Words:
    """Return the bundle of docs/field.md for what the actor may visit and see now."""
    places = _places(actor)
    agency = agency_of(actor)
    now = clock.now(agency)
    today = timezone.localdate(now)
    templates = list(
        ChecklistTemplate.objects.filter(valid_from__lte=today).order_by("valid_from", "pk")
    )
    library = list(LibraryEntry.objects.filter(is_retired=False))
    content: Words = {
        "made_at": now.isoformat(),
        "now": now.isoformat(),
        "training": clock.is_training(agency),
        "me": _me(actor, today),
        "colleagues": _colleagues(actor, today),
        "unready": _unready(actor, places),
        "towns": region_names({p.region_code for p in places}),
        "rest_days": _rest_days(agency, today) if agency else [],
        "library": [_entry(entry) for entry in library],
        "clauses": _clauses(library),
        "tiles": settings.TILE_URL,
        "places": _place_words(actor, places, templates, today),
    }
    wanted = {pk for place in content["places"] for pk in place["checklists"]}
    wanted |= {
        pk for p in content["places"] if p["open_visit"] for pk in p["open_visit"]["templates"]
    }
    content["checklists"] = _checklists(wanted)
    return content


def agency_of(actor: Actor) -> int | None:
    """Return whose clock and calendar a phone keeps: the actor's own, or that of whom he works for."""
    if actor.is_agency:
        return actor.org
    rows = Assignment.objects.filter(withdrawn_at=None, batch__contract__state="active")
    return rows.order_by("-batch").values_list("owner_agency_id", flat=True).first()


def _me(actor: Actor, day: date) -> Words:
    me = Membership.objects.select_related("user").get(pk=actor.member)
    return {
        "member": actor.member,
        "name": actor.user_name,
        "org": actor.org_name,
        "role": actor.role_name,
        "kind": actor.kind,
        "certificate": _certificates(actor, [me], day)[me.pk],
    }


def _colleagues(actor: Actor, day: date) -> list[Words]:
    rows = Membership.objects.own().filter(org_id=actor.org_id).select_related("user")
    people = list(rows.exclude(pk=actor.member).order_by("pk"))
    numbers = _certificates(actor, people, day)
    return [
        {
            "member": m.pk,
            "name": m.user.name,
            "qualification": m.qualification,
            "certificate": numbers[m.pk],
        }
        for m in people
    ]


def _unready(actor: Actor, places: Sequence[Assignment | Enterprise]) -> dict[str, Words]:
    """Return {contract: {member: why}} of who of the provider was not confirmed for it yet."""
    if not actor.is_provider:
        return {}
    contracts = sorted({p.batch.contract_id for p in places if isinstance(p, Assignment)})
    return {
        str(contract): {str(member): words for member, words in people.items()}
        for contract, people in unready(actor.org, contracts).items()
    }


def _certificates(actor: Actor, people: Sequence[Membership], day: date) -> dict[int, str]:
    """Return the number by which each may act: of officers the valid one for enforcement, else ''."""
    if not actor.is_agency:
        return {m.pk: m.certificate_number for m in people}
    valid = certificate_numbers(people, day)
    return {m.pk: valid.get(m.pk, "") for m in people}


def _rest_days(agency_id: int, today: date) -> list[str]:
    calendar = work_calendar(agency_id)
    days = (today + timedelta(days=n) for n in range(-30, DAYS_AHEAD))
    return [day.isoformat() for day in days if not calendar.is_workday(day)]


def _entry(entry: LibraryEntry) -> Words:
    return {
        "code": entry.code,
        "title": entry.title,
        "description": entry.description,
        "category": entry.category,
        "subcategory": entry.subcategory,
        "severity": entry.severity,
        "basis": entry.basis,
        "criterion": entry.criterion,
        "measure": entry.measure,
        "days": entry.deadline_days,
        "workdays": entry.deadline_in_workdays,
        "clause": entry.clause_code,
        "search": entry.search_text,
    }


def _clauses(library: Sequence[LibraryEntry]) -> list[Words]:
    """Name each clause of the major-hazard standards that the library knows, once."""
    found: dict[str, str] = {}
    for entry in library:
        if entry.criterion:
            found.setdefault(entry.criterion, entry.title)
    return [{"code": code, "text": text} for code, text in sorted(found.items())]


def _checklists(ids: set[int]) -> list[Words]:
    questions = Prefetch("items", ChecklistItem.objects.order_by("-part", "position"))
    rows = ChecklistTemplate.objects.filter(pk__in=ids).prefetch_related(questions).order_by("pk")
    return [
        {
            "id": t.pk,
            "code": t.code,
            "name": t.name,
            "version": t.version,
            "items": [
                {
                    "id": i.pk,
                    "code": i.code,
                    "part": i.part,
                    "text": i.text,
                    "method": i.method,
                    "library": i.library_codes,
                    "photo": i.is_photo_required,
                    "major": i.is_major,
                    "asked_if": i.asked_if,
                }
                for i in t.items.all()
            ],
        }
        for t in rows
    ]


# where one may go


def _places(actor: Actor) -> list[Assignment | Enterprise]:
    """Return where the actor may begin a visit or has one open."""
    if actor.is_provider:
        return list(_assignments(actor))
    if not actor.is_agency:
        return []
    checks = SpotCheck.objects.filter(state__in=SpotCheck.BLIND).values("assignment")
    planned = EnforcementReferral.objects.filter(state=EnforcementReferral.State.PLANNED).values(
        "assignment"
    )
    open_visits = Visit.objects.filter(
        state=Visit.State.OPEN, team__membership_id__in=actor.places, assignment__isnull=False
    ).values("assignment")
    rows = Assignment.objects.filter(Q(pk__in=checks) | Q(pk__in=planned) | Q(pk__in=open_visits))
    assignments: list[Assignment | Enterprise] = list(_loaded(rows))
    firms = Enterprise.objects.open().order_by("region_code", "name")[: PLACES - len(assignments)]
    return assignments + list(firms)


def _assignments(actor: Actor) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(withdrawn_at=None, batch__contract__state="active").exclude(
        state__in=[Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED]
    )
    if actor.role not in LEADS:
        rows = rows.filter(pk__in=assigned_to(actor.places).values("pk"))
    return _loaded(rows)


def _loaded(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return rows.select_related("enterprise", "batch__contract").order_by(
        "region_code", "planned_on", "enterprise__name"
    )[:PLACES]


def _firm(place: Assignment | Enterprise) -> Enterprise:
    return place.enterprise if isinstance(place, Assignment) else place


def _place_words(
    actor: Actor,
    places: Sequence[Assignment | Enterprise],
    templates: Sequence[ChecklistTemplate],
    today: date,
) -> list[Words]:
    firms = [_firm(place) for place in places]
    known = _Known(actor, firms)
    return [_place(actor, place, known, templates, today) for place in places]


class _Known:
    """What is known of the enterprises of a bundle, each kind in one statement."""

    def __init__(self, actor: Actor, firms: Sequence[Enterprise]) -> None:
        ids = [firm.pk for firm in firms]
        self.points: dict[int, list[RiskPoint]] = defaultdict(list)
        for point in RiskPoint.objects.filter(enterprise__in=ids, removed_at=None):
            self.points[point.enterprise_id].append(point)
        self.hazards: dict[int, list[Hazard]] = defaultdict(list)
        rows = hazards_of(actor).open().filter(enterprise__in=ids)
        for hazard in rows.order_by("-severity", "due_on", "number"):
            self.hazards[hazard.enterprise_id].append(hazard)
        shown = [h.pk for several in self.hazards.values() for h in several]
        self.photos = photos_of("inspections.hazard", shown)
        self.last: dict[int, Visit] = {}
        ended = visits_of(actor).filter(enterprise__in=ids).exclude(state=Visit.State.OPEN)
        for visit in ended.order_by("enterprise", "-arrived_at").distinct("enterprise"):
            self.last[visit.enterprise_id] = visit
        self.open: dict[int, Visit] = {}
        for visit in self._open_visits(actor, ids):
            self.open[visit.assignment_id or -visit.enterprise_id] = visit
        checks = SpotCheck.objects.filter(state=SpotCheck.State.WAITING)
        referrals = EnforcementReferral.objects.filter(state=EnforcementReferral.State.PLANNED)
        self.checks = _by_assignment(checks) if actor.is_agency else {}
        self.referrals = _by_assignment(referrals) if actor.is_agency else {}

    def _open_visits(self, actor: Actor, ids: Sequence[int]) -> QuerySet[Visit]:
        rows = Visit.objects.filter(enterprise__in=ids, state=Visit.State.OPEN)
        if actor.is_agency:
            rows = rows.filter(team__membership_id__in=actor.places).distinct()
        return rows.prefetch_related(
            "team", "templates", "risk_points",
            Prefetch("answers", Answer.objects.order_by("pk")),
            Prefetch("hazards", Hazard.objects.exclude(state=Hazard.State.DISMISSED)),
            Prefetch("reopenings", VisitReopening.objects.filter(state="allowed", closed_at=None)),
        )  # fmt: skip


def _by_assignment(rows: QuerySet[Any]) -> dict[int, UUID]:
    return dict(rows.values_list("assignment", "pk"))


def _place(
    actor: Actor,
    place: Assignment | Enterprise,
    known: _Known,
    templates: Sequence[ChecklistTemplate],
    today: date,
) -> Words:
    firm = _firm(place)
    assignment = place if isinstance(place, Assignment) else None
    last = known.last.get(firm.pk)
    opened = known.open.get(assignment.pk if assignment else -firm.pk)
    return {
        "key": f"a{assignment.pk}" if assignment else f"e{firm.pk}",
        "assignment": assignment.pk if assignment else None,
        "enterprise": firm.pk,
        "batch": assignment.batch.name if assignment else "",
        "contract": assignment.batch.contract.title if assignment else "",
        "contract_id": assignment.batch.contract_id if assignment else None,
        "phase": assignment.get_state_display() if assignment else "",
        "planned_on": assignment.planned_on and assignment.planned_on.isoformat()
        if assignment
        else None,
        **_facts(actor, firm),
        "kinds": _kinds(actor, assignment, firm, known),
        "checklists": [t.pk for t in fitting(templates, firm)],
        "risk_points": [
            {"id": str(p.pk), "place": p.place, "risk": p.risk, "measure": p.measure}
            for p in known.points[firm.pk]
        ],
        "hazards": [_open_hazard(actor, h, assignment, known) for h in known.hazards[firm.pk]],
        "last_visit": {"on": str(timezone.localdate(last.arrived_at)),
                       "kind": last.get_kind_display()} if last else None,
        "open_visit": _open_visit(opened) if opened else None,
    }  # fmt: skip


def _facts(actor: Actor, firm: Enterprise) -> Words:
    return {
        "name": firm.name,
        "credit_code": firm.credit_code,
        "town": firm.region_code,
        "address": firm.address,
        "industry": firm.industry,
        "principal": firm.principal_name,
        "phone": shown(actor, firm, "phone"),
        "products": firm.products,
        "employees": firm.employee_count,
        "risk_factors": firm.risk_factors,
        "search": firm.search_text,
        "latitude": float(firm.latitude) if firm.latitude is not None else None,
        "longitude": float(firm.longitude) if firm.longitude is not None else None,
        "opens_at": f"{firm.opens_at:%H:%M}" if firm.opens_at else None,
        "closes_at": f"{firm.closes_at:%H:%M}" if firm.closes_at else None,
    }


def _kinds(
    actor: Actor, assignment: Assignment | None, firm: Enterprise, known: _Known
) -> list[Words]:
    """Return the visits that may be begun there now."""
    if assignment is None:
        return [_kind(Visit.Kind.INSPECTION)]
    if actor.is_provider:
        later = assignment.state == Assignment.Phase.RECHECK
        kinds = [Visit.Kind.SURVEY, Visit.Kind.RECHECK]
        return [_kind(kind) for kind in (reversed(kinds) if later else kinds)]
    found = []
    if (check := known.checks.get(assignment.pk)) is not None:
        found.append(_kind(Visit.Kind.SPOT_CHECK, check))
    if (referral := known.referrals.get(assignment.pk)) is not None:
        found.append(_kind(Visit.Kind.ENFORCEMENT, referral))
    return found


def _kind(kind: Visit.Kind, subject: object = None) -> Words:
    return {
        "kind": kind.value,
        "label": str(kind.label),
        "subject": str(subject) if subject is not None else None,
    }


def _open_hazard(
    actor: Actor, hazard: Hazard, assignment: Assignment | None, known: _Known
) -> Words:
    of_provider = hazard.source == Hazard.Source.PROVIDER
    mine = assignment is not None and hazard.assignment_id == assignment.pk
    return {
        **hazard_words(hazard),
        "is_overdue": hazard.is_overdue,
        "can_recheck": actor.is_provider and of_provider and mine,
        "photos": [
            file_link(actor, "evidence:photo", photo.pk, lasts=BUNDLE)
            for photo in known.photos.get(str(hazard.pk), [])
        ],
    }


def _open_visit(visit: Visit) -> Words:
    return {
        "id": str(visit.pk),
        "kind": visit.kind,
        "part": visit.part,
        "arrived_at": visit.arrived_at.isoformat(),
        "templates": sorted(t.pk for t in visit.templates.all()),
        "risk_points": [str(p.pk) for p in visit.risk_points.all()],
        "members": [m.membership_id for m in visit.team.all()],
        "answers": [answer_words(a) for a in visit.answers.all()],
        "hazards": [hazard_words(h) for h in visit.hazards.all()],
        "reopened": next((r.reason for r in visit.reopenings.all()), ""),
    }
