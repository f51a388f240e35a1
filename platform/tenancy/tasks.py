"""Every task runs as the system working for one agency; without an agency it refuses to run."""

import logging
from typing import Any

from celery import Task, shared_task
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from audit.services import PIECE, chain_seal, chains_waiting
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor, actor_for, system_for
from tenancy.delivering import invitation_deliver
from tenancy.models import Agency, Membership

HEADER = "anfu_agency"
logger = logging.getLogger(__name__)


class TenantTask(Task):
    """Base of all tasks. Publish with `task.send(agency_id, …)`: after commit, ids only.

    `atomic = False` for a task that opens its own short transactions.
    """

    abstract = True
    atomic = True

    def send(self, agency_id: int, *args: Any) -> None:
        """Publish for one agency once the surrounding transaction is committed."""
        transaction.on_commit(lambda: self._publish(agency_id, args))

    def send_soon(self, agency_id: int, *args: Any, seconds: int) -> None:
        """Publish once for all who ask within so many seconds: it runs after the last of them.

        For what works everything of its arguments out anew. Of two that run after all nothing
        becomes wrong, and one that is lost with Redis is made good by the nightly run.
        """

        def publish() -> None:
            try:
                is_first = cache.add(f"soon:{self.name}:{args}", True, seconds)
            except (RedisError, OSError):
                logger.warning("no cache to note %s in: it waits for the night", self.name)
                return
            if is_first:
                self._publish(agency_id, args, countdown=seconds)

        transaction.on_commit(publish)

    def _publish(self, agency_id: int, args: tuple[Any, ...], **options: Any) -> None:
        """Hand over to the queue. What is done is committed, so that no queue is no error of it.

        Whoever did it must not be told that it failed; what is owed beat sends again.
        """
        try:
            self.apply_async(args, headers={HEADER: agency_id}, **options)  # type: ignore[dict-item, arg-type]
        except (KombuError, RedisError, OSError) as error:
            logger.warning("no queue for %s: %s", self.name, error)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run as the system for the agency named in the message's header."""
        agency_id = self._header()
        if agency_id is None:
            raise PermissionError(f"{self.name} was published without an agency")
        with acting_as(system_agency(agency_id), atomic=self.atomic):
            return super().__call__(*args, **kwargs)

    def _header(self) -> int | None:
        headers = self.request.headers or {}
        return headers.get(HEADER) or self.request.get(HEADER)


class EveryAgencyTask(Task):
    """Base of beat's tasks: sends `each` for every agency, so each runs in its own scope."""

    abstract = True

    def fan_out(self, each: TenantTask, *, with_id: bool = False) -> int:
        """Publish `each` once per agency, with its id as argument if asked; return how many."""
        ids = all_agency_ids()
        for agency_id in ids:
            each.send(agency_id, *([agency_id] if with_id else []))
        return len(ids)


def system_agency(agency_id: int) -> Any:
    """Return the system actor of one agency."""
    with acting_as(SYSTEM):
        return system_for(Agency.objects.select_related("org").get(pk=agency_id))


def member_actor(membership_id: int | None) -> Actor:
    """Return the actor of whoever started a job; PermissionError once his membership ended."""
    with acting_as(SYSTEM):
        row = (
            Membership.objects.in_force()
            .select_related("org__agency", "user")
            .filter(pk=membership_id or 0)
            .first()
        )
    if row is None:
        raise PermissionError("发起人的身份已停用，请由在用人员重新发起")
    return actor_for(row)


def all_agency_ids() -> list[int]:
    """Return the ids of all agencies."""
    with acting_as(SYSTEM):
        return list(Agency.objects.order_by("pk").values_list("pk", flat=True))


class OfOrganisationTask(Task):
    """A task that works for one organisation of any kind, by the narrow actor its id is worth."""

    abstract = True

    def send(self, *args: Any) -> None:
        """Publish once the surrounding transaction is committed; without a queue it stays owed."""
        transaction.on_commit(lambda: self._publish(args))

    def _publish(self, args: tuple[Any, ...]) -> None:
        try:
            self.apply_async(args)
        except (KombuError, RedisError, OSError) as error:
            logger.warning("no queue for %s: %s", self.name, error)


@shared_task(name="tenancy.invitation_send", base=OfOrganisationTask)
def invitation_send_task(invitation_id: str, org_id: int) -> str:
    """Send an invitation's link; '' or why it was not sent."""
    return invitation_deliver(invitation_id, org_id)


@shared_task(name="tenancy.seal_chains")
def seal_chains() -> int:
    """Every minute: chain what was committed, of each agency and of the platform itself."""
    with acting_as(SYSTEM):
        waiting = chains_waiting()
    return sum(_seal_all(agency_id) for agency_id in waiting)


def _seal_all(agency_id: int) -> int:
    sealed = piece = PIECE
    while piece == PIECE:
        with acting_as(SYSTEM):
            piece = chain_seal(agency_id=agency_id)
        sealed += piece
    return sealed - PIECE
