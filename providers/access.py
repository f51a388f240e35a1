from providers.models import Credential, Provider, Qualification, StaffCertificate
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
