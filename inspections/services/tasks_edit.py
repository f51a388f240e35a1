"""tasks_edit: the same inspector and day for many tasks of a batch, with a note; what it would do, beforehand.

It goes through the acts that do it for one: the day of an approved plan is moved as a change of the
plan (PlanChange), whose reason is the note.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from agencies.models import Assignment, ServiceBatch
from agencies.services import inspectors_assign
from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from inspections.models import VisitPlan
from inspections.services.plans import plan_day_move, plan_days_set
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership

MOST = 500  # at once
NAMED = 5
State = VisitPlan.State


@dataclass(frozen=True, slots=True)
class Wanted:
    """What many tasks are to have; None leaves it as it is."""

    inspector: Membership | None = None
    planned_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """What it means for one task: from → to by field, or why it cannot be."""

    assignment: Assignment
    changes: Mapping[str, tuple[str, str]]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class EditedTasks:
    """How many tasks of one act were changed."""

    group: UUID
    changed: int
    unchanged: int
    refused: Sequence[PlannedTask]


def plan_tasks(
    batch: ServiceBatch, rows: Sequence[Assignment], wanted: Wanted
) -> list[PlannedTask]:
    """Return what the change means for each task, in a fixed number of statements.

    DomainError where no task can have it: a day outside the batch, a plan that waits for its answer.
    """
    plan = VisitPlan.objects.filter(batch=batch).first()
    if wanted.planned_on is not None:
        _check_day(batch, plan, wanted.planned_on)
    today = clock.today(batch.owner_agency_id)
    return [_planned(row, plan, wanted, today) for row in rows]


def _check_day(batch: ServiceBatch, plan: VisitPlan | None, day: date) -> None:
    if not batch.starts_on <= day <= batch.ends_on:
        span = f"{batch.starts_on:%Y-%m-%d}至{batch.ends_on:%Y-%m-%d}"
        raise DomainError(f"不在批次期限内（{span}）", field="planned_on")
    if plan is not None and plan.state == State.SUBMITTED:
        raise DomainError("评估计划正等待批准，日期现在不能改", field="planned_on")
    if day < clock.today(batch.owner_agency_id) and plan and plan.state == State.APPROVED:
        raise DomainError("计划批准后，新日期不能早于今天", field="planned_on")


def _planned(row: Assignment, plan: VisitPlan | None, wanted: Wanted, today: date) -> PlannedTask:
    changes: dict[str, tuple[str, str]] = {}
    if not row.is_open:
        return PlannedTask(row, {}, "复查验收已完成，或者已退出本批次")
    if wanted.inspector is not None and row.inspector_id != wanted.inspector.pk:
        changes["评估人员"] = (row.inspector_name, wanted.inspector.user.name)
    if wanted.planned_on is not None and row.planned_on != wanted.planned_on:
        if row.surveyed_on is not None:
            return PlannedTask(row, {}, f"已于{row.surveyed_on:%Y-%m-%d}到场，计划日期不再改")
        is_missed = row.planned_on is not None and row.planned_on < today
        if is_missed and plan is not None and plan.state == State.APPROVED:
            return PlannedTask(row, {}, f"计划日期{row.planned_on:%Y-%m-%d}已经过去，按逾期计")
        was = f"{row.planned_on:%Y-%m-%d}" if row.planned_on else ""
        changes["计划日期"] = (was, f"{wanted.planned_on:%Y-%m-%d}")
    return PlannedTask(row, changes)


def check_tasks(ids: Sequence[int], wanted: Wanted) -> None:
    """DomainError for a change of nothing, of nobody, or of too many at once."""
    if not ids:
        raise DomainError("请先选择企业")
    if len(ids) > MOST:
        raise DomainError(f"选了 {len(ids)} 家，一次最多 {MOST} 家")
    if wanted == Wanted():
        raise DomainError("请至少填写一项要修改的内容", field="inspector")


@transaction.atomic
def tasks_edit(
    *,
    actor: Actor,
    batch: ServiceBatch,
    assignment_ids: Sequence[int],
    wanted: Wanted,
    note: str,
    skips_refused: bool = False,
    conflict_reason: str = "",
) -> EditedTasks:
    """Give many tasks the same inspector or day, each by its own act with the note and the group's id.

    All or none, unless `skips_refused`. `conflict_reason` is why an inspector goes in spite of a
    conflict of interest.
    """
    check_tasks(assignment_ids, wanted)
    if not note.strip():
        raise DomainError("请写明为什么修改", field="note")
    rows = batch.assignments.select_for_update(of=("self",), no_key=True).filter(
        pk__in=assignment_ids
    )
    planned = plan_tasks(batch, list(rows.select_related("enterprise").order_by("pk")), wanted)
    if len(planned) < len(set(assignment_ids)):
        raise DomainError("有企业不在本批次中，请刷新页面后重选")
    refused = [one for one in planned if one.refusal]
    if refused and not skips_refused:
        named = "、".join(one.assignment.enterprise.name for one in refused[:NAMED])
        raise DomainError(f"{len(refused)} 家不能修改：{named}；一家也没有改")
    changing = [one for one in planned if one.changes]
    group = uuid7()
    _assign(actor, batch, changing, wanted, conflict_reason)
    _move(actor, batch, changing, wanted, note.strip())
    now = clock.now(batch.owner_agency_id)
    for one in changing:
        data = {"group": str(group), "changes": {k: list(v) for k, v in one.changes.items()}}
        record(
            actor=actor, act="assignment.edit", subject=one.assignment, summary=note.strip()[:300],
            data=data, at=now,
        )  # fmt: skip
    return EditedTasks(group, len(changing), len(planned) - len(changing) - len(refused), refused)


def _assign(
    actor: Actor,
    batch: ServiceBatch,
    changing: Sequence[PlannedTask],
    wanted: Wanted,
    conflict_reason: str,
) -> None:
    ids = [one.assignment.pk for one in changing if "评估人员" in one.changes]
    if ids and wanted.inspector is not None:
        inspectors_assign(
            actor=actor, batch=batch, plan=dict.fromkeys(ids, wanted.inspector.pk),
            conflict_reason=conflict_reason,
        )  # fmt: skip


def _move(
    actor: Actor, batch: ServiceBatch, changing: Sequence[PlannedTask], wanted: Wanted, note: str
) -> None:
    rows = [one.assignment for one in changing if "计划日期" in one.changes]
    if not rows or wanted.planned_on is None:
        return
    plan = VisitPlan.objects.select_related("batch").filter(batch=batch).first()
    if plan is None or plan.state in VisitPlan.OPEN:
        days = {row.pk: wanted.planned_on for row in rows}
        plan_days_set(actor=actor, batch=batch, days=days)
        return
    for row in rows:
        plan_day_move(actor=actor, plan=plan, assignment=row, to_on=wanted.planned_on, reason=note)
