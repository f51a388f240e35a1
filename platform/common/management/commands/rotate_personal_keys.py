"""Close personal data with the newest key; ended in the middle, it goes on where it was."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from common.encrypted import Unreadable, encrypt_all_again, key_file_change


class Command(BaseCommand):
    """Encrypts again whatever an older key wrote (docs/personal-data.md)."""

    help = "Encrypt personal data again with the newest key; may be ended and begun again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two steps around it where the keys stand in the file: now, and when all that ran has ended."""
        step = parser.add_mutually_exclusive_group()
        step.add_argument("--new", action="store_true", help="make a new key first")
        step.add_argument("--retire", action="store_true", help="remove the old keys at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run as the owner: the rows of all tenants, and nothing that a trigger minds."""
        try:
            if options["new"]:
                key_file_change(add=True)
            with connection.as_owner():  # type: ignore[attr-defined]
                for where, changed in encrypt_all_again():
                    self.stdout.write(f"{where}: {changed}")
            if options["retire"]:
                key_file_change(newest_only=True)
        except (ImproperlyConfigured, Unreadable) as error:
            raise CommandError(str(error)) from error
