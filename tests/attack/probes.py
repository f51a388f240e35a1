"""Send one request, look at what comes back and at what it changed, and undo it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from tests.attack import canaries, rows
from tests.attack.people import Attacker, Victim
from tests.attack.undo import undone

REFUSED = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429}
LOGIN = "/accounts/login/"
HTMX = {"HX-Request": "true"}


@dataclass
class Report:
    """What was sent, how it was answered, and what was wrong."""

    sent: Counter[str] = field(default_factory=Counter)  # by part of the attack
    answers: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, None] = field(default_factory=dict)  # in order, each once

    def fail(self, words: str) -> None:
        """Note something that must not be."""
        self.wrong[words[:500]] = None


@dataclass
class Request:
    """What is sent; `is_foreign`: the address names a thing of the victim's."""

    method: str
    url: str
    data: Mapping[str, Any] | None = None
    is_foreign: bool = False
    is_htmx: bool = False
    is_json: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.url} {self.data or ''}"

    def send(self, attacker: Attacker) -> Any:
        """Send it as the attacker."""
        headers = HTMX if self.is_htmx else None
        if self.is_json:
            return attacker.client.generic(
                self.method, self.url, json.dumps(self.data), "application/json", headers=headers
            )
        if self.method == "POST":
            return attacker.client.post(self.url, self.data or {}, headers=headers)
        if self.method == "GET":
            return attacker.client.get(self.url, self.data, headers=headers)
        return attacker.client.generic(self.method, self.url, b"x", headers=headers)


class Attack:
    """One attacker against one victim."""

    def __init__(self, attacker: Attacker, victim: Victim, report: Report) -> None:
        self.attacker, self.victim, self.report = attacker, victim, report
        self.watched = canaries.canaries(victim)
        self.rows = rows.fingerprints(None, victim)
        self.hanging = rows.hanging(None, victim)

    def probe(self, part: str, request: Request) -> Any:
        """Send a request, judge it, undo it; return the response."""
        with undone():
            response = request.send(self.attacker)
            body = _body(response)
            self._judge(part, request, response, body)
            if request.method not in ("GET", "HEAD"):
                self._judge_rows(part, request)
        self.report.sent[part] += 1
        self.report.answers[response.status_code] += 1
        return response

    def _fail(self, part: str, request: Request, words: str) -> None:
        who = f"{self.attacker.name} against {self.victim.name}"
        self.report.fail(f"{part}: {who}: {words}: {request}")

    def _judge(self, part: str, request: Request, response: Any, body: bytes) -> None:
        status = response.status_code
        if status >= 500:
            self._fail(part, request, f"answered {status}")
        to_login = status == 302 and response["Location"].startswith(LOGIN)
        if request.is_foreign and status not in REFUSED and not to_login:
            self._fail(part, request, f"answered {status}")
        heads = "\n".join(f"{name}: {value}" for name, value in response.items())
        for content in (body, heads.encode()):
            if words := canaries.leaked(content, self.watched, str(request)):
                self._fail(part, request, f"gave away {words[:3]}")

    def _judge_rows(self, part: str, request: Request) -> None:
        touched = rows.touched()
        for table, value in rows.fingerprints(touched, self.victim).items():
            if value != self.rows[table]:
                self._fail(part, request, f"changed the victim's rows of {table}")
        for (table, column), value in rows.hanging(touched, self.victim).items():
            if value > self.hanging[table, column]:
                self._fail(part, request, f"hung a row of {table} on the victim's {column}")


def _body(response: HttpResponse) -> bytes:
    whole = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return bytes(whole)
