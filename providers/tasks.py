from celery import shared_task

from providers.services import credentials_remind
from tenancy.tasks import EveryAgencyTask, TenantTask


@shared_task(base=TenantTask, name="providers.remind_of_agency")
def remind_of_agency(agency_id: int) -> int:
    """Tell an agency's providers what lapses soon."""
    return credentials_remind(agency_id=agency_id)


@shared_task(base=EveryAgencyTask, name="providers.remind", bind=True)
def remind(self: EveryAgencyTask) -> int:
    """Every night, agency by agency."""
    return self.fan_out(remind_of_agency, with_id=True)
