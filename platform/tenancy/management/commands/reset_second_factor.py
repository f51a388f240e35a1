"""`manage.py reset_second_factor LOGIN`: for the last administrator who lost his device."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.models import Membership
from tenancy.protection import second_factor_reset


class Command(BaseCommand):
    """Does what an administrator does on the page 人员, where there is none who could."""

    help = "重设一个人的两步验证（本单位没有其他管理员时）；事先须核实本人身份"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("login", help="登录名")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset as the operator: the act stands in the audit as the system's."""
        try:
            with acting_as(SYSTEM):
                rows = Membership.objects.filter(
                    user__username__iexact=options["login"], ended_at=None
                )
                membership = rows.select_related("user", "org").order_by("pk").first()
                if membership is None:
                    raise CommandError(f"没有登录名为 {options['login']} 的在用人员")
                second_factor_reset(actor=SYSTEM, membership=membership)
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"已重设 {membership.user.name} 的两步验证，下次登录时重新设置")
