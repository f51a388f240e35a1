from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from agencies import grants
from agencies.models import (
    Assignment,
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    LibraryClass,
    LibraryProvider,
    Obligation,
    Offer,
    PaymentDecision,
    PaymentStage,
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

M = TypeVar("M", bound=TenantModel)
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


def library_entry_for(actor: Actor | None, pk: object, perm: str) -> LibraryProvider:
    """Return an entry of the library; to change one is for the agency that keeps it."""
    actor = require(actor, perm)
    rows = LibraryProvider.objects.select_related(
        "provider_org", "business_class", "owner_agency__org"
    )
    return visible_or_404(_own(actor, rows) if perm == "library_edit" else rows, pk)


def library_class_for(actor: Actor | None, pk: object) -> LibraryClass:
    """Return a class of the actor's own library."""
    actor = require(actor, "library_edit")
    return visible_or_404(_own(actor, LibraryClass.objects.filter(retired_at=None)), pk)


def round_for(actor: Actor | None, pk: object, perm: str = "choice_round_edit") -> ChoiceRound:
    """Return a round of the actor's region; to change one is for the agency that asks."""
    actor = require(actor, perm)
    rows = ChoiceRound.objects.select_related("owner_agency__org")
    return visible_or_404(_own(actor, rows) if perm == "choice_round_edit" else rows, pk)


def round_offer_for(actor: Actor | None, pk: object) -> ChoiceOffer:
    """Return a provider's part in a round of the actor's own agency."""
    actor = require(actor, "choice_round_edit")
    rows = ChoiceOffer.objects.select_related("round", "provider_org", "contract")
    return visible_or_404(_own(actor, rows), pk)


def invite_for(actor: Actor | None, pk: object) -> ChoiceInvite:
    """Return an enterprise's place in a round of the actor's own agency."""
    actor = require(actor, "choice_round_edit")
    rows = ChoiceInvite.objects.select_related("round", "enterprise")
    return visible_or_404(_own(actor, rows), pk)


def invite_to_enter_for(actor: Actor | None, pk: object) -> ChoiceInvite:
    """Return a place of which an officer enters the choice of an owner without a phone."""
    actor = require(actor, "enter_for")
    if not actor.is_agency:
        raise PermissionDenied("enter_for")
    rows = ChoiceInvite.objects.select_related("round__owner_agency__org", "enterprise")
    return visible_or_404(_own(actor, rows.exclude(asked_at=None)), pk)


def own_invite_for(actor: Actor | None, pk: object) -> ChoiceInvite:
    """Return what an enterprise was asked to choose."""
    actor = require(actor, "provider_choose")
    rows = ChoiceInvite.objects.filter(enterprise_org__in=actor.orgs).exclude(asked_at=None)
    return visible_or_404(rows.select_related("round__owner_agency__org", "enterprise"), pk)


def payment_stage_for(actor: Actor | None, pk: object) -> PaymentStage:
    """Return a stage of a contract that the actor has a hand in."""
    actor = require(actor, "payment_propose")
    rows = PaymentStage.objects.select_related("contract__provider_org").filter(superseded_at=None)
    stage = visible_or_404(_own(actor, rows), pk)
    require_hand_in(actor, stage.contract)
    return stage


def payment_for(actor: Actor | None, pk: object, perm: str = "payment_view") -> PaymentDecision:
    """Return a decision on a payment: a provider's once it is approved, to act on one's own agency's."""
    actor = require(actor, perm)
    rows = PaymentDecision.objects.select_related(
        "stage", "contract__provider_org", "owner_agency__org", "supersedes"
    )
    if actor.is_provider:
        rows = rows.filter(state=PaymentDecision.State.APPROVED)
    return visible_or_404(rows if perm == "payment_view" else _own(actor, rows), pk)


def _own(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """Return what the actor's own agency keeps, not those below it."""
    return rows.filter(owner_agency=actor.org_id)


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
