"""What waits for an actor: one source for each kind of act, with its rows, deadline and page.

A source says whose turn it is. It is not what a person may see: an officer sees every extension of
his region, and those that his own agency has to answer wait for him. What is under way without being
anybody's turn, an enterprise in guidance for instance, stands on the board and not here.
"""

from home.sources import agency, buying, firm, provider, shared
from home.sources.base import Row, Source
from tenancy.actors import Actor

__all__ = ["SOURCES", "Row", "Source", "dated_for", "sources_for"]

SOURCES = (*firm.SOURCES, *provider.SOURCES, *agency.SOURCES, *buying.SOURCES, *shared.SOURCES)


def sources_for(actor: Actor) -> list[Source]:
    """Return the kinds of act that may wait for this actor, by what he is and may."""
    return [s for s in SOURCES if s.is_todo and actor.kind in s.kinds and actor.may(s.perm)]


def dated_for(actor: Actor) -> list[Source]:
    """Return those with a day, and what he only follows: what his calendar shows."""
    return [s for s in SOURCES if s.due and actor.kind in s.kinds and actor.may(s.perm)]
