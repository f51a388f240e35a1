"""document_issue · document_store · document_render · document_void · number_allocate"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents import pdf
from documents.frozen import content_sha256, freeze, thaw
from documents.models import Document, NumberSeries, file_path
from documents.registry import paper_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import TenantModel


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues: the organisation and the short name that its numbers bear."""

    org_id: int
    short_name: str


@transaction.atomic
def number_allocate(*, issuer: Issuer, kind: str, pattern: str, year: int) -> str:
    """Return the next number of a series, at the moment of issue, under a row lock: no gap.

    The year stands in 〔〕, the serial number without leading zeros (domain.md 4.2).
    """
    NumberSeries.objects.get_or_create(issuer_org_id=issuer.org_id, kind=kind, year=year)
    series = NumberSeries.objects.select_for_update().get(
        issuer_org_id=issuer.org_id, kind=kind, year=year
    )
    series.last += 1
    series.save(update_fields=["last"])
    return pattern.format(short=issuer.short_name, year=year, n=series.last)


@transaction.atomic
def document_issue(
    *,
    actor: Actor,
    kind: str,
    subject: TenantModel,
    content: Any,
    title: str,
    issuer: Issuer,
    issue_key: str = "",
    **whose: Any,
) -> Document:
    """Freeze the content, give the number, and have the file made after commit.

    The same `issue_key` (default: one paper of this kind for the subject) returns the paper that
    is there. `whose` overrides single columns of the subject's tenant.
    """
    from documents.tasks import render_document

    document, is_new = _row(
        actor=actor,
        kind=kind,
        subject=subject,
        content=content,
        title=title,
        issuer=issuer,
        issue_key=issue_key,
        **whose,
    )
    if is_new:
        document.save(force_insert=True)
        record(
            actor=actor,
            act="document.issue",
            subject=document,
            summary=f"{title} {document.number}".strip(),
            data={"kind": kind, "sha256": document.content_sha256},
            at=document.issued_at,
        )
        render_document.send(document.owner_agency_id, str(document.pk))
    return document


def _row(
    *,
    actor: Actor,
    kind: str,
    subject: TenantModel,
    content: Any,
    title: str,
    issuer: Issuer,
    issue_key: str = "",
    format: str = Document.Format.PDF,
    at: datetime | None = None,
    **whose: Any,
) -> tuple[Document, bool]:
    key = issue_key or f"{kind}:{subject.pk}"
    # The subject's row lock lets one of two simultaneous orders find the other's paper.
    type(subject)._default_manager.select_for_update(of=("self",)).get(pk=subject.pk)
    found = Document.objects.filter(issue_key=key).first()
    if found:
        return found, False
    at = at or clock.now(subject.owner_agency_id)
    pattern = paper_of(kind).series
    year = timezone.localtime(at).year
    number = (
        number_allocate(issuer=issuer, kind=kind, pattern=pattern, year=year) if pattern else ""
    )
    digest = content_sha256(content)
    document = Document(
        **{**subject.tenant, **whose},
        kind=kind,
        format=format,
        number=number,
        title=title,
        issuer_org_id=issuer.org_id,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        issue_key=key,
        content=freeze(content),
        content_sha256=digest,
        check_code=check_code(digest, key, format),
        issued_at=at,
        issued_by_id=actor.membership_id,
    )
    return document, True


def check_code(content_sha256: str, issue_key: str, format: str) -> str:
    """Return 16 letters and digits that name the paper on its check page.

    Not to be guessed: the issue key holds an id that is half chance.
    """
    digest = hashlib.sha256("\n".join([content_sha256, issue_key, format]).encode()).digest()
    return base64.b32encode(digest)[:16].decode().lower()


def document_store(*, actor: Actor, file: bytes, pages: int | None, **order: Any) -> Document:
    """Issue a paper whose file is already made (ledgers in parts, sheets); arguments as above."""
    with transaction.atomic():
        document, is_new = _row(actor=actor, **order)
        if is_new:
            _attach(document, file, pages)
            document.save(force_insert=True)
            record(
                actor=actor,
                act="document.issue",
                subject=document,
                summary=document.title,
                data={"kind": document.kind, "sha256": document.content_sha256},
                at=document.issued_at,
            )
    return document


def _attach(document: Document, file: bytes, pages: int | None) -> None:
    path = file_path(document, "")
    if default_storage.exists(path):  # a rendering that was cut off before it was written down
        default_storage.delete(path)
    document.file.name = default_storage.save(path, ContentFile(file))
    document.file_sha256 = hashlib.sha256(file).hexdigest()
    document.size, document.pages = len(file), pages
    document.renderer = pdf.renderer()[:300]
    document.rendered_at = timezone.now()


@transaction.atomic
def document_render(document_id: str) -> Document:
    """Make the file of an issued paper, once; safe to begin again after being killed."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.rendered_at:
        return document
    rendered = pdf.render(paper_of(document.kind).template, document_context(document))
    _attach(document, rendered.content, rendered.pages)
    document.save()
    return document


def document_context(document: Document) -> dict[str, Any]:
    """Return what the template of a paper sees: the content as its dataclass, and the paper."""
    paper = paper_of(document.kind)
    return {
        "content": thaw(paper.content, document.content),
        "number": document.number,
        "title": document.title,
        "content_sha256": document.content_sha256,
        "issued_at": document.issued_at,
        "check_url": check_url(document.check_code),
    }


def check_url(code: str) -> str:
    """Return the public address at which a paper can be checked; its QR code holds it."""
    return settings.SITE_URL + reverse("portal:check", args=[code])


@transaction.atomic
def document_void(*, actor: Actor, document: Document, reason: str) -> Document:
    """Void a paper; its number stays taken and the reason is on record."""
    locked = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if locked.state == Document.State.VOIDED:
        raise DomainError("该文书已作废")
    if not reason.strip():
        raise DomainError("请填写作废原因", field="reason")
    locked.state, locked.void_reason = Document.State.VOIDED, reason.strip()
    locked.save(update_fields=["state", "void_reason"])
    record(actor=actor, act="document.void", subject=locked, summary=reason)
    return locked
