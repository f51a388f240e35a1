from celery import shared_task

from common.scope import current
from scoring.models import RuleBook
from scoring.points import Parameters
from scoring.recount import recounted
from scoring.services import (
    cycle_recompute,
    grades_renew,
    hazard_follow,
    thresholds_send_due,
    training_count,
)
from scoring.services.appraisals import appraisals_follow
from scoring.services.following import hazards_follow_missed, points_ask_again
from tenancy.tasks import EveryAgencyTask, TenantTask


@shared_task(base=TenantTask, name="scoring.count_training")
def count_training(training_id: str) -> None:
    """Let a training that an enterprise passed count, once."""
    training_count(actor=current.get(), training_id=training_id)  # type: ignore[arg-type]


class CyclesTask(TenantTask):
    """One cycle is one transaction, so that nobody who gives points waits for all of them."""

    abstract = True
    atomic = False


@shared_task(base=TenantTask, name="scoring.follow_hazard")
def follow_hazard(hazard_id: str) -> None:
    """Add to its points what a recheck of a hazard means for them."""
    hazard_follow(actor=current.get(), hazard_id=hazard_id)  # type: ignore[arg-type]


@shared_task(base=TenantTask, name="scoring.ask_about_corrected")
def ask_about_corrected(correction_id: str) -> None:
    """Have officers look at the points that were given for a hazard before it was corrected."""
    points_ask_again(correction_id=correction_id)


@shared_task(base=CyclesTask, name="scoring.recount_of_agency")
def recount_of_agency(agency_id: int) -> int:
    """Make good what the queue lost, check every stored total, send what is due; return how many."""
    actor = current.get()
    missed = hazards_follow_missed(actor=actor, agency_id=agency_id)  # type: ignore[arg-type]
    books = {book.pk: Parameters.of(book.parameters) for book in RuleBook.objects.all()}
    wrong = [one.cycle_id for one in recounted(books, agency_id=agency_id)]
    for cycle_id in wrong:
        cycle_recompute(actor=actor, cycle_id=cycle_id)  # type: ignore[arg-type]
    thresholds_send_due(actor=actor, agency_id=agency_id)  # type: ignore[arg-type]
    grades_renew(agency_id=agency_id)
    return missed + len(wrong)


@shared_task(base=EveryAgencyTask, name="scoring.recount", bind=True)
def recount(self: EveryAgencyTask) -> int:
    """Every night, agency by agency."""
    return self.fan_out(recount_of_agency, with_id=True)


@shared_task(base=TenantTask, name="scoring.follow_appraisals_of_agency")
def follow_appraisals_of_agency(agency_id: int) -> int:
    """Let the evaluations of an agency go on with the days."""
    return appraisals_follow(actor=current.get(), agency_id=agency_id)  # type: ignore[arg-type]


@shared_task(base=EveryAgencyTask, name="scoring.follow_appraisals", bind=True)
def follow_appraisals(self: EveryAgencyTask) -> int:
    """Every morning, agency by agency."""
    return self.fan_out(follow_appraisals_of_agency, with_id=True)
