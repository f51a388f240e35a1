"""How often somebody may ask: by address while he is nobody, then by account; a token for itself."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_ratelimit.core import get_usage
from redis.exceptions import RedisError

from common.net import client_ip

HEAVY, RARE = "heavy", "rare"
View = TypeVar("View", bound=Callable[..., Any])
logger = logging.getLogger(__name__)


def heavy(view: View) -> View:
    """Mark a view whose answer is work (an export, a preview, a print): it is limited more tightly."""
    view.limited_as = HEAVY  # type: ignore[attr-defined]
    return view


def written_rarely(view: View) -> View:
    """Mark a view to which nobody has a reason to send much: sending is limited, reading is not."""
    view.sending_limited_as = RARE  # type: ignore[attr-defined]
    return view


def guesses_over(request: HttpRequest) -> int:
    """Return for how many seconds no more codes are looked up for this address; 0: they are.

    Counted are the wrong ones alone (`guess_count`).
    """
    usage = _guesses(request, increment=False)
    return max(1, usage["time_left"]) if usage and usage["count"] >= usage["limit"] else 0


def guess_count(request: HttpRequest) -> bool:
    """Count a code that nobody has; return whether it was the one after which no more are looked up."""
    usage = _guesses(request, increment=True)
    return bool(usage) and usage["count"] == usage["limit"]


def _guesses(request: HttpRequest, *, increment: bool) -> dict[str, Any]:
    """Return count, limit and seconds left of this address; {} where nothing is counted."""
    if not settings.RATELIMIT_ENABLE:
        return {}
    try:
        usage: dict[str, Any] | None = get_usage(
            request, group="guess", key=lambda *_: client_ip(request),
            rate=settings.RATE_LIMITS["guess"], increment=increment,
        )  # fmt: skip
    except (RedisError, OSError):
        logger.warning("no cache to count guesses in")
        return {}
    return usage or {}


class LimitMiddleware:
    """Answers 429 to who asks more often than `RATE_LIMITS` allows his kind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse before the view begins. Without Redis nobody is refused: work comes first."""
        if not settings.RATELIMIT_ENABLE:
            return None
        is_member = request.user.is_authenticated
        group = getattr(view, "limited_as", "member" if is_member else "public")
        if request.method == "POST":
            group = getattr(view, "sending_limited_as", group)
        own = getattr(request, "limit_key", str(request.user.pk))  # a program's token has its own
        key = own if is_member else client_ip(request)
        try:
            usage = get_usage(
                request, group=group, key=lambda *_: key, rate=settings.RATE_LIMITS[group],
                increment=True,
            )  # fmt: skip
        except (RedisError, OSError):
            logger.warning("no cache to count requests in")
            return None
        if usage is None or not usage["should_limit"]:
            return None
        return _refused(request, max(1, usage["time_left"]))


def _refused(request: HttpRequest, seconds: int) -> HttpResponse:
    words = f"操作太频繁，请 {seconds} 秒后再试"
    if "text/html" not in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"message": words}, status=429)
    else:
        response = render(request, "429.html", {"words": words}, status=429)
    response["Retry-After"] = str(seconds)
    return response
