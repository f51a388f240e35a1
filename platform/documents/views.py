from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from documents.access import document_for
from documents.models import Document
from tenancy.access import require
from tenancy.request import Request

TYPES = {
    Document.Format.PDF: "application/pdf",
    Document.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
def document_list(request: Request) -> HttpResponse:
    """Papers that concern the actor, newest first; `kind` and `q` filter."""
    require(request.actor, "document_view")
    rows = Document.objects.select_related("issuer_org").defer("content")
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()
    if kind in Document.Kind.values:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(number__icontains=text) | rows.filter(title__icontains=text)
    page = Paginator(rows.order_by("-issued_at", "-id"), 50).get_page(request.GET.get("page"))
    context = {"page": page, "kinds": Document.Kind.choices, "kind": kind, "q": text}
    return render(request, "documents/list.html", context)


@login_required
def download(request: Request, pk: UUID) -> HttpResponse | FileResponse:
    """The file of a paper; PDFs open in the browser, sheets are saved."""
    document = document_for(request.actor, pk)
    if not document.file:
        return render(request, "documents/pending.html", {"document": document}, status=202)
    name = f"{document.title}{document.number}.{document.format}".replace("/", "-")
    return FileResponse(
        document.file.open("rb"),
        as_attachment=document.format != Document.Format.PDF,
        filename=name,
        content_type=TYPES[Document.Format(document.format)],
    )
