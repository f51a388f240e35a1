"""Forms that know their actor: a choice outside his scope is refused like one that does not exist."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from audit.services import record
from tenancy.actors import Actor
from tenancy.enums import ROLES_OF, OrgKind
from tenancy.models import Membership

PASSWORD_HELP = "至少 10 个字符，包含大写字母、小写字母、数字、符号中的三种"


class ActorForm(forms.Form):
    """A form whose choices are limited to what `actor` may see; a refused choice is audited."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """Validate, and write down any id that was not among the actor's choices."""
        super().full_clean()
        if not self.is_bound:
            return
        for name, errors in self.errors.as_data().items():
            if any(e.code in ("invalid_choice", "invalid_pk_value") for e in errors):
                value = str(self.data.get(self.add_prefix(name), ""))[:64]
                record(actor=self.actor, act="field.refused", subject=(f"form.{name}", value))


class InvitationForm(forms.Form):
    """Whom an administrator invites, and as what."""

    name = forms.CharField(label="姓名", max_length=40)
    role = forms.ChoiceField(label="角色")
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    email = forms.EmailField(label="电子邮箱", required=False)
    certificate_number = forms.CharField(
        label="证号",
        max_length=40,
        required=False,
        help_text="行政执法证或注册安全工程师证，没有可不填",
    )

    def __init__(self, *args: Any, org_kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ROLES_OF[OrgKind(org_kind)]
        self.fields["role"].choices = [(r.value, r.label) for r in roles]  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """A new person's sign-in name and password."""

    username = forms.CharField(
        label="登录名", min_length=3, max_length=64, help_text="3 个以上字母、数字或手机号"
    )
    password = forms.CharField(label="密码", widget=forms.PasswordInput, help_text=PASSWORD_HELP)
    password_again = forms.CharField(label="再输一次密码", widget=forms.PasswordInput)

    def __init__(self, *args: Any, name: str, email: str, **kwargs: Any) -> None:
        self.person = {"name": name, "email": email}
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Apply the password rules, knowing whose it will be."""
        password: str = self.cleaned_data["password"]
        person = User(username=self.cleaned_data.get("username", ""), **self.person)
        validate_password(password, person)
        return password

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data = super().clean() or {}
        if data.get("password") and data["password"] != data.get("password_again"):
            self.add_error("password_again", "两次输入的密码不一致")
        return data


class HandOverForm(ActorForm):
    """To which colleague the administrator hands over."""

    to = forms.ModelChoiceField(
        label="移交给", queryset=Membership.objects.none(), empty_label="请选择"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Membership.objects.filter(org_id=self.actor.org_id, ended_at=None)
        self.fields["to"].queryset = (  # type: ignore[attr-defined]
            colleagues.exclude(pk=self.actor.member).select_related("user")
        )


class CertificateForm(forms.Form):
    """An officer's enforcement certificate."""

    number = forms.CharField(label="执法证号", max_length=40)
    issued_by = forms.CharField(label="发证机关", max_length=60)
    valid_from = forms.DateField(
        label="有效期起", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label="有效期止", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class IdentityForm(forms.Form):
    """By whom the agency's identity provider knows a colleague."""

    identity = forms.CharField(
        label="统一认证账号",
        max_length=191,
        required=False,
        help_text="统一认证平台中的用户标识（sub），或平台已核实的邮箱；留空即解除绑定",
    )
