from django.urls import reverse

from common.errors import Moved, Refused
from enterprises.models import Enterprise, EnterpriseImport, EnterpriseMerge, NoPhone
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def enterprise_for(actor: Actor | None, pk: object, perm: str = "enterprise_view") -> Enterprise:
    """Return a file that the actor may see, for what `perm` says.

    One that was merged into another leads there (Moved): it is read at its record and nowhere else.
    """
    found = file_for(actor, pk, perm)
    if found.merged_into_id is not None:
        raise Moved(
            "这份档案已并入另一份，下面是保留的档案",
            reverse("enterprises:record", args=[found.merged_into_id]),
        )
    return found


def file_for(actor: Actor | None, pk: object, perm: str = "enterprise_view") -> Enterprise:
    """Return the same, closed files too: to be read."""
    require(actor, perm)
    rows = Enterprise.objects.select_related("owner_agency__org", "merged_into")
    return visible_or_404(rows, pk)


def merge_for(actor: Actor | None, pk: object) -> EnterpriseMerge:
    """Return a merge that stands, for whoever may edit both files."""
    require(actor, "enterprise_edit")
    rows = EnterpriseMerge.objects.filter(undone_at=None).select_related("former", "into")
    return visible_or_404(rows, pk)


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
