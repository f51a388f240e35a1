"""`manage.py demo`: the demonstration county, played through the real services and workers."""

import json
import shutil
import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q
from django.utils import timezone

from agencies.models import ServiceContract
from audit.models import PublishedDay
from audit.services import chain_seal
from chain.publication import chains, days_publish
from common.ids import repeatable
from common.scope import acting_as
from config.demo.county import AGENCIES, PASSWORD, County, build_county, sign_ins
from config.demo.moments import END, START, at
from config.demo.story import Story
from documents.models import Document
from documents.registry import kind_name
from inspections.models import Hazard, Severity, Visit
from inspections.signs.tasks import update_signs_of_agency
from scoring.models import Appraisal, PointCycle, PointEntry
from scoring.services import outputs_start
from scoring.services.outputs import documents_of
from tenancy.actors import SYSTEM, Actor, system_for
from tenancy.models import Agency
from workflow.models import Job

FOLDER = settings.VAR_DIR / "demo"
PATIENCE = 300  # seconds in which the workers finish nothing
ZONE = AGENCIES[2][2]


class Command(BaseCommand):
    """Plays June to October 2026; again, it continues from what is there."""

    help = "演示：一个合同从指派到成果"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The seed."""
        parser.add_argument("--seed", type=int, default=20260601)

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, wait for the papers, say what came out."""
        started = time.monotonic()
        with acting_as(SYSTEM):
            zone = Agency.objects.select_related("org").filter(org__name=ZONE).first()
        if zone is None:
            zone = self._play(options["seed"])
        elif not _is_played(zone):
            raise CommandError("上次演示没有做完：请用 make demo FRESH=1 重新开始")
        system = system_for(zone)
        jobs = self._outputs(system)
        self._wait(system)
        _publish()
        summary = _summary(system, jobs)
        old = FOLDER / "summary.json"
        wall = round(time.monotonic() - started, 1)
        if old.exists() and wall < 10:
            wall = json.loads(old.read_text()).get("wall_s", wall)
        FOLDER.mkdir(parents=True, exist_ok=True)
        old.write_text(json.dumps({**summary, "wall_s": wall}, ensure_ascii=False, indent=1))
        self._tell(summary, system, wall)

    def _play(self, seed: int) -> Agency:
        """Play the story; the same seed on an empty database makes the same papers.

        But for what rests on the spot check: its draw is chance, as it has to be.
        """
        rng = Random(seed)
        with repeatable(Random(seed + 1)):
            zone = self._play_with(rng)
            self._outputs(system_for(zone))
        update_signs_of_agency.send(zone.pk, zone.pk)  # beat's night does not come by this clock
        return zone

    def _play_with(self, rng: Random) -> Agency:
        county: County = build_county(rng, at(START, 7))
        span = (at(END, 18) - at(START, 7)).total_seconds()

        def tell(moment: datetime) -> None:
            share = (moment - at(START, 7)).total_seconds() / span
            self._bar(f"{moment:%Y-%m-%d}", share)

        Story(county, rng, tell).play()
        self._bar("完成", 1)
        self.stdout.write("")
        return county.zone

    def _bar(self, words: str, share: float) -> None:
        if not sys.stdout.isatty() and getattr(self, "_last", None) == words:
            return
        self._last = words
        full = round(share * 40)
        end = "\r" if sys.stdout.isatty() else "\n"
        if sys.stdout.isatty() or words.endswith(("-01", "-15")) or share >= 1:
            self.stdout.write(f"  {words} [{'█' * full}{'·' * (40 - full)}]", ending=end)
            self.stdout.flush()

    def _outputs(self, system: Actor) -> list[Job]:
        with acting_as(system):
            jobs = []
            for contract in ServiceContract.objects.filter(ends_on__lte=END).order_by("pk"):
                subject_id = str(contract.pk)
                job = Job.objects.filter(kind="contract_outputs", subject_id=subject_id).first()
                jobs.append(job or outputs_start(actor=system, contract=contract))
        return jobs

    def _wait(self, system: Actor) -> None:
        moved_at, before = time.monotonic(), None
        while True:
            with acting_as(system):
                running = Job.objects.filter(state=Job.State.RUNNING).count()
                failed = Job.objects.filter(state=Job.State.FAILED).count()
                waiting = Document.objects.filter(rendered_at=None).count()
                whole = Document.objects.count()
            if failed:
                raise CommandError("有成果没有做成：见待办与工作进程的输出")
            if not running and not waiting:
                return
            if (running, waiting) != before:
                moved_at, before = time.monotonic(), (running, waiting)
            if time.monotonic() > moved_at + PATIENCE:
                raise CommandError(
                    f"{PATIENCE} 秒没有进展，还有 {waiting} 份文书、{running} 项作业没有做完"
                )
            self._bar(f"文书 {whole - waiting}/{whole}", (whole - waiting) / max(whole, 1))
            time.sleep(0.5)

    def _tell(self, summary: dict[str, Any], system: Actor, wall: float) -> None:
        hazards, points = summary["hazards"], summary["points"]
        self.stdout.write(
            f"\n企业 {summary['enterprises']} 家，检查 {summary['visits']} 次，用时 {wall} 秒"
        )
        self.stdout.write(
            f"隐患 {hazards['found']} 项：销号 {hazards['closed']}，逾期 {hazards['overdue']}，重大 {hazards['major']}"
        )
        self.stdout.write(
            f"记分 {points['entries']} 条；满12分 {points['enterprises_at_12']} 家，"
            f"满18分 {points['enterprises_at_18']} 家"
        )
        for appraisal in summary["appraisals"]:
            self.stdout.write(
                f"考评 {appraisal['provider']}：{appraisal['score']}（{appraisal['grade']}）"
            )
        papers = "，".join(f"{name} {n}" for name, n in summary["papers"].items())
        self.stdout.write(f"文书 {sum(summary['papers'].values())} 份：{papers}")
        for document in summary["documents"]:
            if document["kind"] in ("ledger", "points_summary", "appraisal"):
                pages = f"{document['pages']} 页" if document["pages"] else "表格"
                self.stdout.write(f"  {document['path']}（{pages}）")
        steps = "" if settings.MFA_REQUIRED else "，演示单位不要求两步验证"
        self.stdout.write(f"\n可以登录的人（密码都是 {PASSWORD}{steps}）：")
        for username, org, role in sign_ins():
            self.stdout.write(f"  {username:<16}{org} {role}")
        self.stdout.write("  其余为各企业主要负责人：firm + 信用代码后六位（小写）")


def _publish() -> None:
    """Nobody waits for midnight to see published heads: those of today, as far as it has come."""
    with acting_as(SYSTEM):
        if PublishedDay.objects.exists():
            return
        for agency_id in chains():
            chain_seal(agency_id=agency_id)
        days_publish(until=timezone.localdate())


def _is_played(zone: Agency) -> bool:
    return zone.training_now is not None and zone.training_now >= at(END, 18)


def _summary(system: Actor, jobs: list[Job]) -> dict[str, Any]:
    with acting_as(system):
        hazards = Hazard.objects.exclude(state=Hazard.State.DISMISSED).aggregate(
            found=Count("pk"),
            closed=Count("pk", filter=Q(state=Hazard.State.CLOSED)),
            overdue=Count("pk", filter=Q(is_overdue=True)),
            major=Count("pk", filter=Q(severity=Severity.MAJOR)),
        )
        cycles = PointCycle.objects
        return {
            "enterprises": ServiceContract.objects.aggregate(
                n=Count("batches__assignments__enterprise", distinct=True)
            )["n"],
            "visits": Visit.objects.count(),
            "hazards": hazards,
            "points": {
                "entries": PointEntry.objects.count(),
                "enterprises_at_12": cycles.filter(total__gte=12).count(),
                "enterprises_at_18": cycles.filter(total__gte=18).count(),
            },
            "appraisals": [
                {
                    "provider": a.contract.provider_org.name,
                    "score": float(a.score),
                    "grade": a.grade,
                }
                for a in _evaluations()
                if a.contract.provider_org
            ],
            "papers": {
                kind_name(row["kind"]): row["n"]
                for row in Document.objects.values("kind").annotate(n=Count("pk")).order_by("kind")
            },
            "documents": [_copy(document) for document in _documents(jobs)],
        }


def _evaluations() -> list[Appraisal]:
    """The final evaluation of each contract; what was only tried on the way is in the papers."""
    rows = Appraisal.objects.filter(purpose=Appraisal.Purpose.FINAL)
    rows = rows.exclude(state=Appraisal.State.SUPERSEDED)
    return list(rows.select_related("contract__provider_org").order_by("pk"))


def _documents(jobs: list[Job]) -> list[Document]:
    made = [document for job in jobs for document in documents_of(job)]
    others = Document.objects.exclude(pk__in=[d.pk for d in made]).defer("content")
    return [*made, *others.order_by("kind", "issued_at", "number")]


def _copy(document: Document) -> dict[str, Any]:
    """Put a paper into var/demo under its title, and say what it is."""
    name = f"{document.title}{document.number}.{document.format}".replace("/", "-")
    path = Path(FOLDER) / document.kind / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with document.file.open("rb") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return {
        "kind": document.kind,
        "path": str(path.relative_to(settings.BASE_DIR))
        if path.is_relative_to(settings.BASE_DIR)
        else str(path),
        "sha256": document.file_sha256,
        "pages": document.pages,
    }
