from datetime import timedelta

from celery import shared_task

from common.ids import made_before
from tenancy.tasks import EveryAgencyTask, TenantTask
from workflow.models import JobPart
from workflow.services import job_part_run

OWED_AFTER = timedelta(seconds=90)


class PartTask(TenantTask):
    """Opens its own transaction, so that a failure can be written down after the work is undone."""

    abstract = True
    atomic = False


@shared_task(
    base=PartTask,
    name="workflow.run_part",
    autoretry_for=(Exception,),
    retry_backoff=2,
    max_retries=2,
)
def run_part(part_id: int) -> None:
    """Do one part of a job; safe to send any number of times."""
    job_part_run(part_id)


@shared_task(base=TenantTask, name="workflow.resend_owed_of_agency")
def resend_owed_of_agency() -> None:
    """Send again what is owed but lies in no queue (an emptied Redis, a killed worker)."""
    owed = JobPart.objects.filter(state=JobPart.State.PENDING, job__state="running")
    rows = owed.filter(made_before(OWED_AFTER, "job_id")).order_by("step", "pk")
    for part in rows.values("pk", "owner_agency_id", "step", "job_id"):
        if (
            not JobPart.objects.filter(job_id=part["job_id"], step__lt=part["step"])
            .exclude(state=JobPart.State.DONE)
            .exists()
        ):
            run_part.send(part["owner_agency_id"], part["pk"])


@shared_task(base=EveryAgencyTask, name="workflow.resend_owed", bind=True)
def resend_owed(self: EveryAgencyTask) -> int:
    """Every minute, agency by agency."""
    return self.fan_out(resend_owed_of_agency)
