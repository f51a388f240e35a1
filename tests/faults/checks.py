"""What must hold when everything is up again."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db.models import Count

from audit.chain import chain_problems
from audit.models import Unsealed
from common.scope import acting_as
from documents.models import Document, NumberSeries
from evidence.models import Photo
from inspections.models import Hazard, Visit
from tenancy.actors import SYSTEM
from workflow.models import Job, JobPart, WorkTask

LAST_NUMBER = re.compile(r"(\d+)号$")


def unfinished() -> dict[str, int]:
    """Return what is still owed: parts of jobs, papers without a file, acts without a seal."""
    with acting_as(SYSTEM):
        failed = WorkTask.objects.filter(done_at=None).values("subject_id")
        papers = Document.objects.filter(rendered_at=None).exclude(pk__in=list(_ids(failed)))
        return {
            "jobs": Job.objects.filter(state=Job.State.RUNNING).count(),
            "papers": papers.count(),
            "acts": Unsealed.objects.count(),
        }


def _ids(rows: object) -> Iterator[str]:
    return (row["subject_id"] for row in rows)  # type: ignore[attr-defined]


def problems(said: set[str], agency_id: int) -> Iterator[str]:
    """Yield a sentence for everything that is not as it must be."""
    with acting_as(SYSTEM):
        yield from _lost(said)
        yield from _doubles()
        yield from _numbers()
        yield from _files()
        yield from _jobs()
        for chain in (0, agency_id):
            yield from (f"chain {chain}: {p.words}" for p in chain_problems(agency_id=chain))


def _lost(said: set[str]) -> Iterator[str]:
    there = {str(pk) for pk in Visit.objects.values_list("pk", flat=True)}
    there |= {str(pk) for pk in Hazard.objects.values_list("pk", flat=True)}
    for pk in sorted(said - there):
        yield f"{pk} was said to be kept and is not there"


def _doubles() -> Iterator[str]:
    for model, names in ((Visit, ("assignment",)), (Hazard, ("visit", "place"))):
        doubled = model.objects.values(*names).annotate(n=Count("pk")).filter(n__gt=1)
        for row in doubled:
            yield f"{model.__name__} twice: {row}"
    papers = Document.objects.values("kind", "subject_type", "subject_id", "format", "title")
    for row in papers.annotate(n=Count("pk")).filter(n__gt=1):
        yield f"paper twice: {row}"


def _numbers() -> Iterator[str]:
    """Each series has as many papers as its last number says, each number once."""
    given = Counter(
        Document.objects.exclude(number="").values_list("issuer_org_id", "kind", "number")
    )
    for key, times in given.items():
        if times > 1:
            yield f"number twice: {key}"
    for series in NumberSeries.objects.all():
        papers = Document.objects.filter(issuer_org=series.issuer_org_id, kind=series.kind)
        numbers = papers.exclude(number="").values_list("number", flat=True)
        found = sorted(int(m[1]) for n in numbers if (m := LAST_NUMBER.search(n)))
        if found and found != list(range(1, series.last + 1)):
            yield f"numbers of {series}: {found}"


def _files() -> Iterator[str]:
    for paper in Document.objects.exclude(rendered_at=None):
        if _sha256(paper.file.name) != paper.file_sha256:
            yield f"the file of {paper} is not the one whose hash is kept"
    for photo in Photo.objects.all():
        if _sha256(photo.original.name) != photo.sha256:
            yield f"the file of photo {photo.pk} is not the one whose hash is kept"


def _sha256(name: str) -> str:
    try:
        with default_storage.open(name, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _jobs() -> Iterator[str]:
    for part in JobPart.objects.filter(state=JobPart.State.FAILED):
        if not part.error:
            yield f"part {part.key} failed and does not say why"
    for job in Job.objects.filter(state=Job.State.FAILED):
        if not WorkTask.objects.filter(subject_id=str(job.pk)).exists():
            yield f"job {job} failed and nobody is told"
