"""Points as they stand: a function of entries and of what happened to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from common.errors import DomainError
from enterprises.models import Enterprise
from evidence.models import Photo
from inspections.models import Hazard
from scoring.models import (
    Consequence,
    EffectMonth,
    GravityVariant,
    PointAppeal,
    PointCycle,
    PointEntry,
    PointEvent,
    PointPresentation,
    PointSheet,
    RuleBook,
    RuleClause,
)
from scoring.models.versions import RulesVersion
from scoring.points import Clause, Entry, Parameters, Total, cycle_total, outcome_of
from tenancy import clock

Version = TypeVar("Version", bound=RulesVersion)
Kind = PointEvent.Kind
SETTLED = (
    PointAppeal.State.DECIDED, PointAppeal.State.WITHDRAWN, PointAppeal.State.WAIVED
)  # fmt: skip


def adopted_for(kind: type[Version], region_code: str) -> QuerySet[Version]:
    """Return the versions adopted for a region or one that it lies in, the newest first."""
    codes = [region_code[:n] for n in range(2, len(region_code) + 1)]
    rows = kind._default_manager.filter(region_code__in=codes, state=RulesVersion.State.ADOPTED)
    return rows.order_by("-adopted_on", "-pk")


def books_for(region_code: str) -> QuerySet[RuleBook]:
    """Return the books adopted for a region or one that it lies in, the newest first."""
    return adopted_for(RuleBook, region_code)


def book_for(enterprise: Enterprise, day: date) -> RuleBook:
    """Return the rule book in force on a day: the newest of the enterprise's agency or above it."""
    book = books_for(enterprise.region_code).filter(adopted_on__lte=day).first()
    if book is None:
        raise DomainError("本辖区还没有施行的记分表")
    return book


def clause_of(clause: RuleClause, variant: GravityVariant | None = None) -> Clause:
    """Return a clause as the rules see it, by circumstance with the variant's points."""
    return Clause(
        code=clause.code,
        aspect=clause.aspect,
        points=variant.points if variant else clause.points,
        is_reducible=clause.is_reducible,
        is_on_site_waivable=clause.is_on_site_waivable,
        max_units=clause.max_units,
    )


def together(cycle: PointCycle, path: str = "cycle") -> Q:
    """Return the condition that a row belongs to a cycle or to one that counts in it."""
    return Q(**{path: cycle}) | Q(**{f"{path}__counts_in": cycle})


def events_of(cycle: PointCycle) -> list[PointEvent]:
    """Return what became of the points that count in a cycle."""
    return list(PointEvent.objects.filter(together(cycle)))


def entries_of(cycle: PointCycle) -> list[PointEntry]:
    """Return what was given: the entries of sheets that were signed or refused, oldest first."""
    return _entries(together(cycle))


def _entries(which: Q) -> list[PointEntry]:
    return list(
        PointEntry.objects.filter(which)
        .filter(issued_at__isnull=False)
        .select_related("clause", "variant", "hazard", "sheet__book")
        .prefetch_related("events")
        .order_by("inspected_at", "sheet_id", "id")
    )


def rule_entries(rows: Sequence[PointEntry], events: Iterable[PointEvent]) -> list[Entry]:
    """Return entries as the rules see them; sheets are numbered in the order of inspection."""
    order = {pk: n for n, pk in enumerate(dict.fromkeys(row.sheet_id for row in rows))}
    happened: dict[UUID, set[str]] = defaultdict(set)
    for event in events:
        if event.entry_id is not None:
            happened[event.entry_id].add(event.kind)
    return [
        Entry(
            key=str(row.pk),
            sheet=order[row.sheet_id],
            clause=clause_of(row.clause, row.variant),
            units=row.units,
            is_corrected_on_site=row.is_corrected_on_site,
            outcome=outcome_of(happened[row.pk]),
            is_obstructed=row.sheet.is_obstructed,
            is_revoked=Kind.REVOKED in happened[row.pk],
        )
        for row in rows
    ]


def obstructions(events: Iterable[PointEvent]) -> int:
    """Count the inspections that were refused and still count as such."""
    about = {Kind.OBSTRUCTED: set[UUID](), Kind.REVOKED: set[UUID]()}
    for event in events:
        if event.entry_id is None and event.sheet_id is not None and event.kind in about:
            about[Kind(event.kind)].add(event.sheet_id)
    return len(about[Kind.OBSTRUCTED] - about[Kind.REVOKED])


def parameters_of(cycle: PointCycle) -> Parameters:
    """Return the parameters of a cycle: those of the newest book that points were given by."""
    return Parameters.of(cycle.book.parameters) if cycle.book else Parameters()


def cycle_total_of(cycle: PointCycle) -> Total:
    """Add one cycle up."""
    return _total(entries_of(cycle), events_of(cycle), parameters_of(cycle))


def total_of_cycles(cycles: Sequence[PointCycle]) -> Total:
    """Add several cycles of one year up as if they were one, by the newest of their books."""
    which = Q(cycle__in=cycles) | Q(cycle__counts_in__in=cycles)
    newest = max(cycles, key=lambda cycle: cycle.book_id or 0)
    events = list(PointEvent.objects.filter(which))
    return _total(_entries(which), events, parameters_of(newest))


def _total(rows: Sequence[PointEntry], events: Sequence[PointEvent], rules: Parameters) -> Total:
    return cycle_total(
        rule_entries(rows, events),
        obstructions=obstructions(events),
        trainings=sum(event.kind == Kind.TRAINED for event in events),
        parameters=rules,
    )


def totals_around(event: PointEvent) -> tuple[Total, Total]:
    """Return what a cycle came to just before an event, and with it."""
    cycle = event.cycle.counts_in or event.cycle
    rows = [row for row in entries_of(cycle) if row.issued_at and row.issued_at <= event.issued_at]
    order = (event.issued_at, event.pk)
    until = [one for one in events_of(cycle) if (one.issued_at, one.pk) <= order]
    rules = parameters_of(cycle)
    before, after = (
        _total(rows, some, rules) for some in ([e for e in until if e.pk != event.pk], until)
    )
    return before, after


def effect_months(agency_id: int, year: int) -> QuerySet[EffectMonth]:
    """Return the months of a year that an agency noted its accidents, cases and fines for."""
    return EffectMonth.objects.filter(owner_agency_id=agency_id, year=year)


def presentation_of(agency_id: int) -> PointPresentation:
    """Return how an agency presents the points; one that has said nothing says it in plain words."""
    found = PointPresentation.objects.filter(owner_agency=agency_id).first()
    return found or PointPresentation(owner_agency_id=agency_id)


def in_force(enterprise: Enterprise) -> QuerySet[Consequence]:
    """Return the measures that hold of an enterprise now or will; they outlive the year."""
    today = clock.today(enterprise.owner_agency_id)
    rows = Consequence.objects.filter(enterprise__in=enterprise.files, lifted_at=None, done_at=None)
    return rows.filter(Q(until_on=None) | Q(until_on__gte=today)).order_by("from_on", "pk")


def standing(rows: QuerySet[PointEntry]) -> QuerySet[PointEntry]:
    """Return the entries that nobody has taken back."""
    revoked = PointEvent.objects.filter(entry=OuterRef("pk"), kind=Kind.REVOKED)
    return rows.exclude(Exists(revoked))


def hold_until(cycle: PointCycle) -> date | None:
    """Return the last day on which anything in the cycle may still be spoken against."""
    rows = PointSheet.objects.filter(together(cycle), appeal_until__isnull=False)
    rows = rows.exclude(appeal__state__in=SETTLED)  # one may speak against a sheet once
    return rows.order_by("-appeal_until").values_list("appeal_until", flat=True).first()


def pictured(hazards: Iterable[object]) -> set[str]:
    """Return which hazards, named by their ids, have a photo: a clause for major ones asks for it."""
    rows = Photo.objects.filter(
        subject_type=Hazard._meta.label_lower, subject_id__in=[str(pk) for pk in hazards]
    )
    return set(rows.values_list("subject_id", flat=True))


def not_given(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """Return the hazards that no officer has given points for, or whose points were taken back."""
    given = standing(PointEntry.objects.filter(hazard=OuterRef("pk")))
    return hazards.exclude(Exists(given))


def proposals(contract_id: int, until: date | None = None) -> list[Hazard]:
    """Return the provider's issued findings with a clause that no officer has given yet."""
    rows = not_given(
        Hazard.objects.filter(assignment__batch__contract=contract_id, issued_at__isnull=False)
    ).exclude(clause_code="")
    if until is not None:
        rows = rows.filter(found_on__lte=until)
    return list(rows.select_related("enterprise").order_by("enterprise_id", "number"))
