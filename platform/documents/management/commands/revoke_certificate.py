"""`manage.py revoke_certificate`: put a signing certificate on the revocation list."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.keys import KeysError, certificates, key_revoke


class Command(BaseCommand):
    """For whoever runs the server: a key was lost or seen by others. Rotate on the page first."""

    help = "吊销一张签章证书；此前签发的文书核验时会显示证书已吊销"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose certificate, which one, why."""
        parser.add_argument("org", type=int, help="机构编号（证书的 serialNumber）")
        parser.add_argument("serial", type=int, help="证书序列号")
        parser.add_argument("--reason", required=True, help="吊销原因")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke it, or say which certificates there are."""
        try:
            key_revoke(org_id=options["org"], serial=options["serial"], reason=options["reason"])
        except KeysError as error:
            known = "、".join(str(record.serial) for record in certificates(options["org"]))
            raise CommandError(f"{error}；已有证书：{known or '无'}") from error
        self.stdout.write(f"已吊销 {options['serial']}")
