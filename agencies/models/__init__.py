"""What a regulator does, one module per noun."""

from agencies.models.choices import ChoiceInvite, ChoiceOffer, ChoiceRound, ProviderChoice
from agencies.models.contracts import Assignment, AssignmentTally, ServiceBatch, ServiceContract
from agencies.models.grants import AssignmentUserObjectPermission, ContractUserObjectPermission
from agencies.models.library import LibraryChange, LibraryClass, LibraryProvider
from agencies.models.payment import PaymentDecision, PaymentStage

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
    "ServiceBatch",
    "ServiceContract",
]
