"""Every parameter that a page asks for, and every field of its forms, with the victim's ids and words.

Which ones these are is seen from the pages themselves: whatever a view reads from a request is noted.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urljoin
from uuid import UUID

from django.http import QueryDict
from lxml import html

from tests.attack.pages import own_addresses
from tests.attack.probes import Attack, Request
from tests.attack.routes import Kinds, Route
from tests.attack.undo import undone

ACCOUNTS = "/accounts/"  # signing in and out is no business of anybody else
TOKEN = "csrfmiddlewaretoken"
USUAL = (
    "enterprise",
    "contract",
    "batch",
    "assignment",
    "visit",
    "hazard",
    "membership",
    "document",
)
FREE = (
    "text",
    "date",
    "time",
    "datetime-local",
    "number",
    "tel",
    "email",
    "url",
    "password",
    "search",
)
READS = ("__getitem__", "__contains__", "get", "getlist")


@contextmanager
def noted() -> Iterator[set[str]]:
    """Note the name of every parameter that is read from a request."""
    asked: set[str] = set()

    def noting(method: str) -> Any:
        original = getattr(QueryDict, method)

        def read(self: QueryDict, key: Any, *args: Any, **kwargs: Any) -> Any:
            asked.add(str(key))
            return original(self, key, *args, **kwargs)

        return read

    with patch.multiple(QueryDict, **{method: noting(method) for method in READS}):
        yield asked


def values_for(attack: Attack, name: str, known: Any = None) -> list[str]:
    """Return what of the victim's to try for a parameter: all ids like the known value's, or some.

    Where nothing is known of its type: what it is named after, and the kinds that everything hangs on.
    """
    things, own = attack.victim.things, set(map(str, attack.attacker.things.values()))
    wanted = _type_of(str(known or ""))
    found = {
        str(value): None
        for kind, value in things.items()
        if (isinstance(value, wanted) if wanted else kind in USUAL or kind in name or name in kind)
    }
    return [value for value in found if value not in own]


def _type_of(text: str) -> type | None:
    if text.isdigit():
        return int
    try:
        UUID(text)
    except ValueError:
        return None
    return UUID


def attack_queries(attack: Attack, known: Mapping[Route, set[Kinds]]) -> None:
    """Filter, search and page own lists by the victim's ids and names."""
    words = sorted(attack.watched, key=lambda word: (len(word), word))[:2]
    for url in own_addresses(attack, known):
        with noted() as asked, undone():
            response = attack.attacker.client.get(url)
        if response.status_code >= 300:
            continue
        for name in sorted(asked - {TOKEN}):
            for value in (*values_for(attack, name), *words):
                attack.probe("parameters of pages", Request("GET", url, {name: value}))


def attack_forms(attack: Attack, known: Mapping[Route, set[Kinds]]) -> None:
    """Send own forms with each field in turn naming something of the victim's."""
    for url, (fields, free) in forms_of(attack, known).items():
        with noted() as asked, undone():
            response = attack.attacker.client.post(url, fields)
        if response.status_code in (403, 404, 405):
            continue
        for name in sorted((asked | set(fields)) - {TOKEN}):
            values = values_for(attack, name, fields.get(name))
            for value in values[:2] if name in free else values:
                attack.probe("fields of forms", Request("POST", url, {**fields, name: value}))


Form = tuple[dict[str, Any], set[str]]  # fields as they stand; names of those one writes into


def forms_of(attack: Attack, known: Mapping[Route, set[Kinds]]) -> dict[str, Form]:
    """Return {address: form} of every form on own pages, and of every other address for POST."""
    found: dict[str, Form] = {}
    for url in own_addresses(attack, known):
        with undone():
            response = attack.attacker.client.get(url)
        if response.status_code == 405:
            found.setdefault(url, ({}, set()))
        elif response.status_code == 200 and "text/html" in response.get("Content-Type", ""):
            for form in html.fromstring(response.content or b"<p>").iter("form"):
                action = urljoin(url, form.get("action") or "").split("#")[0]
                if form.get("method", "").lower() == "post" and not action.startswith(ACCOUNTS):
                    found[action] = _form(form)
    return found


def _form(form: Any) -> Form:
    fields = {name: value for name, value in form.form_values() if name != TOKEN}
    inputs = [i for i in form.iter("input") if i.get("type", "text") in FREE]
    return fields, {i.get("name") for i in [*inputs, *form.iter("textarea")]}
