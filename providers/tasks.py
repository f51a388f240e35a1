from celery import shared_task

from providers.services import (
    credentials_remind,
    reports_remind,
    standing_expire,
    standing_remind,
)
from tenancy.tasks import EveryAgencyTask, TenantTask, system_agency


@shared_task(base=TenantTask, name="providers.remind_of_agency")
def remind_of_agency(agency_id: int) -> int:
    """Tell an agency's providers what lapses soon, and what is due; end what is past its term."""
    standing_expire(actor=system_agency(agency_id), agency_id=agency_id)
    waiting = standing_remind(agency_id=agency_id) + reports_remind(agency_id=agency_id)
    return waiting + credentials_remind(agency_id=agency_id)


@shared_task(base=EveryAgencyTask, name="providers.remind", bind=True)
def remind(self: EveryAgencyTask) -> int:
    """Every night, agency by agency."""
    return self.fan_out(remind_of_agency, with_id=True)
