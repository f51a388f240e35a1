from datetime import timedelta
from ipaddress import ip_network
from typing import Any

from django import forms
from django.utils import timezone

from api.scopes import scopes_of
from api.services import MOST_DAYS
from tenancy.actors import Actor

MOST_NETWORKS = 20
USUAL_DAYS = 90


class TokenForm(forms.Form):
    """What a program is let in for, and until when."""

    name = forms.CharField(
        label="用途", max_length=60, help_text="写明哪个系统用它，例如：区数据中心每日同步"
    )
    scopes = forms.MultipleChoiceField(
        label="范围",
        widget=forms.CheckboxSelectMultiple,
        help_text="只勾选用得到的；令牌能做的不会超过你本人",
        error_messages={"required": "请至少选择一项"},
    )
    expires_on = forms.DateField(
        label="有效期至",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当天结束时失效，最长一年",
    )
    networks = forms.CharField(
        label="只允许从这些网络地址使用",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="每行一个，例如 203.0.113.8 或 203.0.113.0/24；不填则不限",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["scopes"].choices = scopes_of(actor)  # type: ignore[attr-defined]
        day = self.fields["expires_on"]
        day.initial = today + timedelta(days=USUAL_DAYS)
        day.widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=MOST_DAYS)).isoformat(),
        }

    def clean_networks(self) -> list[str]:
        """Return the networks; a line that is none is named."""
        lines = [line.strip() for line in self.cleaned_data["networks"].splitlines()]
        lines = [line for line in lines if line]
        if len(lines) > MOST_NETWORKS:
            raise forms.ValidationError(f"最多 {MOST_NETWORKS} 行")
        return [_network(line) for line in lines]


def _network(line: str) -> str:
    try:
        return str(ip_network(line, strict=False))
    except ValueError as error:
        raise forms.ValidationError(f"“{line}”不是网络地址") from error
