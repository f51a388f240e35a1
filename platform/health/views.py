"""What machines ask: is it alive, can it serve, how much waits (docs/operations.md)."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from health import figures, probes

LOOPBACK = ("127.0.0.1", "::1")


@never_cache
@transaction.non_atomic_requests
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers; asks nothing of anything else."""
    return JsonResponse({"alive": True})


@never_cache
@transaction.non_atomic_requests
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 if everything that a page needs is there, else 503; why stands in the log, not here."""
    found = {name: not problem for name, problem in probes.examine().items()}
    is_ready = all(found.values())
    return JsonResponse({"ready": is_ready, "checks": found}, status=200 if is_ready else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for whoever has METRICS_TOKEN; without one, for this machine only."""
    if not _may_read(request):
        return HttpResponse("Set METRICS_TOKEN and send it as a bearer token\n", status=403)
    return HttpResponse(figures.exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        return constant_time_compare(sent, f"Bearer {settings.METRICS_TOKEN}")
    is_passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_passed_on
