from enterprises.models import Enterprise, EnterpriseImport
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def enterprise_for(actor: Actor | None, pk: object, perm: str = "enterprise_view") -> Enterprise:
    """Return a file that the actor may see, for what `perm` says."""
    require(actor, perm)
    return visible_or_404(Enterprise.objects.select_related("owner_agency__org"), pk)


def import_for(actor: Actor | None, pk: object) -> EnterpriseImport:
    """Return an uploaded list of the actor's own agency."""
    actor = require(actor, "enterprise_import")
    return visible_or_404(EnterpriseImport.objects.filter(owner_agency_id=actor.org_id), pk)
