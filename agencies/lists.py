"""Contracts and the library, as lists: for people and for programs."""

from typing import Any

from django.db.models import QuerySet

from agencies.forms.library import LibraryFilter
from agencies.models import LibraryClass, LibraryProvider, ServiceContract
from tenancy.access import within
from tenancy.actors import Actor


def contracts_of(actor: Actor, state: str = "") -> QuerySet[ServiceContract]:
    """Return the contracts of the region, or of the provider once they are no drafts."""
    rows = ServiceContract.objects.filter(within(actor)).select_related("provider_org")
    if actor.is_provider:
        rows = rows.exclude(state=ServiceContract.State.DRAFT)
    return rows.filter(state=state) if state in ServiceContract.State.values else rows


def library_of(actor: Actor, query: Any) -> tuple[LibraryFilter, QuerySet[LibraryProvider]]:
    """Return the filter over the actor's own library, and its entries before it is applied."""
    rows, classes = LibraryProvider.objects.filter(within(actor)), LibraryClass.objects.all()
    if actor.is_agency:
        rows = rows.filter(owner_agency=actor.org)
        classes = classes.filter(owner_agency=actor.org)
    else:
        classes = classes.filter(entries__in=rows).distinct()
    return LibraryFilter(query, classes=list(classes.order_by("pk"))), rows
