"""Write the encrypted archives of data and keys (docs/operations.md)."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from stack import archive
from stack.backup import backup
from stack.places import StackError

NO_RECIPIENT = (
    "BACKUP_RECIPIENTS names no public key to encrypt for. Make a pair once with "
    "`python -m stack backup-key FILE`, keep FILE away from this machine, and set what it prints"
)


class Command(BaseCommand):
    """Database, files and keys, encrypted for BACKUP_RECIPIENTS."""

    help = "Write encrypted archives of data and keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("folder", nargs="?", type=Path, default=settings.VAR_DIR / "backups")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print both paths."""
        to = archive.recipients(settings.BACKUP_RECIPIENTS)
        if not to:
            raise StackError(NO_RECIPIENT)
        for path in backup(options["folder"], to):
            self.stdout.write(f"{path}  {path.stat().st_size / 2**20:.1f} MB")
