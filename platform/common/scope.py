"""Who is acting, as the database sees it. One ContextVar, set by `acting_as` and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Protocol, TypeVar

from django.db import transaction

# The settings that row-level-security policies read; always sent together.
KEYS = (
    "anfu.user_id",
    "anfu.org_id",
    "anfu.region_lo",
    "anfu.region_hi",
    "anfu.provider_org",
    "anfu.enterprise_org",
    "anfu.enterprise_orgs",
)
NOBODY = ("",) * len(KEYS)


class Scoped(Protocol):
    """Anything that can say which rows it may see."""

    def scope(self) -> tuple[str, ...]:
        """Return the values of KEYS, digits only or ''."""
        ...


S = TypeVar("S", bound=Scoped | None)
current: ContextVar[Scoped | None] = ContextVar("anfu_actor", default=None)


# What is asked for first is a few rows, in the order of an index.
walking: ContextVar[bool] = ContextVar("anfu_walking", default=False)


@contextmanager
def first_rows() -> Iterator[None]:
    """Within, PostgreSQL reads rows in the order of an index, or until there are enough, and stops.

    It cannot know how many rows a policy lets through and takes them for few; so it would collect
    the places of a whole province's rows (a bitmap) before it looks at the first, or beside those
    of one batch. Not for conditions that only a bitmap can put together: one thing OR another, each
    with an index of its own.
    """
    token = walking.set(True)
    try:
        yield
    finally:
        walking.reset(token)


@contextmanager
def acting_as(actor: S, *, atomic: bool = True) -> Iterator[S]:
    """Let `actor` act inside the block; nests freely. No actor means no rows."""
    token = current.set(actor)
    try:
        with transaction.atomic() if atomic else nullcontext():
            yield actor
    finally:
        current.reset(token)
