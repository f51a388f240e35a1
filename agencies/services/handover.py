"""contract_hand_over · hand_over_tell: what a provider leaves under way goes to another (移交)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from agencies import grants
from agencies.gates import AssignmentFacts, facts_of
from agencies.models import Assignment, ServiceBatch, ServiceContract
from agencies.services.batches import (
    batch_create,
    batch_recheck_complete,
    open_assignments,
    open_files,
)
from agencies.services.contracts import close_files, provider_of
from audit.services import record
from common.errors import DomainError
from notifications.services import Message, notify_many
from providers.models import StandingDecision
from providers.standing import barred_among, barred_words, must_serve
from tenancy import clock
from tenancy.actors import Actor
from workflow.models import WorkTask
from workflow.services import work_task_close, work_task_open

TASK = "hand_over"
Withdrawal = Assignment.Withdrawal
DONE = (Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One enterprise that the provider still works on."""

    assignment: Assignment
    facts: AssignmentFacts


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What one hand-over came to."""

    batch: ServiceBatch
    enterprises: int
    hazards: int
    open_visits: int


def under_way(contract: ServiceContract) -> list[UnderWay]:
    """Return the contract's open assignments with what is under way at each."""
    rows = list(_open(contract).select_related("enterprise", "batch").order_by("batch", "pk"))
    facts = facts_of([row.pk for row in rows])
    return [UnderWay(row, facts.get(row.pk, AssignmentFacts())) for row in rows]


def _open(contract: ServiceContract) -> Any:
    rows = Assignment.objects.filter(batch__contract=contract, withdrawn_at=None)
    return rows.exclude(state__in=DONE)


def targets_of(contract: ServiceContract) -> list[ServiceContract]:
    """Return the active contracts of the same agency with other providers who may serve."""
    rows = ServiceContract.objects.filter(
        owner_agency=contract.owner_agency_id, state=ServiceContract.State.ACTIVE
    ).exclude(provider_org=contract.provider_org_id)
    found = list(rows.select_related("provider_org").order_by("title", "pk"))
    barred = barred_among(
        {provider_of(row) for row in found}, clock.today(contract.owner_agency_id)
    )
    return [row for row in found if row.provider_org_id not in barred]


@transaction.atomic
def contract_hand_over(
    *,
    actor: Actor,
    contract: ServiceContract,
    target: ServiceContract,
    name: str,
    code: str,
    reason: str,
) -> HandedOver:
    """Move every open assignment of a contract into a new batch of another, in one step.

    The old ones are withdrawn as handed over and named by the new. Each begins at 待动员: the gates
    ask for visits, guidance and findings of the provider's own, who answers for its conclusions
    (D2), and the new one has none. What the old provider found stays its record; what of it is open
    is rechecked by the agency's officers from now on, since a row never changes hands. A fixed
    number of statements, however many enterprises. DomainError names the field.
    """
    if not reason.strip():
        raise DomainError("请写明移交原因", field="reason")
    _check_target(contract, target)
    rows = _lock(contract)
    batch = batch_create(
        actor=actor, contract=target, name=name, code=code, starts_on=_begin(target),
        ends_on=target.ends_on,
    )  # fmt: skip
    facts = facts_of([row.pk for row in rows])
    now = clock.now(contract.owner_agency_id)
    _withdraw(rows, reason.strip(), now)
    made = open_assignments(batch, [(row.enterprise, row) for row in rows])
    grants.inspectors_end([row.pk for row in rows])
    close_files(contract)
    open_files(batch, [row.enterprise for row in rows])
    for left in {row.batch_id: row.batch for row in rows}.values():
        batch_recheck_complete(actor=actor, batch=left)
    handed = HandedOver(
        batch, len(made), sum(one.open for one in facts.values()),
        sum(one.open_visits for one in facts.values()),
    )  # fmt: skip
    _tell(actor, contract, handed, reason.strip(), now)
    return handed


def _check_target(contract: ServiceContract, target: ServiceContract) -> None:
    if contract.state != ServiceContract.State.ACTIVE:
        raise DomainError("合同不在履行中，没有可以移交的")
    if target.owner_agency_id != contract.owner_agency_id:
        raise DomainError("只能移交到本机关的合同", field="target")
    if target.provider_org_id == contract.provider_org_id:
        raise DomainError("请选择其他机构的合同", field="target")
    today = clock.today(contract.owner_agency_id)
    if target.ends_on < today:
        raise DomainError("该合同已到期", field="target")
    must_serve(provider_of(target), today, field="target")


def _begin(target: ServiceContract) -> date:
    return max(target.starts_on, clock.today(target.owner_agency_id))


def _lock(contract: ServiceContract) -> list[Assignment]:
    """Lock the contract's batches, then its open assignments: the order of `batch_assign`."""
    list(
        contract.batches.select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list("pk")
    )
    rows = list(
        _open(contract)
        .select_for_update(of=("self",), no_key=True)
        .select_related("enterprise", "batch")
        .order_by("region_code", "pk")
    )
    if not rows:
        raise DomainError("没有正在进行的任务")
    return rows


def _withdraw(rows: Sequence[Assignment], reason: str, now: datetime) -> None:
    for row in rows:
        row.withdrawal, row.withdrawn_reason = Withdrawal.HANDED_OVER, reason[:200]
        row.withdrawn_at = now
    Assignment.objects.bulk_update(
        rows, ["withdrawal", "withdrawn_reason", "withdrawn_at"], batch_size=None
    )


def _tell(
    actor: Actor, contract: ServiceContract, handed: HandedOver, reason: str, now: datetime
) -> None:
    counts = {
        "enterprises": handed.enterprises, "hazards": handed.hazards,
        "open_visits": handed.open_visits, "to": handed.batch.contract_id,
    }  # fmt: skip
    record(
        actor=actor, act="servicecontract.hand_over", subject=contract, data=counts, at=now,
        summary=f"移交 {handed.enterprises} 家企业：{reason}",
    )  # fmt: skip
    work_task_close(actor=actor, row=contract, kind=TASK)
    messages = [
        Message(
            provider_of(contract), f"{contract.title}：{handed.enterprises} 家企业已移交其他机构",
            reverse("agencies:contract", args=[contract.pk]),
        ),
        Message(
            provider_of(handed.batch),
            f"{handed.batch.name}：移交来 {handed.enterprises} 家企业，请安排评估人员",
            reverse("agencies:batch", args=[handed.batch.pk]),
        ),
    ]  # fmt: skip
    notify_many(messages, kind="contract.handed_over", at=now, is_urgent=True)


@transaction.atomic
def hand_over_tell(*, agency_id: int) -> int:
    """Put before an agency what its barred providers have under way; return how many contracts.

    Every night, and at once where the agency itself decided. What is frozen no longer is taken away.
    """
    left = Assignment.objects.filter(withdrawn_at=None).exclude(state__in=DONE)
    rows = ServiceContract.objects.filter(
        owner_agency=agency_id, state=ServiceContract.State.ACTIVE,
        pk__in=left.values("batch__contract"),
    )  # fmt: skip
    found = list(rows)
    barred = barred_among({provider_of(row) for row in found}, clock.today(agency_id))
    frozen = [row for row in found if row.provider_org_id in barred]
    for row in frozen:
        work_task_open(
            row=row, org_id=agency_id, kind=TASK, url=reverse("agencies:hand-over", args=[row.pk]),
            title=f"{row.title}：{barred[provider_of(row)]}，任务已冻结，请移交",
        )  # fmt: skip
    WorkTask.objects.filter(kind=TASK, org_id_for=agency_id, done_at=None).exclude(
        subject_id__in=[str(row.pk) for row in frozen]
    ).update(done_at=clock.now(agency_id))
    return len(frozen)


def why_frozen(contract: ServiceContract) -> str:
    """Say why the provider of a contract may not serve today; '' if it may."""
    return barred_words(provider_of(contract), clock.today(contract.owner_agency_id))


def standing_follow(decision: StandingDecision, **_: Any) -> None:
    """A decision of the agency: its own contracts with that body are put before it at once."""
    hand_over_tell(agency_id=decision.owner_agency_id)
