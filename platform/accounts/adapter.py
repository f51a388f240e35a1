"""How allauth behaves here: nobody signs himself up; accounts come from invitations."""

from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from common.encrypted import keys
from common.net import client_ip

# What a person is told by mail when it was done to his account; one letter says them all.
NOTICES = {
    "account/email/password_changed": "登录密码已修改",
    "account/email/password_reset": "登录密码已重设",
    "account/email/password_set": "登录密码已设置",
    "account/email/email_changed": "登记的电子邮箱已更换",
    "account/email/email_confirm": "登记的电子邮箱已确认",
    "account/email/email_deleted": "登记的电子邮箱已删除",
    "mfa/email/totp_activated": "验证器已启用",
    "mfa/email/totp_deactivated": "验证器已停用",
    "mfa/email/webauthn_added": "安全密钥已添加",
    "mfa/email/webauthn_removed": "安全密钥已删除",
    "mfa/email/recovery_codes_generated": "恢复码已重新生成",
    "socialaccount/email/account_connected": "统一认证已首次用于登录",
    "second_factor_reset": "两步验证已由管理员重设",
}


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up; one plain letter for whatever happens to an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an organisation's administrator invites."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address of who asks, as everything else here counts it."""
        return client_ip(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Limit by address, generously: an office shares one. Axes limits by sign-in name."""
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="password_failed"
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return where one was: among the things of one's account."""
        return reverse("accounts:security")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Write to whoever has an address what was done; fails for an act that has no words."""
        assert isinstance(user, User)
        address = email or EmailAddress.objects.get_primary_email(user) or user.email
        words = {"what": NOTICES[template_prefix], "user": user}
        if address:
            self.send_mail("account/email/notice", address, words)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted at rest, their QR code is drawn by us."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database."""
        return keys().close(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret of the database."""
        return keys().open(encrypted_text)

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return the sign-in name: it is what the person types."""
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as an SVG element without script or style."""
        code = segno.make(url, error="m", micro=False)
        return code.svg_inline(border=2, dark="#000", light="#fff", omitsize=True)

    def generate_authenticator_name(
        self,
        user: AbstractBaseUser,
        type: Authenticator.Type,  # noqa: A002
    ) -> str:
        """Return 安全密钥 1, 2, 3 …"""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"安全密钥 {count + 1}"
