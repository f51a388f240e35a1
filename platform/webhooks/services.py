"""endpoint_create · endpoint_change · endpoint_pause · endpoint_resume · endpoint_rotate · endpoint_remove
· endpoint_test · delivery_resend · failed_resend · deliveries_prune"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from common.outside import address_problem
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from webhooks import posting
from webhooks.catalogue import KINDS, TEST
from webhooks.fanout import body_text
from webhooks.models import Attempt, Delivery, Endpoint
from webhooks.sending import release

OLD_SECRET_FOR = timedelta(hours=24)
MOST = 20  # endpoints of one organisation
PRUNED = 5_000  # deliveries removed by one transaction


def _note(actor: Actor, act: str, endpoint: Endpoint, words: str = "") -> None:
    """Record an act on an endpoint: its host, never the whole address, which may hold a key."""
    record(
        actor=actor, act=f"webhook.{act}", subject=("webhooks.endpoint", str(endpoint.pk)),
        summary=f"{urlsplit(endpoint.url).hostname} {words}".strip(),
        agency_id=actor.org if actor.is_agency else None,
    )  # fmt: skip


def new_secret() -> str:
    """Return a new signing key, as Standard Webhooks writes one."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked(url: str, kinds: Sequence[str]) -> list[str]:
    known = {kind.name for kind in KINDS}
    chosen = [kind for kind in dict.fromkeys(kinds) if kind in known]
    if not chosen:
        raise DomainError("请至少选择一种事件", field="kinds")
    if problem := address_problem(url):
        raise DomainError(problem, field="url")
    return chosen


@transaction.atomic
def endpoint_create(*, actor: Actor, url: str, kinds: Sequence[str], description: str) -> Endpoint:
    """Register an address; its secret is shown to whoever does it, and never again."""
    chosen = _checked(url, kinds)
    if Endpoint.objects.filter(org_id=actor.org).count() >= MOST:
        raise DomainError(f"一个单位最多登记 {MOST} 个推送地址，请先移除不用的")
    endpoint = Endpoint(
        org_id=actor.org, url=url, kinds=chosen, description=description, secret=new_secret(),
        created_at=posting.now(), created_by_name=actor.display[:120],
    )  # fmt: skip
    _save_once(endpoint)
    _note(actor, "create", endpoint, description)
    return endpoint


def _save_once(endpoint: Endpoint) -> None:
    try:
        with transaction.atomic():
            endpoint.save()
    except IntegrityError:
        raise DomainError("这个网址已经登记过", field="url") from None


@transaction.atomic
def endpoint_change(
    *, actor: Actor, endpoint: Endpoint, url: str, kinds: Sequence[str], description: str
) -> Endpoint:
    """Change address, events or purpose. What is owed goes to the new address."""
    chosen = _checked(url, kinds)
    locked = _locked(endpoint)
    if locked.url != url:
        _well_again(locked)
    locked.url, locked.kinds, locked.description = url, chosen, description
    _save_once(locked)
    _note(actor, "change", locked, description)
    return locked


def _locked(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update(of=("self",), no_key=True).get(pk=endpoint.pk)


def _well_again(endpoint: Endpoint) -> None:
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    release(endpoint, posting.now())


@transaction.atomic
def endpoint_pause(*, actor: Actor, endpoint: Endpoint) -> None:
    """Send nothing for a while; what happens meanwhile is held."""
    locked = _locked(endpoint)
    if locked.state != Endpoint.State.ACTIVE:
        raise DomainError("这个地址没有在发送")
    locked.state, locked.state_reason = Endpoint.State.PAUSED, f"{actor.user_name}暂停"[:200]
    locked.save(update_fields=["state", "state_reason"])
    _note(actor, "pause", locked)


@transaction.atomic
def endpoint_resume(*, actor: Actor, endpoint: Endpoint) -> None:
    """Send again, what was held first and in its order; a rest ends as well."""
    locked = _locked(endpoint)
    if locked.state == Endpoint.State.ACTIVE and not locked.rests_until:
        raise DomainError("这个地址正在发送，不需要恢复")
    locked.state, locked.state_reason = Endpoint.State.ACTIVE, ""
    _well_again(locked)
    locked.save()
    _note(actor, "resume", locked)


@transaction.atomic
def endpoint_rotate(*, actor: Actor, endpoint: Endpoint) -> Endpoint:
    """Make a new secret; the former one signs as well for a day, so that a receiver can change over."""
    locked = _locked(endpoint)
    locked.old_secret, locked.old_secret_until = locked.secret, posting.now() + OLD_SECRET_FOR
    locked.secret = new_secret()
    locked.save(update_fields=["secret", "old_secret", "old_secret_until"])
    _note(actor, "rotate", locked)
    return locked


@transaction.atomic
def endpoint_remove(*, actor: Actor, endpoint: Endpoint) -> None:
    """Remove an address with everything that it was sent or is owed; the act stays in the log."""
    locked = _locked(endpoint)
    _note(actor, "remove", locked)
    _drop(locked.deliveries.values_list("pk", flat=True))
    locked.delete()


def _drop(ids: "Sequence[int] | QuerySet[Delivery, int]") -> None:
    """Remove deliveries with their attempts, without reading them."""
    for rows in (Attempt.objects.filter(delivery__in=ids), Delivery.objects.filter(pk__in=ids)):
        rows._raw_delete(rows.db)  # type: ignore[attr-defined]


@transaction.atomic
def endpoint_test(*, actor: Actor, endpoint: Endpoint) -> Delivery:
    """Send an event that means nothing, signed as all are."""
    if endpoint.state != Endpoint.State.ACTIVE:
        raise DomainError("这个地址没有启用，请先恢复")
    now = posting.now()
    data = {"message": "测试事件，无需处理", "is_training": actor.is_training}
    delivery = Delivery.objects.create(
        endpoint=endpoint, org_id=endpoint.org_id, event_id=uuid7(), kind=TEST,
        body=body_text(TEST, now, data), created_at=now, next_at=now,
    )  # fmt: skip
    _note(actor, "test", endpoint)
    return delivery


@transaction.atomic
def delivery_resend(*, actor: Actor, delivery: Delivery) -> None:
    """Send one again, under the same id, also where it has arrived."""
    locked = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    if locked.state == Delivery.State.WAITING:
        raise DomainError("这一条已经在等待发送")
    again = Delivery.objects.filter(pk=locked.pk)
    _send_again(again)
    _note(actor, "resend", delivery.endpoint, str(delivery.event_id))


def _send_again(rows: QuerySet[Delivery]) -> int:
    return rows.update(
        state=Delivery.State.WAITING, attempts=0, next_at=posting.now(), finished_at=None
    )


@transaction.atomic
def failed_resend(*, actor: Actor, endpoint: Endpoint, since: datetime) -> int:
    """Send everything again that has failed for good since a moment; return how many."""
    rows = Delivery.objects.filter(
        endpoint=endpoint, state=Delivery.State.FAILED, created_at__gte=since
    )
    count = _send_again(rows)
    if not count:
        raise DomainError("这段时间没有未送达的事件", field="since")
    _note(actor, "resend", endpoint, f"未送达的 {count} 条")
    return count


def deliveries_prune() -> int:
    """Remove what is too old to be kept, piece by piece; return how many."""
    before, removed, piece = posting.now() - settings.WEBHOOK_KEPT, 0, PRUNED
    while piece == PRUNED:
        with acting_as(SYSTEM):
            old = Delivery.objects.filter(created_at__lt=before).order_by("created_at")
            ids = list(old.values_list("pk", flat=True)[:PRUNED])
            _drop(ids)
        piece = len(ids)
        removed += piece
    return removed
