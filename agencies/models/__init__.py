"""What a regulator does, one module per noun."""

from agencies.models.choices import ChoiceInvite, ChoiceOffer, ChoiceRound, ProviderChoice
from agencies.models.contracts import Assignment, AssignmentTally, ServiceBatch, ServiceContract
from agencies.models.grants import AssignmentUserObjectPermission, ContractUserObjectPermission
from agencies.models.library import LibraryChange, LibraryClass, LibraryProvider
from agencies.models.payment import PaymentDecision, PaymentStage
from agencies.models.publications import Publication
from agencies.models.purchase import (
    AwardCriterion,
    Offer,
    OfferScore,
    Procurement,
    ProcurementLot,
    PurchaseArea,
    PurchaseMethod,
    PurchasePlan,
    PurchasePlanItem,
)
from agencies.models.terms import Obligation, ObligationAcceptance, ObligationDelivery
from agencies.models.ties import ConflictReason, ServiceTie

__all__ = [
    "Assignment",
    "AssignmentTally",
    "AssignmentUserObjectPermission",
    "ChoiceInvite",
    "ChoiceOffer",
    "ChoiceRound",
    "ContractUserObjectPermission",
    "LibraryChange",
    "LibraryClass",
    "LibraryProvider",
    "PaymentDecision",
    "PaymentStage",
    "ProviderChoice",
    "AwardCriterion",
    "ConflictReason",
    "ContractUserObjectPermission",
    "Obligation",
    "ObligationAcceptance",
    "ObligationDelivery",
    "Offer",
    "OfferScore",
    "Procurement",
    "ProcurementLot",
    "PurchaseArea",
    "PurchaseMethod",
    "PurchasePlan",
    "PurchasePlanItem",
    "Publication",
    "ServiceBatch",
    "ServiceContract",
    "ServiceTie",
]
