"""The list of papers, one page of it: for people and for programs."""

from typing import Any

from django.db.models import Case, IntegerField, Value, When

from common.paging import Slice, Window, count_up_to, keyset
from common.scope import first_rows
from documents import handing_over
from documents.forms import DocumentFilter
from documents.models import Document


def _waits() -> Case:
    return Case(
        When(handing_over.awaiting(), then=Value(1)), default=Value(0), output_field=IntegerField()
    )


def document_page(form: DocumentFilter, window: Window) -> tuple[Slice[Document], int]:
    """Return one page of papers, the newest first, and the count.

    What an enterprise must sign for comes before all else.
    """
    with first_rows():
        rows = form.rows()
        page: Slice[Any] = keyset(
            rows.annotate(waits=_waits())
            .select_related("issuer_org", "enterprise_org", "receipt")
            .defer("content"),
            order=["-waits", "-id"] if form.actor.is_enterprise else ["-id"],
            window=window,
        )
        return page, count_up_to(rows)
