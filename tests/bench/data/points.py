"""Points given by two officers: sheets, entries, and cycles that say what the rules say of them."""

from collections import defaultdict
from collections.abc import Sequence

from scoring.models import (
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
    RuleClause,
    ThresholdEvent,
)
from scoring.points import Entry, base_points, cycle_total, outcome_of
from scoring.selectors import clause_of
from tenancy.enums import Role
from tests.bench.data.copying import FALSE, NULL, TRUE, Sheet, text, uuid7_text
from tests.bench.data.deal import NOW, Deal, at, day, milliseconds
from tests.bench.data.hazards import Fate, Given

COLOURS = {"绿": "green", "黄": "yellow", "橙": "orange", "红": "red"}
AFTER = 2  # days from the visit to the officers' sheet
APPEAL_DAYS = 7


def became(fate: Fate) -> tuple[str, ...]:
    """What rechecks said of a hazard that points were given for."""
    if fate.state == "closed":
        return ("late",) if fate.was_overdue else ("timely",)
    return ("overdue",) if fate.was_overdue else ()


class PointRows:
    """Rows of sheets, entries, cycles and events of one county."""

    def __init__(self, number: int, clauses: dict[str, int]) -> None:
        whose = "owner_agency_id region_code enterprise_org_id"
        self.cycles = Sheet(
            PointCycle, f"id {whose} enterprise_id year total gross colour computed_at book_id",
            provider_org_id=None,
        )  # fmt: skip
        self.sheets_given = Sheet(
            PointSheet,
            f"id {whose} enterprise_id contract_id cycle_id inspected_at place officer_id "
            "officer_name officer_certificate second_officer_id second_officer_name "
            "second_officer_certificate representative_name issued_at created_at book_id appeal_until",
            provider_org_id=None, state="signed",
        )  # fmt: skip
        self.entries = Sheet(
            PointEntry,
            f"id {whose} sheet_id cycle_id clause_id hazard_id fact due_on issued_at code "
            "inspected_at base is_reducible",
            provider_org_id=None,
        )  # fmt: skip
        self.became = Sheet(
            PointEvent, f"id {whose} cycle_id entry_id kind happened_at issued_at",
            provider_org_id=None, by_name="复查人员",
        )  # fmt: skip
        self.events = Sheet(
            ThresholdEvent, f"id {whose} cycle_id enterprise_id kind state total reached_at sent_at",
            provider_org_id=None,
        )  # fmt: skip
        rows = RuleClause.objects.filter(pk__in=clauses.values())
        self._clauses = {row.code: clause_of(row) for row in rows}
        self._ids, self._book = clauses, str(rows[0].book_id)
        self._serial = self._events = number * 1_000_000
        # {(enterprise, year): (cycle, town, entries by the rules, day of the last)}
        self._open: dict[tuple[str, str], tuple[str, str, list[Entry], list[int]]] = {}

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What is to be copied."""
        return (self.cycles, self.sheets_given, self.entries, self.became, self.events)

    def give(self, deal: Deal, chosen: Sequence[Given]) -> None:
        """Give the clauses of the chosen findings, a sheet per visit."""
        visits: dict[str, list[Given]] = defaultdict(list)
        for given in chosen:
            visits[given.made.pk].append(given)
        for found in visits.values():
            self._sheet(deal, found)

    def _sheet(self, deal: Deal, found: Sequence[Given]) -> None:
        made, (owner, town, _, org) = found[0].made, found[0].made.served.whose
        on, firm, rng = min(made.on + AFTER, NOW), made.served.firm, deal.rng
        cycle, entries = self._cycle(owner, town, firm.pk, on)
        pk = uuid7_text(milliseconds(on, 880), rng.getrandbits(74))
        first, second = rng.sample(deal.county.people[Role.OFFICER], 2)
        numbers = [f"{deal.county.code}-{p.membership}" for p in (first, second)]
        issued = at(on, 900)
        self.sheets_given.add(
            pk, owner, town, org, firm.pk, str(deal.pk), cycle, at(on, 880), "企业现场",
            str(first.membership), first.name, numbers[0], str(second.membership), second.name,
            numbers[1], firm.principal.name, issued, issued, self._book, day(on + APPEAL_DAYS),
        )  # fmt: skip
        for given in found:
            key = uuid7_text(milliseconds(on, 900), rng.getrandbits(74))
            clause, fate = self._clauses[given.words.clause], given.fate
            self.entries.add(
                key, owner, town, org, pk, cycle, str(self._ids[clause.code]), given.pk,
                given.words.description, day(fate.due), issued, clause.code, at(on, 880),
                text(base_points(clause, 1)), TRUE if clause.is_reducible else FALSE,
            )  # fmt: skip
            kinds = became(fate)
            for kind in kinds:
                then = max(on, fate.rechecked or fate.due)
                event = uuid7_text(milliseconds(then, 900), rng.getrandbits(74))
                self.became.add(
                    event, owner, town, org, cycle, key, kind, at(then, 900), at(then, 900)
                )
            entries.append(Entry(key, on, clause, outcome=outcome_of(kinds)))

    def _cycle(self, owner: str, town: str, firm: str, on: int) -> tuple[str, list[Entry]]:
        key = (firm, day(on)[:4])
        if key not in self._open:
            self._serial += 1
            self._open[key] = (str(self._serial), town, [], [])
        cycle, _, entries, days = self._open[key]
        days.append(on)
        return cycle, entries

    def close(self, owner: str) -> None:
        """Write every cycle as the rules add it up."""
        for (firm, year), (cycle, town, entries, days) in self._open.items():
            total, on = cycle_total(entries), max(days)
            # The body behind a county's enterprise has the same id (firms.py).
            self.cycles.add(
                cycle, owner, town, firm, firm, year, text(total.net), text(total.gross),
                COLOURS[total.colour], at(on, 900), self._book,
            )  # fmt: skip
            for reached, kind in ((12, "reached_12"), (18, "reached_18")):
                if total.net >= reached:
                    self._events += 1
                    state = "drafted" if NOW - on < 30 else "sent"
                    sent = at(on + APPEAL_DAYS + 1, 30) if state == "sent" else NULL
                    self.events.add(
                        str(self._events), owner, town, firm, cycle, firm, kind, state,
                        text(total.net), at(on, 900), sent,
                    )  # fmt: skip
        self._open.clear()
