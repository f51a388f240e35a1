from datetime import timedelta

from celery import shared_task

from common.scope import current
from scoring.models import PointCycle, PointEntry
from scoring.services import cycle_recompute
from tenancy import clock
from tenancy.tasks import EveryAgencyTask, TenantTask

YEAR = timedelta(days=365)


class CyclesTask(TenantTask):
    """One cycle is one transaction, so that nobody who gives points waits for all of them."""

    abstract = True
    atomic = False


@shared_task(base=TenantTask, name="scoring.recompute_for_hazard")
def recompute_for_hazard(hazard_id: str) -> None:
    """Compute the cycles anew that a hazard's points stand in."""
    cycles = PointEntry.objects.filter(hazard_id=hazard_id).values_list("cycle_id", flat=True)
    for cycle_id in sorted(set(cycles)):
        cycle_recompute(actor=current.get(), cycle_id=cycle_id)  # type: ignore[arg-type]


@shared_task(base=CyclesTask, name="scoring.recount_of_agency")
def recount_of_agency(agency_id: int) -> int:
    """Compute every cycle of this year and the last anew; return how many.

    What a hazard's recheck set off may have been lost with the queue.
    """
    since = (clock.now(agency_id) - YEAR).year
    rows = PointCycle.objects.filter(owner_agency=agency_id, year__gte=since)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        cycle_recompute(actor=current.get(), cycle_id=pk)  # type: ignore[arg-type]
    return len(ids)


@shared_task(base=EveryAgencyTask, name="scoring.recount", bind=True)
def recount(self: EveryAgencyTask) -> int:
    """Every night, agency by agency."""
    return self.fan_out(recount_of_agency, with_id=True)
