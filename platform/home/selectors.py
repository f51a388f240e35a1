"""What the front doors show, in a fixed number of statements."""

from dataclasses import dataclass
from typing import Any

from agencies.models import Assignment, ServiceContract
from inspections import tally
from inspections.models import Extension, Visit
from notifications.services import inbox
from scoring.models import PointAppeal, ThresholdEvent
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
    asked = Extension.objects.filter(state=Extension.State.ASKED).count()
    events = ThresholdEvent.objects.filter(state=ThresholdEvent.State.DRAFTED).count()
    appeals = PointAppeal.objects.filter(state=PointAppeal.State.ASKED).count()
    ledger = "/hazards/"
    figures = (
        Figure("逾期未整改", hazards["late"], f"{ledger}?overdue=now", is_late=True),
        Figure("未销号的重大隐患", hazards["major"], f"{ledger}?severity=major", is_late=True),
        Figure("待答复的延期申请", asked, "/hazards/extensions/"),
        Figure("满12分、18分待抄报", events, "/points/events/?state=drafted"),
        Figure("待答复的陈述申辩", appeals, "/points/appeals/"),
    )
    return Desk(figures, _tasks(actor), _contracts(), list(inbox(actor)[:8]))


def provider_desk(actor: Actor) -> Desk:
    """The provider's: where to go, what to recheck, what must be issued."""
    hazards = tally.figures(actor)
    waiting = Assignment.objects.filter(
        state=Assignment.Phase.WAITING, withdrawn_at=None, batch__contract__state="active"
    ).count()
    open_visits = Visit.objects.filter(state=Visit.State.OPEN).count()
    figures = (
        Figure("还没有去的企业", waiting, "/visits/mine/?state=waiting"),
        Figure("没有签字的检查", open_visits, "/visits/mine/?state=survey"),
        Figure("待确认交底的隐患", hazards["found"], "/hazards/?state=found"),
        Figure("待复查的整改", hazards["submitted"], "/hazards/recheck/"),
        Figure("逾期未整改", hazards["late"], "/hazards/?overdue=now", is_late=True),
    )
    return Desk(figures, _tasks(actor), _contracts(), list(inbox(actor)[:8]))
