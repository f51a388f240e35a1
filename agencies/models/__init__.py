"""What a regulator does, one module per noun."""

from agencies.models.contracts import Assignment, AssignmentTally, ServiceBatch, ServiceContract
from agencies.models.grants import AssignmentUserObjectPermission, ContractUserObjectPermission
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
