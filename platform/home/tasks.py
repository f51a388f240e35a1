from uuid import UUID

from celery import shared_task

from common.scope import current
from home.brief import brief_send
from home.takeout.services import archive_make, archives_expire, archives_owed
from home.warnings import deadlines_warn
from tenancy.tasks import EveryAgencyTask, OfOrganisationTask, TenantTask


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


@shared_task(base=OfOrganisationTask, name="home.make_archive")
def make_archive(archive_id: str) -> None:
    """Make one archive of an organisation's own data; safe to send any number of times."""
    archive_make(UUID(archive_id))


@shared_task(name="home.make_owed_archives")
def make_owed_archives() -> int:
    """Every minute: send again what was begun and lies in no queue; return how many."""
    owed = archives_owed()
    for archive_id in owed:
        make_archive.send(str(archive_id))
    return len(owed)


@shared_task(name="home.expire_archives")
def expire_archives() -> int:
    """Every night: remove archives whose days are over."""
    return archives_expire()
