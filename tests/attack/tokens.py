"""Addresses that need no sign-in: codes and tokens guessed, bent, and taken to another's door."""

from collections.abc import Mapping

from django.urls import NoReverseMatch

from tests.attack.probes import Attack, Request
from tests.attack.routes import Kinds, Route

GUESSES = ("0", "1", "a" * 22, "..", "admin", "null", "%00", "' OR 1=1 --", "../../etc/passwd")


def attack_tokens(
    attack: Attack, known: Mapping[Route, set[Kinds]], tokens: Mapping[str, str]
) -> None:
    """Try at every address that takes a word: guesses, other addresses' tokens, each one bent."""
    for route in known:
        if route.types != (str,):
            continue
        own = tokens.get(route.name)
        bent = [own[:n] + _other(own[n]) + own[n + 1 :] for n in range(len(own))] if own else []
        others = [token for name, token in tokens.items() if token != own]
        for word in (*GUESSES, *others, *bent):
            try:
                url = route.url({"word": word}, ("word",))
            except NoReverseMatch:  # the pattern takes no such word
                continue
            attack.probe("words in addresses", Request("GET", url, is_foreign=True))


def _other(letter: str) -> str:
    return "0" if letter != "0" else "1"
