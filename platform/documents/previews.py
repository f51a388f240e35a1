"""What an act would issue, before it is done: the act is done, looked at and taken back.

So a preview cannot differ from the paper, and nothing is consumed: no number, no row, no message.
"""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse

from common.errors import DomainError
from documents import pdf
from documents.models import Document
from documents.registry import paper_of
from documents.services import document_context, issued_within


def preview(act: Callable[[], object]) -> HttpResponse:
    """Answer with the papers that `act` would issue, as one PDF; DomainError is the act's own."""
    with transaction.atomic(), issued_within() as issued:
        act()
        papers = [(paper_of(paper.kind).template, _context(paper)) for paper in issued]
        transaction.set_rollback(True)
    if not papers:
        raise DomainError("这样办理不会签发文书，没有可以预览的内容")
    files = [pdf.render(template, context).content for template, context in papers]
    return HttpResponse(pdf.merge(files), content_type="application/pdf")


def _context(document: Document) -> dict[str, object]:
    return {**document_context(document), "number": "", "is_preview": True}
