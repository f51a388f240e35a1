"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Return the address of whoever asks.

    Behind `TRUSTED_PROXY_COUNT` proxies of one's own, each appends whom it heard to X-Forwarded-For: what stands
    so far from the right is known, what stands before it anybody may have written.
    """
    words = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    heard = [word.strip() for word in words if word.strip()]
    if settings.TRUSTED_PROXY_COUNT and len(heard) >= settings.TRUSTED_PROXY_COUNT:
        return heard[-settings.TRUSTED_PROXY_COUNT]
    return request.META.get("REMOTE_ADDR", "")
