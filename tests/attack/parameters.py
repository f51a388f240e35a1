"""Every parameter that a page asks for, and every field of its forms, with the victim's ids and words.

Which ones these are is seen from the pages themselves: whatever a view reads from a request is noted.
Fields that a form leaves open are filled in, so that what is sent gets as far as the services.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from unittest.mock import patch
from urllib.parse import urljoin
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from lxml import html

from tests import county as counties
from tests.attack.canaries import mark
from tests.attack.pages import own_addresses
from tests.attack.probes import Attack, Request
from tests.attack.routes import Opened
from tests.attack.undo import undone

ACCOUNTS = "/accounts/"  # signing in and out is no business of anybody else
TOKEN = "csrfmiddlewaretoken"
# What to try where neither name nor present value of a field says what it takes.
USUAL = ("enterprise", "hazard", "membership", "visit", "assignment")
MOST = 3  # values for one field
FILLED = {
    "date": str(date(2026, 6, 20)), "time": "10:00", "datetime-local": "2026-06-20T10:00",
    "number": "1", "tel": "13405461647", "email": "a@example.cn", "file": "",
}  # fmt: skip
MARK = "attack"  # a parameter of no page
CLOSED = (403, 404, 405)
READS = ("__getitem__", "__contains__", "get", "getlist")
Fields = dict[str, Any]


@contextmanager
def noted() -> Iterator[set[str]]:
    """Note the name of every parameter that is read from what was sent with `MARK` in it."""
    asked: set[str] = set()

    def noting(method: str) -> Any:
        original = getattr(QueryDict, method)

        def read(self: QueryDict, key: Any, *args: Any, **kwargs: Any) -> Any:
            if dict.__contains__(self, MARK):
                asked.add(str(key))
            return original(self, key, *args, **kwargs)

        return read

    with patch.multiple(QueryDict, **{method: noting(method) for method in READS}):
        yield asked


def values_for(attack: Attack, name: str, present: Any = None) -> list[str]:
    """Return the victim's things to try for a field.

    Those of the kind that stands in it, or it is named after; for an id of which nothing more is
    known, and for a field that no form shows, some of what everything hangs on.
    """
    own, others = attack.attacker.things, attack.victim.things
    kinds = [kind for kind, value in own.items() if str(value) == str(present)]
    kinds += [kind for kind in others if kind in name or name in kind]
    if not kinds and (present is None or _type_of(present)):
        fitting = _type_of(present) or object
        kinds = [k for k in USUAL if k in others and isinstance(others[k], fitting)][:2]
    mine = set(map(str, own.values()))
    found = dict.fromkeys(str(others[k]) for k in kinds if k in others)
    return [value for value in found if value not in mine][:MOST]


def _type_of(text: Any) -> type | None:
    if str(text).isdigit():
        return int
    try:
        UUID(str(text))
    except ValueError:
        return None
    return UUID


def attack_own_pages(attack: Attack, known: Sequence[Opened]) -> None:
    """Open every own page and export; then ask each for the victim's, by its parameters and forms."""
    forms: dict[str, Fields] = {}
    for url in own_addresses(attack, known):
        with noted() as asked:
            response = attack.probe("own pages and exports", Request("GET", url, {MARK: ""}))
        if attack.victim.column:
            forms |= forms_in(url, response)
            attack_queries(attack, url, asked if response.status_code not in CLOSED else set())
    attack_forms(attack, forms)


def attack_queries(attack: Attack, url: str, asked: set[str]) -> None:
    """Filter, search and page an own list by the victim's ids and words."""
    for name in sorted(asked - {TOKEN, "until", "sign"}):
        for value in (*values_for(attack, name), mark(attack.victim.value)):
            request = Request("GET", url, {name: value}, is_htmx=True)
            attack.probe("parameters of pages", request)


def attack_forms(attack: Attack, forms: Mapping[str, Fields]) -> None:
    """Send own forms with each field in turn naming something of the victim's."""
    for url, fields in forms.items():
        with noted() as asked, undone():
            response = attack.attacker.send("POST", url, {**fields, MARK: ""})
        if response.status_code in CLOSED:
            continue
        attack.report.notes["forms that a person may send"] += 1
        attack.report.notes["of these taken as they were filled in"] += response.status_code < 400
        for name in sorted((asked | set(fields)) - {TOKEN}):
            for value in values_for(attack, name, _first(fields.get(name))):
                attack.probe("fields of forms", Request("POST", url, {**fields, name: value}))


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def forms_in(url: str, response: Any) -> dict[str, Fields]:
    """Return {address: fields} of every form on a page; an address for POST alone has no fields."""
    if response.status_code == 405:
        return {url: {}}
    found: dict[str, Fields] = {}
    if response.status_code == 200 and "text/html" in response.get("Content-Type", ""):
        for form in html.fromstring(response.content or b"<p>").iter("form"):
            action = urljoin(url, form.get("action") or "").split("#")[0]
            if form.get("method", "").lower() == "post" and not action.startswith(ACCOUNTS):
                found[action] = _filled(form)
    return found


def _filled(form: Any) -> Fields:
    """Return a form's fields as they stand, with something in those that are empty."""
    fields: Fields = {}
    for name, value in form.form_values():
        fields[name] = [*fields[name], value] if name in fields else [value]
    for entry in form.iter("input", "select", "textarea"):
        name, kind = entry.get("name"), entry.get("type", "text")
        if (
            name
            and not any(str(v).strip() for v in fields.get(name, []))
            and kind not in ("submit", "button")
        ):
            fields[name] = _something(entry, kind)
    return {name: value for name, value in fields.items() if name != TOKEN}


def _something(entry: Any, kind: str) -> Any:
    if entry.tag == "select":
        return next((o for o in entry.value_options if o), "")
    if kind == "file":
        return _file(entry.get("accept", ""))
    if kind in ("checkbox", "radio"):
        return entry.get("value", "on")
    return FILLED.get(kind, "甲乙丙丁")


def _file(accept: str) -> SimpleUploadedFile:
    """A small real picture, as most forms ask for one."""
    kind = "PNG" if accept == "image/png" else "JPEG"
    return SimpleUploadedFile(f"a.{kind.lower()}", counties.picture(kind=kind))
