"""Points and evaluations as lists: for people and for programs."""

from django.db.models import QuerySet

from enterprises.search import named
from scoring.models import Appraisal, PointCycle
from tenancy.access import within
from tenancy.actors import Actor


def cycles_of(
    actor: Actor, *, year: int | None, text: str = "", colour: str = ""
) -> QuerySet[PointCycle]:
    """Return the years of points of the region, or of the actor's own enterprise."""
    rows = PointCycle.objects.filter(within(actor), counts_in=None)
    if year is not None:
        rows = rows.filter(year=year)
    if text:
        rows = rows.filter(named(text, "enterprise__"))
    return rows.filter(colour=colour) if colour in PointCycle.Colour.values else rows


def own_appraisals_of(actor: Actor) -> QuerySet[Appraisal]:
    """Return the evaluations of the actor's own provider that it was given notice of."""
    rows = Appraisal.objects.filter(provider_org=actor.org_id, noticed_at__isnull=False)
    return rows.select_related("contract", "owner_agency__org")
