"""What must hold when everything is up again."""

import hashlib
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count

from agencies.models import ServiceBatch
from audit.models import AuditEntry, Unsealed
from common.scope import acting_as
from documents.models import Document, NumberSeries
from documents.services import FAILED as PAPER_FAILED
from documents.services import documents_owed
from evidence.models import Photo
from inspections.models import FieldFile, FieldOperation, Hazard, PhotoMatch, Visit
from scoring.models import PointCycle
from scoring.selectors import cycle_total_of
from tenancy.actors import SYSTEM, Actor
from tests.faults.browser import Browser
from workflow.models import Job, JobPart, WorkTask

NUMBERED = re.compile(r"〔(\d{4})〕(\d+)号$")
TOLD = ("失败", "没有做成")
OF_A_JOB = re.compile(r"^[0-9a-f-]{36}(?=:)")


def unfinished() -> dict[str, int]:
    """Return what is still owed to nobody's knowledge: jobs, papers without a file, acts unsealed."""
    with acting_as(SYSTEM):
        return {
            "jobs": Job.objects.filter(state=Job.State.RUNNING).count(),
            "papers": documents_owed().count(),
            "acts": Unsealed.objects.count(),
        }


def counted() -> dict[str, int]:
    """Return how much there is in the end."""
    with acting_as(SYSTEM):
        return {
            "visits": Visit.objects.count(),
            "hazards": Hazard.objects.count(),
            "papers": Document.objects.count(),
            "jobs": Job.objects.count(),
            "parts": JobPart.objects.count(),
            "photos": Photo.objects.count(),
            "acts": AuditEntry.objects.count(),
        }


def failures() -> list[WorkTask]:
    """Return what was put before a person because it failed."""
    with acting_as(SYSTEM):
        kinds = ("job_failed", PAPER_FAILED)
        return list(WorkTask.objects.filter(kind__in=kinds, done_at=None).order_by("pk"))


def unseen(tasks: list[WorkTask], people: list[Actor], address: str) -> Iterator[str]:
    """Yield what failed and stands on no page that one of its organisation can open."""
    for task in tasks:
        person = next((p for p in people if p.org_id == task.org_id_for), None)
        if person is None:
            yield f"{task.title}: is put before an organisation without people"
            continue
        browser = Browser(person, address)
        answer = browser.ask("GET", task.url)
        if answer.status_code != 200 or not any(words in answer.text for words in TOLD):
            yield f"{task.title}: its page answers {answer.status_code} and does not say it"
        browser.close()


def problems(said: set[str]) -> Iterator[str]:
    """Yield a sentence for everything that is not as it must be."""
    with connection.as_owner():  # a series is its issuer's alone
        series = list(NumberSeries.objects.all())
    with acting_as(SYSTEM):
        yield from _lost(said)
        yield from _doubles()
        yield from _numbers({(s.issuer_org_id, s.kind, s.year): s.last for s in series})
        yield from _files()
        yield from _jobs()
    yield from sums_wrong()
    yield from not_compared()
    yield from _chain()


def _lost(said: set[str]) -> Iterator[str]:
    there: set[str] = set()
    for model in (Visit, Hazard, FieldOperation):
        there |= {str(pk) for pk in model._default_manager.values_list("pk", flat=True)}
    stored = FieldFile.objects.filter(state=FieldFile.State.STORED)
    there |= {str(pk) for pk in stored.values_list("pk", flat=True)}
    yield from (f"{pk} was said to be kept and is not there" for pk in sorted(said - there))
    open_ones = FieldOperation.objects.exclude(state=FieldOperation.State.DONE)
    yield from (f"operation {row.pk} of a phone is {row.state}" for row in open_ones)


def _doubles() -> Iterator[str]:
    for row in Visit.objects.values("assignment").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"visit twice: {row}"
    papers: Counter[tuple[str, ...]] = Counter()
    for paper in Document.objects.filter(state=Document.State.ISSUED).defer("content"):
        job = OF_A_JOB.match(paper.issue_key)
        papers[
            paper.kind, paper.format, paper.subject_type, paper.subject_id, job[0] if job else ""
        ] += 1
    yield from (f"paper {times} times: {key}" for key, times in papers.items() if times > 1)


def _numbers(last: dict[tuple[int, str, int], int]) -> Iterator[str]:
    """Each series has as many papers as its last number says, each number once; hazards likewise."""
    given: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    numbers = Document.objects.exclude(number="")
    for org, kind, number in numbers.values_list("issuer_org_id", "kind", "number"):
        if found := NUMBERED.search(number):
            given[org, kind, int(found[1])].append(int(found[2]))
    for key, found_ones in given.items():
        if sorted(found_ones) != list(range(1, last.get(key, 0) + 1)):
            yield f"series {key} to {last.get(key)}: {sorted(found_ones)}"
    yield from (
        f"series {key} to {n} without a paper" for key, n in last.items() if n and not given[key]
    )
    for batch in ServiceBatch.objects.all():
        rows = Hazard.objects.filter(assignment__batch=batch).order_by("number")
        wanted = [f"{batch.code}-{n + 1:04d}" for n in range(batch.hazard_sequence)]
        if list(rows.values_list("number", flat=True)) != wanted:
            yield f"numbers of the hazards of {batch.code} are not 1 to {batch.hazard_sequence}"


def _files() -> Iterator[str]:
    for paper in Document.objects.exclude(rendered_at=None).defer("content"):
        if _sha256(paper.file.name) != paper.file_sha256:
            yield f"the file of {paper} is not the one whose hash is kept"
    for photo in Photo.objects.all():
        if _sha256(str(photo.original.name)) != photo.sha256:
            yield f"the file of photo {photo.pk} is not the one whose hash is kept"


def _sha256(name: str) -> str:
    try:
        with default_storage.open(name, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    except OSError:
        return ""


def _jobs() -> Iterator[str]:
    for part in JobPart.objects.filter(state=JobPart.State.FAILED):
        if not part.error:
            yield f"part {part.key} failed and does not say why"
    for job in Job.objects.filter(state=Job.State.FAILED):
        if not WorkTask.objects.filter(subject_id=str(job.pk), done_at=None).exists():
            yield f"job {job} failed and nobody is told"
    for part in JobPart.objects.exclude(state=JobPart.State.DONE).filter(job__state=Job.State.DONE):
        yield f"job {part.job} is done, its part {part.key} is {part.state}"


def not_compared() -> list[str]:
    """Return how many photos of mended places were not compared with one of before."""
    with acting_as(SYSTEM):
        after = Photo.objects.filter(purpose=Photo.Purpose.AFTER)
        left = after.exclude(pk__in=PhotoMatch.objects.values("after")).count()
        return [f"{left} of {after.count()} photos are not compared"] if left else []


def sums_wrong() -> list[str]:
    """Return what is kept summed up and is not what counting it anew gives."""
    with acting_as(SYSTEM):
        counted = [(cycle, cycle_total_of(cycle).net) for cycle in PointCycle.objects.all()]
    return [
        f"points of {cycle.enterprise_id}: kept {cycle.total}, counted {net}"
        for cycle, net in counted
        if net != cycle.total
    ]


def _chain() -> Iterator[str]:
    out = io.StringIO()
    try:
        call_command("verify_chain", files=True, stdout=out, stderr=io.StringIO())
    except CommandError as error:
        yield f"verify_chain: {error}: {out.getvalue()[-500:]}"
