from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from notifications.kinds import CHANNELS, GROUPS, MODES, ROBOTS
from notifications.models import Choice, Delivery, Receiver, Robot

HOURS = [(hour, f"{hour}:00") for hour in range(24)]


def _hour(label: str, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=HOURS, coerce=int, help_text=help_text)


class HabitsForm(forms.Form):
    """For each group of kinds and each channel how it goes out; the quiet hours and the digest's."""

    quiet_from = _hour("免打扰开始")
    quiet_until = _hour("免打扰结束", "和开始相同就是不设免打扰")
    night = forms.ChoiceField(label="免打扰时段仍然发送", choices=Receiver.Night.choices)
    digest_hour = _hour("每日汇总时间")

    def __init__(
        self,
        *args: Any,
        receiver: Receiver | None,
        channels: Sequence[str],
        **kwargs: Any,
    ) -> None:
        row = receiver or Receiver()
        habits = {n: getattr(row, n) for n in ("quiet_from", "quiet_until", "night", "digest_hour")}
        kwargs["initial"] = habits | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.channels = channels
        kept = Choice.objects.filter(receiver=receiver) if receiver and receiver.pk else ()
        chosen = {(one.group, one.channel): one.mode for one in kept}
        for group in GROUPS.values():
            for channel in channels:
                words = f"{group.words}：{CHANNELS.get(channel, '群里')}"
                mode = chosen.get((group.key, channel), group.default(channel))
                self.fields[f"m-{group.key}-{channel}"] = forms.ChoiceField(
                    label=words, choices=MODES, initial=mode
                )

    def matrix(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield (group, its fields by channel)."""
        for group in GROUPS.values():
            yield group.words, [self[f"m-{group.key}-{channel}"] for channel in self.channels]

    def plain(self) -> list[Any]:
        """Return the fields that are not of the matrix."""
        return [field for field in self if not field.name.startswith("m-")]

    def chosen(self) -> dict[tuple[str, str], str]:
        """Return {(group, channel): mode}."""
        return {
            (group, channel): self.cleaned_data[f"m-{group}-{channel}"]
            for group in GROUPS
            for channel in self.channels
        }

    def habits(self) -> dict[str, Any]:
        """Return the hours."""
        names = ("quiet_from", "quiet_until", "night", "digest_hour")
        return {name: self.cleaned_data[name] for name in names}


class RobotForm(HabitsForm):
    """A robot's address, and what it is told. The address is typed anew or left as it is."""

    kind = forms.ChoiceField(label="平台", choices=list(ROBOTS.items()))
    name = forms.CharField(label="名称", max_length=40, help_text="如：执法科值班群")
    url = forms.CharField(
        label="Webhook 地址",
        max_length=500,
        required=False,
        help_text="从群机器人的设置中复制，以 https:// 开头；保存后不再显示。"
        "飞书请用“自定义关键词”（填：安服）或 IP 白名单，不支持签名校验",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label="加签密钥",
        max_length=100,
        required=False,
        help_text="只有钉钉选择“加签”时填写，以 SEC 开头",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("kind", "name", "url", "secret")

    def __init__(self, *args: Any, robot: Robot | None = None, **kwargs: Any) -> None:
        receiver = robot.receiver if robot else None
        channels = [robot.kind if robot else "robot"]
        kwargs["initial"] = {"name": robot.name} if robot else {}
        super().__init__(*args, receiver=receiver, channels=channels, **kwargs)
        if robot:
            del self.fields["kind"]
            self.fields["url"].help_text = f"现在是 {masked_url(robot.url)}；不改就留空"
        else:
            self.fields["url"].required = True


def masked_url(url: str) -> str:
    """Show of a robot's address the service and the last four characters."""
    head = "/".join(url.split("/", 3)[:3])
    return f"{head}/…{url[-4:]}"


class PhoneForm(forms.Form):
    """The number for SMS."""

    number = forms.CharField(
        label="手机号", max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )


class CodeForm(forms.Form):
    """The code that came by SMS."""

    code = forms.CharField(
        label="验证码",
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class LogFilter(forms.Form):
    """What the log of deliveries is filtered by."""

    channel = forms.ChoiceField(
        label="渠道", required=False, choices=[("", "全部"), *CHANNELS.items()]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *Delivery.State.choices]
    )
    group = forms.ChoiceField(
        label="类别",
        required=False,
        choices=[("", "全部"), *((g.key, g.words) for g in GROUPS.values())],
    )

    def rows(self, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """Return those that the filter lets through; nonsense lets nothing through."""
        if not self.is_valid():
            return rows.none()
        return rows.filter(**{n: v for n, v in self.cleaned_data.items() if v})

    def chips(self) -> list[tuple[str, str]]:
        """Return (label, parameter) for each filter in force."""
        if not self.is_valid():
            return []
        found = []
        for name, value in self.cleaned_data.items():
            field: Any = self.fields[name]
            if value:
                found.append((f"{field.label}：{dict(field.choices)[value]}", name))
        return found
