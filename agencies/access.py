from django.core.exceptions import PermissionDenied

from agencies import grants
from agencies.models import Assignment, ServiceBatch, ServiceContract, ServiceTie
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.enums import Role

EVERY_CONTRACT = (Role.AGENCY_ADMIN, Role.AGENCY_LEADER)


def contract_for(actor: Actor | None, pk: object, perm: str = "contract_view") -> ServiceContract:
    """Return a contract of the actor's region, or of his provider once it is no draft."""
    actor = require(actor, perm)
    rows = ServiceContract.objects.select_related("provider_org", "owner_agency__org")
    if actor.is_provider:
        rows = rows.exclude(state=ServiceContract.State.DRAFT)
    return visible_or_404(rows, pk)


def batch_for(actor: Actor | None, pk: object, perm: str = "batch_view") -> ServiceBatch:
    """Return a batch; changing one needs a hand in its contract."""
    actor = require(actor, perm)
    rows = ServiceBatch.objects.select_related("contract", "provider_org", "owner_agency__org")
    batch = visible_or_404(rows, pk)
    if perm in ("batch_edit", "batch_assign"):
        require_hand_in(actor, batch.contract)
    return batch


def assignment_for(actor: Actor | None, pk: object, perm: str = "assignment_view") -> Assignment:
    """Return an assignment of the actor's region or provider."""
    require(actor, perm)
    rows = Assignment.objects.select_related(
        "enterprise", "batch__contract", "provider_org", "owner_agency__org"
    )
    return visible_or_404(rows, pk)


def has_hand_in(actor: Actor, contract: ServiceContract) -> bool:
    """Administrators and leaders of the contract's own agency always have; others by grant."""
    if actor.org_id != contract.owner_agency_id:
        return False
    return (
        actor.role in EVERY_CONTRACT
        or grants.supervised_contracts(actor).filter(pk=contract.pk).exists()
    )


def require_hand_in(actor: Actor, contract: ServiceContract) -> None:
    """Refuse (403) whoever has no hand in a contract."""
    if not has_hand_in(actor, contract):
        raise PermissionDenied("supervise_contract")


def tie_for(actor: Actor | None, pk: object) -> ServiceTie:
    """Return a standing tie to strike off: of one's own body, or of one's own agency's firms."""
    actor = require(actor, "tie_note")
    rows = ServiceTie.objects.filter(removed_at=None).select_related("enterprise")
    side = "provider_org" if actor.is_provider else "owner_agency"
    return visible_or_404(rows.filter(**{side: actor.org_id}), pk)
