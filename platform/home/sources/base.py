"""What a source is, and how each says whose turn it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
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
Row = Mapping[str, Any]  # {path: value}


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of act that waits. `due`, `whose` and `words` are paths from the row ('' for none).

    `url_arg` is the path of what the page's address names. `since` is the field of what waits
    longest, where nothing is due and thousands may wait. `is_todo` is false for what only the
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
    since: str = ""
    is_todo: bool = True

    def url(self, row: Row) -> str:
        """Return where the act is done."""
        if not self.page:
            return str(row[self.url_arg])
        return reverse(self.page, args=[row[self.url_arg]] if self.url_arg else [])

    def said(self, row: Row) -> tuple[str, str]:
        """Return whose it is and what it is about, '' where there is nothing to say."""
        whose, words = (str(row[path] or "") if path else "" for path in (self.whose, self.words))
        return whose, words

    def due_on(self, row: Row) -> date | None:
        """Return the row's deadline."""
        return row[self.due] if self.due else None

    def first(self, actor: Actor, most: int) -> Rows:
        """Return the `most` urgent rows."""
        if not self.since:
            return self.ordered(actor)[:most]
        # With what hangs on them the planner joins all of the thousands first.
        keys = self.rows(actor).order_by(self.since, "pk").values("pk")[:most]
        rows = keys.model.objects.filter(pk__in=keys)
        return self._shown(rows.order_by(self.since, "pk"))

    def ordered(self, actor: Actor) -> Rows:
        """Return all rows, the most urgent first."""
        first = (F(self.due).asc(nulls_last=True),) if self.due else ()
        return self._shown(self.rows(actor).order_by(*first, "pk"))

    def _shown(self, rows: Rows) -> Rows:
        """Return of each row what is shown of it and no more."""
        shown = filter(None, ("pk", self.url_arg, self.whose, self.words, self.due))
        agency = ("owner_agency_id",) if self.due else ()  # by whose clock and calendar it is due
        return rows.values(*shown, *agency)


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
