"""Chat robots: whose addresses are taken, and how they are told.

A robot's host is one of the real services', or one that the operator names (ROBOT_HOSTS, as for a
政务微信 of one's own). A real service's name must lead to a public address; what the operator names
may be inside.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins import dingtalk, feishu, wecombot
from apprise.plugins.base import NotifyBase
from django.conf import settings

from common.errors import DomainError
from common.line import Line, Outcome, say
from common.outside import Answer, Outside
from notifications.kinds import DINGTALK, FEISHU, ROBOTS, WECOM

HOSTS = {
    WECOM: "qyapi.weixin.qq.com", DINGTALK: "oapi.dingtalk.com", FEISHU: "open.feishu.cn",
}  # fmt: skip
PATHS = {
    WECOM: "/cgi-bin/webhook/send", DINGTALK: "/robot/send", FEISHU: "/open-apis/bot/v2/hook/",
}  # fmt: skip


class RobotLine(Line):
    """Goes to a public address, or where the operator said."""

    def ask(self, method: str, url: str, options: dict[str, Any]) -> Answer:
        """Post; no plugin of a robot does anything else."""
        data, named = (
            options["data"],
            [urlsplit(f"//{host}").hostname or "" for host in settings.ROBOT_HOSTS],
        )
        prepared = requests.Request(method, url, params=options.get("params")).prepare()
        content = data if isinstance(data, bytes) else data.encode()
        with Outside(named) as line:
            return line.post(str(prepared.url), content=content, headers=options["headers"])


for _plugin in (wecombot, dingtalk, feishu):
    _plugin.requests = RobotLine()  # type: ignore[attr-defined]


def robot_check(kind: str, url: str) -> str:
    """Return a robot's address as it is kept; DomainError for one that is no such robot's."""
    text = url.strip()
    parts = urlsplit(text)
    is_named = parts.netloc in settings.ROBOT_HOSTS
    if parts.scheme != "https" and not (is_named and parts.scheme == "http"):
        raise DomainError("地址须以 https:// 开头", field="url")
    if not is_named and parts.netloc != HOSTS[kind]:
        raise DomainError(
            f"不是{ROBOTS[kind]}的地址：应以 https://{HOSTS[kind]}{PATHS[kind]} 开头", field="url"
        )
    try:
        _plugin_of(kind, text, "")
    except (TypeError, KeyError, IndexError, AppriseImproperlyConfigured):
        words = "地址不完整：请从群机器人的设置中重新复制"
        raise DomainError(words, field="url") from None
    return text


def _plugin_of(kind: str, url: str, secret: str) -> NotifyBase:
    """Return apprise's plugin for a robot; it posts to the very address that was given."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not parts.path.startswith(PATHS[kind]):
        raise KeyError(parts.path)
    if kind == WECOM:
        wecom = wecombot.NotifyWeComBot(key=query["key"])
        wecom.api_url = url
        return wecom
    robot: NotifyBase
    if kind == DINGTALK:
        robot = dingtalk.NotifyDingTalk(token=query["access_token"], secret=secret or None)
    else:
        robot = feishu.NotifyFeishu(token=parts.path.rstrip("/").rsplit("/", 1)[1])
    robot.notify_url = url.replace("{", "{{").replace("}", "}}")
    return robot


def robot_say(kind: str, url: str, secret: str, text: str) -> Outcome:
    """Post a text into a robot's group."""
    return say(_plugin_of(kind, url, secret), text)
