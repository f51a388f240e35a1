"""How many wait for an actor of each source, by a statement that is built once for each kind of actor.

To build it of some forty questions takes longer than to answer it. So marks stand in it for what is
an actor's own, his ids and his region, and each actor's own is put in their place.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from common.paging import Counting, counting
from home.sources import sources_for
from tenancy.actors import Actor, region_range

MARK = -(2**40)  # an id that no row has
KINDS = 256  # of actors that are kept: by role, level, deputies, merged bodies


def counts_of(actor: Actor) -> dict[str, int]:
    """Return {source: how many wait}, all in one statement."""
    numbers = counting_for(actor).run()
    return dict(zip((source.key for source in sources_for(actor)), numbers, strict=True))


def counting_for(actor: Actor) -> Counting:
    """Return the statement that counts all sources of an actor."""
    marked, own = _marked(actor)
    built = _built(marked)
    return Counting(built.sql, tuple(_put(own, param) for param in built.params))


def _put(own: dict[Any, Any], param: Any) -> Any:
    if isinstance(param, list):
        return [_put(own, one) for one in param]
    return own.get(param, param)


@lru_cache(maxsize=KINDS)
def _built(actor: Actor) -> Counting:
    return counting([source.rows(actor) for source in sources_for(actor)])


def _marked(actor: Actor) -> tuple[Actor, dict[Any, Any]]:
    """Return an actor of the same kind whose values are marks, and {mark: the actor's own value}."""
    marks: dict[str, Any] = {}
    own: dict[Any, Any] = {}
    for at, name in enumerate(("user_id", "membership_id", "org_id", "deputy_for")):
        if (value := getattr(actor, name)) is not None:
            marks[name] = MARK - at
            own[marks[name]] = value
    marks["former_orgs"] = tuple(MARK - 100 - at for at in range(len(actor.former_orgs)))
    own |= dict(zip(marks["former_orgs"], actor.former_orgs, strict=True))
    if actor.is_agency:
        marks["region_lo"], marks["region_hi"] = region_range("?" * len(actor.region_lo))
        own |= {marks["region_lo"]: actor.region_lo, marks["region_hi"]: actor.region_hi}
    return replace(actor, **marks, user_name="", org_name="", is_training=False), own
