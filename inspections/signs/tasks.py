from celery import shared_task

from agencies.models import ServiceBatch, ServiceContract
from common.scope import current
from inspections.signs.update import signs_update
from tenancy.tasks import TenantTask

SOON = 30  # seconds: a phone that sends a whole day has the signs worked out once


@shared_task(base=TenantTask, name="inspections.update_signs")
def update_signs(batch_id: int) -> int:
    """Work out again the signs of a batch; any number of times."""
    batch = ServiceBatch.objects.get(pk=batch_id)
    return signs_update(actor=current.get(), batch=batch)  # type: ignore[arg-type]


@shared_task(base=TenantTask, name="inspections.update_signs_soon")
def update_signs_soon(assignment_id: int) -> None:
    """Have the signs of an assignment's batch worked out, once for all who ask within `SOON`."""
    batch = ServiceBatch.objects.get(assignments=assignment_id)
    update_signs.send_soon(batch.owner_agency_id, batch.pk, seconds=SOON)


@shared_task(base=TenantTask, name="inspections.update_signs_of_agency")
def update_signs_of_agency(agency_id: int) -> int:
    """Send each batch of one agency's live contracts; return how many."""
    batches = ServiceBatch.objects.filter(
        owner_agency=agency_id, contract__state=ServiceContract.State.ACTIVE
    )
    ids = list(batches.order_by("pk").values_list("pk", flat=True))
    for pk in ids:
        update_signs.send(agency_id, pk)
    return len(ids)
