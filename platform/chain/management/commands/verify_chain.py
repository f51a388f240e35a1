"""`manage.py verify_chain`: is every chain whole, as published, and every file as it came?"""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import chain_problems, last_place
from audit.heads import stored_days_problems
from audit.verify_chain import Head, Link, Problem, days_problems, heads_of, read_days
from chain.files import evidence_problems
from chain.publication import chains
from chain.selectors import chains_of_region
from common.scope import acting_as
from tenancy.actors import SYSTEM

Days = list[tuple[dict[str, Any], str]]
SHOWN_EVERY = 2.0  # seconds between two lines of progress


class Command(BaseCommand):
    """Names every problem in a sentence; ends with an error where there is one."""

    help = "核查存证链：记录有没有被改动、抽走、插入、调换，末尾有没有被删，文件是否原样"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose chain, and against what."""
        parser.add_argument("--agency", help="行政区划代码；0 是平台自己的链；不写则核查全部")
        parser.add_argument("--files", action="store_true", help="逐个重算证据文件的哈希")
        parser.add_argument(
            "--heads", type=Path, nargs="+", default=[], help="另行保存的链头文件（公布页下载）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check chain by chain, each in its own short statements."""
        days = _read(options["heads"])
        with acting_as(SYSTEM, atomic=False):
            found = sum(1 for words in self._problems(days, options) if self._tell(words))
        if found:
            raise CommandError(f"发现 {found} 处问题")
        self.stdout.write(self.style.SUCCESS("没有发现问题"))

    def _tell(self, words: str) -> bool:
        self.stdout.write(words)
        return True

    def _problems(self, days: Days, options: dict[str, Any]) -> Iterator[str]:
        yield from (problem.words for problem in self._of_the_days(days))
        names = chains()
        wanted = chains_of_region(options["agency"]) if options["agency"] else sorted(names)
        if not wanted:
            raise CommandError(f"没有行政区划代码为 {options['agency']} 的监管机构")
        for agency_id in wanted:
            name = names[agency_id].name
            heads = heads_of((day for day, _ in days), agency_id)
            for problem in self._of_one(agency_id, name, heads, options["files"]):
                yield f"{name}：{problem.words}"

    def _of_the_days(self, days: Days) -> Iterator[Problem]:
        yield from days_problems(days)
        yield from stored_days_problems(known={day["day"]: sha256 for day, sha256 in days})

    def _of_one(
        self, agency_id: int, name: str, heads: dict[int, Head], files: bool
    ) -> Iterator[Problem]:
        progress = _Progress(self, name, last_place(agency_id))
        yield from chain_problems(agency_id=agency_id, heads=heads, files=files, seen=progress.see)
        if files:
            yield from evidence_problems(agency_id)
        self.stdout.write(f"{name}：核对了 {progress.count} 条记录")


class _Progress:
    """Says from time to time how far a chain is."""

    def __init__(self, command: Command, name: str, total: int) -> None:
        self.command, self.name, self.total = command, name, total
        self.count, self.said = 0, time.monotonic()

    def see(self, link: Link) -> None:
        """Count one place."""
        self.count += 1
        if self.count % 100 == 0 and time.monotonic() - self.said > SHOWN_EVERY:
            self.said = time.monotonic()
            self.command.stderr.write(f"{self.name}：{self.count}/{self.total}")


def _read(paths: list[Path]) -> Days:
    days: Days = []
    for path in paths:
        try:
            with path.open("rb") as lines:
                days += read_days(lines)
        except (OSError, ValueError) as error:
            raise CommandError(f"链头文件 {path} 读不懂：{error}") from error
    return sorted(days, key=lambda day: str(day[0]["day"]))
