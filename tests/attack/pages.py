"""Every URL with the victim's things in it, by every method; and with none."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from tests.attack.probes import Attack, Request
from tests.attack.routes import Kinds, Route

METHODS = (("GET", False), ("GET", True), ("POST", False), ("PUT", False), ("PATCH", False),
           ("DELETE", False), ("HEAD", False))  # fmt: skip
# Known to everybody who signed in: what may be said of it is in the page's own test.
SHARED = {"providers:record", "documents:template-starter"}


def foreign_addresses(attack: Attack, route: Route, kinds: Kinds) -> Iterator[str]:
    """Yield the addresses in which at least one argument is the victim's and no own one is right."""
    own, others = attack.attacker.things, attack.victim.things
    choices = []
    for kind in kinds:
        known = [("victim", others[kind])] if kind in others else []
        if kind in own and own[kind] != others.get(kind):
            known.append(("own", own[kind]))
        choices.append(known)
    for chosen in product(*choices):
        if any(whose == "victim" for whose, _ in chosen) and not _is_common(kinds, chosen, own):
            yield route.url({str(n): v for n, (_, v) in enumerate(chosen)}, _places(kinds))


def _places(kinds: Kinds) -> Kinds:
    return tuple(str(n) for n in range(len(kinds)))


def _is_common(kinds: Kinds, chosen: tuple[Any, ...], own: Mapping[str, Any]) -> bool:
    """Whether nothing but words that everybody has (a topic, a number) is the victim's here."""
    return all(
        whose == "own" or own.get(k) == v for k, (whose, v) in zip(kinds, chosen, strict=True)
    )


def attack_things(attack: Attack, known: Mapping[Route, set[Kinds]]) -> None:
    """Ask for the victim's things at every address that opens with own ones."""
    for route, several in known.items():
        for kinds in sorted(several):
            for url in foreign_addresses(attack, route, kinds):
                for method, is_htmx in METHODS:
                    attack.probe(
                        "things in addresses",
                        Request(method, url, is_htmx=is_htmx, is_foreign=route.name not in SHARED),
                    )


def attack_lists(attack: Attack, known: Mapping[Route, set[Kinds]]) -> None:
    """Open every page without arguments, and every one of one's own things."""
    for url in own_addresses(attack, known):
        for is_htmx in (False, True):
            attack.probe("own pages", Request("GET", url, is_htmx=is_htmx))


def own_addresses(attack: Attack, known: Mapping[Route, set[Kinds]]) -> Iterator[str]:
    """Yield the addresses without arguments and those of the attacker's own things."""
    own = attack.attacker.things
    for route, several in known.items():
        for kinds in sorted(several):
            if all(kind in own for kind in kinds):
                yield route.url(own, kinds)
