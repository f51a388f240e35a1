"""When sign-in is locked: by sign-in name through axes, by address through allauth's limits.

Both count what was typed, never what exists, so neither tells whether a name is taken.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

LOGIN_FIELD = "login"


def typed_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the sign-in name as it is counted: without the case in which it was typed."""
    typed = (credentials or {}).get("username") or request.POST.get(LOGIN_FIELD, "")
    return str(typed).strip().lower()[:255]


def locked_names(names: Iterable[str]) -> dict[str, datetime]:
    """Return {sign-in name: until when} of those that are locked now."""
    span = get_cool_off()
    assert span is not None
    rows = (
        AccessAttempt.objects.filter(
            username__in=[name.lower() for name in names], attempt_time__gt=timezone.now() - span
        )
        .order_by()
        .values("username")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return {row["username"]: row["last"] + span for row in rows}


def locked_page(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, Any] | None
) -> HttpResponse:
    """Say until when; the same for a name that nobody has."""
    name = typed_name(request, credentials)
    until = locked_names([name]).get(name)
    return render(request, "account/lockout.html", {"until": until}, status=429)


def unlock(username: str) -> int:
    """Forget the failures of a sign-in name; return how many rows of them there were."""
    return int(reset(username=username.lower()))
