"""The gates between the phases: what must be there before an enterprise moves on (domain.md 1.1).

Phases have no dates of their own (A1); they have duties. What happened is known to an app above,
which fills the registry; the rules stand here, pure, so that pages, services and tests ask the same.

The kick-off is asked for when phase 1 is left, not when it is entered: an inspector who stands at a
gate must not be stopped by a meeting that nobody has written down yet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agencies.models import Assignment, ServiceContract

Phase = Assignment.Phase


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What happened at one assignment so far. Counts of hazards leave dismissed ones out."""

    visits: int = 0
    open_visits: int = 0
    hazards: int = 0
    unconfirmed: int = 0
    open: int = 0
    overdue: int = 0
    major_open: int = 0
    submitted: int = 0
    unchecked: int = 0
    unreported_majors: int = 0
    refused: int = 0
    is_kicked_off: bool = False
    guidance_left: int = 0
    guidance_total: int = 0
    criteria_left: int = 0
    criteria_failed: int = 0
    spot_check: str = ""
    referral: str = ""


FactsProvider = Callable[[Sequence[int]], Mapping[int, AssignmentFacts]]
_providers: list[FactsProvider] = []


def register_facts(provider: FactsProvider) -> None:
    """Say who counts visits, hazards and the rest; called in AppConfig.ready()."""
    _providers[:] = [provider]


def facts_of(assignment_ids: Sequence[int]) -> Mapping[int, AssignmentFacts]:
    """Return {assignment id: facts} in a fixed number of statements."""
    return _providers[0](assignment_ids) if _providers else {}


Preparation = Callable[[ServiceContract], Mapping[int, str]]
_preparation: list[Preparation] = []


def register_preparation(words: Preparation) -> None:
    """Say who knows which of a provider's people may not go on visits yet; in AppConfig.ready()."""
    _preparation[:] = [words]


def unprepared(contract: ServiceContract) -> Mapping[int, str]:
    """Return {membership: what stands in the way of visits} under a contract; the rest may go."""
    return _preparation[0](contract) if _preparation else {}


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that must be there before the next step."""

    title: str
    is_met: bool
    missing: str = ""


def duties(assignment: Assignment, facts: AssignmentFacts) -> tuple[Duty, ...]:
    """Return what the assignment's next step asks for, met or not; () when no step is left."""
    doers = {
        Phase.WAITING: _before_survey,
        Phase.SURVEY: _before_guidance,
        Phase.GUIDANCE: _before_recheck,
        Phase.RECHECK: _before_acceptance,
    }
    doer = doers.get(assignment.state)
    return doer(assignment, facts) if doer and assignment.withdrawn_at is None else ()


def held_back_by(assignment: Assignment, facts: AssignmentFacts) -> list[str]:
    """Return in a few words each what is missing for the next step."""
    return [duty.missing for duty in duties(assignment, facts) if not duty.is_met]


def _before_survey(assignment: Assignment, facts: AssignmentFacts) -> tuple[Duty, ...]:
    return (
        Duty("已安排评估人员", assignment.inspector_id is not None, "未安排评估人员"),
        Duty("已开始检查", facts.visits > 0, "未到场"),
    )


def _before_guidance(assignment: Assignment, facts: AssignmentFacts) -> tuple[Duty, ...]:
    return (
        Duty("已召开动员会", facts.is_kicked_off, "未召开动员会"),
        Duty("软件资料检查完成", assignment.soft_checked_on is not None, "未做软件资料检查"),
        Duty("现场隐患排查完成", assignment.site_checked_on is not None, "未做现场排查"),
        Duty("检查均已签字", not facts.open_visits, "检查未签字"),
        Duty("隐患均已确认交底", not facts.unconfirmed, f"{facts.unconfirmed}项待交底"),
        Duty(
            "重大隐患均已书面报告",
            not facts.unreported_majors,
            f"{facts.unreported_majors}项重大隐患未书面报告",
        ),
    )


def _before_recheck(assignment: Assignment, facts: AssignmentFacts) -> tuple[Duty, ...]:
    return (
        Duty("指导事项均已落实", not facts.guidance_left, f"指导还差{facts.guidance_left}项"),
        Duty("检查均已签字", not facts.open_visits, "检查未签字"),
        Duty("隐患均已确认交底", not facts.unconfirmed, f"{facts.unconfirmed}项待交底"),
    )


def _before_acceptance(assignment: Assignment, facts: AssignmentFacts) -> tuple[Duty, ...]:
    return (
        Duty("指导事项均已落实", not facts.guidance_left, f"指导还差{facts.guidance_left}项"),
        Duty("检查均已签字", not facts.open_visits, "检查未签字"),
        Duty("隐患均已确认交底", not facts.unconfirmed, f"{facts.unconfirmed}项待交底"),
        Duty("隐患均有复查结果", not facts.unchecked, f"{facts.unchecked}项未复查"),
        Duty(
            "重大隐患均已书面报告",
            not facts.unreported_majors,
            f"{facts.unreported_majors}项重大隐患未书面报告",
        ),
        Duty("九项标准均有结果", not facts.criteria_left, f"验收标准还差{facts.criteria_left}项"),
    )


def proposed_conclusion(facts: AssignmentFacts) -> str:
    """Return the conclusion that the facts suggest (domain.md 1.1).

    Refused or late rectification: 不通过; something open within its time, or a criterion not met:
    限期整改后通过; nothing of that: 通过.
    """
    if facts.refused or facts.overdue or facts.major_open:
        return Assignment.Conclusion.FAILED
    if facts.open or facts.criteria_failed:
        return Assignment.Conclusion.CONDITIONAL
    return Assignment.Conclusion.PASSED
