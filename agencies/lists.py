"""Contracts and the library, as lists: for people and for programs."""

from typing import Any

from django.db.models import QuerySet

from agencies.forms.library import LibraryFilter
from agencies.models import (
    LibraryClass,
    LibraryProvider,
    PaymentDecision,
    ServiceBatch,
    ServiceContract,
)
from tenancy.access import within
from tenancy.actors import Actor


def contracts_of(actor: Actor, state: str = "") -> QuerySet[ServiceContract]:
    """Return the contracts of the region, or of the provider once they are no drafts."""
    rows = ServiceContract.objects.filter(within(actor)).select_related("provider_org")
    if actor.is_provider:
        rows = rows.exclude(state=ServiceContract.State.DRAFT)
    return rows.filter(state=state) if state in ServiceContract.State.values else rows


def batches_of(actor: Actor, contract: int | None = None) -> QuerySet[ServiceBatch]:
    """Return the batches of the region, or of the provider, perhaps of one contract."""
    rows = ServiceBatch.objects.filter(within(actor))
    if actor.is_provider:
        rows = rows.exclude(contract__state=ServiceContract.State.DRAFT)
    return rows if contract is None else rows.filter(contract=contract)


def payments_of(
    actor: Actor, *, state: str = "", contract: int | None = None
) -> QuerySet[PaymentDecision]:
    """Return the decisions of the own agency; a provider's once they are approved."""
    rows = PaymentDecision.objects.filter(within(actor))
    if actor.is_provider:
        rows = rows.filter(state=PaymentDecision.State.APPROVED)
    else:
        rows = rows.filter(owner_agency=actor.org)
    if state in PaymentDecision.State.values:
        rows = rows.filter(state=state)
    return rows if contract is None else rows.filter(contract=contract)


def library_of(actor: Actor, query: Any) -> tuple[LibraryFilter, QuerySet[LibraryProvider]]:
    """Return the filter over the actor's own library, and its entries before it is applied."""
    rows, classes = LibraryProvider.objects.filter(within(actor)), LibraryClass.objects.all()
    if actor.is_agency:
        rows = rows.filter(owner_agency=actor.org)
        classes = classes.filter(owner_agency=actor.org)
    else:
        classes = classes.filter(entries__in=rows).distinct()
    return LibraryFilter(query, classes=list(classes.order_by("pk"))), rows
