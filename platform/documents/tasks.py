from celery import shared_task

from documents.services import document_render
from tenancy.tasks import TenantTask


@shared_task(
    base=TenantTask,
    name="documents.render",
    autoretry_for=(Exception,),
    retry_backoff=2,
    max_retries=3,
)
def render_document(document_id: str) -> None:
    """Make the file of one issued paper; does nothing if it is made."""
    document_render(document_id)
