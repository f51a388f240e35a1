"""visit_plan_begin · plan_days_set · plan_spread · plan_submit · plan_approve · plan_return ·
plan_day_move · plan_disclose: on which day the provider comes to whom (评估计划), approved by the
organizer and kept from then on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from common.errors import DomainError
from inspections.models import PlanChange, VisitPlan
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.selectors import work_calendar
from workflow.services import transition

State = VisitPlan.State
DAY = timedelta(days=1)


def spread(count: int, days: Sequence[date]) -> list[date]:
    """Return a day for each of `count` visits in order: loads of days differ by one at most."""
    return [days[number * len(days) // count] for number in range(count)]


@transaction.atomic
def visit_plan_begin(*, actor: Actor, batch: ServiceBatch) -> VisitPlan:
    """Return the plan of a batch, begun if there is none yet."""
    ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    plan, is_new = VisitPlan.objects.get_or_create(
        batch=batch, defaults={**batch.tenant, "created_at": clock.now(batch.owner_agency_id)}
    )
    if is_new:
        record(actor=actor, act="visitplan.begin", subject=plan, at=plan.created_at)
    return plan


@transaction.atomic
def plan_days_set(*, actor: Actor, batch: ServiceBatch, days: Mapping[int, date | None]) -> int:
    """Set days while the plan is open: {assignment id: day, None for none}; return how many changed."""
    plan = visit_plan_begin(actor=actor, batch=batch)
    locked = _lock_open(plan)
    rows = _waiting(batch, set(days))
    if len(rows) != len(days):
        raise DomainError("有企业不在本批次中，或者已经到场，请刷新页面")
    for day in {day for day in days.values() if day is not None}:
        _check_day(batch, day)
    changed = [row for row in rows if row.planned_on != days[row.pk]]
    for row in changed:
        row.planned_on = days[row.pk]
    Assignment.objects.bulk_update(changed, ["planned_on"])
    data = {"count": len(changed)}
    now = clock.now(batch.owner_agency_id)
    record(actor=actor, act="visitplan.days", subject=locked, data=data, at=now)
    return len(changed)


@transaction.atomic
def plan_spread(*, actor: Actor, batch: ServiceBatch, first: date, last: date) -> int:
    """Spread what is still to be visited over the working days of a period, each inspector's evenly.

    Neighbours stay together. DomainError names the field.
    """
    if last < first:
        raise DomainError("最后一天不能早于第一天", field="last")
    _check_day(batch, first, "first")
    _check_day(batch, last, "last")
    calendar = work_calendar(batch.owner_agency_id)
    span = (first + number * DAY for number in range((last - first).days + 1))
    days = [day for day in span if calendar.is_workday(day)]
    if not days:
        raise DomainError("这段时间没有工作日", field="last")
    loads: dict[int | None, list[int]] = defaultdict(list)
    for row in _waiting(batch):
        loads[row.inspector_id].append(row.pk)
    if not loads:
        raise DomainError("没有还要安排日期的企业")
    plan = {
        pk: day
        for rows in loads.values()
        for pk, day in zip(rows, spread(len(rows), days), strict=True)
    }
    return plan_days_set(actor=actor, batch=batch, days=plan)


def _waiting(batch: ServiceBatch, only: set[int] | None = None) -> list[Assignment]:
    """Return the locked assignments whose first visit is still to come."""
    rows = batch.assignments.select_for_update(of=("self",), no_key=True).filter(
        withdrawn_at=None, surveyed_on=None
    )
    if only is not None:
        rows = rows.filter(pk__in=only)
    return list(rows.order_by("region_code", "pk"))


def _check_day(batch: ServiceBatch, day: date, field: str = "days") -> None:
    if not batch.starts_on <= day <= batch.ends_on:
        span = f"{batch.starts_on:%Y-%m-%d}至{batch.ends_on:%Y-%m-%d}"
        raise DomainError(f"{day:%Y-%m-%d}不在批次期限内（{span}）", field=field)


def _lock_open(plan: VisitPlan) -> VisitPlan:
    locked = VisitPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    if locked.state not in VisitPlan.OPEN:
        raise DomainError(f"计划{locked.get_state_display()}，日期不能直接修改")
    return locked


@transaction.atomic
def plan_submit(*, actor: Actor, plan: VisitPlan) -> VisitPlan:
    """Hand the plan in; every enterprise that is still to be visited has its day."""
    missing = plan.batch.assignments.filter(withdrawn_at=None, planned_on=None, surveyed_on=None)
    if count := missing.count():
        raise DomainError(f"还有{count}家企业没有计划日期")
    if not plan.batch.assignments.filter(withdrawn_at=None).exists():
        raise DomainError("本批次还没有企业")
    now = clock.now(plan.owner_agency_id)
    moved = transition(
        actor=actor, row=plan, name="submit", submitted_at=now,
        submitted_by_name=actor.display[:80],
    )  # fmt: skip
    _tell(moved, moved.owner_agency_id, f"{plan.batch.name}：评估计划待批准")
    return moved


@transaction.atomic
def plan_approve(*, actor: Actor, plan: VisitPlan) -> VisitPlan:
    """The organizer agrees: the days are kept as they stand."""
    rows = plan.batch.assignments.filter(withdrawn_at=None).exclude(planned_on=None)
    days = {str(pk): str(day) for pk, day in rows.values_list("pk", "planned_on")}
    if not days:
        raise DomainError("计划中没有企业")
    moved = _decide(actor, plan, "approve", days=days)
    _tell(moved, moved.provider_org_id, f"{plan.batch.name}：评估计划已批准，请做计划交底")
    return moved


@transaction.atomic
def plan_return(*, actor: Actor, plan: VisitPlan, reason: str) -> VisitPlan:
    """The organizer does not agree, and says why; the lead changes days and submits again."""
    if not reason.strip():
        raise DomainError("请写明退回的原因", field="reason")
    moved = _decide(
        actor, plan, "send_back", returned_reason=reason.strip(), return_count=plan.return_count + 1
    )
    _tell(moved, moved.provider_org_id, f"{plan.batch.name}：评估计划被退回：{reason.strip()}")
    return moved


def _decide(actor: Actor, plan: VisitPlan, name: str, **values: Any) -> VisitPlan:
    now = clock.now(plan.owner_agency_id)
    return transition(
        actor=actor, row=plan, name=name, decided_at=now, decided_by_name=actor.display[:80],
        **values,
    )  # fmt: skip


@transaction.atomic
def plan_day_move(
    *, actor: Actor, plan: VisitPlan, assignment: Assignment, to_on: date, reason: str
) -> PlanChange:
    """Move one day of an approved plan, with a reason, before the day is over; it is kept.

    A day that has passed without a visit stays missed: nothing moves it away.
    """
    if plan.state != State.APPROVED:
        raise DomainError("计划批准后才需要办理变更；现在可以直接修改日期")
    if not reason.strip():
        raise DomainError("请写明变更的原因", field="reason")
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
    if locked.batch_id != plan.batch_id or locked.withdrawn_at:
        raise DomainError("该企业不在本批次中")
    if locked.surveyed_on:
        raise DomainError(f"已于{locked.surveyed_on:%Y-%m-%d}到场，不需要变更")
    now = clock.now(plan.owner_agency_id)
    today = timezone.localdate(now)
    if locked.planned_on is not None and locked.planned_on < today:
        raise DomainError(f"计划日期{locked.planned_on:%Y-%m-%d}已经过去，按逾期计，不能再变更")
    _check_move(plan.batch, locked.planned_on, to_on, today)
    change = PlanChange.objects.create(
        **locked.tenant, plan=plan, assignment=locked, from_on=locked.planned_on, to_on=to_on,
        reason=reason.strip(), changed_at=now, changed_by_name=actor.display[:80],
    )  # fmt: skip
    locked.planned_on = to_on
    locked.save(update_fields=["planned_on"])
    words = f"{assignment.enterprise.name}改到{to_on:%Y-%m-%d}：{reason.strip()}"
    record(actor=actor, act="visitplan.move", subject=locked, summary=words, at=now)
    _tell(plan, plan.owner_agency_id, f"评估计划变更：{words}")
    return change


def _check_move(batch: ServiceBatch, from_on: date | None, to_on: date, today: date) -> None:
    if to_on == from_on:
        raise DomainError("新日期与原日期相同", field="to_on")
    if to_on < today:
        raise DomainError("新日期不能早于今天", field="to_on")
    _check_day(batch, to_on, "to_on")


@transaction.atomic
def plan_disclose(
    *, actor: Actor, plan: VisitPlan, disclosed_on: date, disclosed_to: str
) -> VisitPlan:
    """Write down that the approved plan was explained (计划交底): on which day, to whom; once."""
    if not disclosed_to.strip():
        raise DomainError("请写明向谁交底", field="disclosed_to")
    locked = VisitPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    if locked.state != State.APPROVED or locked.decided_at is None:
        raise DomainError("计划批准后再交底")
    if locked.disclosed_on is not None:
        raise DomainError(f"已于{locked.disclosed_on:%Y-%m-%d}交底")
    now = clock.now(locked.owner_agency_id)
    if not timezone.localdate(locked.decided_at) <= disclosed_on <= timezone.localdate(now):
        raise DomainError("交底日期应在批准之后、今天以前（含今天）", field="disclosed_on")
    locked.disclosed_on, locked.disclosed_to = disclosed_on, disclosed_to.strip()
    locked.save(update_fields=["disclosed_on", "disclosed_to"])
    record(
        actor=actor, act="visitplan.disclose", subject=locked, summary=locked.disclosed_to, at=now
    )
    return locked


def _tell(plan: VisitPlan, org_id: int | None, title: str) -> None:
    assert org_id is not None  # a batch names both sides
    url = reverse("inspections:visit-plan", args=[plan.batch_id])
    now = clock.now(plan.owner_agency_id)
    notify(org_id=org_id, kind="visitplan.moved", title=title, url=url, at=now)
