"""Bring an empty installation to what a backup holds (docs/operations.md)."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stack import archive
from stack.backup import restore


class Command(BaseCommand):
    """Verifies the archives, restores them, and compares every row and file."""

    help = "Restore a backup into an empty installation."
    requires_system_checks = []  # noqa: RUF012  (there are no tables yet)

    def add_arguments(self, parser: CommandParser) -> None:
        """What from, and with which key."""
        parser.add_argument("archive", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file of the private key")
        parser.add_argument("--keys", type=Path, help="the archive of the keys")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is there now."""
        key = archive.identity(options["identity"])
        tables = restore(options["archive"], key, options["keys"])
        rows = sum(count for count, _ in tables.values())
        self.stdout.write(f"Restored and compared: {len(tables)} tables, {rows} rows, all files")
