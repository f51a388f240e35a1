"""What a regulator does, one module per noun."""

from agencies.models.contracts import Assignment, AssignmentTally, ServiceBatch, ServiceContract
from agencies.models.grants import AssignmentUserObjectPermission, ContractUserObjectPermission

__all__ = [
    "Assignment",
    "AssignmentTally",
    "AssignmentUserObjectPermission",
    "ContractUserObjectPermission",
    "ServiceBatch",
    "ServiceContract",
]
