"""Ledger and point summary of a contract, built from its frozen input.

Pure over the frozen rows: the same input gives the same papers, whatever has happened since.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from django.utils import timezone

from inspections.documents import LedgerHead, LedgerRow, LedgerTotals, note_words, overdue_words
from inspections.models import Hazard, Recheck, Severity
from scoring.documents import (
    ColourCount,
    PointsSummaryDocument,
    PointsSummaryRow,
    PointsSummaryTotals,
    TopClause,
    VersionMark,
)
from scoring.models import PointEvent
from scoring.points import ASPECTS, Clause, Entry, Parameters, Total, cycle_total, outcome_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose outputs these are: the contract's words, the moment, and the hash of the input."""

    agency_name: str
    provider_name: str
    contract_number: str
    contract_title: str
    period_from: date
    period_until: date
    made_at: datetime
    input_sha256: str
    training: bool
    region_names: Mapping[str, str]

    @property
    def made_on(self) -> date:
        """The day of the outputs in local time."""
        return timezone.localdate(self.made_at)

    @property
    def head(self) -> dict[str, Any]:
        """What stands at the top of every paper."""
        names = (
            "agency_name", "provider_name", "contract_number", "contract_title", "period_from",
            "period_until", "made_at", "input_sha256", "training",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def _day(value: str | None) -> date | None:
    if not value:
        return None
    return (
        timezone.localdate(datetime.fromisoformat(value))
        if "T" in value
        else date.fromisoformat(value)
    )


def moment(value: str) -> datetime:
    """Return an aware moment from its ISO text."""
    return datetime.fromisoformat(value)


# The ledger


def ledger_head(subject: Subject, hazards: Iterable[Row]) -> LedgerHead:
    """Return the ledger's head with its totals, reading the hazards once."""
    found = closed = overdue = major = 0
    for row in hazards:
        found += 1
        closed += row["state"] == Hazard.State.CLOSED
        overdue += bool(row["is_overdue"])
        major += row["severity"] == Severity.MAJOR
    return LedgerHead(**subject.head, totals=LedgerTotals(found, closed, overdue, major))


def ledger_rows(subject: Subject, hazards: Iterable[Row], start: int = 1) -> Iterator[LedgerRow]:
    """Yield the 30 columns of domain.md 4.6, one hazard after the other, numbered from `start`."""
    for position, row in enumerate(hazards, start=start):
        yield _ledger_row(subject, row, position)


def _ledger_row(subject: Subject, row: Row, position: int) -> LedgerRow:
    code = row["region_code"]
    source = Hazard.Source(row["source"]).label
    results = dict(Recheck.Result.choices)
    return LedgerRow(
        position=position,
        number=row["number"],
        enterprise_name=row["enterprise_name"],
        credit_code=row["credit_code"],
        region=f"{subject.region_names.get(code, '')}（{code}）",
        industry=row["industry"],
        found_on=date.fromisoformat(row["found_on"]),
        found_by=f"{row['found_by_name']}/{source}",
        place=row["place"],
        description=row["description"],
        category="→".join(filter(None, (row["category"], row["subcategory"]))),
        severity=Severity(row["severity"]).label,
        basis=row["basis"],
        photos_before=row["photos_before"],
        measure=row["measure"],
        responsible_unit=row["enterprise_name"],
        responsible_person=row["responsible_person"],
        cost=Decimal(str(row["cost"])) if row["cost"] is not None else None,
        due_on=date.fromisoformat(row["due_on"]),
        emergency_plan=row["emergency_plan"],
        rectified_on=_day(row["rectified_on"]),
        photos_after=row["photos_after"],
        rechecked_by=row["rechecked_by_name"],
        rechecked_on=_day(row["rechecked_on"]),
        recheck_result=results.get(row["recheck_result"], ""),
        listing="",
        closed_on=_day(row["closed_at"]),
        state=Hazard.State(row["state"]).label,
        overdue=_overdue(subject, row),
        note=note_words(row["return_count"], _day(row.get("corrected_on"))),
    )


def _overdue(subject: Subject, row: Row) -> str:
    due = date.fromisoformat(row["due_on"])
    if row["is_overdue"]:
        return overdue_words((subject.made_on - due).days, is_open=True)
    if not row["was_overdue"]:
        return overdue_words(0, is_open=False)
    ended = _day(row["rectified_on"]) or subject.made_on
    return overdue_words(max((ended - due).days, 1), is_open=False)


# The point summary


@dataclass(frozen=True, slots=True)
class Frozen:
    """What one enterprise's points of the year are added up from, as it was frozen."""

    entries: Sequence[Row] = ()
    events: Sequence[Row] = ()

    def until(self, day: date) -> "Frozen":
        """Return what had been given before a day, with what has become of it since."""
        entries = [r for r in self.entries if (_day(r["inspected_at"]) or date.max) < day]
        sheets = {row["sheet_id"] for row in entries}
        trained = PointEvent.Kind.TRAINED
        events = [
            event
            for event in self.events
            if event["sheet_id"] in sheets
            or (event["kind"] == trained and (_day(event["happened_at"]) or date.max) < day)
        ]
        return Frozen(entries, events)


def points_summary(
    subject: Subject,
    assignments: Sequence[Row],
    points: Iterable[Row],
    point_events: Iterable[Row],
    *,
    book: VersionMark,
    parameters: Parameters,
    visits: Iterable[Row],
) -> PointsSummaryDocument:
    """Return 记分汇总 of a year: every enterprise of the contract, with or without points."""
    year = min(subject.made_on, subject.period_until).year
    entries, events = defaultdict(list), defaultdict(list)
    for row in points:
        if row["cycle__year"] == year:
            entries[row["firm"]].append(row)
    for row in point_events:
        if row["cycle__year"] == year:
            events[row["firm"]].append(row)
    inspections = Counter(row["enterprise_id"] for row in visits)
    rows = tuple(
        _summary_row(
            subject, position, a, Frozen(entries[a["enterprise_id"]], events[a["enterprise_id"]]),
            inspections, parameters,
        )
        for position, a in enumerate(assignments, start=1)
    )  # fmt: skip
    given = [row for group in entries.values() for row in group]
    return PointsSummaryDocument(
        **subject.head,
        cycle=f"{year}年1月1日至12月31日",
        rule_book=book,
        aspects=ASPECTS,
        rows=rows,
        totals=_summary_totals(rows, given),
        colours=_colours(rows, parameters),
        top_clauses=_top_clauses(given),
    )


def total_of(frozen: Frozen, parameters: Parameters) -> Total:
    """Add one enterprise's cycle up from what was frozen of it."""
    rows = frozen.entries
    order = {pk: n for n, pk in enumerate(dict.fromkeys(row["sheet_id"] for row in rows))}
    kinds: dict[str, set[str]] = defaultdict(set)
    for event in frozen.events:
        kinds[event["kind"]].add(event["sheet_id"] or event["id"])
    obstructed = kinds[PointEvent.Kind.OBSTRUCTED] - kinds[PointEvent.Kind.REVOKED]
    return cycle_total(
        [_entry(row, order[row["sheet_id"]]) for row in rows],
        obstructions=len(obstructed),
        trainings=len(kinds[PointEvent.Kind.TRAINED]),
        parameters=parameters,
    )


def _entry(row: Row, sheet: int) -> Entry:
    points = row["variant__points"] or row["clause__points"]
    clause = Clause(
        code=row["clause__code"],
        aspect=row["clause__aspect"],
        points=Decimal(str(points)),
        is_reducible=row["clause__is_reducible"],
        is_on_site_waivable=row["clause__is_on_site_waivable"],
        max_units=row["clause__max_units"],
    )
    return Entry(
        key=row["id"],
        sheet=sheet,
        clause=clause,
        units=row["units"],
        is_corrected_on_site=row["is_corrected_on_site"],
        outcome=outcome_of(row["happened"]),
        is_obstructed=row["sheet__is_obstructed"],
        is_revoked=PointEvent.Kind.REVOKED in row["happened"],
    )


def _summary_row(
    subject: Subject,
    position: int,
    assignment: Row,
    frozen: Frozen,
    inspections: Mapping[int, int],
    parameters: Parameters,
) -> PointsSummaryRow:
    total = total_of(frozen, parameters)
    code = assignment["region_code"]
    return PointsSummaryRow(
        position=position,
        enterprise_name=assignment["enterprise__name"],
        credit_code=assignment["enterprise__credit_code"],
        town=subject.region_names.get(code, code),
        industry=assignment["enterprise__industry"],
        inspections=inspections[assignment["enterprise_id"]],
        by_aspect=tuple(total.by_aspect.get(aspect, Decimal(0)) for aspect in ASPECTS),
        gross=total.gross,
        waived=total.waived,
        timely_reduction=total.timely_reduction,
        training_reduction=total.training_reduction,
        reduction=total.reduction,
        surcharge=total.surcharge,
        net_before=total_of(frozen.until(subject.period_from), parameters).net,
        net=total.net,
        colour=total.colour,
        is_at_12=total.has_reached_report,
        is_at_18=total.has_reached_veto,
        open_entries=sum(
            r["hazard__state"] not in (None, Hazard.State.CLOSED) for r in frozen.entries
        ),
    )


def _percent(part: int, whole: int) -> str:
    if not whole:
        return "—"
    return f"{(Decimal(part * 100) / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def _summary_totals(
    rows: Sequence[PointsSummaryRow], entries: Sequence[Row]
) -> PointsSummaryTotals:
    nets = [row.net for row in rows] or [Decimal(0)]
    inspected = sum(row.inspections > 0 for row in rows)
    timely = sum(PointEvent.Kind.TIMELY in e["happened"] for e in entries)
    tenth = Decimal("0.1")
    return PointsSummaryTotals(
        enterprises=len(rows),
        inspected=inspected,
        coverage=_percent(inspected, len(rows)),
        entries=len(entries),
        gross=sum((row.gross for row in rows), Decimal(0)),
        waived=sum(row.waived for row in rows),
        reduction=sum((row.reduction for row in rows), Decimal(0)),
        surcharge=sum((row.surcharge for row in rows), Decimal(0)),
        net=sum(nets, Decimal(0)),
        mean=(sum(nets, Decimal(0)) / len(nets)).quantize(tenth, ROUND_HALF_UP),
        median=Decimal(median(nets)).quantize(tenth, ROUND_HALF_UP),
        at_12=sum(row.is_at_12 for row in rows),
        at_18=sum(row.is_at_18 for row in rows),
        timely_rate=_percent(timely, len(entries)),
        refusals=len({e["sheet_id"] for e in entries if e["sheet__state"] == "refused"}),
    )


def _colours(rows: Sequence[PointsSummaryRow], rules: Parameters) -> tuple[ColourCount, ...]:
    counts = Counter(row.colour for row in rows)
    limits = {
        "绿": f"{rules.yellow_from}分以下",
        "黄": f"{rules.yellow_from}分以上、{rules.orange_from}分以下",
        "橙": f"{rules.orange_from}分以上、{rules.red_from}分以下",
        "红": f"{rules.red_from}分以上",
    }
    return tuple(ColourCount(colour, words, counts[colour]) for colour, words in limits.items())


def _top_clauses(entries: Sequence[Row]) -> tuple[TopClause, ...]:
    counts = Counter(e["clause__code"] for e in entries)
    first = {e["clause__code"]: e for e in reversed(entries)}
    ordered = sorted(counts, key=lambda code: (-counts[code], code))[:10]
    return tuple(
        TopClause(
            code=code,
            text=first[code]["clause__text"],
            entries=counts[code],
            points=Decimal(str(first[code]["clause__points"])) * counts[code],
        )
        for code in ordered
    )
