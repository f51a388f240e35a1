"""What an administrator does for another's account: second_factor_reset · second_factor_reset_below ·
sign_in_unlock · sessions_end_for · identity_bind"""

from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string

from accounts.adapter import NOTICES
from accounts.lockout import unlock
from accounts.models import User
from accounts.sessions import sessions_end
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM, Actor
from tenancy.models import Membership
from tenancy.signals import second_factor_was_reset


def require_keeper(membership: Membership) -> None:
    """Raise DomainError if the person also works for another organisation.

    Whoever can give a person a new password or take his second factor can act as him. The
    administrator of one organisation must not come to act for another in this way.
    """
    with acting_as(SYSTEM):
        elsewhere = Membership.objects.filter(user_id=membership.user_id, ended_at=None)
        if elsewhere.exclude(org_id=membership.org_id).exists():
            raise DomainError("该人员还在其他单位任职，请联系平台运维人员办理")


def require_active(membership: Membership) -> None:
    """Raise DomainError for a former colleague, who may work for others now."""
    if not membership.is_active:
        raise DomainError("该身份已停用")


def require_other(actor: Actor, membership: Membership) -> None:
    """Raise DomainError for one's own account: there it is asked again who one is."""
    if actor.user_id == membership.user_id:
        raise DomainError("这是你本人的账号，请在“账号与安全”里办理")


@transaction.atomic
def second_factor_reset(*, actor: Actor, membership: Membership) -> None:
    """Take away a person's second factors, for a lost device; he sets new ones up at sign-in.

    Ends his sessions and tells him. DomainError if he has none, or works for others as well.
    The operator, who acts as the system, may reset anybody's.
    """
    require_active(membership)
    if not actor.is_system:
        require_other(actor, membership)
        require_keeper(membership)
    _take_factors(actor, membership)


def second_factor_reset_below(*, actor: Actor, membership: Membership) -> None:
    """The same for the only administrator of an agency below one's own, whom nobody there can help.

    Row-level security shows nothing of an agency below but its rows of the trade: who may was asked
    (`access.lone_admin_for`), the rest is the system's. It stands in both agencies' chains.
    """
    with acting_as(SYSTEM):
        require_keeper(membership)
        _take_factors(actor, membership, actor.org, membership.org_id)


def _take_factors(actor: Actor, membership: Membership, *chains: int) -> None:
    user = membership.user
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise DomainError("该人员没有设置两步验证")
    ended = sessions_end(user.pk)
    for agency_id in chains or (None,):
        record(
            actor=actor, act="second_factor.reset", subject=membership, agency_id=agency_id,
            data={"sessions_ended": ended},
        )  # fmt: skip
    second_factor_was_reset.send(sender=Membership, membership=membership)
    transaction.on_commit(lambda: _tell(user, NOTICES["second_factor_reset"]))


def _tell(user: User, what: str) -> None:
    if user.email:
        body = render_to_string("account/email/notice_message.txt", {"what": what, "user": user})
        subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{what}"
        send_mail(subject, body, None, [user.email], fail_silently=True)


@transaction.atomic
def sign_in_unlock(*, actor: Actor, membership: Membership) -> None:
    """Let a person try again at once: forget what was counted against password and codes."""
    require_active(membership)
    unlock(membership.user.username)
    key = f"mfa-auth-user-{membership.user_id}"
    ratelimit.clear(None, app="allauth.account", action="login_failed", key=key)
    record(actor=actor, act="sign_in.unlock", subject=membership)


@transaction.atomic
def sessions_end_for(*, actor: Actor, membership: Membership) -> int:
    """Sign a colleague out everywhere; return how many sessions that were."""
    require_active(membership)
    require_other(actor, membership)
    ended = sessions_end(membership.user_id)
    record(actor=actor, act="session.end_all", subject=membership, data={"sessions_ended": ended})
    return ended


@transaction.atomic
def identity_bind(*, actor: Actor, membership: Membership, identity: str) -> None:
    """Say by whom the agency's identity provider knows a colleague; "" takes it back.

    DomainError if another one has it, or if the person works for others as well.
    """
    require_active(membership)
    if identity:
        require_keeper(membership)
    same = Membership.objects.filter(org_id=membership.org_id, ended_at=None, identity=identity)
    if identity and same.exclude(user_id=membership.user_id).exists():
        raise DomainError("该统一认证账号已绑定给本单位其他人员", field="identity")
    Membership.objects.filter(pk=membership.pk).update(identity=identity)
    SocialAccount.objects.filter(user_id=membership.user_id).delete()
    record(actor=actor, act="identity.bind" if identity else "identity.release", subject=membership)
