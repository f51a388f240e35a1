"""template_keep · template_retire: an office's own Word forms, checked before they are used."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from common.uploads import TooLarge, repacked
from documents.models import WordTemplate
from documents.registry import paper_of, papers
from documents.services import HEAD
from documents.word import template_problems
from documents.word.fill import MAX_BYTES, MAX_ENTRIES
from tenancy import clock
from tenancy.actors import Actor

MAX_TEMPLATE = 2 * 1024 * 1024


@transaction.atomic
def template_keep(
    *, actor: Actor, kind: str, filename: str, size: int, content: Callable[[], bytes]
) -> WordTemplate:
    """Use this form for a kind from now on; DomainError names every field that is unknown."""
    if kind not in {paper.kind for paper in papers()}:
        raise DomainError("请选择文书种类", field="kind")
    if size > MAX_TEMPLATE:
        raise DomainError("模板不能超过 2 MB", field="file")
    data = _measured(content())
    problems = template_problems(template=data, content_type=paper_of(kind).content, head=HEAD)
    if problems:
        raise DomainError("模板不能使用：" + "；".join(problems[:10]), field="file")
    now = clock.now(actor.org if actor.is_agency else None)
    WordTemplate.objects.filter(org_id=actor.org, kind=kind, retired_at=None).update(retired_at=now)
    row = WordTemplate.objects.create(
        org_id=actor.org,
        kind=kind,
        filename=filename[-200:],
        content=data,
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_by_id=actor.member,
        uploaded_by_name=actor.display,
        uploaded_at=now,
    )
    _note(actor, "word_template.keep", row)
    return row


def _measured(content: bytes) -> bytes:
    """Return the archive packed by us: whoever opens it finds what was measured, and no more."""
    try:
        return repacked(content, most=MAX_BYTES, entries=MAX_ENTRIES, pack=True)
    except (TooLarge, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError):
        raise DomainError(
            "模板打不开或者展开后过大，请另存为不含宏的 .docx 后再上传", field="file"
        ) from None


@transaction.atomic
def template_retire(*, actor: Actor, template: WordTemplate) -> None:
    """Stop using a form; the row stays."""
    WordTemplate.objects.filter(pk=template.pk, retired_at=None).update(retired_at=timezone.now())
    _note(actor, "word_template.retire", template)


def _note(actor: Actor, act: str, row: WordTemplate) -> None:
    record(
        actor=actor,
        act=act,
        subject=("documents.wordtemplate", str(row.pk)),
        summary=f"{row.kind} {row.sha256[:16]}",
        agency_id=actor.org if actor.is_agency else None,
    )
