"""verification_start · run_part: a check of an agency's chain as a job in parts"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.chain import (
    last_place,
    published_heads,
    range_problems,
    seal_at,
    unsealed_problems,
)
from audit.heads import stored_days_problems
from audit.models import AuditEntry
from audit.services import record
from audit.verify_chain import Problem
from chain.files import evidence_problems
from chain.models import Verification
from common.errors import DomainError
from common.scope import current
from tenancy.actors import Actor
from tenancy.models import Agency
from workflow.models import Job, JobPart
from workflow.services import Part, job_start, work_task_open

KIND = "chain_verification"
END = "end"
MOST_PARTS = 100
PLACES, PLACES_WITH_FILES = 100_000, 2_000  # in one part, at least
RECENT = timedelta(days=31)  # of the published days, which are not one agency's alone
TOLD = 500  # sentences that are kept; how many there are in all is counted


@transaction.atomic
def verification_start(*, actor: Actor, with_files: bool) -> Job:
    """Start checking the chain of the actor's agency; one that is under way is returned instead.

    DomainError while nothing is sealed yet.
    """
    agency = Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.org)
    under_way = Job.objects.filter(kind=KIND, owner_agency=agency, state=Job.State.RUNNING)
    if job := under_way.first():
        return job
    until = last_place(agency.pk)
    if not until and not published_heads(agency.pk):
        raise DomainError("还没有封存的记录；记录产生后一分钟内封存，请稍后再核查")
    row = Verification.objects.create(
        owner_agency=agency,
        region_code=agency.region_code,
        until=until,
        hash=seal_at(agency.pk, until) or "",
        with_files=with_files,
        started_by_id=actor.membership_id,
        started_by_name=actor.display[:80],
    )
    return job_start(
        actor=actor,
        kind=KIND,
        title=f"核查存证链（至第 {until} 号{'，连同文件' if with_files else ''}）",
        subject=row,
        parts=_parts(until, with_files),
        frozen={},
        input_sha256=row.hash,
    )


def _parts(until: int, with_files: bool) -> Iterator[Part]:
    least = PLACES_WITH_FILES if with_files else PLACES
    size = max(least, -(-until // MOST_PARTS))
    for after in range(0, max(until, 1), size):
        last = min(after + size, until)
        yield Part(f"{after}-{last}", f"第 {after + 1} 至 {last} 号")
    yield Part(END, "待封存的记录和公布的链头", step=1)


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Check the places of one part; the last part gathers what all have found."""
    row = Verification.objects.select_for_update(of=("self",), no_key=True).get(pk=job.subject_id)
    if part.key == END:
        return _finish(row, job)
    after, last = map(int, part.key.split("-"))
    found = range_problems(
        agency_id=row.owner_agency_id,
        after=after,
        until=None if last == row.until else last,  # the last part: with what came since
        files=row.with_files,
    )
    return _told(found)


def _told(found: Iterator[Problem]) -> dict[str, Any]:
    """Return the first sentences and how many there are."""
    words, count = [], 0
    for problem in found:
        count += 1
        if count <= TOLD:
            words.append(problem.words)
    return {"problems": words, "count": count}


def _finish(row: Verification, job: Job) -> Mapping[str, Any]:
    parts = [part.result for part in job.parts.exclude(key=END).order_by("pk")]
    last = _told(_of_the_whole(row))
    told = [words for result in (*parts, last) for words in result["problems"]]
    row.problems = told[:TOLD]
    row.problem_count = sum(result["count"] for result in (*parts, last))
    row.acts = row.until
    if row.with_files:
        acts = AuditEntry.objects.filter(agency_id=row.owner_agency_id, data__has_key="file")
        row.files = acts.count()
    row.finished_at = timezone.now()
    row.save(update_fields=["problems", "problem_count", "acts", "files", "finished_at"])
    record(
        actor=_worker(),
        act="chain.verify",
        subject=row,
        summary=f"核查至第{row.until}号，{row.problem_count}处问题",
        data={"until": row.until, "hash": row.hash, "problems": row.problem_count},
    )
    if row.problem_count:
        work_task_open(
            row=row,
            org_id=row.owner_agency_id,
            kind="chain_broken",
            title=f"存证链核查发现 {row.problem_count} 处问题",
            url=reverse("chain:verification", args=[row.pk]),
        )
    return last


def _of_the_whole(row: Verification) -> Iterator[Problem]:
    yield from unsealed_problems(row.owner_agency_id)
    yield from stored_days_problems(first=timezone.localdate() - RECENT)
    if row.with_files:
        yield from evidence_problems(row.owner_agency_id)


def _worker() -> Actor | None:
    actor = current.get()
    return actor if isinstance(actor, Actor) else None
