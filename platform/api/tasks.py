"""What beat does for programs. Kept answers belong to people, not to agencies: no tenant's task."""

from celery import shared_task

from api.services import answers_prune
from common.scope import acting_as
from tenancy.actors import SYSTEM


@shared_task(name="api.prune_answers")
def prune_answers() -> int:
    """Every night: remove answers that nobody asks for again; return how many."""
    with acting_as(SYSTEM):
        return answers_prune()
