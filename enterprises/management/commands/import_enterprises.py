"""`manage.py import_enterprises FILE --agency CODE`: a list into the files, said in JSON."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.scope import acting_as
from enterprises.services import enterprises_import, read_list
from enterprises.sheet import SheetError
from tenancy.actors import SYSTEM, system_for
from tenancy.models import Agency


class Command(BaseCommand):
    """Prints {"created", "updated", "unchanged", "rejected"}; exit code 1 if nothing was written."""

    help = "导入企业名单"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, whose it is, and how strict to be."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--agency", required=True, help="监管机构的行政区划代码")
        parser.add_argument("--valid-only", action="store_true", help="只导入合格的行")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, write unless a row is bad, print."""
        with acting_as(SYSTEM):
            agency = _agency(options["agency"])
        with acting_as(system_for(agency)) as actor:
            outcome = enterprises_import(
                actor=actor,
                agency=agency,
                result=_read(agency, options["file"]),
                valid_only=options["valid_only"],
                dry_run=options["dry_run"],
            )
        figures = {
            "created": outcome.created,
            "updated": outcome.updated,
            "unchanged": outcome.unchanged,
            "rejected": list(outcome.rejected),
        }
        if not (outcome.is_written or options["dry_run"]):
            figures |= {"created": 0, "updated": 0, "unchanged": 0}
        self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1))
        if outcome.rejected and not options["valid_only"]:
            raise SystemExit(1)


def _agency(code: str) -> Agency:
    found = Agency.objects.select_related("org").filter(region_code=code).order_by("pk").first()
    if found is None:
        raise CommandError(f"没有行政区划代码为 {code} 的监管机构")
    return found


def _read(agency: Agency, path: Path) -> Any:
    try:
        return read_list(agency=agency, content=path.read_bytes(), filename=path.name, answers={})
    except OSError as error:
        raise CommandError(f"读不了文件 {path}：{error.strerror}") from None
    except SheetError as error:
        raise CommandError(str(error)) from None
