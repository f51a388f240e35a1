"""The line under apprise: what a gateway or a chat robot is told, and what it answers.

apprise knows each service's form of a message, its length and its signature. Three things it does
not do, and the line under it does: an answer 200 with an errcode in it is a refusal, `Retry-After`
is heard, and no redirect is followed. So its plugins get a `Line` for `requests`.

The SMS gateway is the operator's (SMS_URL): it may be inside. What others type in goes by a line
of its own (notifications/robots.py).
"""

import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import apprise
import requests
from apprise.plugins import custom_json
from apprise.plugins.base import NotifyBase
from django.conf import settings

from common.outside import Answer

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


class Line:
    """Stands in for `requests` in apprise's plugins."""

    codes = requests.codes
    RequestException = requests.RequestException

    def post(self, url: str, **options: Any) -> requests.Response:
        """Post."""
        return self.request("POST", url, **options)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send as it stands, and note what was answered."""
        answer = self.ask(method, url, options)
        heard.set(answered(answer))
        if answer.status is None:
            raise requests.RequestException(answer.error)
        response = requests.Response()
        response.status_code, response._content = answer.status, answer.text.encode()
        return response

    def ask(self, method: str, url: str, options: dict[str, Any]) -> Answer:
        """Return what was answered."""
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy of the environment
                response = session.request(method, url, **options | {"allow_redirects": False})
        except requests.Timeout:
            return Answer(None, "", "对方没有在时限内回答", "", 0)
        except requests.RequestException:
            return Answer(None, "", "连接不上对方的服务器", "", 0)
        return Answer(
            response.status_code, response.content[:20_000].decode("utf-8", "replace"), "",
            response.headers.get("Retry-After", ""), 0,
        )  # fmt: skip


custom_json.requests = Line()  # type: ignore[assignment]


def answered(answer: Answer) -> Outcome:
    """Read an answer: its status, and the errcode that all services put into a 200."""
    if answer.status is None:
        return Outcome(answer.error)
    wait = answer.retry_after
    retry_after = min(int(wait), 86_400) if wait.isdecimal() else 0
    if not answer.is_ok:
        is_of_one = answer.status in (400, 404, 413, 422)
        words = f"对方返回 HTTP {answer.status}"
        return Outcome(words, retry_after, is_of_one=is_of_one)
    try:
        body = json.loads(answer.text)
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


def sms_say(number: str, text: str) -> Outcome:
    """Hand a text to the installation's SMS gateway (SMS_URL: apprise's own form, with {phone})."""
    gateway = apprise.Apprise.instantiate(settings.SMS_URL.replace("{phone}", number))
    if gateway is None:
        return Outcome("短信网关的配置不正确，请联系平台运营者")
    return say(gateway, text)


def say(plugin: NotifyBase, text: str) -> Outcome:
    """Hand a text to a plugin of apprise."""
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
