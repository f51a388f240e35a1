from django.core.exceptions import PermissionDenied

from providers.models import (
    Credential,
    CrossRegionNotice,
    PerformanceReport,
    Provider,
    Qualification,
    StaffCertificate,
    StandingDecision,
)
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor

KINDS: dict[str, type[Credential]] = {
    "qualification": Qualification, "certificate": StaffCertificate,
}  # fmt: skip


def provider_for(actor: Actor | None, pk: object) -> Provider:
    """Return a registered provider; agencies and providers know them all."""
    require(actor, "provider_view")
    return visible_or_404(Provider.objects.select_related("org", "registered_by__org"), pk)


def own_provider(actor: Actor | None, pk: object) -> Provider:
    """Return the provider whose administrator the actor is."""
    actor = require(actor, "credential_edit")
    rows = Provider.objects.select_related("org", "registered_by__org")
    return visible_or_404(rows.filter(pk=actor.org_id), pk)


def credential_for(actor: Actor | None, kind: str, pk: object, perm: str) -> Credential:
    """Return a credential: of the actor's own body, or of one that his agency registered."""
    actor = require(actor, perm)
    side = "owner_agency" if actor.is_agency else "provider_org"
    rows = KINDS[kind]._default_manager.filter(**{side: actor.org_id})
    return visible_or_404(rows, pk)


def decision_for(actor: Actor | None, pk: object) -> StandingDecision:
    """Return a decision: everybody's once taken, before that its agency's and, told, the body's."""
    require(actor, "standing_view")
    return visible_or_404(StandingDecision.objects.select_related("owner_agency__org"), pk)


def own_decision(actor: Actor | None, pk: object, perm: str = "standing_draft") -> StandingDecision:
    """Return a decision to act on: the actor's own agency's; another's taken one is only read."""
    actor = require(actor, perm)
    found = decision_for(actor, pk)
    if found.owner_agency_id != actor.org_id:
        raise PermissionDenied("another agency's")
    return found


def decision_about(actor: Actor | None, pk: object) -> StandingDecision:
    """Return a decision that the actor's body may answer: it is about that body."""
    actor = require(actor, "standing_answer")
    found = decision_for(actor, pk)
    if found.provider_org_id != actor.org_id:
        raise PermissionDenied("another body's")
    return found


def report_for(actor: Actor | None, pk: object) -> PerformanceReport:
    """Return a report: everybody's once submitted, a draft only the provider's."""
    require(actor, "report_view")
    return visible_or_404(PerformanceReport.objects.select_related("provider_org"), pk)


def own_report(actor: Actor | None, pk: object) -> PerformanceReport:
    """Return a report of the actor's own body."""
    actor = require(actor, "report_write")
    rows = PerformanceReport.objects.select_related("provider_org")
    return visible_or_404(rows.filter(provider_org=actor.org_id), pk)


def notice_for(
    actor: Actor | None, pk: object, perm: str = "cross_region_view"
) -> CrossRegionNotice:
    """Return a notice of the actor's region, or of his own body."""
    require(actor, perm)
    rows = CrossRegionNotice.objects.select_related("provider_org", "owner_agency__org")
    return visible_or_404(rows, pk)
