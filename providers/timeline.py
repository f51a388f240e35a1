"""What happened to a measure, in order, as its rows tell it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from providers.models import StandingDecision, StandingStatement


class Happening(NamedTuple):
    """One line of the timeline."""

    at: datetime
    who: str
    what: str
    more: str = ""


def timeline_of(
    decision: StandingDecision, statements: Iterable[StandingStatement], *, is_own: bool
) -> list[Happening]:
    """Return what happened, newest last; who drafted it is the agency's own business."""
    found: list[Happening] = []
    if is_own:
        found.append(Happening(decision.drafted_at, decision.drafted_by_name, "拟办"))
    agency = decision.owner_agency.org.name
    if decision.noticed_at is not None:
        until = f"陈述申辩至{decision.respond_until:%Y-%m-%d}（{decision.respond_reason}）"
        found.append(Happening(decision.noticed_at, agency, "发出告知书", until))
    for one in statements:
        found.append(Happening(one.made_at, one.made_by_name, one.get_kind_display(), one.text))
        if one.answered_at is not None and one.kind == StandingStatement.Kind.REPAIR:
            found.append(
                Happening(one.answered_at, one.answered_by_name, "答复修复申请", one.answer)
            )
    if decision.decided_at is not None:
        words = f"决定{decision.get_measure_display()}"
        found.append(
            Happening(decision.decided_at, decision.decided_by_name, words, decision.reason)
        )
    if decision.ended_at is not None:
        found.append(
            Happening(
                decision.ended_at, decision.ended_by_name or agency,
                decision.get_state_display(), decision.ended_reason,
            )
        )  # fmt: skip
    return sorted(found, key=lambda happening: happening.at)
