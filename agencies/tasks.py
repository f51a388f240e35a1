from celery import shared_task

from agencies.models import AssignmentTally
from common.scope import acting_as
from common.tally import settle
from tenancy.actors import SYSTEM


@shared_task(name="agencies.settle_tally")
def settle_tally() -> int:
    """Melt the appended counts of assignments, for all agencies at once."""
    with acting_as(SYSTEM):
        return settle(AssignmentTally._meta.db_table, ("batch_id", "state"))
