"""document_issue · document_store · document_render · document_render_again · document_failed ·
document_void · number_allocate"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.scope import current
from documents import pdf
from documents.frozen import content_sha256, freeze, thaw
from documents.models import (
    Document,
    NumberSeries,
    SealApproval,
    WordTemplate,
    file_path,
)
from documents.photos import photo_uris, photos_settled
from documents.registry import paper_of
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import TenantModel
from workflow.models import WorkTask
from workflow.services import work_task_open

# What a Word form may name besides the content.
HEAD = ("number", "title", "content_sha256", "check_url", "issued_on")
REPLACED = "更正，由新签发的文书代替"


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
    key: dict[str, Any] = {"issuer_org_id": issuer.org_id, "kind": kind, "year": year}
    series = NumberSeries.objects.select_for_update(no_key=True).filter(**key).first()
    if series is None:  # the year's first
        NumberSeries.objects.get_or_create(**key)
        series = NumberSeries.objects.select_for_update(no_key=True).get(**key)
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
    number: str = "",
    replaces: Document | None = None,
    renders: bool = True,
    **whose: Any,
) -> Document:
    """Freeze the content, give the number, and have the file made after commit.

    The same `issue_key` (default: one paper of this kind for the subject) returns the paper that
    is there. `number` is given where the number follows another paper's; `replaces` is voided by
    the new one; with `renders=False` the caller has the file made. `whose` overrides single columns
    of the subject's tenant.
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
        number=number,
        replaces=replaces,
        **whose,
    )
    if is_new:
        document.save(force_insert=True)
        if replaces is not None:
            document_void(actor=actor, document=replaces, reason=REPLACED, at=document.issued_at)
        record(
            actor=actor,
            act="document.issue",
            subject=document,
            summary=f"{title} {document.number}".strip(),
            data={"kind": kind, "sha256": document.content_sha256},
            at=document.issued_at,
        )
        if renders:
            render_document.send(document.owner_agency_id, str(document.pk))
        if (issued := _issued.get()) is not None:
            issued.append(document)
    return document


_issued: ContextVar[list[Document] | None] = ContextVar("issued", default=None)


@contextmanager
def issued_within() -> Iterator[list[Document]]:
    """Collect the papers that are issued within, in their order."""
    papers: list[Document] = []
    token = _issued.set(papers)
    try:
        yield papers
    finally:
        _issued.reset(token)


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
    number: str = "",
    replaces: Document | None = None,
    **whose: Any,
) -> tuple[Document, bool]:
    key = issue_key or f"{kind}:{subject.pk}"
    # The subject's row lock lets one of two simultaneous orders find the other's paper.
    type(subject)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=subject.pk)
    found = Document.objects.filter(issue_key=key).first()
    if found:
        return found, False
    at = at or clock.now(subject.owner_agency_id)
    pattern = paper_of(kind).series
    year = timezone.localtime(at).year
    if pattern and not number:
        number = number_allocate(issuer=issuer, kind=kind, pattern=pattern, year=year)
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
        replaces=replaces,
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
            _vouch(actor, document)
    return document


def _vouch(actor: Any, document: Document) -> None:
    """Put the hash of the paper's file into an act, and with it into the agency's chain."""
    record(
        actor=actor,
        act="document.file",
        subject=document,
        summary=document.title,
        data={
            "file": document.file.name,
            "sha256": document.file_sha256,
            "size": document.size,
            "content_sha256": document.content_sha256,
        },
        at=document.rendered_at,
    )


def _attach(document: Document, file: bytes, pages: int | None) -> None:
    """Sign a PDF, keep it, and note what made it. The signature is appended to the bytes given."""
    document.unsigned_size = len(file)
    document.unsigned_sha256 = hashlib.sha256(file).hexdigest()
    if document.format == Document.Format.PDF:
        file = _signed(document, file)
    path = file_path(document, "")
    if default_storage.exists(path):  # a rendering that was cut off before it was written down
        default_storage.delete(path)
    document.file.name = default_storage.save(path, ContentFile(file))
    document.file_sha256 = hashlib.sha256(file).hexdigest()
    document.size, document.pages = len(file), pages
    document.renderer = pdf.renderer()[:300]
    document.rendered_at = timezone.now()


def _signed(document: Document, file: bytes) -> bytes:
    from documents import keys, signing

    issuer = document.issuer_org
    key = keys.signing_key(org_id=issuer.pk, org_name=issuer.name, at=timezone.now())
    document.certificate_serial = str(key.serial)
    reason = f"{document.kind_name} {document.number}".strip()
    return signing.sign(file, key=key, at=timezone.now(), reason=reason, name=issuer.name)


# What making the file writes down; what was issued stays untouched.
MADE = (
    "file", "file_sha256", "size", "pages", "unsigned_size", "unsigned_sha256", "certificate_serial",
    "renderer", "rendered_at", "seal_approval",
)  # fmt: skip


@transaction.atomic
def document_render(document_id: str) -> Document:
    """Make the file of an issued paper, once; safe to begin again after being killed.

    PhotosWaiting while the virus scanner has still to look at a photo on it.
    """
    document = (
        Document.objects.select_for_update(of=("self",), no_key=True)
        .select_related("issuer_org")
        .get(pk=document_id)
    )
    if document.rendered_at:
        return document
    approval = seal_approval_for(document)
    context = document_context(document)
    photos_settled(context["content"])
    if approval is not None:
        document.seal_approval = approval
        context["seal_uri"] = pdf.data_uri(bytes(approval.seal.image))
    rendered = pdf.render(paper_of(document.kind).template, context)
    _attach(document, rendered.content, rendered.pages)
    document.save(update_fields=MADE)
    _vouch(current.get(), document)  # the system, in a worker
    _failures(document).update(done_at=timezone.now())
    return document


FAILED = "document_failed"


def _failures(document: Document) -> QuerySet[WorkTask]:
    return WorkTask.objects.filter(kind=FAILED, subject_id=str(document.pk), done_at=None)


def has_failed(document: Document) -> bool:
    """Whether a paper's file could not be made and waits for a person."""
    return not document.file and _failures(document).exists()


def document_failed(document_id: str, error: Exception) -> None:
    """Put a paper whose file could not be made before its issuer; its number stays taken."""
    document = Document.objects.defer("content").get(pk=document_id)
    work_task_open(
        row=document,
        org_id=document.issuer_org_id,
        kind=FAILED,
        title=f"{document}的文件没有做成：{type(error).__name__}: {error}",
        url=reverse("documents:paper", args=[document.pk]),
    )


def documents_owed() -> QuerySet[Document]:
    """Return the papers without a file that wait for a worker, not for a person."""
    failed = WorkTask.objects.filter(kind=FAILED, done_at=None)
    ids = [UUID(pk) for pk in failed.values_list("subject_id", flat=True)]
    return Document.objects.filter(rendered_at=None).exclude(pk__in=ids).defer("content")


@transaction.atomic
def document_render_again(*, actor: Actor, document: Document) -> None:
    """Have the file of a paper made after it failed; DomainError where nothing failed."""
    from documents.tasks import render_document

    if not _failures(document).update(done_at=timezone.now(), done_by_id=actor.membership_id):
        raise DomainError("这份文书没有需要重新制作的文件")
    record(actor=actor, act="document.render_again", subject=document)
    render_document.send(document.owner_agency_id, str(document.pk))


def seal_approval_for(document: Document) -> SealApproval | None:
    """Return the approval under which the issuer's seal may be laid on this paper, if there is one."""
    day = timezone.localdate(document.issued_at)
    rows = SealApproval.objects.filter(
        org=document.issuer_org_id,
        seal__retired_at=None,
        approved_at__isnull=False,
        revoked_at=None,
        valid_from__lte=day,
        valid_until__gte=day,
        kinds__contains=[document.kind],
    )
    return rows.select_related("seal").order_by("approved_at").first()


def unsigned_bytes(document: Document) -> bytes:
    """Return a paper as it was rendered, before the signature was appended."""
    with document.file.open("rb") as file:
        content: bytes = file.read(document.unsigned_size or -1)
    return content


def document_context(document: Document) -> dict[str, Any]:
    """Return what the template of a paper sees: the content as its dataclass, and the paper."""
    content: Any = thaw(paper_of(document.kind).content, document.content)
    return {
        "content": content,
        "photos": photo_uris(content),
        "number": document.number,
        "title": document.title,
        "content_sha256": document.content_sha256,
        "issued_at": document.issued_at,
        "check_url": check_url(document.check_code),
    }


def document_word(*, actor: Actor, document: Document) -> bytes:
    """Return a copy of a paper to edit: by the office's own Word form, else from the paper itself.

    Raises DomainError where the office's form no longer fits the paper.
    """
    from documents import word

    own = WordTemplate.objects.filter(org_id=actor.org_id, kind=document.kind, retired_at=None)
    template = own.first()
    context = document_context(document)
    if template is not None:
        head = {name: str(context[name]) for name in HEAD if name in context}
        head["issued_on"] = timezone.localdate(document.issued_at).isoformat()
        return word.template_fill(
            template=bytes(template.content), content=context["content"], head=head
        )
    note = f"可编辑副本，与签发的文件不具同等效力；原件文号 {document.number or '（无）'}"
    return word.word_copy(
        html=pdf.html_of(paper_of(document.kind).template, context),
        title=document.title,
        number=document.number,
        note=note,
    )


def check_url(code: str) -> str:
    """Return the public address at which a paper can be checked; its QR code holds it."""
    return settings.SITE_URL + reverse("portal:check", args=[code])


@transaction.atomic
def document_void(
    *, actor: Actor, document: Document, reason: str, at: datetime | None = None
) -> Document:
    """Void a paper (now, or when the one that takes its place is issued); its number stays taken."""
    rows = Document.objects.select_for_update(of=("self",), no_key=True).defer("content")
    locked = rows.get(pk=document.pk)
    if locked.state == Document.State.VOIDED:
        raise DomainError("该文书已作废")
    if not reason.strip():
        raise DomainError("请填写作废原因", field="reason")
    locked.state, locked.void_reason = Document.State.VOIDED, reason.strip()
    locked.voided_at = at or clock.now(locked.owner_agency_id)
    locked.voided_by_name = actor.display
    locked.save(update_fields=["state", "void_reason", "voided_at", "voided_by_name"])
    record(actor=actor, act="document.void", subject=locked, summary=reason, at=locked.voided_at)
    return locked
