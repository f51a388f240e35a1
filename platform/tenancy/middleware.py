"""Resolves who acts in this request, and writes down who was refused what."""

from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from structlog.contextvars import bind_contextvars

from accounts.sessions import session_over, session_touch
from audit.services import record
from common.errors import Moved, Refused
from common.scope import acting_as, current
from tenancy.actors import Actor, actor_for, signed_in
from tenancy.gate import is_open, missing_step
from tenancy.models import Membership

SESSION_KEY = "membership"
OVER = {"idle": "长时间没有操作，已自动退出，请重新登录", "too_long": "登录已到期，请重新登录"}


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
            if refused := getattr(response, "refused", None):  # an API's, in words already
                self.process_exception(request, refused)
            if isinstance(response, StreamingHttpResponse):
                _stream_as_actor(response)
            return response
        finally:
            current.reset(token)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Lead on to where a thing is read now, or audit a refusal.

        The view's own transaction is already rolled back here.
        """
        if isinstance(exception, Moved):
            messages.warning(request, exception.message)
            return redirect(exception.url)
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
        return None


class SignInGate:
    """Before a sign-in is complete (tenancy/gate.py), everything else leads to what it lacks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send a person to the page, and tell a program the reason (403)."""
        step = getattr(request, "missing_step", None)
        match = request.resolver_match
        if step is None or match is None or is_open(match.view_name):
            return None
        if hasattr(view, "cls"):  # an API
            return JsonResponse({"message": step.words, "code": step.code}, status=403)
        return redirect(step.url_name)


def resolve(request: HttpRequest) -> Actor | None:
    """Return the actor: the chosen membership, the only one, or just the user.

    The session's first query runs before any actor is set; sessions and users carry no policy.
    Whose sign-in lacks a step is just the user, so that nothing shows itself meanwhile. A program's
    token has said already who acts (`api.middleware`): then no session is asked.
    """
    if bearer := getattr(request, "bearer", None):
        named: Actor | None = bearer.actor
        return named
    user = request.user
    if not user.is_authenticated:
        return None
    alone = signed_in(user.pk, user.name)
    with acting_as(alone, atomic=False):
        rows = list(
            Membership.objects.in_force()
            .filter(user_id=user.pk)
            .select_related("org__agency", "user")
            .order_by("pk")
        )
    actor = _chosen(request, rows) or alone
    if reason := session_over(request.session, actor.kind):
        _end_session(request, actor, reason)
        return None
    session_touch(request.session, actor.kind)
    request.memberships = rows  # type: ignore[attr-defined]
    request.missing_step = step = missing_step(request, rows)  # type: ignore[attr-defined]
    return alone if step else actor


def _chosen(request: HttpRequest, rows: list[Membership]) -> Actor | None:
    chosen = request.session.get(SESSION_KEY)
    for membership in rows:
        if membership.pk == chosen or len(rows) == 1:
            return actor_for(membership)
    return None


def _end_session(request: HttpRequest, actor: Actor, reason: str) -> None:
    with acting_as(actor):
        record(actor=actor, act="session.end", data={"reason": reason})
    request.session.flush()
    request.user = AnonymousUser()
    messages.info(request, OVER[reason])  # in a cookie: it waits for the page to sign in on


def _stream_as_actor(response: StreamingHttpResponse) -> None:
    context: Context = copy_context()
    content: Iterator[Any] = iter(response.streaming_content)  # type: ignore[arg-type]
    done = object()

    def chunks() -> Iterator[Any]:
        while (chunk := context.run(next, content, done)) is not done:
            yield chunk

    response.streaming_content = chunks()
