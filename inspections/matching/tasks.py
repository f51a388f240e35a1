from celery import shared_task

from inspections.matching.match import hazards_not_compared, photos_match
from inspections.models import Hazard
from tenancy.tasks import EveryAgencyTask, TenantTask


@shared_task(
    base=TenantTask,
    name="inspections.compare_photos",
    autoretry_for=(OSError,),  # the store may be away for a moment
    retry_backoff=5,
    max_retries=3,
)
def compare_photos(hazard_id: str) -> int:
    """Compare the photos of a hazard before and after; any number of times."""
    return photos_match(hazard=Hazard.objects.get(pk=hazard_id))


@shared_task(base=TenantTask, name="inspections.compare_missing_of_agency")
def compare_missing_of_agency(agency_id: int) -> int:
    """Send what was handed in lately and lost with the queue; return how many hazards."""
    ids = hazards_not_compared(agency_id)
    for pk in ids:
        compare_photos.send(agency_id, str(pk))
    return len(ids)


@shared_task(base=EveryAgencyTask, name="inspections.compare_missing", bind=True)
def compare_missing(self: EveryAgencyTask) -> int:
    """Every night, agency by agency."""
    return self.fan_out(compare_missing_of_agency, with_id=True)
