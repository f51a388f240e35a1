"""Figures for Prometheus: of each process how it answers, and from the database what waits."""

import os
from collections.abc import Iterator
from datetime import datetime

import redis
from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from audit.models import Unsealed
from common.scope import acting_as
from documents.services import documents_owed
from evidence.models import Attachment, Photo
from notifications.kinds import CHANNELS
from notifications.models import Notification
from notifications.selectors import owed_by_channel
from tenancy.actors import SYSTEM
from workflow.models import JobPart, WorkTask

QUEUE = "celery"
REQUESTS = Histogram(
    "anfu_request_seconds",
    "Seconds from a request to the head of its answer",
    ["view", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
Figure = tuple[str, str, float]


def exposition() -> bytes:
    """Return everything in Prometheus's text format."""
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    waiting = CollectorRegistry()
    waiting.register(_Waiting())
    return generate_latest(registry) + generate_latest(waiting)


class _Waiting:
    """Asks the database and Redis at the moment of the scrape: no process has to keep count."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with acting_as(SYSTEM):
            for name, words, value in (*papers(), *jobs(), *acts(), *files(), *outgoing()):
                yield GaugeMetricFamily(name, words, value=value)
        for name, words, value in queue():
            yield GaugeMetricFamily(name, words, value=value)


def papers() -> list[Figure]:
    """Issued papers without their file."""
    owed = documents_owed()
    oldest = owed.aggregate(oldest=Min("issued_at"))["oldest"]
    return [
        ("anfu_papers_waiting", "Issued papers whose file is not made yet", owed.count()),
        ("anfu_paper_waiting_seconds", "Age of the oldest of them", _age(oldest)),
    ]


def jobs() -> list[Figure]:
    """Parts of long work, and what people must see to."""
    parts = JobPart.objects.filter(job__state="running", state=JobPart.State.PENDING)
    oldest = parts.aggregate(oldest=Min("job__created_at"))["oldest"]
    failed = JobPart.objects.filter(state=JobPart.State.FAILED)
    tasks = WorkTask.objects.filter(done_at=None)
    return [
        ("anfu_job_parts_waiting", "Parts of running jobs that are not done", parts.count()),
        ("anfu_job_waiting_seconds", "Age of the oldest job of them", _age(oldest)),
        (
            "anfu_job_parts_failed",
            "Parts of jobs that failed and wait for a person",
            failed.count(),
        ),
        ("anfu_tasks_open", "Things that a person must see to", tasks.count()),
    ]


def acts() -> list[Figure]:
    """Acts that beat has still to seal."""
    waiting = Unsealed.objects.aggregate(count=Count("pk"), oldest=Min("queued_at"))
    oldest = waiting["oldest"]
    seconds = max((timezone.now() - oldest).total_seconds(), 0.0) if oldest else 0.0
    return [
        ("anfu_acts_unsealed", "Acts without a seal", waiting["count"]),
        ("anfu_act_unsealed_seconds", "Age of the oldest of them", seconds),
    ]


def files() -> list[Figure]:
    """Files before the virus scanner."""
    waiting = sum(model.objects.waiting().count() for model in (Photo, Attachment))
    return [("anfu_files_waiting_for_scan", "Files that nobody else is shown yet", waiting)]


def outgoing() -> list[Figure]:
    """Messages that are owed outside the page, by channel."""
    owed = owed_by_channel()
    found = []
    for channel in CHANNELS:
        count, oldest = owed.get(channel, (0, None))
        found += [
            (f"anfu_messages_waiting_{channel}", f"Messages owed by {channel}", float(count)),
            (f"anfu_message_waiting_seconds_{channel}", "Age of the oldest of them", _age(oldest)),
        ]
    inbox = Notification.objects.filter(is_owed=True).count()
    return [*found, ("anfu_messages_not_fanned_out", "Messages not looked at yet", float(inbox))]


def queue() -> list[Figure]:
    """What lies in Redis for the workers; -1 where it does not answer."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            length = client.llen(QUEUE)
    except redis.RedisError:
        length = -1
    return [("anfu_queue_length", "Messages that no worker has taken", float(length))]  # type: ignore[arg-type]


def _age(moment: datetime | None) -> float:
    return max((timezone.now() - moment).total_seconds(), 0.0) if moment else 0.0
