"""contract_create · contract_activate · contract_complete · contract_terminate"""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from agencies.choosing import choice_check
from agencies.models import (
    Assignment,
    Offer,
    Procurement,
    ProcurementLot,
    ServiceBatch,
    ServiceContract,
)
from agencies.past import refusals_of
from audit.services import record
from common.errors import DomainError
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Grant, Organization
from workflow.services import transition


@transaction.atomic
def contract_create(
    *,
    actor: Actor,
    provider_org_id: int,
    number: str,
    title: str,
    kind: str,
    signed_on: date,
    starts_on: date,
    ends_on: date,
    amount: Decimal | None = None,
    note: str = "",
    lot: ProcurementLot | None = None,
) -> ServiceContract:
    """Draft a contract of the actor's agency with a provider; DomainError names the wrong field.

    From an awarded `lot` it is with the winner, at no more than what it offered, and only once.
    """
    _check_terms(provider_org_id, signed_on, starts_on, ends_on, amount)
    agency = Agency.objects.get(pk=actor.org_id)
    today = clock.today(agency.pk)
    choice_check(provider_org_id, today, field="provider_org")
    if words := refusals_of(provider_org_id, agency.pk, today).contract:
        raise DomainError(words, field="provider_org")
    if lot is not None:
        _check_lot(agency, lot, provider_org_id, kind, amount)
    if ServiceContract.objects.filter(owner_agency=agency, number=number).exists():
        raise DomainError(f"合同编号{number}已存在", field="number")
    contract = ServiceContract.objects.create(
        owner_agency=agency,
        region_code=agency.region_code,
        provider_org_id=provider_org_id,
        number=number,
        title=title,
        kind=kind,
        signed_on=signed_on,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=amount,
        note=note,
        lot=lot,
    )
    record(
        actor=actor, act="servicecontract.create", subject=contract, summary=title,
        data={"lot": lot.pk} if lot else None,
    )  # fmt: skip
    return contract


def _check_terms(
    provider_org_id: int, signed_on: date, starts_on: date, ends_on: date, amount: Decimal | None
) -> None:
    if not Organization.objects.filter(pk=provider_org_id, kind=OrgKind.PROVIDER).exists():
        raise DomainError("请选择服务机构", field="provider_org")
    if ends_on < starts_on:
        raise DomainError("结束日期不能早于开始日期", field="ends_on")
    if signed_on > ends_on:
        raise DomainError("签订日期不能晚于结束日期", field="signed_on")
    if amount is not None and amount < 0:
        raise DomainError("合同金额不能为负", field="amount")


def _check_lot(
    agency: Agency, lot: ProcurementLot, provider_org_id: int, kind: str, amount: Decimal | None
) -> None:
    """A contract keeps to what was awarded (政府采购法第四十六条)."""
    fresh = ProcurementLot.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.pk)
    project = Procurement.objects.get(pk=fresh.procurement_id)
    winner = Offer.objects.filter(won=fresh).first()
    if project.owner_agency_id != agency.pk or project.state != Procurement.State.AWARDED:
        raise DomainError("该标段还没有定标公布")
    if winner is None or winner.provider_org_id != provider_org_id:
        raise DomainError("合同须与中标（成交）机构签订", field="provider_org")
    if kind != ServiceContract.Kind.GOVERNMENT_PURCHASE:
        raise DomainError("由采购项目产生的合同类别是政府购买服务", field="kind")
    if amount is None or amount > winner.price:
        raise DomainError(f"合同金额不能超过中标（成交）价{winner.price:.2f}元", field="amount")
    if fresh.contracts.exclude(state=ServiceContract.State.TERMINATED).exists():
        raise DomainError("该标段已经订立合同")


@transaction.atomic
def contract_activate(*, actor: Actor, contract: ServiceContract) -> ServiceContract:
    """Both sides signed: the provider sees it and can be assigned enterprises.

    DomainError where the provider may no longer be chosen on this day.
    """
    choice_check(provider_of(contract), clock.today(contract.owner_agency_id))
    moved = transition(actor=actor, row=contract, name="activate")
    notify(
        org_id=provider_of(moved),
        kind="contract.active",
        title=f"合同“{moved.title}”已生效",
        url=reverse("agencies:contract", args=[moved.pk]),
        at=clock.now(moved.owner_agency_id),
    )
    return moved


def provider_of(row: ServiceContract | ServiceBatch) -> int:
    assert row.provider_org_id is not None  # a contract always names its provider
    return row.provider_org_id


@transaction.atomic
def contract_complete(*, actor: Actor, contract: ServiceContract) -> ServiceContract:
    """The service is over; the files it opened are closed to the provider."""
    moved = transition(actor=actor, row=contract, name="complete")
    close_files(moved)
    return moved


@transaction.atomic
def contract_terminate(*, actor: Actor, contract: ServiceContract, reason: str) -> ServiceContract:
    """End a contract before its time, for a reason on record."""
    if not reason.strip():
        raise DomainError("请填写终止原因", field="reason")
    moved = transition(actor=actor, row=contract, name="terminate", summary=reason.strip())
    close_files(moved)
    return moved


def close_files(contract: ServiceContract, only: int | None = None) -> None:
    """End the grants that no live assignment of the same provider still needs."""
    live = Assignment.objects.filter(
        provider_org=contract.provider_org,
        withdrawn_at=None,
        batch__contract__state=ServiceContract.State.ACTIVE,
    )
    rows = Grant.objects.filter(
        owner_agency=contract.owner_agency, org=contract.provider_org, ended_at=None
    ).exclude(subject_id__in=live.values("enterprise_id"))
    if only is not None:
        rows = rows.filter(subject_id=only)
    rows.update(ended_at=clock.now(contract.owner_agency_id))
