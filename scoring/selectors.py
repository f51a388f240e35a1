"""Points as they stand: a function of entries and of what became of their hazards."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from common.errors import DomainError
from enterprises.models import Enterprise
from inspections.models import Hazard, Recheck
from scoring.models import PointCycle, PointEntry, PointSheet, RuleBook, RuleClause
from scoring.points import Clause, Entry, Outcome, Parameters, Total, cycle_total, outcome_of


def book_for(enterprise: Enterprise) -> RuleBook:
    """Return the rule book in force: the newest of the enterprise's agency or of one above it."""
    code = enterprise.region_code
    codes = [code[:n] for n in range(2, len(code) + 1)]
    book = RuleBook.objects.filter(region_code__in=codes).order_by("-adopted_on", "-pk").first()
    if book is None:
        raise DomainError("本辖区还没有施行的记分表")
    return book


def clause_of(clause: RuleClause) -> Clause:
    """Return a clause as the rules see it."""
    return Clause(
        code=clause.code,
        aspect=clause.aspect,
        points=clause.points,
        is_reducible=clause.is_reducible,
        is_on_site_waivable=clause.is_on_site_waivable,
        max_units=clause.max_units,
    )


def _outcome(hazard: Hazard | None, failed_late: bool) -> Outcome:
    if hazard is None:
        return "open"
    return outcome_of(
        is_closed=hazard.state == Hazard.State.CLOSED,
        was_overdue=hazard.was_overdue,
        failed_late=failed_late,
    )


def entries_of(cycle: PointCycle) -> list[PointEntry]:
    """Return the entries that count: of sheets that were signed or refused."""
    return list(
        PointEntry.objects.filter(cycle=cycle)
        .exclude(sheet__state=PointSheet.State.DRAFT)
        .select_related("clause", "hazard", "sheet__book")
        .order_by("sheet__inspected_at", "sheet_id", "id")
    )


def rule_entries(entries: Iterable[PointEntry]) -> list[Entry]:
    """Return entries as the rules see them; sheets are numbered in the order of inspection."""
    rows = list(entries)
    order = {pk: n for n, pk in enumerate(dict.fromkeys(row.sheet_id for row in rows))}
    late = failed_late({row.hazard_id for row in rows if row.hazard_id is not None})
    return [
        Entry(
            key=str(row.pk),
            sheet=order[row.sheet_id],
            clause=clause_of(row.clause),
            units=row.units,
            is_corrected_on_site=row.is_corrected_on_site,
            outcome=_outcome(row.hazard, row.hazard_id in late),
            is_obstructed=row.sheet.is_obstructed,
        )
        for row in rows
    ]


def failed_late(hazard_ids: set[UUID]) -> set[UUID]:
    """Return the hazards of which a recheck after the deadline found nothing mended."""
    rows = Recheck.objects.filter(
        hazard__in=hazard_ids, result=Recheck.Result.FAILED, hazard__was_overdue=True
    )
    return set(rows.values_list("hazard_id", flat=True))


def cycle_total_of(cycle: PointCycle) -> Total:
    """Compute one cycle."""
    rows = entries_of(cycle)
    obstructed = {row.sheet_id for row in rows if row.sheet.is_obstructed}
    parameters = Parameters.of(rows[-1].sheet.book.parameters) if rows else Parameters()
    return cycle_total(rule_entries(rows), obstructions=len(obstructed), parameters=parameters)


def proposals(contract_id: int, until: date | None = None) -> list[Hazard]:
    """Return the provider's issued findings with a clause that no officer has given yet."""
    rows = Hazard.objects.filter(
        assignment__batch__contract=contract_id, point_entries=None, issued_at__isnull=False
    ).exclude(clause_code="")
    if until is not None:
        rows = rows.filter(found_on__lte=until)
    return list(rows.select_related("enterprise").order_by("enterprise_id", "number"))
