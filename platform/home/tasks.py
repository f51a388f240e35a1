from celery import shared_task

from common.scope import current
from home.brief import brief_send
from home.warnings import deadlines_warn
from tenancy.tasks import EveryAgencyTask, TenantTask


@shared_task(base=TenantTask, name="home.warn_of_deadlines_of_agency")
def warn_of_deadlines_of_agency(agency_id: int) -> int:
    """Tell of one agency's deadlines; any number of times."""
    return deadlines_warn(actor=current.get(), agency_id=agency_id)  # type: ignore[arg-type]


@shared_task(base=EveryAgencyTask, name="home.warn_of_deadlines", bind=True)
def warn_of_deadlines(self: EveryAgencyTask) -> int:
    """Each morning, agency by agency."""
    return self.fan_out(warn_of_deadlines_of_agency, with_id=True)


@shared_task(base=TenantTask, name="home.send_brief_of_agency")
def send_brief_of_agency(agency_id: int) -> int:
    """Send one agency's leaders the brief of last week, once."""
    return brief_send(actor=current.get(), agency_id=agency_id)  # type: ignore[arg-type]


@shared_task(base=EveryAgencyTask, name="home.send_briefs", bind=True)
def send_briefs(self: EveryAgencyTask) -> int:
    """Daily at seven, so that a Monday without a worker is made good on Tuesday."""
    return self.fan_out(send_brief_of_agency, with_id=True)
