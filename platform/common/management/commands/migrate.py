"""`migrate` acts as the role that owns the tables, whoever the web connects as."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's migrate, run as the owner."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate the chosen database as its owner."""
        with connections[options["database"]].as_owner():  # type: ignore[attr-defined]
            super().handle(*args, **options)
