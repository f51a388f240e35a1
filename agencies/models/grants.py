"""What one person may do on one contract or assignment."""

from django.db import models
from guardian.models import UserObjectPermissionBase

from agencies.models.contracts import Assignment, ServiceContract
from tenancy.models import Membership


class ContractUserObjectPermission(UserObjectPermissionBase):
    """This officer on this contract; hangs on the membership and ends with it."""

    content_object = models.ForeignKey(ServiceContract, models.CASCADE)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="contract_grants")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "合同授权"


class AssignmentUserObjectPermission(UserObjectPermissionBase):
    """This inspector on this assignment; hangs on the membership and ends with it."""

    content_object = models.ForeignKey(Assignment, models.CASCADE)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="assignment_grants")

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = "指派授权"
