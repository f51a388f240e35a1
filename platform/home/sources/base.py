"""What a source is, and how each says whose turn it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from agencies.access import EVERY_CONTRACT
from agencies.grants import supervised_contracts
from tenancy.actors import Actor
from tenancy.enums import OrgKind

AGENCY, PROVIDER, ENTERPRISE = OrgKind.AGENCY, OrgKind.PROVIDER, OrgKind.ENTERPRISE
EVERYBODY = (AGENCY, PROVIDER, ENTERPRISE)
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of act that waits. `due`, `whose` and `words` are paths from the row ('' for none).

    `url_arg` is the path of what the page's address names. `is_todo` is false for what only the
    calendar shows: somebody else's turn, which he follows.
    """

    key: str
    title: str
    perm: str
    kinds: tuple[OrgKind, ...]
    rows: Callable[[Actor], Rows]
    page: str
    url_arg: str = "pk"
    due: str = ""
    whose: str = ""
    words: str = ""
    joined: tuple[str, ...] = ()
    is_todo: bool = True

    def url(self, row: Any) -> str:
        """Return where the act is done."""
        if not self.page:
            return str(value(row, self.url_arg))
        return reverse(self.page, args=[value(row, self.url_arg)] if self.url_arg else [])

    def said(self, row: Any) -> tuple[str, str]:
        """Return whose it is and what it is about, '' where there is nothing to say."""
        whose, words = (
            str(value(row, path) or "") if path else "" for path in (self.whose, self.words)
        )
        return whose, words

    def ordered(self, actor: Actor) -> Rows:
        """Return the rows, the most urgent first."""
        # Without a name, select_related would join everything, and lose what he does not see.
        rows = self.rows(actor).select_related(*self.joined or (None,))
        first = (F(self.due).asc(nulls_last=True),) if self.due else ()
        return rows.order_by(*first, "pk")


def value(row: Any, path: str) -> Any:
    """Return what a path of fields leads to; None where it ends before."""
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


def own(model: Any, actor: Actor, **state: Any) -> Rows:
    """What the actor's own agency keeps: a superior looks, and does not act for it."""
    return model.objects.filter(owner_agency=actor.org, **state)


def of_provider(model: Any, actor: Actor, **state: Any) -> Rows:
    """What is the actor's own provider's."""
    return model.objects.filter(provider_org=actor.org, **state)


def of_firm(model: Any, actor: Actor, **state: Any) -> Rows:
    """What is the actor's own enterprise's, and its former files'."""
    return model.objects.filter(enterprise_org__in=actor.orgs, **state)


def in_hand(rows: Rows, actor: Actor, path: str) -> Rows:
    """The own agency's, of the contracts that he has a hand in (agencies.access)."""
    rows = rows.filter(owner_agency=actor.org)
    if actor.role in EVERY_CONTRACT:
        return rows
    return rows.filter(**{f"{path}__in": supervised_contracts(actor).values("pk")})
