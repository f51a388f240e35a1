"""What a regulator does, one module per noun."""

from agencies.models.contracts import Assignment, AssignmentTally, ServiceBatch, ServiceContract
from agencies.models.grants import AssignmentUserObjectPermission, ContractUserObjectPermission
from agencies.models.ties import ConflictReason, ServiceTie

__all__ = [
    "Assignment",
    "AssignmentTally",
    "AssignmentUserObjectPermission",
    "ConflictReason",
    "ContractUserObjectPermission",
    "ServiceBatch",
    "ServiceContract",
    "ServiceTie",
]
