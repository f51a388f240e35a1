"""The hazard ledger and the lists beside it, a page of each: for people and for programs."""

from collections.abc import Mapping

from django.db.models import QuerySet

from agencies.grants import assigned_to
from agencies.models import Assignment
from common.paging import Slice, Window, count_up_to, keyset
from common.scope import first_rows
from inspections.forms.visits import LedgerFilter
from inspections.models import Extension, Hazard
from tenancy.access import within
from tenancy.actors import Actor
from tenancy.selectors import providers, region_choices, region_names

SORTS = {"due": "due_on", "found": "found_on", "town": "region_code", "number": "number"}


def ledger_filter(actor: Actor, query: Mapping[str, str]) -> LedgerFilter:
    """Return the ledger's filter with what this actor may choose from."""
    towns = region_choices(actor) if actor.is_agency else []
    if actor.is_provider:
        towns = _towns_served(actor)
    choices = [(str(p.pk), p.name) for p in providers()] if actor.is_agency else []
    return LedgerFilter(query, actor=actor, towns=towns, providers=choices)


def _towns_served(actor: Actor) -> list[tuple[str, str]]:
    """Return the townships in which a provider was ever assigned an enterprise."""
    rows = Assignment.objects.filter(within(actor)).order_by().values_list("region_code", flat=True)
    return sorted(region_names(set(rows.distinct())).items())


def ledger_page(form: LedgerFilter, sort: str, window: Window) -> tuple[Slice[Hazard], int, int]:
    """Return one page of the ledger, how many there are, and how many are late."""
    rows = form.rows()
    field = SORTS.get(sort.lstrip("-"), "due_on")
    with first_rows():
        count, late, regions = form.totals(rows)
        page = keyset(
            rows.select_related("enterprise", "provider_org"),
            order=[f"-{field}" if sort.startswith("-") else field, "id"],
            window=window,
            parts=[] if field == "region_code" else regions,
        )
    return page, count, late


def own_hazards_page(form: LedgerFilter, sort: str, window: Window) -> tuple[Slice[Hazard], int]:
    """Return one page of an enterprise's own hazards: no sums are kept of them."""
    rows = form.rows()
    field = SORTS.get(sort.lstrip("-"), "due_on")
    order = [f"-{field}" if sort.startswith("-") else field, "id"]
    page = keyset(rows.select_related("enterprise", "provider_org"), order=order, window=window)
    return page, count_up_to(rows)


def extension_page(
    actor: Actor, window: Window, *, everything: bool
) -> tuple[Slice[Extension], int]:
    """Return one page of the requests for more time, those waiting first."""
    rows = Extension.objects.filter(within(actor))
    if not everything:
        rows = rows.filter(state=Extension.State.ASKED)
    page = keyset(
        rows.select_related("hazard__enterprise"),
        order=["state", "asked_at", "id"],  # asked comes before granted and refused
        window=window,
    )
    return page, count_up_to(rows)


def assignments_open(actor: Actor, *, state: str, is_mine: bool) -> QuerySet[Assignment]:
    """Return the assignments that are worked on: a person's own, or all that the actor may see."""
    rows = Assignment.objects.filter(
        within(actor), withdrawn_at=None, batch__contract__state="active"
    )
    if is_mine:
        own = assigned_to(actor.places).values_list("pk", flat=True)
        rows = rows.filter(pk__any_of=list(own))
    return rows.filter(state=state) if state in Assignment.Phase.values else rows
