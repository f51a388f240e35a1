"""One person on one object: written and read here and nowhere else.

Grants are django-guardian's, in direct-foreign-key tables, and hang on the membership: who leaves a
firm, or changes to another of his memberships, carries nothing along.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from agencies.models import (
    Assignment,
    AssignmentUserObjectPermission,
    ContractUserObjectPermission,
    ServiceContract,
)
from tenancy.actors import Actor
from tenancy.models import Membership

LOG_VISIT, SUPERVISE = "log_visit", "supervise_contract"


def _permission(model: type, codename: str) -> Permission:
    return Permission.objects.get(
        codename=codename, content_type__app_label="agencies",
        content_type__model=model._meta.model_name,  # type: ignore[attr-defined]
    )  # fmt: skip


def inspectors_grant(pairs: Mapping[int, Membership]) -> None:
    """Let each membership log visits on its assignment, and nobody else's inspector any more."""
    permission = _permission(Assignment, LOG_VISIT)
    grants = AssignmentUserObjectPermission.objects
    grants.filter(content_object_id__in=pairs, permission=permission).delete()
    grants.bulk_create(
        AssignmentUserObjectPermission(
            user_id=membership.user_id,
            membership=membership,
            permission=permission,
            content_object_id=assignment_id,
        )
        for assignment_id, membership in pairs.items()
    )


def officer_grant(contract: ServiceContract, membership: Membership) -> None:
    """Let an officer work on a contract."""
    ContractUserObjectPermission.objects.get_or_create(
        user_id=membership.user_id,
        permission=_permission(ServiceContract, SUPERVISE),
        content_object=contract,
        defaults={"membership": membership},
    )


def officer_revoke(contract: ServiceContract, membership: Membership) -> None:
    """Take that back."""
    ContractUserObjectPermission.objects.filter(
        membership=membership, content_object=contract
    ).delete()


def officers_of(contract: ServiceContract) -> QuerySet[Membership]:
    """Return the active memberships that work on a contract by grant."""
    return Membership.objects.filter(
        contract_grants__content_object=contract, ended_at=None
    ).select_related("user")


def contracts_given(membership: Membership) -> QuerySet[ServiceContract]:
    """Return the contracts that a membership works on by grant."""
    rows = ServiceContract.objects.filter(contractuserobjectpermission__membership=membership)
    return rows.order_by("title", "pk")


def grants_end(_actor: Actor, membership: Membership) -> None:
    """Take what one person may do on single contracts and assignments; he has left."""
    ContractUserObjectPermission.objects.filter(membership=membership).delete()
    AssignmentUserObjectPermission.objects.filter(membership=membership).delete()


def supervised_contracts(actor: Actor) -> QuerySet[ServiceContract]:
    """Return the contracts that were put into this membership's hands."""
    return ServiceContract.objects.filter(
        contractuserobjectpermission__membership_id__in=actor.places,
        contractuserobjectpermission__membership__ended_at=None,
    ).distinct()


def may_log_visit(actor: Actor, assignment: Assignment) -> bool:
    """Whether this membership, or the one whose deputy it is, was put on this assignment."""
    return AssignmentUserObjectPermission.objects.filter(
        membership_id__in=actor.places,
        membership__ended_at=None,
        content_object=assignment,
        permission__codename=LOG_VISIT,
    ).exists()


def assigned_to(memberships: Iterable[int]) -> QuerySet[Assignment]:
    """Return the assignments these memberships may log visits on."""
    return Assignment.objects.filter(
        assignmentuserobjectpermission__membership_id__in=list(memberships)
    )


def inspectors_end(assignment_ids: Sequence[int]) -> None:
    """Let nobody of the provider log visits on these assignments any more."""
    AssignmentUserObjectPermission.objects.filter(content_object_id__in=assignment_ids).delete()
