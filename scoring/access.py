from scoring.models import PointCycle
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def cycle_for(actor: Actor | None, pk: object) -> PointCycle:
    """Return a cycle of the actor's region."""
    require(actor, "points_view")
    return visible_or_404(PointCycle.objects.select_related("enterprise"), pk)
