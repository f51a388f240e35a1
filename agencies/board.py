"""The board: enterprises × five phases at a glance, in a fixed number of statements."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from agencies.gates import AssignmentFacts, facts_of, held_back_by
from agencies.models import Assignment

PHASES = ("摸底排查", "指导整改", "复查验收", "抽查", "执法检查")
ORDER = [phase.value for phase in Assignment.Phase]


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
    held_back: tuple[str, ...]

    @property
    def is_late(self) -> bool:
        """Whether anything about it is late."""
        return any(cell.tone == "late" for cell in self.cells)

    @property
    def is_ready(self) -> bool:
        """Whether it may move on, and only a person has to say so."""
        states = (Assignment.Phase.SURVEY, Assignment.Phase.GUIDANCE, Assignment.Phase.RECHECK)
        return self.assignment.state in states and not self.held_back

    @property
    def step(self) -> str:
        """What a person has to say when nothing is missing any more."""
        return (
            "可以完成验收"
            if self.assignment.state == Assignment.Phase.RECHECK
            else "可以转入下一阶段"
        )


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which rows of a board are looked at; everything stands in the URL."""

    town: str = ""
    inspector: str = ""
    phase: str = ""
    only: str = ""

    ONLY: ClassVar = (("late", "有逾期的"), ("held", "还有欠缺的"), ("ready", "可以转入下一步的"))

    @classmethod
    def of(cls, data: Mapping[str, str]) -> "BoardFilter":
        """Read the URL; what is not there lets everything through."""
        return cls(*(data.get(name, "") for name in ("town", "inspector", "phase", "only")))

    def narrow(self, rows: Sequence[BoardRow]) -> list[BoardRow]:
        """Return the rows of a town and a person, whatever their phase."""
        return [
            row
            for row in rows
            if self.town in ("", row.assignment.region_code)
            and self.inspector in ("", str(row.assignment.inspector_id))
        ]

    def shown(self, rows: Sequence[BoardRow]) -> list[BoardRow]:
        """Return what the whole filter lets through."""
        tests: dict[str, Callable[[BoardRow], bool]] = {
            "late": lambda row: row.is_late,
            "held": lambda row: bool(row.held_back),
            "ready": lambda row: row.is_ready,
        }
        passes = tests.get(self.only, lambda row: True)
        return [
            row
            for row in self.narrow(rows)
            if self.phase in ("", row.assignment.state) and passes(row)
        ]


def phase_counts(rows: Sequence[BoardRow]) -> list[tuple[str, str, int]]:
    """Return (phase, its word, how many) for every phase that somebody is in."""
    counts = Counter(row.assignment.state for row in rows)
    return [(p.value, str(p.label), counts[p.value]) for p in Assignment.Phase if counts[p.value]]


NOT_BEGUN = Cell("未开始", "none")


def board_rows(assignments: Sequence[Assignment], today: date) -> list[BoardRow]:
    """Return the board's rows for assignments that are loaded with their enterprises."""
    facts = facts_of([a.pk for a in assignments])
    return [
        BoardRow(a, found, _cells(a, found, today), tuple(held_back_by(a, found)))
        for a in assignments
        for found in [facts.get(a.pk, AssignmentFacts())]
    ]


def _cells(assignment: Assignment, facts: AssignmentFacts, today: date) -> tuple[Cell, ...]:
    at = ORDER.index(assignment.state)
    return (
        _survey(assignment, facts, at, today),
        _guidance(assignment, facts, at),
        _recheck(assignment, facts, at),
        _spot_check(facts, at),
        _enforcement(facts),
    )


def _why(assignment: Assignment, facts: AssignmentFacts) -> str:
    return "、".join(held_back_by(assignment, facts)) or "可以转入下一阶段"


def _survey(assignment: Assignment, facts: AssignmentFacts, at: int, today: date) -> Cell:
    if at > ORDER.index("survey"):
        return Cell("已完成", "done", f"{assignment.guided_on or ''}")
    if at == ORDER.index("survey"):
        return Cell("进行中", "now", _why(assignment, facts))
    late = assignment.planned_on is not None and assignment.planned_on < today
    return Cell("未到场", "late", f"计划{assignment.planned_on}") if late else NOT_BEGUN


def _guidance(assignment: Assignment, facts: AssignmentFacts, at: int) -> Cell:
    if facts.overdue and at <= ORDER.index("recheck"):
        return Cell(f"逾期{facts.overdue}", "late", f"{facts.open}项未销号，{facts.overdue}项逾期")
    if at > ORDER.index("guidance"):
        return Cell("已完成", "done", f"{assignment.recheck_began_on or ''}")
    if at == ORDER.index("guidance"):
        done = facts.guidance_total - facts.guidance_left
        why = f"{facts.open}项隐患未销号；{_why(assignment, facts)}"
        return Cell(f"{done}/{facts.guidance_total}", "now", why)
    return NOT_BEGUN


def _recheck(assignment: Assignment, facts: AssignmentFacts, at: int) -> Cell:
    if at >= ORDER.index("accepted"):
        tone = "late" if assignment.conclusion == Assignment.Conclusion.FAILED else "done"
        word = {"passed": "通过", "conditional": "限期整改", "failed": "不通过"}
        return Cell(word[assignment.conclusion], tone, f"{assignment.accepted_on or ''}")
    if facts.submitted:
        return Cell(f"待复查{facts.submitted}", "now", f"{facts.submitted}项已提交")
    if at == ORDER.index("recheck"):
        return Cell("进行中", "now", _why(assignment, facts))
    return NOT_BEGUN


SPOT_CHECKS = {
    "waiting": Cell("待抽查", "now", "已入样"),
    "visiting": Cell("抽查中", "now", "执法人员正在检查"),
    "submitted": Cell("待比对", "now", "检查已签字，待比对"),
    "compared": Cell("已抽查", "done", "已比对"),
}


def _spot_check(facts: AssignmentFacts, at: int) -> Cell:
    if facts.spot_check:
        return SPOT_CHECKS[facts.spot_check]
    return Cell("未入样", "skip") if at == ORDER.index("concluded") else NOT_BEGUN


REFERRALS = {
    "listed": Cell("待执法", "late", "已列入执法检查名单"),
    "planned": Cell("已定方案", "now", "一企一策"),
    "checked": Cell("已检查", "now", "执法检查已完成"),
    "ordered": Cell("责令整改", "late", "整改指令期内"),
    "closed": Cell("已办结", "done"),
    "case": Cell("移送立案", "late", "复查未整改，已移送立案"),
    "removed": Cell("已移出", "skip"),
}


def _enforcement(facts: AssignmentFacts) -> Cell:
    return REFERRALS.get(facts.referral, Cell("—", "none"))
