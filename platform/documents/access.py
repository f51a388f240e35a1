from documents.models import Document
from tenancy.access import require, visible_or_404
from tenancy.actors import Actor


def document_for(actor: Actor | None, pk: object) -> Document:
    """Return a paper that the actor may read; row-level security says which those are."""
    require(actor, "document_view")
    return visible_or_404(Document.objects.all(), pk)
