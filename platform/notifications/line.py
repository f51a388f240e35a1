"""What chat robots and the SMS gateway are told through apprise, and what they answer.

apprise knows each service's form of a message, its length and its signature. Three things it does
not do, and the line under it does: an answer 200 with an errcode in it is a refusal, `Retry-After`
is heard, and no request goes where it should not. So its plugins get `Line` for `requests`.

A robot's host is one of the real services', or one that the operator names (ROBOT_HOSTS, as for a
政务微信 of one's own). A real service's name must lead to a public address; what the operator names
may be inside. Redirects are not followed and the environment's proxies not used.
"""

import ipaddress
import json
import socket
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import apprise
import requests
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins import custom_json, dingtalk, feishu, wecombot
from apprise.plugins.base import NotifyBase
from django.conf import settings

from common.errors import DomainError
from notifications.kinds import DINGTALK, FEISHU, ROBOTS, WECOM

HOSTS = {
    WECOM: "qyapi.weixin.qq.com", DINGTALK: "oapi.dingtalk.com", FEISHU: "open.feishu.cn",
}  # fmt: skip
PATHS = {
    WECOM: "/cgi-bin/webhook/send", DINGTALK: "/robot/send", FEISHU: "/open-apis/bot/v2/hook/",
}  # fmt: skip
TOO_OFTEN = {45009, 45033, 130101, 410100, 11232, 99991400}  # errcodes: later, not never
WAIT = 60  # seconds after one of them


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one sending. `error` is shown to people, '' when it was taken.

    `is_refused`: this receiver will not have it, and asking again is of no use. `is_of_one`: it was
    about this receiver or text, and says nothing of the way itself. `retry_after` is in seconds.
    """

    error: str = ""
    retry_after: int = 0
    is_refused: bool = False
    is_of_one: bool = False


heard: ContextVar[Outcome | None] = ContextVar("anfu_heard", default=None)


class InsideAddress(requests.RequestException):
    """A name that should be a public service's leads into a network of our own."""


class Line:
    """Stands in for `requests` in apprise's plugins."""

    codes = requests.codes
    RequestException = requests.RequestException

    def post(self, url: str, **options: Any) -> requests.Response:
        """Post."""
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send as it stands, and note what was answered."""
        try:
            check_public(url)
            with requests.Session() as session:
                session.trust_env = False
                response = session.request(method, url, **options | {"allow_redirects": False})
        except InsideAddress:
            heard.set(Outcome("该地址指向内部网络，没有发出"))
            raise
        except requests.Timeout:
            heard.set(Outcome("对方没有在时限内回答"))
            raise
        except requests.RequestException:
            heard.set(Outcome("连接不上对方的服务器"))
            raise
        heard.set(answered(response))
        return response


for _plugin in (wecombot, dingtalk, feishu, custom_json):
    _plugin.requests = Line()  # type: ignore[attr-defined]


def check_public(url: str) -> None:
    """Refuse a real service's name that leads inside."""
    host = urlsplit(url).hostname or ""
    if host not in HOSTS.values():
        return
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return  # the request itself will say so
    addresses = {str(entry[4][0]).partition("%")[0] for entry in found}
    if not all(ipaddress.ip_address(word).is_global for word in addresses):
        raise InsideAddress(host)


def answered(response: requests.Response) -> Outcome:
    """Read an answer: its status, and the errcode that all three services put into a 200."""
    wait = response.headers.get("Retry-After", "")
    retry_after = min(int(wait), 86_400) if wait.isdecimal() else 0
    if not 200 <= response.status_code < 300:
        is_of_one = response.status_code in (400, 404, 413, 422)
        words = f"对方返回 HTTP {response.status_code}"
        return Outcome(words, retry_after, is_of_one=is_of_one)
    try:
        body = json.loads(response.content[:20_000])
    except ValueError:
        return Outcome()
    if not isinstance(body, dict):
        return Outcome()
    code = body.get("errcode") or body.get("code") or body.get("StatusCode") or 0
    if code in (0, "0", 200, "200", "OK", "ok"):
        return Outcome()
    words = str(body.get("errmsg") or body.get("msg") or body.get("message") or "")
    too_often = code in TOO_OFTEN
    error = f"对方返回错误 {code} {words}"[:200].strip()
    return Outcome(error, retry_after or WAIT * too_often, is_of_one=not too_often)


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
    return _say(_plugin_of(kind, url, secret), text)


def sms_say(number: str, text: str) -> Outcome:
    """Hand a text to the installation's SMS gateway (SMS_URL: apprise's own form, with {phone})."""
    gateway = apprise.Apprise.instantiate(settings.SMS_URL.replace("{phone}", number))
    if gateway is None:
        return Outcome("短信网关的配置不正确，请联系平台运营者")
    return _say(gateway, text)


def _say(plugin: NotifyBase, text: str) -> Outcome:
    plugin.request_rate_per_sec = 0  # ours are in the database
    token = heard.set(None)
    try:
        is_taken = plugin.send(body=text)
        outcome = heard.get()
    finally:
        heard.reset(token)
    if outcome is None:
        return Outcome() if is_taken else Outcome("发送失败")
    return outcome
