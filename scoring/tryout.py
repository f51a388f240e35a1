"""A draft book run over a year that really happened: who would stand where, and why (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from scoring.points import Clause, Entry, Line, Parameters, Total, cycle_total

SIZES = ((20, "20人以下"), (100, "20—99人"), (300, "100—299人"))
LARGE, UNKNOWN = "300人及以上", "人数不明"


@dataclass(frozen=True, slots=True)
class Year:
    """One enterprise's year, as the rules see it."""

    enterprise_id: int
    name: str
    town: str
    employees: int | None
    entries: Sequence[Entry]
    obstructions: int
    trainings: int
    rules: Parameters

    @property
    def size(self) -> str:
        """The band of its headcount."""
        if self.employees is None:
            return UNKNOWN
        return next((words for below, words in SIZES if self.employees < below), LARGE)


@dataclass(frozen=True, slots=True)
class Moved:
    """One enterprise whose points another book changes, and what of it changes them."""

    enterprise_id: int
    name: str
    town: str
    size: str
    before: Decimal
    after: Decimal
    colours: tuple[str, str]
    why: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """How many stand at 12 and 18 in a town or size, before and after."""

    enterprises: int = 0
    at_12: list[int] = field(default_factory=lambda: [0, 0])
    at_18: list[int] = field(default_factory=lambda: [0, 0])
    net: list[Decimal] = field(default_factory=lambda: [Decimal(0), Decimal(0)])

    def add(self, before: Total, after: Total) -> None:
        """Count one enterprise."""
        self.enterprises += 1
        for place, total in enumerate((before, after)):
            self.at_12[place] += total.has_reached_report
            self.at_18[place] += total.has_reached_veto
            self.net[place] += total.net


@dataclass(slots=True)
class Outcome:
    """What a draft would have made of a year."""

    by_town: dict[str, Tally] = field(default_factory=dict)
    by_size: dict[str, Tally] = field(default_factory=dict)
    colours: tuple[Counter[str], Counter[str]] = field(
        default_factory=lambda: (Counter[str](), Counter[str]())
    )
    moved: list[Moved] = field(default_factory=list)


def tried(
    years: Iterable[Year], clauses: Mapping[str, Clause], rules: Parameters | None
) -> Outcome:
    """Run another book over years; without `rules` each keeps the parameters it had.

    An entry of a clause that the book does not have any more falls away; the points of a
    circumstance (情节) stay as they were given, for nobody has judged it anew.
    """
    found = Outcome()
    for year in years:
        before, after = _both(year, clauses, rules)
        for place, total in enumerate((before, after)):
            found.colours[place][total.colour] += 1
        found.by_town.setdefault(year.town, Tally()).add(before, after)
        found.by_size.setdefault(year.size, Tally()).add(before, after)
        if before.net != after.net:
            found.moved.append(_moved(year, before, after, clauses))
    found.moved.sort(key=lambda one: (-(one.after - one.before), one.enterprise_id))
    return found


def _both(
    year: Year, clauses: Mapping[str, Clause], rules: Parameters | None
) -> tuple[Total, Total]:
    same = {"obstructions": year.obstructions, "trainings": year.trainings}
    before = cycle_total(year.entries, parameters=year.rules, **same)  # type: ignore[arg-type]
    kept = [
        replace(entry, clause=clauses[entry.clause.code])
        for entry in year.entries
        if entry.clause.code in clauses
    ]
    after = cycle_total(kept, parameters=rules or year.rules, **same)  # type: ignore[arg-type]
    return before, after


def _moved(year: Year, before: Total, after: Total, clauses: Mapping[str, Clause]) -> Moved:
    new = {line.key: line for line in after.lines}
    why = [
        words
        for line in before.lines
        for words in _line_words(line, new.get(line.key), line.clause.code in clauses)
    ]
    if before.obstruction != after.obstruction:
        why.append(f"拒绝检查加处由{before.obstruction}分变为{after.obstruction}分")
    if before.reduction != after.reduction:
        why.append(f"减免合计由{before.reduction}分变为{after.reduction}分")
    return Moved(
        year.enterprise_id, year.name, year.town, year.size, before.net, after.net,
        (before.colour, after.colour), tuple(why),
    )  # fmt: skip


def _line_words(before: Line, after: Line | None, is_there: bool) -> list[str]:
    code = before.clause.code
    if not is_there or after is None:
        return [f"第{code}款删去，少{before.net}分"] if before.net else []
    if before.net == after.net:
        return []
    return [f"第{code}款由{before.net}分变为{after.net}分（{after.why}）"]
