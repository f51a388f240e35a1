"""Resolves who acts in this request, and writes down who was refused what."""

from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from structlog.contextvars import bind_contextvars

from audit.services import record
from common.errors import Refused
from common.scope import acting_as, current
from tenancy.actors import Actor, actor_for, signed_in
from tenancy.models import Membership

SESSION_KEY = "membership"


class ActorMiddleware:
    """Sets `request.actor` and the scope of every statement until the response is out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request as its actor; a worker thread must never keep the actor."""
        actor = resolve(request)
        request.actor = actor  # type: ignore[attr-defined]
        token = current.set(actor)
        if actor is not None:
            bind_contextvars(org=actor.org_id, member=actor.membership_id)
        try:
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                _stream_as_actor(response)
            return response
        finally:
            current.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Audit a refusal; the view's own transaction is already rolled back here."""
        actor = getattr(request, "actor", None)
        if isinstance(exception, Refused):
            with acting_as(actor):
                record(
                    actor=actor,
                    act="access.not_found",
                    subject=(exception.subject, str(exception.pk)),
                    summary=request.path,
                )
        elif isinstance(exception, PermissionDenied):
            with acting_as(actor):
                record(actor=actor, act="access.denied", summary=request.path)


def resolve(request: HttpRequest) -> Actor | None:
    """Return the actor: the chosen membership, the only one, or just the user.

    The session's first query runs before any actor is set; sessions and users carry no policy.
    """
    user = request.user
    if not user.is_authenticated:
        return None
    alone = signed_in(user.pk, user.name)
    with acting_as(alone, atomic=False):
        rows = list(
            Membership.objects.filter(user_id=user.pk, ended_at=None)
            .select_related("org__agency", "user")
            .order_by("pk")
        )
    request.memberships = rows  # type: ignore[attr-defined]
    chosen = request.session.get(SESSION_KEY)
    for membership in rows:
        if membership.pk == chosen or len(rows) == 1:
            return actor_for(membership)
    return alone


def _stream_as_actor(response: StreamingHttpResponse) -> None:
    context: Context = copy_context()
    content: Iterator[Any] = iter(response.streaming_content)  # type: ignore[arg-type]
    done = object()

    def chunks() -> Iterator[Any]:
        while (chunk := context.run(next, content, done)) is not done:
            yield chunk

    response.streaming_content = chunks()
