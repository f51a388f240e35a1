"""A program's token becomes the request's actor; the same request twice gives the same answer."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve

from api.bearer import bearer_of
from api.models import KeptAnswer
from api.services import token_use
from common.net import client_ip
from common.scope import acting_as

# Where a token counts: nowhere near a page, so that it cannot make another.
FOR_TOKENS = ("/api/v1/", "/api/schema/")
FOR_KEYS = "/api/v1/"
WRITES = ("POST", "PATCH")
KEY = "Idempotency-Key"
KEYS = re.compile(r"[!-~]{1,100}")
KEPT_HEADERS = ("Content-Type", "ETag")
PIECE = 64 * 1024
Answer = Callable[[HttpRequest], HttpResponse]


class TokenMiddleware:
    """Stands before `ActorMiddleware`, which takes the actor from here if a token names one.

    A token is all that counts of a request that bears one: a session beside it is not looked at,
    and a token that gives nothing leaves nobody. Why is told by `common.api.Token` (401).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on as whoever the token names."""
        bearer = bearer_of(request) if request.path.startswith(FOR_TOKENS) else None
        if bearer is not None:
            request.bearer = bearer  # type: ignore[attr-defined]
            request.user = AnonymousUser()
            if bearer.token is not None:
                request.user = bearer.token.membership.user
                request.limit_key = f"token:{bearer.token.pk}"  # type: ignore[attr-defined]
                with acting_as(bearer.actor, atomic=False):
                    assert bearer.actor is not None
                    token_use(actor=bearer.actor, token=bearer.token, address=client_ip(request))
        return self.get_response(request)


class IdempotencyMiddleware:
    """Answers a write with an Idempotency-Key once: the same again gives the answer that was kept.

    Key, answer and what was done are one transaction. Only what succeeded is kept: a refusal changed
    nothing and may be tried again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, from what was kept if it was."""
        key = request.headers.get(KEY)
        actor = getattr(request, "actor", None)
        if key is None or not _is_write(request) or actor is None or actor.membership_id is None:
            return self.get_response(request)
        if not KEYS.fullmatch(key):
            return _problem(f"{KEY} 应是 1 到 100 个可见的 ASCII 字符", 400)
        with transaction.atomic():
            return self._once(request, key, actor.membership_id, actor.user_id)

    def _once(self, request: HttpRequest, key: str, member: int, user: int) -> HttpResponse:
        if not _locked(f"{member}:{key}"):
            return _problem("同一个请求正在办理，请稍后再试", 409)
        fingerprint = _fingerprint(request)
        kept = KeptAnswer.objects.filter(membership_id=member, key=key).first()
        if kept is not None:
            if kept.fingerprint != fingerprint:
                return _problem(f"这个 {KEY} 已用于另一个请求", 422)
            return _again(kept)
        response = self.get_response(request)
        if 200 <= response.status_code < 300 and not response.streaming:
            KeptAnswer.objects.create(
                membership_id=member,
                user_id=user,
                key=key,
                fingerprint=fingerprint,
                status=response.status_code,
                body=response.content.decode(),
                headers={name: response[name] for name in KEPT_HEADERS if name in response},
            )
        return response


def _is_write(request: HttpRequest) -> bool:
    """Say whether an address of ours takes what is sent; another is refused by its own 404 or 405."""
    if request.method not in WRITES or not request.path.startswith(FOR_KEYS):
        return False
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return hasattr(getattr(view, "cls", None), request.method.lower())


def _locked(name: str) -> bool:
    """Take the key until the transaction ends; False while another request has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"idempotency:{name}"]
        )
        [locked] = cursor.fetchone()
    return bool(locked)


def _fingerprint(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for piece in _pieces(request):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    """Yield what was sent: of a form its fields and files, for each client bounds it differently."""
    if not (request.content_type or "").startswith("multipart/"):
        yield request.body
        return
    for name, values in sorted(request.POST.lists()):
        yield repr((name, values)).encode()
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield repr((name, file.size)).encode()
            yield from file.chunks(PIECE)
            file.seek(0)


def _again(kept: KeptAnswer) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status)
    for name, value in kept.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def _problem(message: str, status: int, **more: Any) -> HttpResponse:
    return JsonResponse({"message": message, **more}, status=status)
