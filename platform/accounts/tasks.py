"""What beat does for accounts. Sessions and sign-in names belong to no agency: no tenant's task."""

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from celery import shared_task
from django.utils import timezone

from accounts.sessions import sessions_remove_ended


@shared_task(name="accounts.clear_ended")
def clear_ended() -> int:
    """Every night: remove sessions that are over and failures that no longer count; return how many."""
    failures, _ = AccessAttempt.objects.filter(
        attempt_time__lt=timezone.now() - get_cool_off()
    ).delete()
    return failures + sessions_remove_ended()
