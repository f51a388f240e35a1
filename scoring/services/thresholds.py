"""thresholds_send_due · event_send · consequence_done · consequence_lift: what 12 and 18 lead to."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.services import Issuer, document_issue
from enterprises.models import Enterprise
from notifications.services import notify
from scoring import papers
from scoring.models import Consequence, PointAppeal, PointCycle, ThresholdEvent
from scoring.points import Parameters
from scoring.selectors import cycle_total_of, entries_of, hold_until, parameters_of, together
from scoring.services.cycles import REPORTS, cycle_lock_again
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import district_of
from workflow.models import WorkTask
from workflow.services import work_task_close, work_task_open

Kind = Consequence.Kind
State = ThresholdEvent.State
VETO_SCOPE = "安全生产方面的优惠政策、评优评先"
TITLES = {
    ThresholdEvent.Kind.REACHED_12: "记满12分抄报单",
    ThresholdEvent.Kind.REACHED_18: "记满18分一票否决通知书",
}


def thresholds_send_due(*, actor: Actor, agency_id: int) -> int:
    """Every day: send what the appeal window no longer holds; return how many. Again, none."""
    today = clock.today(agency_id)
    of_cycle = Q(cycle=OuterRef("cycle")) | Q(cycle__counts_in=OuterRef("cycle"))
    asked = PointAppeal.objects.filter(of_cycle, state=PointAppeal.State.ASKED)
    rows = (
        ThresholdEvent.objects.filter(owner_agency_id=agency_id, state=State.DRAFTED)
        .exclude(hold_until__gte=today)
        .exclude(Exists(asked))
        .order_by("cycle_id", "kind")
    )
    return sum(_send_if_due(actor, event, today) for event in rows)


@transaction.atomic
def _send_if_due(actor: Actor, event: ThresholdEvent, today: date) -> bool:
    cycle = cycle_lock_again(event.cycle_id)
    event.refresh_from_db()
    if event.state != State.DRAFTED:
        return False
    held = hold_until(cycle)  # another sheet may have been given since
    if held is not None and held >= today:
        ThresholdEvent.objects.filter(pk=event.pk).update(hold_until=held)
        return False
    _send(actor, cycle, event)
    return True


@transaction.atomic
def event_send(*, actor: Actor, event: ThresholdEvent) -> ThresholdEvent:
    """Send a report at once: allowed when nobody can speak against its points any more."""
    cycle = cycle_lock_again(event.cycle_id)
    event.refresh_from_db()
    if event.state != State.DRAFTED:
        raise DomainError(f"该事件{event.get_state_display()}，不能抄报")
    today, held = clock.today(event.owner_agency_id), hold_until(cycle)
    if held is not None and held >= today:
        raise DomainError(f"陈述申辩期至{held:%Y-%m-%d}，期满或者企业放弃后才能抄报")
    if PointAppeal.objects.filter(together(cycle), state=PointAppeal.State.ASKED).exists():
        raise DomainError("企业的陈述申辩还没有答复，不能抄报")
    _send(actor, cycle, event)
    return event


def _send(actor: Actor, cycle: PointCycle, event: ThresholdEvent) -> None:
    now = clock.now(event.owner_agency_id)
    event.state, event.sent_at = State.SENT, now
    event.save(update_fields=["state", "sent_at"])
    rules = parameters_of(cycle)
    firm = Enterprise.objects.get(pk=event.enterprise_id)
    made = _take(event, _consequences(event, firm, cycle.year, rules, now))
    record(
        actor=actor, act=f"points.{event.kind}.send", subject=event, at=now,
        summary="、".join(one.get_kind_display() for one in made),
    )  # fmt: skip
    _paper(actor, cycle, event, made)
    _tell(event, firm, made, now)


def _take(event: ThresholdEvent, wanted: Iterator[Consequence]) -> list[Consequence]:
    """Write down what follows; after a correction what was lifted holds again."""
    earlier = {
        one.kind: one for one in event.consequences.select_for_update(of=("self",), no_key=True)
    }
    for one in earlier.values():
        if one.lifted_at is not None:
            one.lifted_at, one.lifted_reason = None, ""
            one.save(update_fields=["lifted_at", "lifted_reason"])
            tasks = WorkTask.objects.filter(
                kind=f"points_{one.kind}", subject_type=one._meta.label_lower,
                subject_id=str(one.pk),
            )  # fmt: skip
            tasks.update(done_at=None, done_by=None)
    new = Consequence.objects.bulk_create(one for one in wanted if one.kind not in earlier)
    return [*earlier.values(), *new]


def _consequences(
    event: ThresholdEvent, firm: Enterprise, year: int, rules: Parameters, now: datetime
) -> Iterator[Consequence]:
    """Yield what follows (2.4.7): five things from 12, the veto from 18."""
    today = timezone.localdate(now)
    next_year = {"from_on": date(year + 1, 1, 1), "until_on": date(year + 1, 12, 31)}
    due = today + timedelta(days=rules.training_due_days)
    kinds: dict[str, dict[str, Any]]
    if event.kind == ThresholdEvent.Kind.REACHED_12:
        kinds = {
            Kind.INSPECTION: {"from_on": today, "scope": "执法检查，从严查处"},
            Kind.GRADE: next_year,
            Kind.KEY: next_year,
            Kind.TRAINING: {"from_on": today, "due_on": due, "scope": firm.principal_name},
            Kind.CREDIT: {"from_on": today},
        }
    else:
        until = date(year + rules.veto_years, 12, 31)
        kinds = {Kind.VETO: {"from_on": today, "until_on": until, "scope": VETO_SCOPE}}
    for kind, values in kinds.items():
        yield Consequence(
            **event.tenant, event=event, enterprise=firm, kind=kind, created_at=now, **values
        )


def _paper(actor: Actor, cycle: PointCycle, event: ThresholdEvent, made: list[Consequence]) -> None:
    agency = Agency.objects.select_related("org").get(pk=event.owner_agency_id)
    content = papers.threshold_paper(event, agency, entries_of(cycle), cycle_total_of(cycle), made)
    document_issue(
        actor=actor, kind=REPORTS[event.kind], subject=event, content=content,
        title=f"{event.enterprise.name}{TITLES[ThresholdEvent.Kind(event.kind)]}",
        issuer=Issuer(agency.pk, agency.short_name),
        issue_key=f"{REPORTS[event.kind]}:{event.pk}:{event.sent_at:%Y%m%d%H%M%S}",  # again, after a correction
    )  # fmt: skip


def _tell(event: ThresholdEvent, firm: Enterprise, made: list[Consequence], now: datetime) -> None:
    url = reverse("scoring:cycle", args=[event.cycle_id])
    words = "、".join(one.get_kind_display() for one in made)
    title = f"{firm.name}{event.get_kind_display()}：{words}"
    for org_id in (event.owner_agency_id, event.enterprise_org_id):
        if org_id is not None:
            notify(
                org_id=org_id, kind="points.threshold", title=title, url=url, at=now,
                is_urgent=True,
            )  # fmt: skip
    agency = Agency.objects.get(pk=event.owner_agency_id)
    for one in made:
        if one.kind in (Kind.INSPECTION, Kind.TRAINING):
            work_task_open(
                row=one, org_id=district_of(agency).pk, kind=f"points_{one.kind}",
                title=f"{firm.name}：{one.get_kind_display()}", url=url,
            )  # fmt: skip


@transaction.atomic
def consequence_done(*, actor: Actor, consequence: Consequence, note: str) -> Consequence:
    """Note that what had to be done was done: the inspection held, the principal trained."""
    if not note.strip():
        raise DomainError("请写明完成情况", field="note")
    locked = _open(consequence)
    locked.done_at, locked.done_note = clock.now(locked.owner_agency_id), note.strip()[:300]
    locked.save(update_fields=["done_at", "done_note"])
    record(actor=actor, act="consequence.done", subject=locked, at=locked.done_at)
    work_task_close(actor=actor, row=locked, kind=f"points_{locked.kind}")
    return locked


@transaction.atomic
def consequence_lift(*, actor: Actor, consequence: Consequence, reason: str) -> Consequence:
    """End a consequence before its term, after points were corrected; it stays on record."""
    if not reason.strip():
        raise DomainError("请写明解除原因", field="reason")
    locked = _open(consequence)
    locked.lifted_at, locked.lifted_reason = clock.now(locked.owner_agency_id), reason.strip()[:300]
    locked.save(update_fields=["lifted_at", "lifted_reason"])
    record(actor=actor, act="consequence.lift", subject=locked, at=locked.lifted_at)
    work_task_close(actor=actor, row=locked, kind=f"points_{locked.kind}")
    return locked


def _open(consequence: Consequence) -> Consequence:
    locked = Consequence.objects.select_for_update(of=("self",), no_key=True).get(pk=consequence.pk)
    if locked.done_at is not None or locked.lifted_at is not None:
        raise DomainError("该措施已完成或者已解除")
    return locked
