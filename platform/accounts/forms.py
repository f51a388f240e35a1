"""allauth's forms for second factors, in our words and for a phone's number pad."""

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms


class CodeField(forms.Form):
    """Names the field `code` as the pages do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = "验证码"
        field.widget.attrs |= {"inputmode": "numeric", "autofocus": True, "placeholder": ""}


class AuthenticateForm(CodeField, base.AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateForm(CodeField, base.ReauthenticateForm):
    """Saying again who one is."""


class ActivateTOTPForm(CodeField, totp.ActivateTOTPForm):
    """The first code of a new app."""


class KeyNameField(forms.Form):
    """Names the field `name` as the pages do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "名称"


class AddWebAuthnForm(KeyNameField, webauthn.AddWebAuthnForm):
    """A new security key."""


class EditWebAuthnForm(KeyNameField, webauthn.EditWebAuthnForm):
    """Another name for a security key."""
