"""The two ways to be refused, written once: not yours is 404, not your right is 403."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, Q, QuerySet

from common.errors import Refused
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from tenancy.enums import Role
from tenancy.models import Agency, Invitation, Membership, OfficerCertificate

M = TypeVar("M", bound=Model)


def require(actor: Actor | None, perm: str) -> Actor:
    """Return the actor if his role has `perm`, else raise PermissionDenied (403)."""
    if actor is None or not actor.may(perm):
        raise PermissionDenied(perm)
    return actor


def visible_or_404(rows: QuerySet[M], pk: object) -> M:
    """Return the row `pk` of what the actor may see, or raise Refused (404, and an audit row)."""
    try:
        row = rows.filter(pk=pk).first()
    except (ValueError, TypeError, ValidationError):
        row = None
    if row is None:
        raise Refused(rows.model._meta.label_lower, pk)
    return row


def within(actor: Actor) -> Q:
    """Say of tenant rows plainly what row-level security will let through of them.

    The policies compare with settings that the planner does not know; it takes an index by values.
    Who may do what is not said here: an actor for nobody gets what the policies give.
    """
    if actor.is_provider:
        return Q(provider_org_id=actor.org_id)
    if actor.is_enterprise:
        return Q(enterprise_org_id__in=actor.orgs)
    return Q(region_code__gte=actor.region_lo, region_code__lt=actor.region_hi)


def membership_for(actor: Actor, pk: object) -> Membership:
    """Return a colleague's membership for the administrator of the same organisation."""
    require(actor, "people_manage")
    rows = Membership.objects.filter(org_id=actor.org_id, deputy_for=None)
    rows = rows.select_related("user", "org")
    return visible_or_404(rows, pk)


def membership_to_stand_in_for(actor: Actor | None, pk: object) -> Membership:
    """Return a membership for which its person, or his administrator, may name a deputy."""
    if actor is None or actor.org_id is None or actor.deputy_for is not None:
        raise PermissionDenied("deputy")
    rows = Membership.objects.filter(org_id=actor.org, deputy_for=None)
    found = visible_or_404(rows.select_related("user", "org"), pk)
    if found.pk != actor.membership_id:
        require(actor, "people_manage")
    return found


def deputy_for(actor: Actor | None, pk: object) -> Membership:
    """Return a deputy's membership for whoever may end it: who named him, his administrator, he."""
    if actor is None or actor.org_id is None:
        raise PermissionDenied("deputy")
    rows = Membership.objects.filter(org_id=actor.org, deputy_for__isnull=False)
    found = visible_or_404(rows.select_related("user", "org"), pk)
    if actor.membership_id != found.deputy_for_id and actor.user_id != found.user_id:
        require(actor, "people_manage")
    return found


def invitation_for(actor: Actor, pk: object) -> Invitation:
    """Return an open invitation that the actor's organisation sent."""
    rows = Invitation.objects.filter(
        invited_by_org_id=actor.org_id, accepted_at=None, revoked_at=None
    ).select_related("org")
    return visible_or_404(rows, pk)


def certificate_for(actor: Actor, pk: object) -> OfficerCertificate:
    """Return a certificate of the administrator's own organisation."""
    require(actor, "certificate_manage")
    rows = OfficerCertificate.objects.filter(org_id=actor.org_id, revoked_at=None)
    return visible_or_404(rows, pk)


def lone_admins_below(actor: Actor | None) -> list[Membership]:
    """Return the administrators whom nobody in their own agency could help, of agencies below.

    Below is whose region lies within one's own and is smaller: another agency of the same region
    is no superior.
    """
    actor = require(actor, "people_manage")
    if not actor.is_agency:
        raise PermissionDenied("people_manage")
    with acting_as(SYSTEM):
        own = Agency.objects.get(pk=actor.org).region_code
        below = Agency.objects.filter(region_code__startswith=own).exclude(region_code=own)
        admins = Membership.objects.own().filter(org__in=below.values("pk"), role=Role.AGENCY_ADMIN)
        lone = admins.values("org").annotate(number=Count("pk")).filter(number=1)
        # By number: joined, the agencies would be gone through once for each administrator.
        rows = admins.filter(org__in=list(lone.values_list("org", flat=True)))
        rows = rows.select_related("user", "org", "org__agency")
        return list(rows.order_by("org__agency__region_code", "pk"))


def lone_admin_for(actor: Actor | None, pk: int) -> Membership:
    """Return one of them, or raise Refused."""
    found = next((row for row in lone_admins_below(actor) if row.pk == pk), None)
    if found is None:
        raise Refused(Membership._meta.label_lower, pk)
    return found
