from celery import shared_task

from common.scope import acting_as, current
from inspections.services import hazards_mark_overdue, referrals_list_due
from inspections.signs.tasks import update_signs_of_agency
from inspections.tally import tally_settle
from tenancy.actors import SYSTEM
from tenancy.tasks import EveryAgencyTask, TenantTask


@shared_task(base=TenantTask, name="inspections.mark_overdue_of_agency", atomic=False)
def mark_overdue_of_agency(agency_id: int) -> int:
    """Flag one agency's late hazards; any number of times."""
    return hazards_mark_overdue(actor=current.get(), agency_id=agency_id)  # type: ignore[arg-type]


@shared_task(base=EveryAgencyTask, name="inspections.mark_overdue", bind=True)
def mark_overdue(self: EveryAgencyTask) -> int:
    """Daily, agency by agency."""
    return self.fan_out(mark_overdue_of_agency, with_id=True)


@shared_task(base=TenantTask, name="inspections.list_referrals_of_agency")
def list_referrals_of_agency(agency_id: int) -> int:
    """Put on the list of phase 5 what belongs there; any number of times."""
    return referrals_list_due(actor=current.get(), agency_id=agency_id)  # type: ignore[arg-type]


@shared_task(base=EveryAgencyTask, name="inspections.list_referrals", bind=True)
def list_referrals(self: EveryAgencyTask) -> int:
    """Daily, agency by agency."""
    return self.fan_out(list_referrals_of_agency, with_id=True)


@shared_task(name="inspections.settle_tally")
def settle_tally() -> int:
    """Melt the appended counts of hazards, for all agencies at once."""
    with acting_as(SYSTEM):
        return tally_settle()


@shared_task(base=EveryAgencyTask, name="inspections.update_all_signs", bind=True)
def update_all_signs(self: EveryAgencyTask) -> int:
    """Daily, agency by agency: what no visit set off, such as a place set right or a late photo."""
    return self.fan_out(update_signs_of_agency, with_id=True)
