"""One's own account: how it is protected, and where it is signed in."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.devices import device_name
from accounts.models import User
from accounts.sessions import session_end, sessions_end, sessions_of
from audit.services import record
from common.errors import Refused


@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Password, mailbox, second factor and sessions, each with its way to change it."""
    user = _user(request)
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    days: int = settings.PASSWORD_MAX_DAYS
    return render(
        request,
        "accounts/security.html",
        {
            "user": user,
            "has_app": Authenticator.Type.TOTP in kinds,
            "has_key": Authenticator.Type.WEBAUTHN in kinds,
            "password_until": user.password_changed_at + timedelta(days=days) if days else None,
            "session_count": len(sessions_of(user)),
        },
    )


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; this device is marked."""
    rows = sessions_of(_user(request))
    for row in rows:
        row.device = device_name(row.user_agent)
        row.is_this = row.session_key == request.session.session_key
    return render(request, "accounts/sessions.html", {"sessions": rows})


@login_required
@require_POST
def session_end_one(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; another's does not exist."""
    row = UserSession.objects.filter(user=_user(request), pk=pk).first()
    if row is None:
        raise Refused("usersessions.usersession", pk)
    if row.session_key == request.session.session_key:
        return redirect("account_logout")
    session_end(row)
    record(actor=_actor(request), act="session.end", data={"reason": "by_hand"})
    messages.success(request, "已退出该设备")
    return redirect("accounts:sessions")


@login_required
@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    ended = sessions_end(_user(request).pk, but=request.session.session_key)
    record(actor=_actor(request), act="session.end_all", data={"sessions_ended": ended})
    messages.success(request, f"已退出其他 {ended} 台设备")
    return redirect("accounts:sessions")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]  # set by the middleware
