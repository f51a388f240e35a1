"""The URL table itself: every route, what its arguments are, and which own things open it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from tests.attack.people import Attacker
from tests.attack.undo import undone

TYPES = {IntConverter: int, UUIDConverter: UUID, SlugConverter: str, StringConverter: str}
Kinds = tuple[str, ...]  # of things, one for each argument
CLOSED = (403, 405)  # whatever the argument


@dataclass(frozen=True)
class Route:
    """A named URL; `types` are those of its arguments."""

    name: str
    types: tuple[type, ...]

    def url(self, things: Mapping[str, Any], kinds: Kinds) -> str:
        """Return the address with these things as arguments."""
        return reverse(self.name, args=[things[kind] for kind in kinds])

    def fitting(self, things: Mapping[str, Any]) -> Iterator[Kinds]:
        """Yield every choice of kinds whose things have the types of the arguments."""
        yield from product(
            *([k for k, v in things.items() if isinstance(v, wanted)] for wanted in self.types)
        )


def routes(patterns: Iterable[Any] | None = None, space: str = "") -> Iterator[Route]:
    """Yield every named route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            converters = pattern.pattern.converters.values()
            is_plain = pattern.pattern.regex.groups == len(converters)  # no words of its own
            if is_plain and all(type(c) in TYPES for c in converters):
                yield Route(space + pattern.name, tuple(TYPES[type(c)] for c in converters))


def opened_by(route: Route, people: Iterable[Attacker]) -> set[Kinds]:
    """Return which kinds of own things open a route to anybody: only then does a 404 say anything."""
    found: set[Kinds] = set()
    for person in people:
        for kinds in route.fitting(person.things):
            if kinds in found:
                continue
            status = _status(route, person, kinds)
            if status in CLOSED:
                break
            if status != 404:
                found.add(kinds)
    return found


def _status(route: Route, person: Attacker, kinds: Kinds) -> int:
    """Return what a GET answers, or where there is none an empty POST; both are undone."""
    url = route.url(person.things, kinds)
    for send in (person.client.get, person.client.post):
        with undone():
            status = int(send(url).status_code)
        if status != 405:
            return status
    return 405
