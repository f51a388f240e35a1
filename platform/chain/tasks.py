from celery import shared_task

from chain.publication import days_publish
from common.scope import acting_as
from tenancy.actors import SYSTEM


@shared_task(name="chain.publish_days")
def publish_days() -> int:
    """Shortly after midnight: publish where each chain stood at the end of the day."""
    with acting_as(SYSTEM):
        return days_publish()
