"""Batch print: many papers as one file in order, with an index and a separator before each.

The pages are those of the papers before they were signed: a signature holds for one file.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from common.errors import DomainError
from documents import pdf
from documents.models import Document
from documents.services import unsigned_bytes
from tenancy.actors import Actor
from workflow.models import Job, JobPart
from workflow.services import Part, job_start

KIND = "batch_print"
LIMIT = 500
MERGE = "merge"


@transaction.atomic
def print_start(*, actor: Actor, ids: Sequence[UUID]) -> Job:
    """Start making one file of many papers, in the order given."""
    found = Document.objects.filter(format=Document.Format.PDF).defer("content").in_bulk(ids)
    rows = [found[pk] for pk in ids if pk in found]
    if not rows:
        raise DomainError("没有可以打印的文书，请先筛选")
    if len(rows) > LIMIT:
        raise DomainError(f"一次最多打印 {LIMIT} 份，现在是 {len(rows)} 份，请缩小筛选范围")
    if waiting := sum(not row.file for row in rows):
        raise DomainError(f"还有 {waiting} 份正在制作，请稍后再打印")
    wanted = [str(row.pk) for row in rows]
    return job_start(
        actor=actor,
        kind=KIND,
        title=f"批量打印 {len(rows)} 份文书",
        subject=rows[0],
        parts=[Part(MERGE, "合成一个文件")],
        frozen={"ids": wanted},
        input_sha256=hashlib.sha256(" ".join(wanted).encode()).hexdigest(),
    )


def run_part(job: Job, part: JobPart) -> Mapping[str, Any]:
    """Merge the papers behind an index; the result is the path of the file."""
    found = {
        str(d.pk): d for d in Document.objects.filter(pk__in=job.frozen["ids"]).defer("content")
    }
    rows = [found[pk] for pk in job.frozen["ids"] if pk in found]
    content = print_file(rows, title=job.title, made_at=job.created_at)
    path = f"jobs/{job.pk}/print.pdf"
    if default_storage.exists(path):
        default_storage.delete(path)
    saved = default_storage.save(path, ContentFile(content))
    return {"download": saved, "filename": f"{job.title}.pdf", "papers": len(rows)}


def print_file(rows: Sequence[Document], *, title: str, made_at: Any) -> bytes:
    """Return index, then for each paper a separator page and its pages."""
    start = 1 + -(-len(rows) // pdf.INDEX_LINES)
    lines = []
    for position, row in enumerate(rows, start=1):
        lines.append((position, row, start))
        start += 1 + (row.pages or 1)
    front = pdf.render_index(title=title, lines=lines, made_at=made_at)
    return pdf.interleave(front, [unsigned_bytes(row) for row in rows])
