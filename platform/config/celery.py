"""The Celery application and what beat starts."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("anfu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "seal": {"task": "tenancy.seal_chains", "schedule": 60.0, "options": {"expires": 55}},
    "owed": {"task": "workflow.resend_owed", "schedule": 60.0, "options": {"expires": 55}},
    "files": {"task": "documents.resend_owed", "schedule": 60.0, "options": {"expires": 55}},
    "messages": {
        "task": "notifications.deliver",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "scans": {"task": "evidence.rescan", "schedule": 60.0, "options": {"expires": 55}},
    "webhooks": {"task": "webhooks.deliver", "schedule": 10.0, "options": {"expires": 9}},
    "webhooks_kept": {
        "task": "webhooks.prune",
        "schedule": crontab(hour="3", minute="40"),
        "options": {"expires": 3600},
    },
    "heads": {
        "task": "chain.publish_days",
        "schedule": crontab(hour="0", minute="5"),
        "options": {"expires": 6 * 3600},
    },
    "hazards": {"task": "inspections.settle_tally", "schedule": 300.0, "options": {"expires": 290}},
    "phases": {"task": "agencies.settle_tally", "schedule": 300.0, "options": {"expires": 290}},
    "overdue": {
        "task": "inspections.mark_overdue",
        "schedule": crontab(hour="0", minute="10"),
        "options": {"expires": 3600},
    },
    "referrals": {
        "task": "inspections.list_referrals",
        "schedule": crontab(hour="0", minute="20"),  # after it is known what is overdue
        "options": {"expires": 3600},
    },
    "photos": {
        "task": "inspections.compare_missing",
        "schedule": crontab(hour="2", minute="10"),
        "options": {"expires": 3600},
    },
    "points": {
        "task": "scoring.recount",
        "schedule": crontab(hour="2", minute="30"),
        "options": {"expires": 3600},
    },
    "deadlines": {
        "task": "home.warn_of_deadlines",
        "schedule": crontab(hour="6", minute="35"),  # after it is known what is overdue
        "options": {"expires": 12 * 3600},
    },
    "briefs": {
        "task": "home.send_briefs",
        "schedule": crontab(hour="7", minute="0"),
        "options": {"expires": 12 * 3600},
    },
    "credentials": {
        "task": "providers.remind",
        "schedule": crontab(hour="6", minute="30"),  # it is read in the morning
        "options": {"expires": 3600},
    },
    "appraisals": {
        "task": "scoring.follow_appraisals",
        "schedule": crontab(hour="6", minute="45"),
        "options": {"expires": 3600},
    },
    "frozen": {
        "task": "agencies.tell_frozen",
        "schedule": crontab(hour="6", minute="40"),  # after it is known what began and ended
        "options": {"expires": 3600},
    },
    "sessions": {
        "task": "accounts.clear_ended",
        "schedule": crontab(hour="3", minute="10"),
        "options": {"expires": 3600},
    },
    "answers": {
        "task": "api.prune_answers",
        "schedule": crontab(hour="3", minute="15"),
        "options": {"expires": 3600},
    },
    "takeouts": {"task": "home.make_owed_archives", "schedule": 60.0, "options": {"expires": 55}},
    "takeouts_kept": {
        "task": "home.expire_archives",
        "schedule": crontab(hour="3", minute="50"),
        "options": {"expires": 3600},
    },
    "signs": {
        "task": "inspections.update_all_signs",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"expires": 3600},
    },
}


@worker_process_init.connect
def _settle(**_: Any) -> None:
    """Each worker process makes papers: let it be ready before the first one is asked for."""
    from documents.pdf import settle

    settle()
