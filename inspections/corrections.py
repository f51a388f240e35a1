"""What was corrected, as pages show it: versions side by side, what waits, who may act on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.errors import DomainError
from inspections.access import may_correct
from inspections.models import Hazard, HazardCorrection, Severity
from inspections.services.corrections import FIELDS
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    label: str
    before: str
    after: str


def changes_of(correction: HazardCorrection) -> list[Change]:
    """Return what a correction changes; of a withdrawal, what stood there."""
    after: dict[str, Any] = correction.after
    return [
        Change(FIELDS[name], _shown(name, value), _shown(name, after.get(name, "")))
        for name, value in sorted(
            correction.before.items(), key=lambda pair: list(FIELDS).index(pair[0])
        )
    ]


def _shown(name: str, value: str) -> str:
    return str(dict(Severity.choices).get(value, value)) if name == "severity" else value


def first_version(hazard: Hazard, applied: Sequence[HazardCorrection]) -> dict[str, str]:
    """Return a hazard's fields as they were issued: the newest ones, taken back one by one."""
    values = {name: str(getattr(hazard, name)) for name in FIELDS}
    for correction in sorted(applied, key=lambda one: -(one.version or 0)):
        values |= correction.before
    return values


def applied_of(hazard: Hazard) -> QuerySet[HazardCorrection]:
    """Return a hazard's versions after the one that was issued, in their order."""
    return hazard.corrections.filter(state=HazardCorrection.State.APPLIED).order_by("version")


def correction_step(actor: Actor, found: HazardCorrection) -> str:
    """Return what the actor may do with a correction now: 'answer', 'apply', or nothing."""
    is_asked = found.state == HazardCorrection.State.ASKED
    if found.needs_consent and is_asked:
        return "answer" if actor.may("correction_answer") else ""
    if found.state not in HazardCorrection.OPEN_STATES or not may_correct(actor, found.hazard):
        return ""
    return "" if is_asked and found.asked_by_id == actor.membership_id else "apply"


def check_applies(actor: Actor, found: HazardCorrection) -> None:
    """DomainError where a correction is not the actor's to let hold at this moment."""
    if correction_step(actor, found) != "apply":
        raise DomainError("这项更正已经办结，或者要等别人先答复、办理")
