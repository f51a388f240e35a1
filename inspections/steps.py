"""One enterprise's next step: what it lacks, where that is made good, and the one act of a role.

`agencies.gates` says what is missing; the places where it is done are this app's pages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from agencies.board import PHASES, BoardRow
from agencies.gates import AssignmentFacts, Duty, duties
from agencies.models import Assignment
from inspections import criteria
from inspections.models import Hazard, Severity, Visit
from tenancy.actors import Actor

Phase = Assignment.Phase


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person sees of one assignment, and whether he may work on it."""

    actor: Actor
    assignment: Assignment
    facts: AssignmentFacts
    visits: Sequence[Visit]
    hazards: Sequence[Hazard]
    cells: Sequence[criteria.Cell]
    may_visit: bool

    @property
    def open_visit(self) -> Visit | None:
        """The provider's visit that is not signed yet."""
        rows = (v for v in self.visits if v.state == Visit.State.OPEN and not v.is_official)
        return next(rows, None)


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done now: a page to open, or a button that does it."""

    words: str
    url: str
    is_button: bool = False
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A duty, and where this person fulfils it; None when it is somebody else's."""

    duty: Duty
    act: Act | None = None


def lines(seen: Seen) -> list[Line]:
    """Return the duties of the next step, each unmet one with its place."""
    return [
        Line(duty, None if duty.is_met else PLACES[duty.title](seen))
        for duty in duties(seen.assignment, seen.facts)
    ]


def next_act(seen: Seen, found: Sequence[Line]) -> Act | None:
    """Return the one thing to do next: what is missing, or the step itself."""
    if not seen.actor.is_provider or not seen.assignment.is_open:
        return None
    if any(not line.duty.is_met for line in found):
        return next((line.act for line in found if line.act), None)
    return _step(seen) if seen.actor.may("phase_move") else None


def _step(seen: Seen) -> Act | None:
    pk, state = seen.assignment.pk, seen.assignment.state
    if state == Phase.RECHECK:
        return Act("完成验收", reverse("inspections:accept", args=[pk]))
    words = {Phase.SURVEY: "转入指导整改", Phase.GUIDANCE: "转入复查验收"}.get(state)
    if words is None:
        return None
    confirm = f"{words}后不能退回上一阶段，确定吗？"
    return Act(words, reverse("inspections:advance", args=[pk]), is_button=True, confirm=confirm)


def phase_rows(row: BoardRow) -> list[tuple[object, ...]]:
    """Return (phase, cell, from, until, why) for each of the five."""
    a = row.assignment
    days = (
        (a.surveyed_on, a.guided_on),
        (a.guided_on, a.recheck_began_on),
        (a.recheck_began_on, a.accepted_on),
        (None, a.concluded_on),
        (None, None),
    )
    whys = ["" if cell.tone == "done" else cell.why for cell in row.cells]
    if a.accepted_on:
        whys[2] = a.conclusion_note
    return [
        (name, cell, began, ended, why)
        for name, cell, (began, ended), why in zip(PHASES, row.cells, days, whys, strict=True)
    ]


def _inspectors(seen: Seen) -> Act | None:
    if not seen.actor.may("inspector_assign"):
        return None
    return Act("安排评估人员", reverse("agencies:inspectors", args=[seen.assignment.batch_id]))


def _visit(seen: Seen) -> Act | None:
    if not seen.may_visit:
        return None
    if seen.open_visit:
        return Act("继续检查", reverse("inspections:visit", args=[seen.open_visit.pk]))
    return Act("开始检查", reverse("inspections:visit-start", args=[seen.assignment.pk]))


def _meetings(seen: Seen) -> Act | None:
    url = reverse("inspections:meeting-list", args=[seen.assignment.batch_id])
    return Act("登记会议" if seen.actor.may("meeting_manage") else "看会议", url)


def _sign(seen: Seen) -> Act | None:
    return _visit(seen) if seen.open_visit else None


def _confirm(seen: Seen) -> Act | None:
    waiting = _first(seen, lambda h: h.state == Hazard.State.FOUND)
    if waiting is None or not seen.actor.may("hazard_confirm"):
        return None
    return Act("确认交底", reverse("inspections:visit-confirm", args=[waiting.visit_id]))


def _report(seen: Seen) -> Act | None:
    row = _first(seen, lambda h: h.severity == Severity.MAJOR and h.major_reported_at is None)
    if row is None or not seen.actor.is_provider:
        return None
    return Act("书面报告", reverse("inspections:hazard", args=[row.pk]))


def _guidance(seen: Seen) -> Act | None:
    url = reverse("inspections:guidance", args=[seen.assignment.pk])
    return Act("登记指导事项" if seen.actor.may("guidance_edit") else "看指导事项", url)


def _recheck(seen: Seen) -> Act | None:
    if not seen.may_visit:
        return None
    handed_in = _first(seen, lambda h: h.state == Hazard.State.SUBMITTED)
    if handed_in:
        return Act("复查", reverse("inspections:recheck", args=[handed_in.pk]))
    left = _first(seen, lambda h: h.state in Hazard.OPEN_STATES and h.rechecked_on is None)
    return Act("现场复查", reverse("inspections:unmended", args=[left.pk])) if left else None


def _criteria(seen: Seen) -> Act | None:
    owed = next((cell for cell in seen.cells if cell.result == criteria.OWED), None)
    if owed and seen.actor.may("criterion_find"):
        url = reverse("inspections:criterion", args=[seen.assignment.pk, owed.number])
        return Act(f"核查标准{owed.number}", f"{url}?from=assignment")
    return Act("看验收标准", reverse("inspections:acceptance", args=[seen.assignment.batch_id]))


def _first(seen: Seen, passes: Callable[[Hazard], bool]) -> Hazard | None:
    own = (h for h in seen.hazards if h.source == Hazard.Source.PROVIDER)
    return next((h for h in own if passes(h)), None)


# By the titles of `agencies.gates`; a test holds the two together.
PLACES: dict[str, Callable[[Seen], Act | None]] = {
    "已安排评估人员": _inspectors,
    "已开始检查": _visit,
    "已召开动员会": _meetings,
    "软件资料检查完成": _visit,
    "现场隐患排查完成": _visit,
    "检查均已签字": _sign,
    "隐患均已确认交底": _confirm,
    "重大隐患均已书面报告": _report,
    "指导事项均已落实": _guidance,
    "隐患均有复查结果": _recheck,
    "九项标准均有结果": _criteria,
}
