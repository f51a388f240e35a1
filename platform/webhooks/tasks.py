from celery import shared_task

from webhooks.fanout import fan_out
from webhooks.sending import send_due
from webhooks.services import deliveries_prune


@shared_task(name="webhooks.deliver")
def deliver() -> int:
    """Every ten seconds: hand out what was sealed, then send what is due, for nine of them at most."""
    fan_out()
    return send_due()


@shared_task(name="webhooks.prune")
def prune() -> int:
    """Every night: forget deliveries that are older than they are kept."""
    return deliveries_prune()
