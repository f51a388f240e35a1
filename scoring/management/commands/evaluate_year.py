"""`manage.py evaluate_year`: the year's end of an agency, begun by one command, or taken further.

Asked again, it begins nothing twice: it waits for what runs and prints how far each contract is.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from common.scope import acting_as
from scoring.services import appraisals_publish
from scoring.services.publications import ranked
from scoring.services.years import (
    compare_sheet,
    finals,
    job_of_year,
    last_years,
    not_begun,
    year_archive,
    year_start,
)
from tenancy import clock
from tenancy.actors import SYSTEM, Actor, system_for
from tenancy.models import Agency
from workflow.models import Job, JobPart

PATIENCE = 300  # seconds in which no part ends
Step = Callable[..., object]


class Command(BaseCommand):
    """Begins the evaluation of every contract of a year, waits for the workers, shows the ranking."""

    help = "年度绩效考评：冻结并计算一个机关全部合同，等待完成，列出名次；再次运行只继续，不重复"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose year, and how far."""
        parser.add_argument("region_code", help="监管机构的行政区划代码，如 130371")
        parser.add_argument("year", type=int, nargs="?", help="年度，默认为机关的今年")
        parser.add_argument("--name", default="", help="机关名称，同一区划有几个机关时填写")
        parser.add_argument("--sheet", metavar="FILE.xlsx", help="另存各合同比较表")
        parser.add_argument("--publish", action="store_true", help="公示已决定的结果")
        parser.add_argument("--archive", action="store_true", help="归档公示期满的结果")
        parser.add_argument("--no-wait", action="store_true", help="只开始，不等待完成")

    def handle(self, *args: Any, **options: Any) -> None:
        """Begin what is not begun, wait, then publish or archive where asked to; print all."""
        agency = self._agency(options["region_code"], options["name"])
        system = system_for(agency)
        with acting_as(system):
            year = options["year"] or clock.today(agency.pk).year
            if not_begun(agency.pk, year).exists():
                self._do(year_start, actor=system, agency=agency, year=year)
            job = job_of_year(agency.pk, year)
        if job is not None and not options["no_wait"]:
            self._wait(system, job)
        for wanted, step in (("publish", appraisals_publish), ("archive", year_archive)):
            if options[wanted]:
                with acting_as(system):
                    self._do(step, actor=system, agency=agency, year=year)
        with acting_as(system):
            if finals(agency.pk, year).exists():
                self._tell(agency, year, options["sheet"])
            elif job is None:
                raise CommandError(f"{agency.org.name}{year}年度没有在履行的合同")
            else:
                self.stdout.write("考评已开始，数据还没有冻结")

    def _agency(self, code: str, name: str) -> Agency:
        with acting_as(SYSTEM):
            rows = Agency.objects.select_related("org").filter(region_code=code)
            found = list(rows.filter(org__name__contains=name).order_by("pk"))
        if not found:
            raise CommandError(f"没有行政区划代码为 {code} 的监管机构{name}")
        if len(found) > 1:
            names = "、".join(one.org.name for one in found)
            raise CommandError(f"有{len(found)}个监管机构，请用 --name 写明：{names}")
        return found[0]

    def _do(self, step: Step, **values: Any) -> None:
        try:
            step(**values)
        except DomainError as error:
            raise CommandError(error.message) from None

    def _wait(self, system: Actor, job: Job) -> None:
        moved_at, before = time.monotonic(), -1
        while True:
            with acting_as(system):
                state = Job.objects.values_list("state", flat=True).get(pk=job.pk)
                done, whole = _progress(job)
            if done != before:
                moved_at, before = time.monotonic(), done
                self.stdout.write(f"  {job.title} {done}/{whole}")
            if state == Job.State.FAILED:
                raise CommandError("有部分没有做成：见待办里的作业，可以在那里重做")
            if state == Job.State.DONE:
                return
            if time.monotonic() > moved_at + PATIENCE:
                raise CommandError(
                    f"{PATIENCE}秒没有进展，工作进程在运行吗？作业保留着，可以再次运行本命令"
                )
            time.sleep(0.5)

    def _tell(self, agency: Agency, year: int, sheet: str | None) -> None:
        rows, last = list(finals(agency.pk, year)), last_years(agency.pk, year)
        self.stdout.write(f"{agency.org.name}{year}年度绩效考评，{len(rows)}份合同")
        for place, row in ranked(rows):
            provider = row.contract.provider_org
            before = last.get(int(row.provider_org_id or 0))
            words = "" if before is None else f"，上年{before:.2f}"
            final = f"{row.score}分（{row.grade}）" if row.closed_at else f"暂计{row.buyer_score}分"
            self.stdout.write(
                f"{place:>3}  {provider.name if provider else ''}  {row.contract.number}  {final}  "
                f"{row.get_state_display()}{words}"
            )
        if sheet:
            try:
                with open(sheet, "wb") as out:
                    compare_sheet(out, agency, year)
            except OSError as error:
                raise CommandError(f"比较表写不进 {sheet}：{error.strerror}") from None
            self.stdout.write(f"比较表：{sheet}")


def _progress(job: Job) -> tuple[int, int]:
    """Return how many parts are done, and how many there are so far."""
    parts = JobPart.objects.filter(job=job)
    return parts.filter(state=JobPart.State.DONE).count(), parts.count()
