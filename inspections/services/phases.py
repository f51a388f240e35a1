"""phase_advance · batch_advance · advance_if_ready

The gates are `agencies.gates`; here a person, or the act that met the last duty, walks through.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from agencies.gates import AssignmentFacts, facts_of, held_back_by
from agencies.models import Assignment, ServiceBatch
from common.errors import DomainError
from providers.standing import barred_words, must_serve
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from workflow.services import transition

LEADS = (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD)
# The step that a lead may take from each phase, and the day that it stamps. Phase 3 is closed by
# `inspections.services.acceptance`, which issues the two papers.
STEPS = {
    Assignment.Phase.SURVEY: ("begin_guidance", "guided_on"),
    Assignment.Phase.GUIDANCE: ("begin_recheck", "recheck_began_on"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """How many enterprises moved on, and how many are held back."""

    moved: int
    held_back: int


def missing_for(assignment: Assignment) -> list[str]:
    """Return what the assignment lacks for its next step."""
    facts = facts_of([assignment.pk]).get(assignment.pk, AssignmentFacts())
    return held_back_by(assignment, facts)


@transaction.atomic
def phase_advance(*, actor: Actor, assignment: Assignment) -> Assignment:
    """Move an enterprise to 指导整改 or 复查验收; DomainError names what is missing."""
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
    if actor.role not in LEADS:
        raise DomainError("只有服务机构的项目负责人可以转入下一阶段")
    if locked.withdrawn_at:
        raise DomainError("该企业已退出本批次")
    if locked.state not in STEPS:
        raise DomainError(f"“{locked.get_state_display()}”之后不是这样转入的")
    check_frozen(locked)
    if missing := missing_for(locked):
        raise DomainError(f"还不能转入下一阶段：{'、'.join(missing)}")
    return _step(actor, locked)


def check_frozen(row: Assignment | ServiceBatch) -> None:
    """DomainError where the provider may not serve: its enterprises do not move on."""
    if row.provider_org_id is not None:
        must_serve(row.provider_org_id, clock.today(row.owner_agency_id))


def _step(actor: Actor, assignment: Assignment) -> Assignment:
    name, stamp = STEPS[Assignment.Phase(assignment.state)]
    values: dict[str, Any] = {stamp: clock.today(assignment.owner_agency_id)}
    return transition(actor=actor, row=assignment, name=name, **values)


def advance_if_ready(*, actor: Actor, assignment_id: int) -> None:
    """After an act that may have met the last duty of phase 1: on to 指导整改."""
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment_id)
    if locked.state == Assignment.Phase.SURVEY and not missing_for(locked) and not _barred(locked):
        _step(actor, locked)


def _barred(row: Assignment) -> str:
    assert row.provider_org_id is not None  # an assignment is a provider's
    return barred_words(row.provider_org_id, clock.today(row.owner_agency_id))


@transaction.atomic
def batch_advance(*, actor: Actor, batch: ServiceBatch) -> Moved:
    """Move every enterprise of a batch on that has met its duties; the others stay."""
    if actor.role not in LEADS:
        raise DomainError("只有服务机构的项目负责人可以转入下一阶段")
    check_frozen(batch)
    rows = list(
        batch.assignments.select_for_update(of=("self",), no_key=True)
        .filter(withdrawn_at=None, state__in=STEPS)
        .order_by("pk")
    )
    facts = facts_of([row.pk for row in rows])
    ready = [row for row in rows if not held_back_by(row, facts[row.pk])]
    for row in ready:
        _step(actor, row)
    return Moved(len(ready), len(rows) - len(ready))
