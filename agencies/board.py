"""The board: enterprises × phases at a glance, in a fixed number of statements.

Visits and hazards are known to an app above; it fills the registry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import Assignment

PHASES = ("摸底排查", "指导整改", "复查验收", "抽查", "执法检查")
ORDER = [phase.value for phase in Assignment.Phase]


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What happened at one assignment so far."""

    visits: int = 0
    hazards: int = 0
    open: int = 0
    overdue: int = 0
    major_open: int = 0
    submitted: int = 0


FactsProvider = Callable[[Sequence[int]], Mapping[int, AssignmentFacts]]
_providers: list[FactsProvider] = []


def register_facts(provider: FactsProvider) -> None:
    """Say who counts visits and hazards; called in AppConfig.ready()."""
    _providers[:] = [provider]


def facts_of(assignment_ids: Sequence[int]) -> Mapping[int, AssignmentFacts]:
    """Return {assignment id: facts}."""
    return _providers[0](assignment_ids) if _providers else {}


@dataclass(frozen=True, slots=True)
class Cell:
    """One phase of one enterprise: 未开始, 进行中, 已完成 or 逾期."""

    word: str
    tone: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One enterprise: its five cells and what holds it back."""

    assignment: Assignment
    facts: AssignmentFacts
    cells: tuple[Cell, ...]

    @property
    def is_late(self) -> bool:
        """Whether anything about it is late."""
        return any(cell.tone == "late" for cell in self.cells)


NOT_BEGUN = Cell("未开始", "none")


def board_rows(assignments: Sequence[Assignment], today: date) -> list[BoardRow]:
    """Return the board's rows for assignments that are loaded with their enterprises."""
    facts = facts_of([a.pk for a in assignments])
    return [
        BoardRow(a, found, _cells(a, found, today))
        for a in assignments
        for found in [facts.get(a.pk, AssignmentFacts())]
    ]


def _cells(assignment: Assignment, facts: AssignmentFacts, today: date) -> tuple[Cell, ...]:
    at = ORDER.index(assignment.state)
    first_three = (
        _survey(assignment, at, today),
        _guidance(assignment, facts, at),
        _recheck(assignment, facts, at),
    )
    return (*first_three, NOT_BEGUN, NOT_BEGUN)


def _survey(assignment: Assignment, at: int, today: date) -> Cell:
    if at > ORDER.index("survey"):
        return Cell("已完成", "done", f"{assignment.surveyed_on or ''}")
    late = assignment.planned_on is not None and assignment.planned_on < today
    if at == ORDER.index("survey"):
        return Cell("进行中", "now", "已到场，隐患待交底")
    return Cell("未到场", "late", f"计划{assignment.planned_on}") if late else NOT_BEGUN


def _guidance(assignment: Assignment, facts: AssignmentFacts, at: int) -> Cell:
    if facts.overdue:
        return Cell(f"逾期{facts.overdue}", "late", f"{facts.open}项未销号，{facts.overdue}项逾期")
    if at > ORDER.index("guidance"):
        return Cell("已完成", "done", f"{assignment.guided_on or ''}")
    if at == ORDER.index("guidance"):
        return Cell(f"待整改{facts.open}", "now", f"{facts.open}项未销号")
    return NOT_BEGUN


def _recheck(assignment: Assignment, facts: AssignmentFacts, at: int) -> Cell:
    if at == ORDER.index("accepted"):
        return Cell("已完成", "done", f"{assignment.accepted_on or ''}")
    if facts.submitted:
        return Cell(f"待复查{facts.submitted}", "now", f"{facts.submitted}项已提交")
    return (
        Cell("进行中", "now", f"{facts.open}项未销号")
        if at == ORDER.index("recheck")
        else NOT_BEGUN
    )
