"""Forms that know their actor: a choice outside his scope is refused like one that does not exist."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from audit.services import record
from tenancy.actors import Actor
from tenancy.enums import ROLES_OF, OrgKind
from tenancy.leaving import InHand, takers_of
from tenancy.models import Membership

MOST_FILE_BYTES = 100 * 1024
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


class InviteManyForm(forms.Form):
    """A list of people, pasted or as a text file."""

    lines = forms.CharField(
        label="名单", required=False, max_length=40_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "font-monospace"}),
        help_text="一行一人：姓名、角色、电话、邮箱、证号，用逗号或者制表符隔开；可以从表格里直接复制粘贴",
    )  # fmt: skip
    file = forms.FileField(
        label="或者上传文件", required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        help_text="CSV 或文本文件，不超过 100 KB；Excel 请另存为 CSV，或者直接粘贴",
    )  # fmt: skip
    send = forms.BooleanField(
        label="生成后把链接发给填了邮箱或者电话的人", required=False, initial=True
    )

    def clean_file(self) -> str:
        """Return the file as text, '' without one."""
        file = self.cleaned_data.get("file")
        if file is None:
            return ""
        if file.size > MOST_FILE_BYTES:
            raise forms.ValidationError("文件超过 100 KB")
        content: bytes = file.read()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise forms.ValidationError("读不出文字，请另存为 CSV（UTF-8）再上传")

    @property
    def text(self) -> str:
        """What was pasted, or else what the file has."""
        if not self.is_valid():
            return str(self.data.get("lines", ""))
        return str(self.cleaned_data.get("lines", "").strip() or self.cleaned_data.get("file", ""))


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
        colleagues = Membership.objects.own().filter(org_id=self.actor.org_id)
        self.fields["to"].queryset = (  # type: ignore[attr-defined]
            colleagues.exclude(pk=self.actor.member).select_related("user")
        )


def _day(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class CertificateForm(forms.Form):
    """An officer's enforcement certificate."""

    number = forms.CharField(label="执法证号", max_length=40)
    issued_by = forms.CharField(label="发证机关", max_length=60)
    valid_from = _day("有效期起")
    valid_until = _day("有效期止")


class IdentityForm(forms.Form):
    """By whom the agency's identity provider knows a colleague."""

    identity = forms.CharField(
        label="统一认证账号",
        max_length=191,
        required=False,
        help_text="统一认证平台中的用户标识（sub），或平台已核实的邮箱；留空即解除绑定",
    )


class DeputyForm(ActorForm):
    """Who stands in for somebody, and when."""

    to = forms.ModelChoiceField(
        label="代理人", queryset=Membership.objects.none(), empty_label="请选择"
    )
    valid_from = _day("代理自")
    valid_until = _day("代理至", help_text="含当天；到期自动结束，也可以提前结束")
    reason = forms.CharField(label="事由", max_length=200, help_text="如：出差、病假、学习")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Membership.objects.own().filter(org_id=membership.org_id)
        rows = rows.exclude(user_id=membership.user_id).select_related("user")
        self.fields["to"].queryset = rows.order_by("user__name", "pk")  # type: ignore[attr-defined]


class LeavingForm(ActorForm):
    """Who takes over what somebody holds, kind by kind, and whether he leaves."""

    def __init__(
        self, *args: Any, membership: Membership, in_hand: Sequence[InHand], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = []
        for row in in_hand:
            if row.holding.hand_over is None:
                continue
            takers = takers_of(membership, row.holding)
            self.fields[f"to_{row.holding.key}"] = forms.ModelChoiceField(
                label=f"{row.holding.title}移交给",
                queryset=Membership.objects.filter(pk__in=[one.pk for one in takers])
                .select_related("user")
                .order_by("user__name", "pk"),
                required=False,
                empty_label="请选择" if takers else "没有可以接手的同事",
            )
            self.kinds.append(row.holding.key)
        self.fields["reason"] = forms.CharField(
            label="原因", max_length=200, required=False, help_text="如：离职、调岗、休产假"
        )
        self.fields["leaves"] = forms.BooleanField(
            label="移交后停用这个身份", required=False,
            help_text="在所有设备上立即退出，授权和代理同时失效；以前的记录保留他的名字",
        )  # fmt: skip

    @property
    def takers(self) -> dict[str, Membership]:
        """Who takes which kind over."""
        chosen = {key: self.cleaned_data.get(f"to_{key}") for key in self.kinds}
        return {key: taker for key, taker in chosen.items() if taker is not None}
