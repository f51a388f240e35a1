"""Play a made-up year of points and print what it comes to; nothing is kept."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from common.scope import acting_as
from scoring.models import RuleBook
from scoring.scenario import ScenarioError, play
from tenancy.actors import SYSTEM


class Command(BaseCommand):
    help = "按记分规则试算一个年度：输入JSON文件，输出累计分、满分事件和算法说明，不写入任何数据"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, and the book to play by."""
        parser.add_argument("file", metavar="FILE.json", help="情景文件")
        parser.add_argument(
            "--book", help="记分表的编号或者版本名称，可以是草稿；默认用随软件的记分表"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one JSON object."""
        try:
            scenario = json.loads(Path(options["file"]).read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"读不到文件：{error.strerror}") from None
        except ValueError as error:
            raise CommandError(f"不是JSON文件：{error}") from None
        if not isinstance(scenario, dict):
            raise CommandError("情景应为一个JSON对象")
        try:
            found = play(scenario, self._book(options["book"]))
        except (ScenarioError, DomainError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))

    def _book(self, name: str | None) -> RuleBook | None:
        if not name:
            return None
        with acting_as(SYSTEM):
            found = list(RuleBook.objects.filter(version=name)[:2])
            if not found and name.isdigit():
                found = list(RuleBook.objects.filter(pk=int(name)))
        if len(found) != 1:
            raise CommandError("没有这个记分表" if not found else "有多个同名的记分表，请用编号")
        return found[0]
