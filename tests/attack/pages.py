"""Every address with the victim's things in it, by every method it takes; and every own page."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from tenancy.file_links import link_to
from tests.attack.probes import Attack, Request
from tests.attack.routes import Opened

# Known to everybody who signed in: canaries are looked for, but it opens.
SHARED = {"providers:record", "documents:template-starter"}


def attack_things(attack: Attack, known: Iterable[Opened]) -> None:
    """Ask for the victim's things at every address that opens with own ones."""
    for opened in known:
        is_foreign = opened.route.name not in SHARED
        for url in foreign_addresses(attack, opened):
            for method in opened.methods:
                attack.probe("addresses", Request(method, url, is_foreign=is_foreign))
            if "GET" in opened.methods:
                htmx = Request("GET", url, is_foreign=is_foreign, is_htmx=True)
                attack.probe("htmx fragments", htmx)
            if opened.is_signed:
                for actor in (attack.attacker.actor, attack.victim.owner):
                    link = link_to(actor, url)
                    attack.probe("signed links to files", Request("GET", link, is_foreign=True))


def foreign_addresses(attack: Attack, opened: Opened) -> Iterator[str]:
    """Yield the addresses in which at least one argument is the victim's and none is nobody's."""
    own, others = attack.attacker.things, attack.victim.things
    choices = []
    for kind in opened.kinds:
        known: list[tuple[bool, Any]] = [(True, others[kind])] if kind in others else []
        if kind in own:
            known.append((False, own[kind]))
        choices.append(known)
    for chosen in product(*choices):
        named = zip(opened.kinds, chosen, strict=True)
        if any(whose and _is_foreign(attack, kind, value) for kind, (whose, value) in named):
            yield opened.route.url([value for _, value in chosen])


def _is_foreign(attack: Attack, kind: str, value: Any) -> bool:
    """Whether a thing is not for him. Words, such as a topic, are everybody's; a hidden thing is own."""
    if isinstance(value, str):
        return False
    return not attack.victim.column or attack.attacker.things.get(kind) != value


def own_addresses(attack: Attack, known: Iterable[Opened]) -> Iterator[str]:
    """Yield the addresses without arguments and those of the attacker's own things."""
    own = attack.attacker.things
    for opened in known:
        if all(kind in own for kind in opened.kinds):
            url = opened.url(own)
            yield link_to(attack.attacker.actor, url) if opened.is_signed else url
