"""batch_create · batch_rules_set · batch_assign · batch_recheck_complete · assignment_withdraw"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from agencies.conflicts import conflicts_of, conflicts_settle
from agencies.gates import AssignmentFacts, facts_of
from agencies.grants import inspectors_end
from agencies.models import Assignment, ServiceBatch, ServiceContract
from agencies.services.contracts import close_files, provider_of
from audit.services import record
from common.errors import DomainError
from enterprises.models import Enterprise
from enterprises.services import files_hold
from notifications.services import notify
from providers.standing import must_serve
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Grant
from tenancy.selectors import work_calendar


@transaction.atomic
def batch_create(
    *,
    actor: Actor,
    contract: ServiceContract,
    name: str,
    code: str,
    starts_on: date,
    ends_on: date,
) -> ServiceBatch:
    """Open a batch within a live contract's days; its code begins every hazard number."""
    if contract.state != ServiceContract.State.ACTIVE:
        raise DomainError("合同生效后才能建立批次")
    must_serve(provider_of(contract), clock.today(contract.owner_agency_id))
    if starts_on < contract.starts_on:
        raise DomainError(f"不能早于合同开始日期{contract.starts_on:%Y-%m-%d}", field="starts_on")
    if ends_on > contract.ends_on:
        raise DomainError(f"不能晚于合同结束日期{contract.ends_on:%Y-%m-%d}", field="ends_on")
    if ends_on < starts_on:
        raise DomainError("结束日期不能早于开始日期", field="ends_on")
    if ServiceBatch.objects.filter(owner_agency=contract.owner_agency, code=code).exists():
        raise DomainError(f"批次代号{code}已存在", field="code")
    batch = ServiceBatch.objects.create(
        **contract.tenant,
        contract=contract,
        name=name,
        code=code,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record(actor=actor, act="servicebatch.create", subject=batch, summary=name)
    return batch


@transaction.atomic
def batch_assign(
    *, actor: Actor, batch: ServiceBatch, enterprise_ids: Iterable[int], conflict_reason: str = ""
) -> list[Assignment]:
    """Assign enterprises to the batch's provider: all or none, in a fixed number of statements.

    Opens their files to the provider. DomainError names those assigned already; one that the actor
    cannot see is answered like one that does not exist. `conflict_reason` is why it goes on in
    spite of a conflict of interest.
    """
    locked = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).select_related("contract").get(
        pk=batch.pk
    )  # fmt: skip
    if locked.contract.state != ServiceContract.State.ACTIVE:
        raise DomainError("合同不在履行中，不能指派")
    if locked.recheck_completed_on:
        raise DomainError("本批次的复查验收已经完成，不能再加企业；请另建批次")
    must_serve(provider_of(locked), clock.today(locked.owner_agency_id))
    wanted = set(enterprise_ids)
    enterprises = list(Enterprise.objects.filter(pk__in=wanted).order_by("region_code", "pk"))
    _check_assignable(actor, locked, wanted, enterprises)
    _settle(actor, locked, enterprises, conflict_reason)
    assignments = open_assignments(locked, [(e, None) for e in enterprises])
    open_files(locked, enterprises)
    _tell_assigned(actor, locked, len(assignments))
    return assignments


def _settle(
    actor: Actor, batch: ServiceBatch, enterprises: Sequence[Enterprise], reason: str
) -> None:
    found = conflicts_of(batch, enterprises)
    conflicts_settle(actor=actor, batch=batch, conflicts=found, reason=reason)


def open_assignments(
    batch: ServiceBatch, pairs: Sequence[tuple[Enterprise, Assignment | None]]
) -> list[Assignment]:
    """Make an assignment of each enterprise, which may take another's place, in one statement."""
    return Assignment.objects.bulk_create(_assignment(batch, *pair) for pair in pairs)


def _assignment(
    batch: ServiceBatch, enterprise: Enterprise, replaces: Assignment | None = None
) -> Assignment:
    return Assignment(
        owner_agency_id=batch.owner_agency_id,
        region_code=enterprise.region_code,
        provider_org_id=batch.provider_org_id,
        enterprise_org_id=enterprise.enterprise_org_id,
        batch=batch,
        enterprise=enterprise,
        replaces=replaces,
    )


@transaction.atomic
def assignment_withdraw(
    *,
    actor: Actor,
    assignment: Assignment,
    withdrawal: str,
    reason: str,
    replacement_id: int | None = None,
    group: UUID | None = None,
) -> Assignment:
    """Take an enterprise out of a batch (stopped, moved, closed), perhaps with another in its place.

    Its hazards stay on record; its file closes to the provider, and its inspector may not come any
    more. `group` names the act by which several leave. DomainError names the field.
    """
    batch = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).select_related("contract").get(
        pk=assignment.batch_id
    )  # fmt: skip
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).get(pk=assignment.pk)
    _check_withdrawal(locked, withdrawal, reason)
    locked.withdrawal, locked.withdrawn_reason = withdrawal, reason.strip()
    locked.withdrawn_at = clock.now(locked.owner_agency_id)
    locked.save()
    record(
        actor=actor,
        act="assignment.withdraw",
        subject=locked,
        summary=f"{locked.get_withdrawal_display()}：{reason.strip()}",
        data={"group": str(group)} if group else None,
        at=locked.withdrawn_at,
    )
    inspectors_end([locked.pk])
    close_files(batch.contract, only=locked.enterprise_id)
    _tell_withdrawn(batch, locked)
    if replacement_id is not None:
        _replace(actor, batch, locked, replacement_id)
    batch_recheck_complete(actor=actor, batch=batch)
    return locked


def _tell_withdrawn(batch: ServiceBatch, assignment: Assignment) -> None:
    assert assignment.withdrawn_at is not None  # just withdrawn
    name = Enterprise.objects.values_list("name", flat=True).get(pk=assignment.enterprise_id)
    why = f"{assignment.get_withdrawal_display()}，{assignment.withdrawn_reason}"
    notify(
        org_id=provider_of(batch),
        kind="assignment.withdrawn",
        title=f"{batch.name}：{name}退出本批次（{why}）",
        url=reverse("agencies:batch", args=[batch.pk]),
        at=assignment.withdrawn_at,
    )


def _check_withdrawal(assignment: Assignment, withdrawal: str, reason: str) -> None:
    if assignment.withdrawn_at:
        raise DomainError("该企业已退出本批次")
    if not assignment.is_open:
        raise DomainError("复查验收已完成，不能再退出")
    by_hand = set(Assignment.Withdrawal.values) - {Assignment.Withdrawal.HANDED_OVER}
    if withdrawal not in by_hand:
        raise DomainError("请选择退出类别", field="withdrawal")
    if not reason.strip():
        raise DomainError("请填写退出原因", field="reason")
    if facts_of([assignment.pk]).get(assignment.pk, AssignmentFacts()).open_visits:
        raise DomainError("有一次检查还没有签字，请先结束检查")


def _replace(actor: Actor, batch: ServiceBatch, old: Assignment, enterprise_id: int) -> None:
    enterprises = list(Enterprise.objects.filter(pk=enterprise_id))
    must_serve(provider_of(batch), clock.today(batch.owner_agency_id), field="replacement")
    _check_assignable(actor, batch, {enterprise_id}, enterprises, field="replacement")
    if found := conflicts_of(batch, enterprises):
        raise DomainError(f"利益冲突：{found[0].words}；请在选择企业处指派", field="replacement")
    _assignment(batch, enterprises[0], replaces=old).save(force_insert=True)
    open_files(batch, enterprises)
    _tell_assigned(actor, batch, 1)


@transaction.atomic
def batch_recheck_complete(*, actor: Actor, batch: ServiceBatch) -> bool:
    """Note the day on which the last enterprise was accepted or withdrawn; return whether it is so.

    From that day the regulator has its working days for the spot check (D12; A1 says from when).
    """
    locked = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    states = list(
        locked.assignments.filter(withdrawn_at=None).values_list("state", flat=True)
    )  # fmt: skip
    done = (Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED)
    if locked.recheck_completed_on or not states or any(state not in done for state in states):
        return locked.recheck_completed_on is not None
    today = clock.today(locked.owner_agency_id)
    due = work_calendar(locked.owner_agency_id).add(today, locked.spot_check_days)
    locked.recheck_completed_on = today
    locked.spot_check_due_on, locked.spot_check_due_reason = due.date, due.why
    locked.save()
    at = clock.now(locked.owner_agency_id)
    words = f"复查验收完成，抽查期限{due.date:%Y-%m-%d}"
    record(actor=actor, act="servicebatch.recheck_complete", subject=locked, summary=words, at=at)
    notify(
        org_id=locked.owner_agency_id,
        kind="batch.recheck_complete",
        title=f"{locked.name}：{words}",
        url=reverse("agencies:batch", args=[locked.pk]),
        at=at,
    )
    return True


@transaction.atomic
def batch_rules_set(*, actor: Actor, batch: ServiceBatch, **rules: Any) -> ServiceBatch:
    """Set what is a parameter of the batch: sample ratio and minimum, deadlines in working days."""
    locked = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(pk=batch.pk)
    if locked.recheck_completed_on:
        raise DomainError("复查验收已完成，规则不能再改")
    if not 0 < rules["sample_ratio"] <= 1:
        raise DomainError("抽查比例应大于 0、不超过 1", field="sample_ratio")
    before = {name: str(getattr(locked, name)) for name in rules}
    for name, value in rules.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(rules))
    record(
        actor=actor,
        act="servicebatch.rules",
        subject=locked,
        data={"before": before, "after": {name: str(value) for name, value in rules.items()}},
        at=clock.now(locked.owner_agency_id),
    )
    return locked


def _check_assignable(
    actor: Actor,
    batch: ServiceBatch,
    wanted: set[int],
    enterprises: Sequence[Enterprise],
    field: str = "enterprises",
) -> None:
    if not wanted:
        raise DomainError("请先选择企业", field=field)
    missing = wanted - {enterprise.pk for enterprise in enterprises}
    if missing:
        for pk in sorted(missing)[:20]:
            record(actor=actor, act="field.refused", subject=(f"form.{field}", str(pk)))
        raise DomainError("选择的企业不存在，请刷新列表后重选", field=field)
    files_hold(wanted)
    taken = batch.assignments.filter(enterprise__in=wanted, withdrawn_at=None)
    names = list(taken.values_list("enterprise__name", flat=True)[:5])
    if names:
        raise DomainError(f"{'、'.join(names)}已在本批次中，不能重复指派", field=field)


def open_files(batch: ServiceBatch, enterprises: Sequence[Enterprise]) -> None:
    """Open the enterprises' files to the batch's provider while the contract lasts."""
    today, provider = clock.today(batch.owner_agency_id), provider_of(batch)
    Grant.objects.bulk_create(
        [
            Grant(
                owner_agency_id=batch.owner_agency_id,
                region_code=enterprise.region_code,
                org_id=provider,
                subject_id=enterprise.pk,
                reason=f"合同{batch.contract.number}",
                starts_on=today,
                ends_on=batch.contract.ends_on,
            )
            for enterprise in enterprises
        ],
        ignore_conflicts=True,
    )


def _tell_assigned(actor: Actor, batch: ServiceBatch, count: int) -> None:
    record(
        actor=actor,
        act="servicebatch.assign",
        subject=batch,
        summary=f"指派 {count} 家企业",
        data={"count": count},
        at=clock.now(batch.owner_agency_id),
    )
    notify(
        org_id=provider_of(batch),
        kind="batch.assigned",
        title=f"{batch.name}：新指派 {count} 家企业，请安排评估人员",
        url=reverse("agencies:batch", args=[batch.pk]),
        at=clock.now(batch.owner_agency_id),
    )
