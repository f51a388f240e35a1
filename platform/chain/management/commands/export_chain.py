"""`manage.py export_chain`: an agency's chain as a file that the stand-alone verifier reads."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import export_lines
from chain.publication import chains
from chain.selectors import chains_of_region
from common.scope import acting_as
from tenancy.actors import SYSTEM


class Command(BaseCommand):
    """Writes one file per agency of the region, line by line."""

    help = "导出存证链（JSON Lines），可用公布页的验证程序核对"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose chain, and where to."""
        parser.add_argument("agency", help="行政区划代码；0 是平台自己的链")
        parser.add_argument("folder", type=Path, help="写到哪个文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files and name them."""
        folder: Path = options["folder"]
        folder.mkdir(parents=True, exist_ok=True)
        with acting_as(SYSTEM, atomic=False):
            names = chains()
            wanted = chains_of_region(options["agency"])
            if not wanted:
                raise CommandError(f"没有行政区划代码为 {options['agency']} 的监管机构")
            for agency_id in wanted:
                path = folder / f"chain-{agency_id}.jsonl"
                with path.open("w", encoding="utf-8", newline="\n") as file:
                    file.writelines(export_lines(agency_id=agency_id, name=names[agency_id].name))
                self.stdout.write(f"{names[agency_id].name}：{path}")
