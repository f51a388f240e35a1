"""procurement_draft · procurement_change · lot_save · lot_remove · criteria_set ·
procurement_announce · procurement_close · procurement_fail · procurement_cancel"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from agencies import ranking
from agencies.models import (
    AwardCriterion,
    Procurement,
    ProcurementLot,
    Publication,
    PurchasePlanItem,
)
from agencies.services.publications import publication_make, total, yuan
from audit.services import record
from common.errors import DomainError
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from workflow.services import transition

State = Procurement.State
FIELDS = ("number", "title", "method", "outside_reason", "note")
LOT_FIELDS = ("name", "business", "enterprises", "ceiling")


@transaction.atomic
def procurement_draft(
    *, actor: Actor, plan_item: PurchasePlanItem | None = None, **fields: Any
) -> Procurement:
    """Begin a project from a line of a plan in force, or without one for a stated reason."""
    agency = Agency.objects.get(pk=actor.org_id)
    _check_source(agency, plan_item, fields.get("outside_reason", ""))
    row = Procurement(
        **agency.tenant, plan_item=plan_item, drafted_at=clock.now(agency.pk),
        drafted_by_name=actor.display[:80],
    )  # fmt: skip
    return _save(actor, row, "procurement.draft", fields)


@transaction.atomic
def procurement_change(*, actor: Actor, procurement: Procurement, **fields: Any) -> Procurement:
    """Change a draft; where it comes from stays."""
    locked = locked_in(procurement, State.DRAFT)
    if locked.plan_item_id is None and not fields.get("outside_reason", "").strip():
        raise DomainError("不在计划内的采购须写明理由", field="outside_reason")
    return _save(actor, locked, "procurement.change", fields)


def _check_source(agency: Agency, item: PurchasePlanItem | None, reason: str) -> None:
    if item is None:
        if not reason.strip():
            raise DomainError("不在计划内的采购须写明理由", field="outside_reason")
        return
    if item.owner_agency_id != agency.pk or not item.plan.is_in_force:
        raise DomainError("请选择已列入预算的现行计划中的事项", field="plan_item")


def _save(actor: Actor, row: Procurement, act: str, fields: Mapping[str, Any]) -> Procurement:
    for name in FIELDS:
        setattr(row, name, fields.get(name, getattr(row, name)))
    same = Procurement.objects.filter(owner_agency=row.owner_agency_id, number=row.number)
    if same.exclude(pk=row.pk).exists():
        raise DomainError(f"项目编号{row.number}已存在", field="number")
    row.save()
    record(actor=actor, act=act, subject=row, summary=f"{row.number} {row.title}")
    return row


def locked_in(procurement: Procurement, *states: str) -> Procurement:
    """Lock a project; DomainError unless it is in one of these states."""
    locked = Procurement.objects.select_for_update(of=("self",), no_key=True).get(pk=procurement.pk)
    if locked.state not in states:
        label = locked.get_state_display()
        raise DomainError(f"采购项目当前为“{label}”，不能进行此操作")
    return locked


@transaction.atomic
def lot_save(
    *, actor: Actor, procurement: Procurement, lot: ProcurementLot | None = None, **fields: Any
) -> ProcurementLot:
    """Add a lot to a draft, or change one of it."""
    locked = locked_in(procurement, State.DRAFT)
    row = lot or ProcurementLot(**locked.tenant, procurement=locked)
    for name in LOT_FIELDS:
        setattr(row, name, fields[name])
    if locked.lots.filter(name=row.name).exclude(pk=row.pk).exists():
        raise DomainError(f"标段“{row.name}”已存在", field="name")
    row.save()
    record(
        actor=actor, act="procurement.lot", subject=locked, summary=row.name,
        data={"lot": row.pk, "ceiling": yuan(row.ceiling)},
    )  # fmt: skip
    return row


@transaction.atomic
def lot_remove(*, actor: Actor, lot: ProcurementLot) -> None:
    """Take a lot out of a draft."""
    locked = locked_in(lot.procurement, State.DRAFT)
    record(actor=actor, act="procurement.lot_remove", subject=locked, summary=lot.name)
    lot.delete()


@transaction.atomic
def criteria_set(
    *, actor: Actor, procurement: Procurement, criteria: Sequence[Mapping[str, Any]]
) -> list[AwardCriterion]:
    """Say what offers are scored by: name, kind and weight of each, adding up to 100 or none at all.

    DomainError names the sum that is wrong.
    """
    locked = locked_in(procurement, State.DRAFT)
    _check_criteria([c["name"] for c in criteria], [c["weight"] for c in criteria])
    locked.criteria.all().delete()
    made = AwardCriterion.objects.bulk_create(
        AwardCriterion(
            **locked.tenant, procurement=locked, name=c["name"], kind=c["kind"], weight=c["weight"]
        )
        for c in criteria
    )
    record(
        actor=actor, act="procurement.criteria", subject=locked, summary=locked.title,
        data={c["name"]: str(c["weight"]) for c in criteria},
    )  # fmt: skip
    return made


def _check_criteria(names: Sequence[str], weights: Iterable[Decimal]) -> None:
    if not names:
        return
    if len(set(names)) < len(names):
        raise DomainError("评审因素的名称不能重复")
    if problem := ranking.weights_problem(weights):
        raise DomainError(problem)


@transaction.atomic
def procurement_announce(
    *, actor: Actor, procurement: Procurement, offers_due_on: date
) -> Procurement:
    """Publish what is bought and by which criteria; from here neither changes.

    DomainError for no lot, weights that do not add up to 100, and more than the plan's line allows
    (政府采购法第六条: 严格按照批准的预算执行).
    """
    locked = locked_in(procurement, State.DRAFT)
    now = clock.now(locked.owner_agency_id)
    if offers_due_on <= clock.today(locked.owner_agency_id):
        raise DomainError("响应截止日期须晚于今天", field="offers_due_on")
    if not locked.lots.exists():
        raise DomainError("请先登记标段")
    criteria = list(locked.criteria.all())
    if locked.is_scored and not criteria:
        raise DomainError(f"{locked.get_method_display()}须有评审因素和权重，请先登记")
    _check_criteria([c.name for c in criteria], [c.weight for c in criteria])
    _check_budget(locked)
    announced = transition(
        actor=actor, row=locked, name="announce", announced_at=now, offers_due_on=offers_due_on,
        summary=f"{locked.number} {locked.title}",
    )  # fmt: skip
    publication_make(
        actor=actor, kind=Publication.Kind.ANNOUNCEMENT, subject=announced,
        title=f"{announced.title}采购公告", body=announcement_body(announced),
    )  # fmt: skip
    return announced


def _check_budget(procurement: Procurement) -> None:
    item = procurement.plan_item
    if item is None:
        return
    # Two projects of one line are announced one after the other.
    PurchasePlanItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.line)
    if not item.plan.is_in_force:
        raise DomainError("计划已有新版，请按现行计划重新建立采购项目")
    used = bound_by_line([item.line], but=procurement.pk).get(item.line, Decimal(0))
    wanted = total(lot.ceiling for lot in procurement.lots.all())
    if used + wanted > item.amount:
        raise DomainError(
            f"超出预算：计划事项“{item.what}”预算{yuan(item.amount)}元，其他项目已用{yuan(used)}元，"
            f"本项目最高限价合计{yuan(wanted)}元"
        )


def bound_by_line(lines: Iterable[int], *, but: int | None = None) -> dict[int, Decimal]:
    """Return {line of a plan: how much of it projects hold}, in one statement.

    What was awarded counts with its price, what is announced with its ceilings; what failed, was
    cancelled or is a draft holds nothing.
    """
    lots = ProcurementLot.objects.filter(
        procurement__state__in=[State.ANNOUNCED, State.CLOSED, State.AWARDED], failed_reason=""
    )
    wanted = list(lines)
    of_line = Q(procurement__plan_item__in=wanted) | Q(procurement__plan_item__first__in=wanted)
    lots = lots.filter(of_line).exclude(procurement=but)
    found: dict[int, Decimal] = {}
    for lot in lots.select_related("procurement__plan_item", "winner"):
        item = lot.procurement.plan_item
        assert item is not None  # asked by it
        is_awarded = lot.procurement.state == State.AWARDED
        amount = lot.winner.price if is_awarded and lot.winner else lot.ceiling
        found[item.line] = found.get(item.line, Decimal(0)) + amount
    return found


def announcement_body(procurement: Procurement) -> dict[str, Any]:
    """Return what of a project anyone may read from the announcement on."""
    lots = list(procurement.lots.order_by("pk"))
    item = procurement.plan_item
    plan = item.plan if item else None
    return {
        "number": procurement.number,
        "title": procurement.title,
        "method": procurement.get_method_display(),
        "plan": f"{plan.title}（预算批复：{plan.budget_number}）" if plan else "",
        "outside_reason": procurement.outside_reason,
        "lots": [
            {
                "name": lot.name,
                "business": lot.business,
                "enterprises": lot.enterprises,
                "ceiling": yuan(lot.ceiling),
            }
            for lot in lots
        ],
        "total": yuan(total(lot.ceiling for lot in lots)),
        "criteria": [
            {"name": c.name, "kind": c.get_kind_display(), "weight": f"{c.weight.normalize():f}"}
            for c in procurement.criteria.order_by("pk")
        ],
        "offers_due_on": f"{procurement.offers_due_on:%Y-%m-%d}",
        "qualification": "只要求法律法规规定的资质；业务不要求资质的，无需资质，不另设门槛",
    }


@transaction.atomic
def procurement_close(*, actor: Actor, procurement: Procurement) -> Procurement:
    """Open what came in; not before the day is over that was announced for it."""
    due = procurement.offers_due_on
    if due is not None and clock.today(procurement.owner_agency_id) < due:
        raise DomainError(f"响应截止日期是{due:%Y-%m-%d}，到期以后才能开启")
    now = clock.now(procurement.owner_agency_id)
    return transition(
        actor=actor, row=procurement, name="close", closed_at=now, summary=procurement.title
    )


def procurement_fail(*, actor: Actor, procurement: Procurement, reason: str) -> Procurement:
    """Declare a project failed (废标) for a reason; it is published."""
    return _end(actor, procurement, "fail", reason)


def procurement_cancel(*, actor: Actor, procurement: Procurement, reason: str) -> Procurement:
    """Cancel a project before the award for a reason; published where it was announced."""
    return _end(actor, procurement, "cancel", reason)


@transaction.atomic
def _end(actor: Actor, procurement: Procurement, name: str, reason: str) -> Procurement:
    if not reason.strip():
        raise DomainError("请写明原因", field="reason")
    now = clock.now(procurement.owner_agency_id)
    ended = transition(
        actor=actor, row=procurement, name=name, summary=reason.strip(), ended_at=now,
        ended_by_name=actor.display[:80], end_reason=reason.strip()[:300],
    )  # fmt: skip
    if ended.announced_at is not None:
        word = ended.get_state_display()
        publication_make(
            actor=actor, kind=Publication.Kind.ENDED, subject=ended,
            title=f"{ended.title}{'废标' if name == 'fail' else '终止'}公告",
            body={**announcement_body(ended), "outcome": word, "reason": ended.end_reason,
                  "ended_on": f"{clock.today(ended.owner_agency_id):%Y-%m-%d}"},
        )  # fmt: skip
    return ended
