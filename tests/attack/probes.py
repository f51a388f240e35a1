"""Send one request, look at what comes back and at what it changed, and undo it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.attack import canaries, rows
from tests.attack.people import Attacker, Victim
from tests.attack.undo import undone

# No 410: a file answers so after the rights were asked. No 429: whoever is stopped was not refused.
REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422})
TOO_OFTEN = 429
MANY = 100  # what got through and is told in words
LOGIN = "/accounts/login/"
HTMX = {"HX-Request": "true"}


@dataclass
class Report:
    """What was sent, how it was answered, and what was wrong."""

    sent: Counter[str] = field(default_factory=Counter)  # by part of the attack
    answers: Counter[int] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)  # what else is to be known of it
    untold: set[str] = field(default_factory=set)  # tables whose rows no text tells apart
    wrong: dict[str, None] = field(default_factory=dict)  # in order, each once

    def fail(self, words: str) -> None:
        """Note something that must not be, and say it at once, unless it is one of too many."""
        if words[:500] not in self.wrong and len(self.wrong) < MANY:
            print(f"  {words[:500]}", flush=True)
        self.wrong[words[:500]] = None


@dataclass
class Request:
    """What is sent; `is_foreign`: the address names a thing of the victim's, so it must be refused."""

    method: str
    url: str
    data: Mapping[str, Any] | None = None
    is_foreign: bool = False
    is_htmx: bool = False
    is_json: bool = False
    refusals: frozenset[int] = REFUSED

    def __str__(self) -> str:
        data = {} if self.data is None else self.data
        return (
            f"{self.method} {unquote(self.url)} {json.dumps(data, ensure_ascii=False, default=str)}"
        )

    def send(self, attacker: Attacker) -> Any:
        """Send it as the attacker."""
        headers = HTMX if self.is_htmx else {}
        return attacker.send(self.method, self.url, self.data, headers, is_json=self.is_json)


class Attack:
    """One attacker against one victim."""

    def __init__(self, attacker: Attacker, victim: Victim, report: Report) -> None:
        self.attacker, self.victim, self.report = attacker, victim, report
        self.watched = victim.words
        self.watch: rows.Watch | None = None
        if victim.column:
            self.watched = canaries.canaries(victim.column, victim.value)
            self.watch = rows.Watch(victim.column, victim.value)

    def probe(self, part: str, request: Request, allowed: frozenset[str] = frozenset()) -> Any:
        """Send a request, judge it, undo it; return the response. `allowed` may stand in it."""
        with undone():
            response = request.send(self.attacker)
            found = self._faults(request, response, allowed)
        for words in found:
            who = f"{self.attacker.name} against {self.victim.name}"
            self.report.fail(f"{part}: {who}: {words}: {request}")
        self.report.sent[part] += 1
        self.report.answers[response.status_code] += 1
        return response

    def _faults(self, request: Request, response: Any, allowed: frozenset[str]) -> list[str]:
        """Say what of the victim's came back, was changed, or was hung upon."""
        found, status = [], response.status_code
        to_login = status == 302 and response["Location"].startswith(LOGIN)
        is_let_in = request.is_foreign and status not in request.refusals and not to_login
        if is_let_in or status >= 500 or status == TOO_OFTEN:
            found.append(f"answered {status}")
        heads = "\n".join(f"{name}: {value}" for name, value in response.items())
        for content in (body_of(response), heads.encode()):
            given = canaries.leaked(content, self.watched - allowed, str(request))
            found += [f"gave away {given[:3]}"] if given else []
        return found + (self.watch.changes() if self.watch else [])


def body_of(response: Any) -> bytes:
    """Return the whole body, of a stream as well."""
    whole = b"".join(response) if response.streaming else response.content
    return bytes(whole)
