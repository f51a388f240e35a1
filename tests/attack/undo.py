"""Let something happen and take it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db import connection, transaction
from rest_framework import views


@contextmanager
def undone() -> Iterator[None]:
    """Take back at the end whatever was written within.

    A view outside a transaction is inside ours here: where Django REST framework would not roll back
    in production, it must not do so here, or everything after it in the request would break.
    """
    with patch.object(views, "set_rollback", _roll_back_the_views_own), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _roll_back_the_views_own() -> None:
    if connection.savepoint_ids:
        transaction.set_rollback(True)
