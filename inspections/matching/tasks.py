from celery import shared_task

from inspections.matching.match import photos_match
from inspections.models import Hazard
from tenancy.tasks import TenantTask


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
