"""One line in the log and one figure for each request: which page, how long, for whom; by ids only."""

import logging
import re
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from common.ids import uuid7
from health.figures import REQUESTS

GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}\Z")
logger = logging.getLogger("anfu.request")


class RequestMiddleware:
    """Stands before all but static files: what any line says of a request bears its id.

    The page is named by its view and never by its address, which may hold a search or a token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then note it."""
        began = perf_counter()
        given = request.headers.get("X-Request-ID", "")
        number = given if GIVEN.match(given) else str(uuid7())
        clear_contextvars()
        bind_contextvars(request=number)
        response = self.get_response(request)
        response["X-Request-ID"] = number
        match = request.resolver_match
        view = match.view_name if match and match.view_name else "none"
        seconds = perf_counter() - began
        REQUESTS.labels(view, f"{response.status_code // 100}xx").observe(seconds)
        said = {"view": view, "method": request.method, "status": response.status_code,
                "ms": round(seconds * 1000)}  # fmt: skip
        logger.info("request", extra=said)
        return response
