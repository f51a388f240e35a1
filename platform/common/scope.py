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
)
NOBODY = ("",) * len(KEYS)


class Scoped(Protocol):
    """Anything that can say which rows it may see."""

    def scope(self) -> tuple[str, ...]:
        """Return the values of KEYS, digits only or ''."""
        ...


S = TypeVar("S", bound=Scoped | None)
current: ContextVar[Scoped | None] = ContextVar("anfu_actor", default=None)


@contextmanager
def acting_as(actor: S, *, atomic: bool = True) -> Iterator[S]:
    """Let `actor` act inside the block; nests freely. No actor means no rows."""
    token = current.set(actor)
    try:
        with transaction.atomic() if atomic else nullcontext():
            yield actor
    finally:
        current.reset(token)
