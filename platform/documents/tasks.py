from datetime import timedelta
from typing import Any

from celery import shared_task

from common.ids import made_before
from common.scope import acting_as
from documents.photos import PhotosWaiting
from documents.services import document_failed, document_render, documents_owed
from tenancy.tasks import EveryAgencyTask, TenantTask, system_agency

OWED_AFTER = timedelta(seconds=90)


class RenderTask(TenantTask):
    """A paper whose file cannot be made is put before its issuer."""

    abstract = True

    def on_failure(self, exc: Exception, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        """After the last try: whatever it was, a person must see it.

        Photos before the virus scanner are nobody's task: the paper stays owed, and is sent again.
        """
        if isinstance(exc, PhotosWaiting):
            return
        agency_id = self._header()
        if agency_id is not None:
            with acting_as(system_agency(agency_id)):
                document_failed(args[0], exc)


@shared_task(
    base=RenderTask,
    name="documents.render",
    autoretry_for=(Exception,),
    retry_backoff=2,
    max_retries=3,
)
def render_document(document_id: str) -> None:
    """Make the file of one issued paper; does nothing if it is made."""
    document_render(document_id)


@shared_task(base=TenantTask, name="documents.resend_owed_of_agency")
def resend_owed_of_agency() -> None:
    """Send again the papers without a file that lie in no queue (an emptied Redis)."""
    owed = documents_owed().filter(made_before(OWED_AFTER))
    for pk, agency_id in owed.values_list("pk", "owner_agency_id"):
        render_document.send(agency_id, str(pk))


@shared_task(base=EveryAgencyTask, name="documents.resend_owed", bind=True)
def resend_owed(self: EveryAgencyTask) -> int:
    """Every minute, agency by agency."""
    return self.fan_out(resend_owed_of_agency)
