"""Report what is kept beyond its time; with --erase, let it go (docs/personal-data.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.retention import retention_report, retention_run


class Command(BaseCommand):
    """A dry run unless told otherwise."""

    help = "Report what is kept beyond its time; --erase lets it go."

    def add_arguments(self, parser: CommandParser) -> None:
        """Report, or do it."""
        parser.add_argument("--erase", action="store_true", help="erase what the report names")

    def handle(self, *args: Any, **options: Any) -> None:
        """Act as the system over all agencies."""
        now = timezone.now()
        with acting_as(SYSTEM, atomic=False):
            for found in retention_report(now):
                period = found.period
                self.stdout.write(
                    f"{period.kind}: {found.due} due, {found.held} held by open cases; "
                    f"{period.months} months, {period.basis}"
                )
            if options["erase"]:
                for kind, rows in retention_run(now).items():
                    self.stdout.write(f"erased {kind}: {rows}")
