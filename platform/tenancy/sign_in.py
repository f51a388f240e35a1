"""What a sign-in leaves behind: its time in the session, its acts in the audit.

Receivers of allauth's, axes' and Django's signals, connected by `TenancyConfig.ready`. `data` holds
kinds and figures: no address, and no name that somebody typed (it may be a password).
"""

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from axes.signals import user_locked_out
from django.contrib.auth import signals as auth
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import (
    SECOND_FACTOR,
    second_factor_given,
    session_begin,
    sessions_end,
)
from audit.services import record
from common.scope import acting_as
from tenancy.actors import Actor, actor_for, signed_in
from tenancy.models import Membership


def connect() -> None:
    """Connect the receivers; again, it changes nothing."""
    for signal, receiver in (
        (auth.user_logged_in, begin),
        (account.user_logged_in, signed_in_act),
        (auth.user_logged_out, signed_out_act),
        (auth.user_login_failed, failed_act),
        (user_locked_out, locked_act),
        (account.password_changed, password_changed_act),
        (account.password_set, password_changed_act),
        (account.password_reset, password_reset_act),
        (account.email_changed, email_changed_act),
        (mfa.authenticator_used, factor_used),
        (mfa.authenticator_added, factor_added_act),
        (mfa.authenticator_removed, factor_removed_act),
        (mfa.authenticator_reset, factor_reset_act),
        (mfa.authentication_failed, factor_failed_act),
    ):
        signal.connect(receiver, dispatch_uid=f"tenancy.sign_in.{receiver.__name__}")


def person(user: User) -> Actor:
    """Return who a user is outside a request: in his only membership, or just the user."""
    alone = signed_in(user.pk, user.name)
    with acting_as(alone):
        rows = Membership.objects.in_force().filter(user_id=user.pk)
        found = list(rows.select_related("org__agency", "user")[:2])
    return actor_for(found[0]) if len(found) == 1 else alone


def _act(user: User, act: str, **data: Any) -> None:
    actor = person(user)
    with acting_as(actor):
        record(actor=actor, act=act, subject=("accounts.user", str(user.pk)), data=data)


def begin(request: HttpRequest, user: User, **_: Any) -> None:
    """Note when the session began, and how long its kind of organisation lets it last."""
    session_begin(request.session, person(user).kind)


def signed_in_act(request: HttpRequest, user: User, **_: Any) -> None:
    methods = [row["method"] for row in get_authentication_records(request, user)]
    _act(user, "sign_in.done", methods=methods)


def signed_out_act(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _act(user, "sign_in.out")


def failed_act(credentials: dict[str, Any], **_: Any) -> None:
    user = User.objects.filter(username__iexact=credentials.get("username") or "").first()
    _unknown_act("sign_in.failed", user)


def locked_act(request: HttpRequest, username: str, **_: Any) -> None:
    if request.axes_failures_since_start is None:  # type: ignore[attr-defined]
        return  # it was locked before
    _unknown_act("sign_in.locked", User.objects.filter(username__iexact=username or "").first())


def _unknown_act(act: str, user: User | None) -> None:
    """Record an act of nobody knows whom; a name that no user has is not kept."""
    record(actor=None, act=act, subject=("accounts.user", str(user.pk if user else "")))


def password_changed_act(request: HttpRequest, user: User, **_: Any) -> None:
    ended = sessions_end(user.pk, but=request.session.session_key)
    _act(user, "password.change", sessions_ended=ended)


def password_reset_act(request: HttpRequest, user: User, **_: Any) -> None:
    # The session in hand is over with the old password; only its row would be missed by what follows.
    ended = sessions_end(user.pk, but=request.session.session_key)
    _act(user, "password.reset", sessions_ended=ended)


def email_changed_act(user: User, **_: Any) -> None:
    _act(user, "email.change")


def factor_used(request: HttpRequest, user: User, **_: Any) -> None:
    second_factor_given(request.session, user.pk)


def factor_added_act(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    second_factor_given(request.session, user.pk)
    _act(user, "second_factor.add", type=authenticator.type)


def factor_removed_act(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Without any factor left, the session has given none: it leads to setting one up."""
    if not Authenticator.objects.filter(user=user).exists():
        request.session.pop(SECOND_FACTOR, None)
    _act(user, "second_factor.remove", type=authenticator.type)


def factor_reset_act(user: User, authenticator: Authenticator, **_: Any) -> None:
    _act(user, "second_factor.renew", type=authenticator.type)


def factor_failed_act(user: User, authenticator: Authenticator, **_: Any) -> None:
    _act(user, "second_factor.failed", type=authenticator.type)
