from celery import shared_task

from agencies.models import Assignment, ServiceBatch, ServiceContract
from common.scope import current
from inspections.signs.update import signs_update
from tenancy.tasks import TenantTask


@shared_task(base=TenantTask, name="inspections.update_signs")
def update_signs(assignment_id: int) -> int:
    """Work out again the signs of an assignment's batch; any number of times."""
    batch = ServiceBatch.objects.get(assignments=assignment_id)
    return signs_update(actor=current.get(), batch=batch)  # type: ignore[arg-type]


@shared_task(base=TenantTask, name="inspections.update_signs_of_agency")
def update_signs_of_agency(agency_id: int) -> int:
    """Send each batch of one agency's live contracts; return how many."""
    batches = ServiceBatch.objects.filter(
        owner_agency=agency_id, contract__state=ServiceContract.State.ACTIVE
    )
    firsts = Assignment.objects.filter(batch__in=batches).order_by("batch", "pk").distinct("batch")
    ids = list(firsts.values_list("pk", flat=True))
    for pk in ids:
        update_signs.send(agency_id, pk)
    return len(ids)
