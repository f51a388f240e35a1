from tenancy.access import require, visible_or_404
from tenancy.actors import Actor
from workflow.models import Job


def job_for(actor: Actor | None, pk: object) -> Job:
    """Return a job of the actor's region, or one that his provider started."""
    require(actor, "job_view")
    return visible_or_404(Job.objects.prefetch_related("parts"), pk)
