"""evidence_problems: stored evidence that no act vouches for, and papers unlike what was issued"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from audit.models import AuditEntry
from audit.verify_chain import FILE, Problem
from documents.frozen import content_sha256
from documents.models import Document
from evidence.models import Attachment, Photo

READ = 1_000  # rows compared by one pair of statements
PAPERS = 100  # papers, whose whole content is read


def _kept(agency_id: int) -> tuple[tuple[QuerySet[Any], str], ...]:
    """Return what bears a file, and the column with its hash."""
    mine = {"owner_agency_id": agency_id}
    return (
        (Photo.objects.filter(**mine), "sha256"),
        (Attachment.objects.filter(**mine), "sha256"),
        (Document.objects.filter(**mine).exclude(file=""), "file_sha256"),
    )


def evidence_problems(agency_id: int) -> Iterator[Problem]:
    """Yield what stands in the tables otherwise than in the acts of the agency's chain."""
    yield from _uncovered(agency_id)
    yield from _altered(agency_id)


def _uncovered(agency_id: int) -> Iterator[Problem]:
    """Yield photos, attachments and papers for whose bytes no act vouches."""
    for rows, column in _kept(agency_id):
        kind, rows = rows.model._meta, rows.order_by("pk")
        while piece := list(rows.values_list("pk", column)[:READ]):
            known = _vouched(agency_id, kind.label_lower, [str(pk) for pk, _ in piece])
            for pk, sha256 in piece:
                if (str(pk), sha256) not in known:
                    words = f"{kind.verbose_name} {pk} 的哈希 {sha256[:16]}… 不在任何记录里：绕过系统存入，或行被改过"
                    yield Problem(0, FILE, words)
            rows = rows.filter(pk__gt=piece[-1][0])


def _vouched(agency_id: int, kind: str, ids: list[str]) -> set[tuple[str, str]]:
    acts = AuditEntry.objects.filter(
        agency_id=agency_id, subject_type=kind, subject_id__in=ids, data__has_key="file"
    )
    return set(acts.values_list("subject_id", "data__sha256"))


def _altered(agency_id: int) -> Iterator[Problem]:
    """Yield papers whose content is not what was signed when they were issued."""
    rows = Document.objects.filter(owner_agency_id=agency_id).order_by("pk")
    while piece := list(rows.values_list("pk", "title", "content")[:PAPERS]):
        acts = AuditEntry.objects.filter(
            agency_id=agency_id,
            act="document.issue",
            subject_type=Document._meta.label_lower,
            subject_id__in=[str(pk) for pk, _, _ in piece],
        )
        issued = dict(acts.values_list("subject_id", "data__sha256"))
        for pk, title, content in piece:
            if issued.get(str(pk)) != content_sha256(content):
                words = f"文书“{title}”（{pk}）的内容与签发时入链的哈希不符"
                yield Problem(0, FILE, words)
        rows = rows.filter(pk__gt=piece[-1][0])
