"""Sign-in with an agency's own identity provider (OpenID Connect).

It opens no accounts. It lets in whom the agency's administrator has bound: the account of an active
membership of the agency that the provider belongs to, whose `identity` is the provider's `sub` or a
mailbox that the provider has verified. The binding is looked up at every sign-in.
"""

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import redirect

from accounts.adapter import AccountAdapter
from accounts.sessions import second_factor_given
from audit.services import record
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import OrgKind
from tenancy.models import Membership


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Lets in whom an administrator has bound, and nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Return False: an identity provider opens no accounts here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Put the bound account into the sign-in, or refuse it with ImmediateHttpResponse."""
        app = sociallogin.provider.app
        claims = _claims(sociallogin)
        if sociallogin.state.get("process") != AuthProcess.LOGIN or claims is None:
            refuse(request, app.provider_id)
        membership = bound_membership(app.settings["organization"], claims)
        if membership is None or not membership.user.is_active:
            refuse(request, app.provider_id)
        _remember(request, sociallogin, membership)
        if _is_trusted(sociallogin.account.extra_data.get("id_token", {}), app.settings):
            second_factor_given(request.session, membership.user_id)
        # The claims are personal data that nothing here needs again.
        sociallogin.account.extra_data = {}
        sociallogin.account.save(update_fields=["extra_data"])

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say that it did not work, whatever the reason: a wrong issuer, a forged or old answer."""
        if error == AuthError.CANCELLED:
            return  # has a page of its own
        refuse(request, provider.app.provider_id, "统一认证没有成功，请重试或用密码登录")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Write to the person in our own words."""
        AccountAdapter(self.request).send_notification_mail(*args, **kwargs)


def bound_membership(organization: str, claims: dict[str, Any]) -> Membership | None:
    """Return the active membership of that agency to which these claims are bound."""
    bound = Q(identity=claims["sub"])
    if claims.get("email") and claims.get("email_verified") is True:
        bound |= Q(identity__iexact=claims["email"])
    with acting_as(SYSTEM):
        rows = Membership.objects.filter(
            bound, org__kind=OrgKind.AGENCY, org__name=organization, ended_at=None
        )
        found = list(rows.exclude(identity="").select_related("user").order_by("pk"))
    # Two people under one name would be a mistake of the administrator's: nobody comes in by it.
    return found[0] if len({row.user_id for row in found}) == 1 else None


def refuse(
    request: HttpRequest,
    provider_id: str,
    words: str = "这个统一认证账号没有绑定本系统的账号，请联系本单位管理员",
) -> NoReturn:
    """Audit a refusal and send the person back to the sign-in page."""
    record(actor=None, act="sign_in.identity_refused", data={"provider": provider_id})
    messages.error(request, words)
    raise ImmediateHttpResponse(redirect("account_login"))


def _claims(sociallogin: SocialLogin) -> dict[str, Any] | None:
    """Return what the provider says of the person; None if its two answers are of two people."""
    data = sociallogin.account.extra_data
    token, info = data.get("id_token") or {}, data.get("userinfo") or {}
    if not token.get("sub") or info.get("sub", token["sub"]) != token["sub"]:
        return None
    return {**info, **token}


def _remember(request: HttpRequest, sociallogin: SocialLogin, membership: Membership) -> None:
    if sociallogin.is_existing and sociallogin.user == membership.user:
        return
    sociallogin.connect(request, membership.user)


def _is_trusted(token: dict[str, Any], settings: dict[str, Any]) -> bool:
    """Whether the provider says that a second factor was given, in words that are trusted."""
    given = set(token.get("amr") or [])
    return bool(given & set(settings["trusted_amr"])) or token.get("acr") in settings["trusted_acr"]
