from chain.models import Verification
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def verification_for(actor: Actor | None, pk: object) -> Verification:
    """Return a check of the chain of the actor's own agency."""
    actor = require(actor, "audit_view")
    return visible_or_404(Verification.objects.filter(owner_agency_id=actor.org), pk)
