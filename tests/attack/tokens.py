"""Addresses that need no sign-in: the codes of QR pages and letters, guessed, bent, and mixed up."""

from collections.abc import Iterable, Iterator, Mapping

from django.urls import NoReverseMatch

from tests.attack.canaries import mark, words_by_table
from tests.attack.probes import REFUSED, Attack, Request
from tests.attack.routes import CLOSED_TO_ALL, Route

GUESSES = ("0", "a" * 22, "..", "null", "%00", "' OR 1=1 --", "../../etc/passwd")
ENDED = 410  # what a link in a letter answers that is not, or no longer, good
# What the page of a genuine code is there to show: words of these tables of the victim's.
PUBLISHED = {
    "portal:check": ("documents_document",),
    "portal:draw": ("inspections_drawpublication", "inspections_spotcheckdraw"),
    "portal:draw-json": ("inspections_drawpublication", "inspections_spotcheckdraw"),
    "portal:purchase": ("agencies_purchasepublication", "agencies_procurement", "agencies_offer"),
    "portal:purchase-json": (
        "agencies_purchasepublication", "agencies_procurement", "agencies_offer",
    ),
    "inspections:sign-in": ("inspections_meeting",),
    "tenancy:invitation-accept": ("tenancy_invitation",),
    "documents:receive": ("documents_document", "documents_receipt"),
    "documents:receive-file": ("documents_document", "documents_receipt"),
}  # fmt: skip


def attack_tokens(attack: Attack, routes: Iterable[Route], tokens: Mapping[str, str]) -> None:
    """At every address that takes a word: guesses, other addresses' codes, the genuine one bent."""
    for route in routes:
        if not route.is_word or route.name in CLOSED_TO_ALL:
            continue
        genuine = tokens.get(route.name, "")
        others = [token for name, token in tokens.items() if token != genuine]
        for word in (*GUESSES, *others, *_bent(genuine)):
            _probe(attack, route, word)
        if genuine:
            _probe(attack, route, genuine, is_genuine=True)


def _probe(attack: Attack, route: Route, word: str, *, is_genuine: bool = False) -> None:
    try:
        url = route.url([word])
    except NoReverseMatch:  # the pattern takes no such word
        return
    shown: frozenset[str] = frozenset()
    if is_genuine:
        tables = words_by_table(attack.victim.column, attack.victim.value)
        words = [tables.get(table, frozenset()) for table in PUBLISHED[route.name]]
        shown = frozenset({mark(attack.victim.value)}).union(*words)
    request = Request("GET", url, is_foreign=not is_genuine, refusals=REFUSED | {ENDED})
    attack.probe("codes of QR pages and letters", request, shown)


def _bent(token: str) -> Iterator[str]:
    """Yield a token with one sign changed: the first, one in the middle, the last."""
    for n in {0, len(token) // 2, len(token) - 1} if token else ():
        yield token[:n] + ("0" if token[n] != "0" else "1") + token[n + 1 :]
