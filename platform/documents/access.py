from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, overload
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from documents.models import DeliveryConsent, Document, SealApproval
from tenancy.access import require, visible_or_404, within
from tenancy.actors import Actor

Subjects = Mapping[str, QuerySet[Any]]  # {kind of row: rows}
_hidden: list[Callable[[Actor], Subjects]] = []


def register_hidden(subjects: Callable[[Actor], Subjects]) -> None:
    """Say of which rows somebody must not see the papers for a while; called in AppConfig.ready()."""
    _hidden[:] = [subjects]


def documents_of(actor: Actor) -> QuerySet[Document]:
    """Return the papers that the actor may see now; row-level security says whose those are."""
    rows = Document.objects.filter(within(actor))
    for subjects in _hidden:
        for kind, hidden in subjects(actor).items():
            rows = rows.exclude(subject_type=kind, subject_id__any_of=_keys(hidden))
    return rows


def documents_among(actor: Actor, ids: Collection[UUID]) -> QuerySet[Document]:
    """Return what the actor may see of some thousand papers at most.

    Of these alone it is asked what hides them: what may be hidden in a whole province takes longer
    to say than to find them.
    """
    rows = Document.objects.filter(within(actor), pk__any_of=ids)
    about: dict[str, dict[str, list[UUID]]] = {}
    for pk, kind, key in rows.values_list("pk", "subject_type", "subject_id"):
        about.setdefault(kind, {}).setdefault(key, []).append(pk)
    unseen: list[UUID] = []
    for subjects in _hidden:
        for kind, hidden in subjects(actor).items():
            if papers := about.get(kind):
                found = _keys(hidden.filter(pk__any_of=papers))
                unseen += (pk for key in found for pk in papers[key])
    return rows.exclude(pk__any_of=unseen) if unseen else rows


def _keys(rows: QuerySet[Any]) -> list[str]:
    """Return the keys as the text that a paper has of them."""
    return list(rows.values_list(Cast("pk", TextField()), flat=True).distinct())


def document_for(actor: Actor | None, pk: object) -> Document:
    """Return a paper that the actor may read."""
    actor = require(actor, "document_view")
    rows = documents_of(actor).select_related(
        "issuer_org", "enterprise_org", "seal_approval__seal", "replaces"
    )
    return visible_or_404(rows, pk)


@overload
def issued_by(actor: Actor, document: Document) -> bool: ...
@overload
def issued_by(actor: Actor, document: Document, *, raises: Literal[True]) -> Document: ...
def issued_by(actor: Actor, document: Document, *, raises: bool = False) -> bool | Document:
    """Say whether the actor's own organisation issued a paper; with `raises` refuse others (403)."""
    own = actor.org_id == document.issuer_org_id
    if not raises:
        return own
    if not own:
        raise PermissionDenied("document_void")
    return document


def hands_over(actor: Actor, document: Document) -> bool:
    """Say whether the actor may write down who took a paper: its issuer, or the region's regulator.

    A provider does not serve a regulator's papers.
    """
    is_theirs = actor.is_agency or actor.org_id == document.issuer_org_id
    return is_theirs and actor.may("receipt_record")


def consent_for(actor: Actor | None, pk: object) -> DeliveryConsent:
    """Return an enterprise's word on electronic delivery; never a provider's business."""
    require(actor, "document_view")
    return visible_or_404(DeliveryConsent.objects.all(), pk)


def office_for(actor: Actor | None) -> Actor:
    """Return whoever keeps the seal or decides on its use (a leader only decides)."""
    return require(actor, "seal_view")


def approval_for(actor: Actor | None, pk: object, perm: str = "seal_approve") -> SealApproval:
    """Return a request for the seal of the actor's own organisation."""
    actor = require(actor, perm)
    return visible_or_404(SealApproval.objects.filter(org_id=actor.org_id), pk)
