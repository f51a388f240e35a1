"""How many hazards there are, read from the sums that every write keeps (models.HazardTally)."""

from django.db.models import Q, QuerySet, Sum

from common.tally import settle
from inspections.models import Hazard, HazardTally, Severity
from tenancy.access import within
from tenancy.actors import Actor

DIMENSIONS = ("region_code", "provider_org_id", "state", "severity", "is_overdue")
MANY_REGIONS = 40  # beyond so many a list reads one index over all of them


def tallies(actor: Actor) -> QuerySet[HazardTally]:
    """Return the sums of a regulator's region, or of a provider; an enterprise has none."""
    if actor.is_enterprise:
        return HazardTally.objects.none()
    return HazardTally.objects.filter(within(actor))


def by_region(rows: QuerySet[HazardTally]) -> dict[str | None, tuple[int, int]]:
    """Return {region: how many hazards, how many late} that these sums stand for, where any are."""
    counted = (
        rows.order_by("region_code")
        .values_list("region_code")
        .annotate(all=Sum("number"), late=Sum("number", filter=Q(is_overdue=True), default=0))
    )
    return {region: (number, late) for region, number, late in counted if number}


def figures(actor: Actor) -> dict[str, int]:
    """Return the numbers of a front page: late, open major, submitted, found."""
    tests = {
        "late": Q(is_overdue=True),
        "major": Q(severity=Severity.MAJOR, state__in=Hazard.OPEN_STATES),
        "submitted": Q(state=Hazard.State.SUBMITTED),
        "found": Q(state=Hazard.State.FOUND),
    }
    sums = {name: Sum("number", filter=test) for name, test in tests.items()}
    found = tallies(actor).aggregate(**sums)
    return {name: value or 0 for name, value in found.items()}


def tally_settle() -> int:
    """Melt what the writes have appended; return the rows made of it. Run as the whole system."""
    return settle(HazardTally._meta.db_table, DIMENSIONS)
