"""`manage.py create_agency`: the first agency of a region and its first administrator."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from common.scope import acting_as
from tenancy.actors import SYSTEM
from tenancy.enums import Role
from tenancy.services import agency_create, invitation_create, invitation_link


class Command(BaseCommand):
    """Makes an agency and prints the link by which its administrator signs up."""

    help = "建立监管机构，并给出其第一位管理员的邀请链接"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Region, names and the administrator."""
        parser.add_argument("region_code", help="行政区划代码，如 130371")
        parser.add_argument("name", help="机关全称")
        parser.add_argument(
            "--region-name", required=True, help="行政区划名称，如 秦皇岛经济技术开发区"
        )
        parser.add_argument("--short-name", required=True, help="机关简称，用于文号")
        parser.add_argument("--admin-name", required=True, help="第一位管理员的姓名")
        parser.add_argument("--training", action="store_true", help="演示机构：文书带“演示”")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make both or neither, as the system: no agency makes another."""
        code = options["region_code"]
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
            raise CommandError("行政区划代码应为 2 至 12 位数字")
        try:
            with acting_as(SYSTEM):
                agency = agency_create(
                    region_code=code,
                    region_name=options["region_name"],
                    name=options["name"],
                    short_name=options["short_name"],
                    is_training=options["training"],
                )
                invitation = invitation_create(
                    actor=None, org=agency.org, role=Role.AGENCY_ADMIN, name=options["admin_name"]
                )
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"已建立 {agency.org.name}（{code}）")
        self.stdout.write(
            f"管理员注册链接（14 天内有效）：{settings.SITE_URL}{invitation_link(invitation)}"
        )
