from celery import shared_task

from common.scope import current
from scoring.models import PointEntry
from scoring.services import cycle_recompute
from tenancy.tasks import TenantTask


@shared_task(base=TenantTask, name="scoring.recompute_for_hazard")
def recompute_for_hazard(hazard_id: str) -> None:
    """Compute the cycles anew that a hazard's points stand in."""
    cycles = PointEntry.objects.filter(hazard_id=hazard_id).values_list("cycle_id", flat=True)
    for cycle_id in sorted(set(cycles)):
        cycle_recompute(actor=current.get(), cycle_id=cycle_id)  # type: ignore[arg-type]
