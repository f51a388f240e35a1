"""plan_draft · plan_change · plan_item_save · plan_item_remove · plan_drop · plan_approve ·
plan_budget · plan_revise · plan_publish"""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from agencies.models import Publication, PurchasePlan, PurchasePlanItem
from agencies.services.publications import publication_make, total, yuan
from audit.services import record
from common.errors import DomainError
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import is_same_person
from workflow.services import transition

State = PurchasePlan.State
ITEM_FIELDS = ("area", "what", "enterprises", "amount", "method", "note")


@transaction.atomic
def plan_draft(*, actor: Actor, year: int, title: str) -> PurchasePlan:
    """Begin the first version of a year's plan; later ones are revisions of it."""
    agency = Agency.objects.get(pk=actor.org_id)
    if PurchasePlan.objects.filter(owner_agency=agency, year=year).exists():
        raise DomainError(f"{year}年度已有购买计划；要更正，打开它另编新版", field="year")
    return _create(actor, agency.tenant, year=year, version=1, title=title)


def _create(actor: Actor, tenant: dict[str, object], **fields: Any) -> PurchasePlan:
    agency_id: Any = tenant["owner_agency_id"]
    plan = PurchasePlan.objects.create(
        **tenant,
        **fields,
        drafted_by_id=actor.member,
        drafted_by_name=actor.display[:80],
        drafted_at=clock.now(agency_id),
        changed_by_id=actor.member,
    )
    record(
        actor=actor, act="purchaseplan.draft", subject=plan, summary=str(plan), at=plan.drafted_at
    )
    return plan


@transaction.atomic
def plan_change(*, actor: Actor, plan: PurchasePlan, title: str) -> PurchasePlan:
    """Give a draft another title."""
    locked = _draft(actor, plan)
    locked.title = title
    locked.save(update_fields=["title"])
    record(actor=actor, act="purchaseplan.change", subject=locked, summary=str(locked))
    return locked


def _draft(actor: Actor, plan: PurchasePlan) -> PurchasePlan:
    """Lock a draft to be edited, and note who last did."""
    locked = _locked(plan)
    if locked.state != State.DRAFT:
        raise DomainError(f"计划{locked.get_state_display()}，不能再修改；要更正请另编新版")
    locked.changed_by_id = actor.member
    locked.save(update_fields=["changed_by"])
    return locked


def _locked(plan: PurchasePlan) -> PurchasePlan:
    return PurchasePlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)


@transaction.atomic
def plan_item_save(
    *, actor: Actor, plan: PurchasePlan, item: PurchasePlanItem | None = None, **fields: Any
) -> PurchasePlanItem:
    """Add a line to a draft, or change one of it."""
    locked = _draft(actor, plan)
    row = item or PurchasePlanItem(**locked.tenant, plan=locked)
    for name in ITEM_FIELDS:
        setattr(row, name, fields[name])
    row.save()
    record(
        actor=actor, act="purchaseplan.item", subject=locked, summary=row.what,
        data={"item": row.pk, "amount": yuan(row.amount)},
    )  # fmt: skip
    return row


@transaction.atomic
def plan_item_remove(*, actor: Actor, item: PurchasePlanItem) -> None:
    """Take a line out of a draft."""
    locked = _draft(actor, item.plan)
    record(actor=actor, act="purchaseplan.item_remove", subject=locked, summary=item.what)
    item.delete()


@transaction.atomic
def plan_drop(*, actor: Actor, plan: PurchasePlan) -> None:
    """Throw a draft away with its lines."""
    locked = _draft(actor, plan)
    record(actor=actor, act="purchaseplan.drop", subject=locked, summary=str(locked))
    locked.items.all().delete()
    locked.delete()


@transaction.atomic
def plan_approve(*, actor: Actor, plan: PurchasePlan) -> PurchasePlan:
    """Agree to a plan; by somebody who wrote none of it. DomainError for a plan without lines."""
    locked = _locked(plan)
    if not locked.items.exists():
        raise DomainError("计划还没有事项，不能批准")
    writers = {locked.drafted_by_id, locked.changed_by_id}
    if is_same_person(actor, *writers):
        raise DomainError("计划由编制以外的人批准；您编制或修改过这一版")
    approved = transition(
        actor=actor, row=locked, name="approve", summary=str(locked),
        approved_by_id=actor.member, approved_by_name=actor.display[:80],
        approved_at=clock.now(locked.owner_agency_id),
        data={"total": yuan(total(item.amount for item in locked.items.all()))},
    )  # fmt: skip
    _supersede(actor, approved, State.APPROVED)
    notify(
        org_id=approved.owner_agency_id, membership_id=approved.drafted_by_id,
        kind="plan.approved", title=f"{approved}已批准", at=clock.now(approved.owner_agency_id),
        url=reverse("agencies:plan", args=[approved.pk]),
    )  # fmt: skip
    return approved


@transaction.atomic
def plan_budget(
    *, actor: Actor, plan: PurchasePlan, budget_number: str, budgeted_on: date
) -> PurchasePlan:
    """Note that the money stands in the year's budget, by which paper and since when."""
    if not budget_number.strip():
        raise DomainError("请填写预算批复文号", field="budget_number")
    if budgeted_on > clock.today(plan.owner_agency_id):
        raise DomainError("预算批复日期不能晚于今天", field="budgeted_on")
    budgeted = transition(
        actor=actor, row=plan, name="budget", summary=budget_number.strip(),
        budget_number=budget_number.strip(), budgeted_on=budgeted_on,
    )  # fmt: skip
    _supersede(actor, budgeted, State.BUDGETED)
    return budgeted


def _supersede(actor: Actor, plan: PurchasePlan, state: str) -> None:
    """A version gives way once its revision has come as far as it."""
    earlier = PurchasePlan.objects.select_for_update(of=("self",), no_key=True).filter(
        owner_agency=plan.owner_agency_id, year=plan.year, version__lt=plan.version,
        state__in=[State.APPROVED, state], superseded_at=None,
    )  # fmt: skip
    now = clock.now(plan.owner_agency_id)
    for row in earlier:
        row.superseded_at = now
        row.save(update_fields=["superseded_at"])
        record(
            actor=actor, act="purchaseplan.supersede", subject=row, summary=str(plan), at=now,
            data={"by": plan.pk},
        )  # fmt: skip


@transaction.atomic
def plan_revise(*, actor: Actor, plan: PurchasePlan) -> PurchasePlan:
    """Draft the next version of a year's plan from an approved one, line by line."""
    locked = _locked(plan)
    if locked.state == State.DRAFT:
        raise DomainError("计划还是草稿，直接修改即可")
    if locked.superseded_at is not None:
        raise DomainError("该版本已被代替，请从现行版本修订")
    versions = PurchasePlan.objects.filter(owner_agency=locked.owner_agency_id, year=locked.year)
    if versions.filter(state=State.DRAFT).exists():
        raise DomainError("本年度已有一份修订草稿，请在其中修改")
    last = versions.aggregate(last=Max("version"))["last"]
    revised = _create(
        actor, locked.tenant, year=locked.year, version=last + 1, title=locked.title,
        based_on=locked,
    )  # fmt: skip
    PurchasePlanItem.objects.bulk_create(
        PurchasePlanItem(
            **revised.tenant, plan=revised, first_id=item.line,
            **{name: getattr(item, name) for name in ITEM_FIELDS},
        )
        for item in locked.items.order_by("pk")
    )  # fmt: skip
    return revised


@transaction.atomic
def plan_publish(*, actor: Actor, plan: PurchasePlan) -> Publication:
    """Publish a budgeted plan, line by line, as it stands; what it replaces is withdrawn first."""
    locked = _locked(plan)
    if not locked.is_in_force:
        raise DomainError("列入预算的现行计划才能公开")
    return publication_make(
        actor=actor, kind=Publication.Kind.PLAN, subject=locked,
        title=f"{locked.year}年度安全生产社会化服务购买计划（第{locked.version}版）",
        body=plan_body(locked),
    )  # fmt: skip


def plan_body(plan: PurchasePlan) -> dict[str, Any]:
    """Return what of a plan anyone may read."""
    items = list(plan.items.order_by("pk"))
    return {
        "title": plan.title,
        "year": plan.year,
        "version": plan.version,
        "budget_number": plan.budget_number,
        "budgeted_on": f"{plan.budgeted_on:%Y-%m-%d}" if plan.budgeted_on else "",
        "lines": [
            {
                "area": item.get_area_display(),
                "what": item.what,
                "enterprises": item.enterprises,
                "amount": yuan(item.amount),
                "method": item.get_method_display(),
                "note": item.note,
            }
            for item in items
        ],
        "total": yuan(total(item.amount for item in items)),
    }
