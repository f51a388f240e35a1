"""body_fold · body_unfold: a body that stood in an agency's files twice goes into the other, and comes out.

What belonged to the former one stays its own; whoever acts for the other sees it beside his own
(`Actor.orgs`). Its people go over. It gives its credit code up: whoever lists that code afterwards
means a body of his own, and nobody sees that one by what was merged here. Runs as the system, since
no agency writes bodies or their people.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count

from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import Role
from tenancy.models import Invitation, Membership, Organization
from tenancy.services import invitation_revoke, membership_create, membership_move

TAKEN = "统一社会信用代码{code}已由另一单位使用，不能撤销合并"


@transaction.atomic
def body_fold(*, actor: Actor, former_id: int, into_id: int) -> dict[str, Any]:
    """Let one body go into another; return what `body_unfold` needs to know."""
    with acting_as(SYSTEM):
        former, into = _locked(former_id, into_id)
        if former.merged_into_id or into.merged_into_id:
            raise DomainError("其中一家已并入其他单位，请刷新后再试")
        code, former.credit_code, former.merged_into = former.credit_code, None, into
        former.save(update_fields=["credit_code", "merged_into"])
        Organization.objects.filter(pk__in=former.former_ids).update(merged_into=into)
        into.former_ids = [*into.former_ids, former.pk, *former.former_ids]
        into.save(update_fields=["former_ids"])
        for invitation in _invitations(former):
            invitation_revoke(actor=actor, invitation=invitation)
        people = list(_moved(actor, former, into))
        record(
            actor=actor, act="organization.fold", subject=("tenancy.organization", str(former.pk)),
            data={"into": into.pk, "people": len(people)},
        )  # fmt: skip
    return {"credit_code": code, "people": people}


@transaction.atomic
def body_unfold(*, actor: Actor, former_id: int, into_id: int, kept: Mapping[str, Any]) -> None:
    """Let a body be its own again, with its code and those of its people who are still there."""
    with acting_as(SYSTEM):
        former, into = _locked(former_id, into_id)
        code = kept["credit_code"]
        if Organization.objects.filter(credit_code=code).exists():
            raise DomainError(TAKEN.format(code=code))
        former.credit_code, former.merged_into = code, None
        former.save(update_fields=["credit_code", "merged_into"])
        Organization.objects.filter(pk__in=former.former_ids).update(merged_into=former)
        out = {former.pk, *former.former_ids}
        into.former_ids = [pk for pk in into.former_ids if pk not in out]
        into.save(update_fields=["former_ids"])
        _moved_back(actor, former, into, {one["new"]: one["is_new"] for one in kept["people"]})
        record(
            actor=actor, act="organization.unfold",
            subject=("tenancy.organization", str(former.pk)), data={"from": into.pk},
        )  # fmt: skip


def roles_at(org_ids: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
    """Return how many have an account at some bodies, by role: who they are is the bodies' own."""
    found: dict[int, list[tuple[str, int]]] = {pk: [] for pk in org_ids}
    with acting_as(SYSTEM):
        rows = Membership.objects.own().filter(org__in=org_ids).order_by("org", "role")
        for org_id, role, number in rows.values_list("org", "role").annotate(Count("pk")):
            found[org_id].append((Role(role).label, number))
    return found


def invited_to(org_id: int) -> int:
    """Count the offers of a body that nobody has taken up yet."""
    with acting_as(SYSTEM):
        return _invitations(Organization(pk=org_id)).count()


def _invitations(org: Organization) -> Any:
    return Invitation.objects.filter(org=org, accepted_at=None, revoked_at=None).order_by("pk")


def _locked(former_id: int, into_id: int) -> tuple[Organization, Organization]:
    # The key too: nobody may join a body while it is being merged.
    rows = Organization.objects.select_for_update(no_key=False)
    rows = rows.filter(pk__in=[former_id, into_id])
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[former_id], found[into_id]


def _moved(actor: Actor, former: Organization, into: Organization) -> Iterator[dict[str, Any]]:
    rows = Membership.objects.own().filter(org=former).select_related("user", "org").order_by("pk")
    for membership in rows:
        new, is_new = membership_move(actor=actor, membership=membership, org=into)
        yield {"old": membership.pk, "new": new.pk, "is_new": is_new}


def _moved_back(
    actor: Actor, former: Organization, into: Organization, people: Mapping[int, bool]
) -> None:
    """Whoever came over goes back; who had a place at both has one at both again."""
    still = Membership.objects.own().filter(pk__in=people, org=into).order_by("pk")
    for membership in still.select_related("user", "org"):
        if people[membership.pk]:
            membership_move(actor=actor, membership=membership, org=former)
        else:
            membership_create(user=membership.user, org=former, role=Role(membership.role))
