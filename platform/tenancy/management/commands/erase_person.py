"""Take a person's own data away who has left (docs/personal-data.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.retention import person_erase

REASONS = ("request", "left")


class Command(BaseCommand):
    """Erases one person by sign-in name; for good."""

    help = "Erase the data of a person who has left everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and why: a word of a short list, since it stands in the audit."""
        parser.add_argument("username")
        parser.add_argument("--reason", choices=REASONS, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Act as the system."""
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise CommandError("There is nobody with this sign-in name")
        try:
            with acting_as(SYSTEM):
                person_erase(user=user, reason=options["reason"])
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"Erased: user {user.pk}")
