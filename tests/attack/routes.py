"""The URL table itself: every route, what its arguments may be, and which own things open it.

What an address takes is what `tests/test_urls.py` says of it; one of which nothing is said there is
asked for with own things, by their type, until one opens. From then on its kind is known, and the
victim's thing of that kind is what the attack asks for. Where no own thing opens a route, a refusal
would prove nothing: that is a failure, but for the routes of `CLOSED_TO_ALL`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tenancy.file_links import link_to
from tests.attack.people import Attacker
from tests.attack.undo import undone
from tests.test_urls import POSTS, TABLE

TYPES = {"int": int, "uuid": UUID}  # every other argument is a word
METHODS = ("GET", "POST", "PUT", "DELETE")
UNSIGNED = 410  # what a file answers to its owner without a signed link
Kinds = tuple[str, ...]  # of things, one for each argument
SAID = {name: kinds for name, (kinds, _) in TABLE.items()} | POSTS
CLOSED_TO_ALL = {
    "mfa_remove_webauthn": "asks for the password first; tests/accounts",
    "mfa_edit_webauthn": "asks for the password first; tests/accounts",
    "openid_connect_login": "no identity provider is set; tests/accounts",
    "openid_connect_callback": "no identity provider is set; tests/accounts",
    "account_reset_password_from_key": "a key from a letter; tests/accounts",
    "account_confirm_email": "a key from a letter; tests/accounts",
    "portal:complaint": "open to anybody, about any regulator; tests/portal",
    "portal:report": "open to anybody, once it is published; tests/test_catalogue.py",
}


@dataclass(frozen=True)
class Route:
    """A named URL; `types` are those of its arguments, `path` is its pattern as it is written."""

    name: str
    path: str
    types: tuple[type, ...]

    @property
    def is_word(self) -> bool:
        """Whether it takes one word, as QR codes and links in letters do: see tokens.py."""
        return self.types == (str,)

    def url(self, values: Sequence[Any]) -> str:
        """Return the address with these arguments."""
        return reverse(self.name, args=values)

    def up_to(self, number: int) -> str:
        """Return the pattern up to an argument: what stands there says what the argument is."""
        parts = re.split(r"(<[^>]*>)", self.path)
        return re.sub(r":\w+>", ">", "".join(parts[: 2 * number + 2]))


@dataclass(frozen=True)
class Opened:
    """Which kinds of own things open a route, by what methods, and whether by a signed link only."""

    route: Route
    kinds: Kinds
    methods: tuple[str, ...] = METHODS
    is_signed: bool = False

    def url(self, things: Mapping[str, Any]) -> str:
        """Return the address of these things."""
        return self.route.url([things[kind] for kind in self.kinds])


def routes(patterns: Iterable[Any] | None = None, space: str = "", path: str = "") -> list[Route]:
    """Return every named route, those with few arguments first."""
    found: list[Route] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        whole = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            found += routes(pattern.url_patterns, inner, whole)
        elif isinstance(pattern, URLPattern) and pattern.name:
            arguments = re.findall(r"<(?:(\w+):)?\w+>", whole)
            types = tuple(TYPES.get(name, str) for name in arguments)
            found.append(Route(space + pattern.name, whole, types))
    return sorted(found, key=lambda route: len(route.types))


class Calibration:
    """Finds out what opens each route; `learned` is {pattern up to an argument: kinds that did}."""

    def __init__(self, people: Sequence[Attacker]) -> None:
        self.people = people
        self.learned: dict[str, list[str]] = {}

    def opened(self, route: Route) -> list[Opened]:
        """Return the ways in which own things open a route."""
        for values in self._choices(route):
            for person in self.people:
                if found := _opened(route, person, values):
                    return [found, *self._others(route, person, found)]
        return []

    def _choices(self, route: Route) -> list[Kinds]:
        """Return every choice of kinds, those first that are likely for all arguments together."""
        said = SAID.get(route.name, ())
        if said and all(kind in self.people[0].things for kind in said):
            return [said]
        kinds = [self._kinds(route, n) for n in range(len(route.types))]
        ranks = product(*(enumerate(known) for known in kinds))
        ordered = sorted(ranks, key=lambda chosen: sum(rank for rank, _ in chosen))
        return [tuple(kind for _, kind in chosen) for chosen in ordered]

    def _kinds(self, route: Route, number: int) -> list[str]:
        """Return kinds of the right type, likely ones first; only those learned after a known prefix."""
        things, prefix = self.people[0].things, route.up_to(number)
        learned = self.learned.get(prefix, [])
        if len(route.types) > 1 and learned:
            return learned
        said = set(re.findall("[a-z]+", f"{route.name} {route.path}"))
        name = re.findall(r"<(?:\w+:)?(\w+)>", route.path)[number]
        fitting = [k for k, v in things.items() if route.types[number] in (type(v), str)]

        def likely(kind: str) -> tuple[Any, ...]:
            is_id = not isinstance(things[kind], str)
            return (
                kind in learned,
                kind == name,
                is_id == (name == "pk"),
                len(said & set(kind.split("_"))),
            )

        return sorted(fitting, key=likely, reverse=True)

    def _others(self, route: Route, person: Attacker, found: Opened) -> Iterator[Opened]:
        """Other kinds that open the same route to the same person; learn all of them."""
        if len(route.types) != 1:
            return
        kinds = self.learned.setdefault(route.up_to(0), [])
        for kind in self._kinds(route, 0):
            more = found if (kind,) == found.kinds else _opened(route, person, (kind,))
            if more:
                kinds.append(kind)
                if more is not found:
                    yield more


def _opened(route: Route, person: Attacker, kinds: Kinds) -> Opened | None:
    """Say how own things open a route to somebody: it answers neither 403 nor 404."""
    try:
        url = route.url([person.things[kind] for kind in kinds])
    except NoReverseMatch:
        return None
    answers = {}
    for method in METHODS:
        answers[method] = _status(person, method, url)
        if answers[method] in (403, 404):
            return None
    # A page that asks for no method answers PUT and DELETE as it answers GET.
    other = (m for m in METHODS[2:] if answers[m] != answers["GET"])
    methods = tuple(m for m in (*METHODS[:2], *other) if answers[m] != 405)
    is_signed = answers["GET"] == UNSIGNED
    if is_signed and _status(person, "GET", link_to(person.actor, url)) >= 400:
        return None
    return Opened(route, kinds, methods, is_signed) if methods else None


def _status(person: Attacker, method: str, url: str) -> int:
    with undone():
        return int(person.send(method, url).status_code)
