"""The file of a paper, as it is given to whoever may have it."""

from django.http.response import HttpResponseBase

from common.delivery import file_response
from documents.models import Document

TYPES = {
    Document.Format.PDF: "application/pdf",
    Document.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def document_file(document: Document) -> HttpResponseBase:
    """Return it: PDFs open in the browser, sheets are saved."""
    name = f"{document.title}{document.number}.{document.format}".replace("/", "-")
    return file_response(
        document.file.name,
        as_attachment=document.format != Document.Format.PDF,
        filename=name,
        content_type=TYPES[Document.Format(document.format)],
    )
