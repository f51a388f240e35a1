from typing import TypeVar

from django.core.exceptions import PermissionDenied

from agencies import grants
from agencies.models import (
    Assignment,
    Obligation,
    Offer,
    Procurement,
    ProcurementLot,
    Publication,
    PurchasePlan,
    PurchasePlanItem,
    ServiceBatch,
    ServiceContract,
    ServiceTie,
)
from common.errors import Refused
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import TenantModel

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


Bought = TypeVar("Bought", bound=TenantModel)
LOOKS = ("plan_view", "procurement_view")


def _to_act_on(actor: Actor, row: Bought, perm: str) -> Bought:
    """Only the buying agency's own people act; a superior only looks (403)."""
    if perm not in LOOKS and row.owner_agency_id != actor.org_id:
        raise PermissionDenied("another agency's")
    return row


def plan_for(actor: Actor | None, pk: object, perm: str = "plan_view") -> PurchasePlan:
    """Return a yearly plan of the actor's region; to act on it, of his own agency."""
    actor = require(actor, perm)
    rows = PurchasePlan.objects.select_related("owner_agency__org", "based_on")
    return _to_act_on(actor, visible_or_404(rows, pk), perm)


def plan_item_for(actor: Actor | None, pk: object, perm: str = "plan_edit") -> PurchasePlanItem:
    """Return a line of a plan."""
    actor = require(actor, perm)
    rows = PurchasePlanItem.objects.select_related("plan")
    return _to_act_on(actor, visible_or_404(rows, pk), perm)


def procurement_for(actor: Actor | None, pk: object, perm: str = "procurement_view") -> Procurement:
    """Return a procurement project of the actor's region; to act on it, of his own agency."""
    actor = require(actor, perm)
    rows = Procurement.objects.select_related("owner_agency__org", "plan_item__plan")
    return _to_act_on(actor, visible_or_404(rows, pk), perm)


def lot_for(actor: Actor | None, pk: object, perm: str = "procurement_view") -> ProcurementLot:
    """Return a lot of such a project."""
    actor = require(actor, perm)
    rows = ProcurementLot.objects.select_related(
        "procurement__owner_agency__org", "procurement__plan_item__plan", "winner"
    )
    return _to_act_on(actor, visible_or_404(rows, pk), perm)


def offer_for(actor: Actor | None, pk: object, perm: str = "procurement_edit") -> Offer:
    """Return an offer to act on."""
    actor = require(actor, perm)
    rows = Offer.objects.select_related("lot__procurement")
    return _to_act_on(actor, visible_or_404(rows, pk), perm)


def publication_for(actor: Actor | None, code: object) -> Publication:
    """Return what the actor's own agency published, to withdraw it."""
    actor = require(actor, "publication_withdraw")
    found = visible_or_404(Publication.objects.select_related("owner_agency__org"), code)
    if found.owner_agency_id != actor.org_id:  # everybody may read it: nobody's to find out
        raise Refused(Publication._meta.label_lower, code)
    return found


def obligation_for(actor: Actor | None, pk: object, perm: str = "obligation_view") -> Obligation:
    """Return an obligation of a contract that the actor may see.

    To change or accept it needs a hand in the contract, to hand something in the provider's side.
    """
    actor = require(actor, perm)
    rows = Obligation.objects.select_related(
        "contract__owner_agency__org", "contract__provider_org"
    )
    if actor.is_provider:
        rows = rows.exclude(contract__state=ServiceContract.State.DRAFT)
    found = visible_or_404(rows, pk)
    if perm in ("contract_edit", "obligation_accept"):
        require_hand_in(actor, found.contract)
    if perm == "delivery_enter" and found.provider_org_id != actor.org_id:
        raise PermissionDenied("delivery_enter")
    return found


def tie_for(actor: Actor | None, pk: object) -> ServiceTie:
    """Return a standing tie to strike off: of one's own body, or of one's own agency's firms."""
    actor = require(actor, "tie_note")
    rows = ServiceTie.objects.filter(removed_at=None).select_related("enterprise")
    side = "provider_org" if actor.is_provider else "owner_agency"
    return visible_or_404(rows.filter(**{side: actor.org_id}), pk)
