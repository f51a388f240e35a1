"""Let something happen and take it back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Take back at the end whatever was written within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
