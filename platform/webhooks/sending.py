"""Sending what is owed: endpoints are taken on lease, threads post, this thread writes down.

No transaction is open while somebody else's server thinks. An endpoint is in one hand at a time, so
its deliveries leave in their order and one after the other; a slow one holds one thread and nobody
else. Who is killed with a lease leaves it to run out: what he had posted and not yet written down
is posted again, with the same id (at least once, as the receiver is told).
"""

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from random import SystemRandom

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from common.scope import acting_as
from notifications.services import Message as Notice
from notifications.services import notify_many
from tenancy.actors import SYSTEM
from tenancy.enums import ADMIN_ROLES
from tenancy.models import Membership
from webhooks import posting
from webhooks.audience import body_of, visible_to
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.posting import Load, Message, Result, post_all
from webhooks.schedule import Health, asked_to_wait, delay

TOGETHER = 32  # endpoints that are posted to at once
SLICE = 100  # deliveries of one endpoint in one go: so many come twice at most after a kill
RUN_SECONDS = 9.0  # beat starts the next run
LEASE = timedelta(seconds=90)  # longer than the longest slice takes
HIDDEN = "对象已不对本单位开放，不再发送"
logger = logging.getLogger(__name__)
_rng = SystemRandom()


def send_due(*, seconds: float = RUN_SECONDS) -> int:
    """Post what is due until nothing is, or the time is over; return how many were posted."""
    stop, posted = time.monotonic() + seconds, 0
    with ThreadPoolExecutor(TOGETHER, thread_name_prefix="webhooks") as pool:
        running: dict[Future[list[Result]], Load] = {}
        while True:
            if time.monotonic() < stop and len(running) < TOGETHER:
                loads = take(TOGETHER - len(running))
                running |= {pool.submit(post_all, load): load for load in loads}
            if not running:
                return posted
            done, _ = wait(running, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                load = running.pop(future)
                posted += _collect(load, future)


def _collect(load: Load, future: Future[list[Result]]) -> int:
    """Write down what a thread has done; what went wrong with one holds up no other."""
    try:
        results = future.result()
    except Exception:
        logger.exception("webhook endpoint %s: not sent, its lease runs out", load.endpoint_id)
        return 0
    write_down(load, results)
    return len(results)


def take(most: int) -> list[Load]:
    """Take endpoints that are owed something on lease, who was served longest ago first."""
    with acting_as(SYSTEM):
        now = posting.now()
        taken = list(
            _due(now).select_for_update(skip_locked=True, of=("self",), no_key=True)[:most]
        )
        Endpoint.objects.filter(pk__in=[row.pk for row in taken]).update(leased_until=now + LEASE)
        return [load for endpoint in taken if (load := _load(endpoint, now))]


def _due(now: datetime) -> QuerySet[Endpoint]:
    """Return who may be sent to now. One that rests is sent its first delivery, whenever it is due."""
    waiting = Delivery.objects.filter(endpoint=OuterRef("pk"), state=Delivery.State.WAITING)
    rests = settings.WEBHOOK_REST_AFTER
    return (
        Endpoint.objects.filter(state=Endpoint.State.ACTIVE)
        .filter(Q(rests_until=None) | Q(rests_until__lte=now))
        .filter(Q(leased_until=None) | Q(leased_until__lte=now))
        .filter(
            Q(Exists(waiting.filter(next_at__lte=now)), failures__lt=rests)
            | Q(Exists(waiting), failures__gte=rests)
        )
        .select_related("org__agency")
        .order_by(F("leased_until").asc(nulls_first=True), "pk")
    )


def _load(endpoint: Endpoint, now: datetime) -> Load | None:
    """Return what an endpoint is sent next; what its organisation may not see any more is closed."""
    rows = endpoint.deliveries.filter(state=Delivery.State.WAITING).order_by("id")
    if not endpoint.is_resting:
        rows = rows.filter(next_at__lte=now)
    found = list(rows[: 1 if endpoint.is_resting else SLICE])
    keys = {(row.subject_type, row.subject_id) for row in found if row.subject_type}
    seen = visible_to(body_of(endpoint.org), keys)
    gone = [row.pk for row in found if row.subject_type and _key(row) not in seen]
    if gone:
        Delivery.objects.filter(pk__in=gone).update(
            state=Delivery.State.FAILED, finished_at=now, next_at=None, problem=HIDDEN
        )
    messages = [Message(row.pk, row.event_id, row.body) for row in found if row.pk not in gone]
    if not messages:
        _give_back(endpoint, now)
        return None
    secrets = endpoint.secrets_at(now)
    return Load(endpoint.pk, endpoint.url, secrets, endpoint.failures, messages)


def _key(row: Delivery) -> tuple[str, str]:
    return row.subject_type, row.subject_id


def _give_back(endpoint: Endpoint, now: datetime) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(leased_until=now)


def write_down(load: Load, results: Sequence[Result]) -> None:
    """Keep what came of a slice, and give the endpoint back."""
    with acting_as(SYSTEM):
        endpoint = (
            Endpoint.objects.select_for_update(no_key=True).filter(pk=load.endpoint_id).first()
        )
        if endpoint is None:
            return  # removed meanwhile, with everything it was owed
        ids = [result.delivery_id for result in results]
        rows = {
            row.pk: row
            for row in Delivery.objects.select_for_update(no_key=True).filter(pk__in=ids)
        }
        results = [result for result in results if result.delivery_id in rows]
        Attempt.objects.bulk_create(_attempt(endpoint, result) for result in results)
        _settle(endpoint, rows, results)
        endpoint.leased_until = posting.now()
        endpoint.save()


def _attempt(endpoint: Endpoint, result: Result) -> Attempt:
    answer = result.answer
    return Attempt(
        delivery_id=result.delivery_id, org_id=endpoint.org_id, at=result.at, status=answer.status,
        ms=answer.ms, answer=answer.text[:500], error=answer.error[:200],
    )  # fmt: skip


def _settle(endpoint: Endpoint, rows: dict[int, Delivery], results: Sequence[Result]) -> None:
    """Work out from the results, in their order, what becomes of endpoint and deliveries."""
    delivered: dict[int | None, list[int]] = defaultdict(list)
    for result in results:
        answer, row = result.answer, rows[result.delivery_id]
        if answer.is_ok:
            delivered[answer.status].append(row.pk)
            _recovered(endpoint, result.at)
            continue
        _failed(endpoint, row, result)
    for status, ids in delivered.items():
        Delivery.objects.filter(pk__in=ids).update(
            state=Delivery.State.DONE, status=status, problem="", next_at=None,
            finished_at=results[-1].at,
        )  # fmt: skip


def _recovered(endpoint: Endpoint, at: datetime) -> None:
    """It answers again: what was held while it rested leaves at once, the oldest first."""
    if endpoint.is_resting:
        release(endpoint, at)
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    endpoint.last_ok_at = at


def release(endpoint: Endpoint, at: datetime) -> None:
    """Let everything that an endpoint is owed be due now."""
    held = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING)
    held.filter(next_at__gt=at).update(next_at=at)


def _failed(endpoint: Endpoint, row: Delivery, result: Result) -> None:
    answer, at = result.answer, result.at
    wait = asked_to_wait(answer.status, answer.retry_after, at)
    before = Health(endpoint.failures, endpoint.failing_since, endpoint.rests_until)
    after = before.failed(at=at, status=answer.status, wait=wait)
    endpoint.failures, endpoint.failing_since = after.failures, after.failing_since
    endpoint.rests_until = after.rests_until
    if after.off_reason and endpoint.state == Endpoint.State.ACTIVE:
        endpoint.state, endpoint.state_reason = Endpoint.State.OFF, after.off_reason
        _tell_off(endpoint, at)
    row.status, row.problem = answer.status, (answer.error or f"回答 {answer.status}")[:200]
    # A probe, and what was asked to come later, use up no attempt: the fault is not this delivery's.
    if before.is_resting or wait is not None or after.off_reason:
        row.next_at = at
    else:
        row.attempts += 1
        later = delay(row.attempts, _rng)
        row.next_at = at + later if later is not None else None
        if later is None:
            row.state, row.finished_at = Delivery.State.FAILED, at
    row.save(update_fields=["status", "problem", "next_at", "attempts", "state", "finished_at"])


def _tell_off(endpoint: Endpoint, at: datetime) -> None:
    """Tell the organisation's administrators that nothing is sent there any more."""
    admins = Membership.objects.filter(
        org_id=endpoint.org_id, role__in=ADMIN_ROLES, ended_at=None
    ).values_list("pk", flat=True)
    title = f"事件推送已停用：{endpoint.description}。{endpoint.state_reason}"
    url = reverse("webhooks:endpoint", args=[endpoint.pk])
    notices = [Notice(endpoint.org_id, title, url, pk) for pk in admins]
    notify_many(notices, kind="webhook_off", at=at)
