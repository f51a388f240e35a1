"""What the front doors show, in a fixed number of statements."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from agencies.models import ServiceContract
from home.counting import counts_of
from home.sources import sources_for
from inspections import tally
from notifications.services import inbox
from tenancy.actors import Actor
from workflow.models import WorkTask


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that opens into its list."""

    label: str
    value: int
    url: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """A front page: figures, tasks, contracts, the latest messages."""

    figures: tuple[Figure, ...]
    tasks: list[WorkTask]
    contracts: list[ServiceContract]
    messages: list[Any]


def _contracts() -> list[ServiceContract]:
    rows = ServiceContract.objects.filter(state=ServiceContract.State.ACTIVE)
    return list(
        rows.select_related("provider_org").prefetch_related("batches").order_by("ends_on")[:10]
    )


def _tasks(actor: Actor) -> list[WorkTask]:
    rows = WorkTask.objects.filter(org_id_for=actor.org, done_at=None)
    return list(rows.order_by("-created_at")[:10])


def agency_desk(actor: Actor) -> Desk:
    """The regulator's: what is late, what is dangerous, what waits for me."""
    hazards = tally.figures(actor)
    figures = (
        Figure("逾期未整改", hazards["late"], "/hazards/?overdue=now", is_late=True),
        Figure("未销号的重大隐患", hazards["major"], "/hazards/?severity=major", is_late=True),
        *_waiting(actor, ("extension", "event", "appeal")),
    )
    return Desk(figures, _tasks(actor), _contracts(), list(inbox(actor)[:8]))


def provider_desk(actor: Actor) -> Desk:
    """The provider's: where to go, what to recheck, what must be issued."""
    hazards = tally.figures(actor)
    figures = (
        *_waiting(actor, ("visit", "open_visit", "confirm", "recheck")),
        Figure("逾期未整改", hazards["late"], "/hazards/?overdue=now", is_late=True),
    )
    return Desk(figures, _tasks(actor), _contracts(), list(inbox(actor)[:8]))


def _waiting(actor: Actor, keys: tuple[str, ...]) -> list[Figure]:
    """Return how many of these wait for him, as his inbox lists them, and of all together."""
    counts, url = counts_of(actor), reverse("home:inbox")
    titles = {source.key: source.title for source in sources_for(actor)}
    named = [Figure(titles[key], counts[key], f"{url}?kind={key}") for key in keys if key in titles]
    return [*named, Figure("全部待办", sum(counts.values()), url)]
