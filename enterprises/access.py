from common.errors import Refused
from enterprises.models import Enterprise, EnterpriseImport, NoPhone
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


def enterprise_to_enter_for(actor: Actor | None, pk: object) -> Enterprise:
    """Return a file for whoever may enter for its owner: its own agency, a provider by contract."""
    found = enterprise_for(actor, pk, "enter_for")
    if actor is not None and actor.is_agency and found.owner_agency_id != actor.org_id:
        raise Refused(Enterprise._meta.label_lower, pk)  # a superior looks on
    return found


def no_phone_for(actor: Actor | None, pk: object) -> NoPhone:
    """Return the mark in force of such a file."""
    found = enterprise_to_enter_for(actor, pk)
    rows = NoPhone.objects.filter(enterprise=found, ended_at=None)
    mark = rows.select_related("enterprise").first()
    if mark is None:
        raise Refused(NoPhone._meta.label_lower, pk)
    return mark
