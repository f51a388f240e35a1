"""official_left: what follows when officers leave an enterprise."""

from inspections.models import EnforcementReferral, SpotCheck, Visit
from tenancy.actors import Actor
from workflow.services import transition


def official_left(*, actor: Actor, visit: Visit) -> None:
    """The officers' record is signed or refused.

    A spot check may now be compared with what the provider found; a file of phase 5 moves on.
    """
    if visit.kind == Visit.Kind.SPOT_CHECK:
        for check in SpotCheck.objects.filter(visit=visit, state=SpotCheck.State.VISITING):
            transition(actor=actor, row=check, name="submit")
    else:
        planned = EnforcementReferral.State.PLANNED
        rows = EnforcementReferral.objects.filter(assignment=visit.assignment_id, state=planned)
        for referral in rows:
            transition(actor=actor, row=referral, name="inspect")
