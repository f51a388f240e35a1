from celery import shared_task

from agencies.models import AssignmentTally
from agencies.services import hand_over_tell
from common.scope import acting_as
from common.tally import settle
from tenancy.actors import SYSTEM
from tenancy.tasks import EveryAgencyTask, TenantTask


@shared_task(name="agencies.settle_tally")
def settle_tally() -> int:
    """Melt the appended counts of assignments, for all agencies at once."""
    with acting_as(SYSTEM):
        return settle(AssignmentTally._meta.db_table, ("batch_id", "state"))


@shared_task(base=TenantTask, name="agencies.tell_frozen_of_agency")
def tell_frozen_of_agency(agency_id: int) -> int:
    """Put before an agency what providers have under way that any agency barred."""
    return hand_over_tell(agency_id=agency_id)


@shared_task(base=EveryAgencyTask, name="agencies.tell_frozen", bind=True)
def tell_frozen(self: EveryAgencyTask) -> int:
    """Every night, agency by agency."""
    return self.fan_out(tell_frozen_of_agency, with_id=True)
