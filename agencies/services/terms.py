"""obligation_add · obligation_change · obligation_remove · obligation_amend · obligation_withdraw ·
delivery_add · delivery_withdraw"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from agencies.models import (
    Obligation,
    ObligationAcceptance,
    ObligationDelivery,
    ServiceContract,
)
from audit.services import record
from common.errors import DomainError
from evidence.services import attachment_add
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor

FIELDS = ("kind", "name", "quantity", "unit", "due_on", *Obligation.STANDARDS)
State = ServiceContract.State


@transaction.atomic
def obligation_add(
    *, actor: Actor, contract: ServiceContract, reason: str = "", **fields: Any
) -> Obligation:
    """Add an obligation: freely while the contract is a draft, for a reason once it is in force."""
    locked = _lock(contract)
    if locked.state == State.ACTIVE and not reason.strip():
        raise DomainError("合同生效后增加事项须写明原因", field="reason")
    row = _row(actor, locked, fields, reason=reason.strip()[:300])
    act = "obligation.add" if locked.state == State.DRAFT else "obligation.amend"
    _record(actor, act, row, {"reason": row.reason})
    return row


def _lock(contract: ServiceContract, *states: str) -> ServiceContract:
    """Lock a contract whose obligations may still be changed."""
    locked = ServiceContract.objects.select_for_update(of=("self",), no_key=True).get(
        pk=contract.pk
    )
    if locked.state not in (states or (State.DRAFT, State.ACTIVE)):
        raise DomainError(f"合同当前为“{locked.get_state_display()}”，不能进行此操作")
    return locked


def _row(
    actor: Actor, contract: ServiceContract, fields: dict[str, Any], **more: Any
) -> Obligation:
    row = Obligation(
        **contract.tenant, contract=contract, entered_at=clock.now(contract.owner_agency_id),
        entered_by_name=actor.display[:80], **more,
    )  # fmt: skip
    _fill(row, contract, fields)
    row.save()
    return row


def _fill(row: Obligation, contract: ServiceContract, fields: dict[str, Any]) -> None:
    for name in FIELDS:
        setattr(row, name, fields.get(name, getattr(row, name)))
    if row.quantity < 1:
        raise DomainError("数量至少为1", field="quantity")
    if not row.standards:
        raise DomainError("技术、服务、安全标准至少填写一项，验收时逐项对照", field="technical")
    if row.due_on < contract.starts_on:
        start = f"{contract.starts_on:%Y-%m-%d}"
        raise DomainError(f"完成期限不能早于合同开始日期{start}", field="due_on")


def _record(actor: Actor, act: str, row: Obligation, data: dict[str, Any] | None = None) -> None:
    figures = {"quantity": row.quantity, "due_on": f"{row.due_on:%Y-%m-%d}", **(data or {})}
    record(actor=actor, act=act, subject=row, summary=row.name, data=figures)


@transaction.atomic
def obligation_change(*, actor: Actor, obligation: Obligation, **fields: Any) -> Obligation:
    """Change an obligation of a draft."""
    contract = _lock(obligation.contract)
    _only_draft(contract)
    _fill(obligation, contract, fields)
    obligation.save()
    _record(actor, "obligation.change", obligation)
    return obligation


@transaction.atomic
def obligation_remove(*, actor: Actor, obligation: Obligation) -> None:
    """Take an obligation out of a draft."""
    _only_draft(_lock(obligation.contract))
    _record(actor, "obligation.remove", obligation)
    obligation.delete()


def _only_draft(contract: ServiceContract) -> None:
    if contract.state != State.DRAFT:
        raise DomainError("合同已生效，服务事项只能写明原因变更，原内容保留")


@transaction.atomic
def obligation_amend(
    *, actor: Actor, obligation: Obligation, reason: str, **fields: Any
) -> Obligation:
    """Put a changed row in the place of one in force; the old one stays as it was."""
    contract = _lock(obligation.contract, State.ACTIVE)
    if fields.get("kind", obligation.kind) != obligation.kind:
        raise DomainError("类别不能变更；请撤销本事项，另外增加", field="kind")
    accepted = accepted_by_line(contract).get(obligation.line, 0)
    if fields.get("quantity", obligation.quantity) < accepted:
        raise DomainError(f"已验收{accepted}{obligation.unit}，数量不能更少", field="quantity")
    old = _supersede(obligation, reason)
    kept = {name: getattr(old, name) for name in FIELDS}
    new = _row(actor, contract, {**kept, **fields}, first_id=old.line, reason=old.superseded_reason)
    _record(actor, "obligation.amend", new, {"replaces": old.pk, "reason": new.reason})
    _tell(new, f"服务事项“{new.name}”已变更：{new.reason}")
    return new


@transaction.atomic
def obligation_withdraw(*, actor: Actor, obligation: Obligation, reason: str) -> Obligation:
    """Take an obligation out of a contract in force; nothing of it may have been accepted."""
    contract = _lock(obligation.contract, State.ACTIVE)
    if accepted_by_line(contract).get(obligation.line):
        raise DomainError("已经验收过的事项不能撤销")
    old = _supersede(obligation, reason)
    _record(actor, "obligation.withdraw", old, {"reason": old.superseded_reason})
    _tell(old, f"服务事项“{old.name}”已撤销：{old.superseded_reason}")
    return old


def _supersede(obligation: Obligation, reason: str) -> Obligation:
    if not reason.strip():
        raise DomainError("请写明变更原因", field="reason")
    locked = Obligation.objects.select_for_update(of=("self",), no_key=True).get(pk=obligation.pk)
    if locked.superseded_at is not None:
        raise DomainError("该事项已被变更，请刷新页面")
    locked.superseded_at = clock.now(locked.owner_agency_id)
    locked.superseded_reason = reason.strip()[:300]
    locked.save(update_fields=["superseded_at", "superseded_reason"])
    return locked


def accepted_by_line(contract: ServiceContract) -> dict[int, int]:
    """Return {line: how much of it was accepted} of a contract, in one statement."""
    rows = ObligationAcceptance.objects.filter(obligation__contract=contract, revoked_at=None)
    return _by_line(rows)


def delivered_by_line(contract: ServiceContract) -> dict[int, int]:
    """Return {line: how much of it was handed in} of a contract, in one statement."""
    rows = ObligationDelivery.objects.filter(obligation__contract=contract, withdrawn_at=None)
    return _by_line(rows)


def _by_line(rows: Any) -> dict[int, int]:
    lines = rows.annotate(line=Coalesce("obligation__first_id", "obligation_id"))
    sums = lines.order_by().values("line").annotate(sum=Sum("quantity"))
    return {row["line"]: row["sum"] for row in sums}


def _tell(obligation: Obligation, title: str) -> None:
    notify(
        org_id=int(obligation.provider_org_id or 0), kind="contract.obligation", title=title,
        url=reverse("inspections:obligations", args=[obligation.contract_id]),
        at=clock.now(obligation.owner_agency_id),
    )  # fmt: skip


@transaction.atomic
def delivery_add(
    *,
    actor: Actor,
    obligation: Obligation,
    quantity: int,
    delivered_on: date,
    what: str,
    files: Sequence[tuple[str, bytes]],
) -> ObligationDelivery:
    """Hand in what no other record counts, with what proves it; by the provider."""
    contract = ServiceContract.objects.get(pk=obligation.contract_id)
    if contract.state != State.ACTIVE:
        raise DomainError("合同不在履行中")
    if obligation.kind != Obligation.Kind.OTHER:
        raise DomainError("这类事项由系统按检查、会议和文书的记录统计，不另登记")
    if obligation.superseded_at is not None:
        raise DomainError("该事项已被变更，请刷新页面")
    if quantity < 1:
        raise DomainError("数量至少为1", field="quantity")
    today = clock.today(contract.owner_agency_id)
    if not contract.starts_on <= delivered_on <= today:
        raise DomainError("完成日期应在合同开始之后、今天之前", field="delivered_on")
    if not files:
        raise DomainError("请上传证明材料", field="files")
    row = ObligationDelivery.objects.create(
        **obligation.tenant, obligation=obligation, quantity=quantity, delivered_on=delivered_on,
        what=what.strip(), entered_at=clock.now(contract.owner_agency_id),
        entered_by_name=actor.display[:80],
    )  # fmt: skip
    for name, content in files:
        attachment_add(actor=actor, subject=row, filename=name, content=content)
    record(
        actor=actor, act="delivery.add", subject=row, summary=row.what, data={"quantity": quantity}
    )
    return row


@transaction.atomic
def delivery_withdraw(*, actor: Actor, delivery: ObligationDelivery, reason: str) -> None:
    """Take back what was handed in by mistake, unless it was accepted already."""
    if not reason.strip():
        raise DomainError("请写明撤回原因", field="reason")
    # Whoever accepts holds the contract too.
    _lock(delivery.obligation.contract, State.ACTIVE)
    locked = (
        ObligationDelivery.objects.select_for_update(of=("self",), no_key=True)
        .select_related("obligation__contract")
        .get(pk=delivery.pk)
    )
    if locked.withdrawn_at is not None:
        raise DomainError("已经撤回")
    line = locked.obligation.line
    delivered = delivered_by_line(locked.obligation.contract).get(line, 0)
    if delivered - locked.quantity < accepted_by_line(locked.obligation.contract).get(line, 0):
        raise DomainError("已经验收，不能撤回")
    locked.withdrawn_at = clock.now(locked.owner_agency_id)
    locked.withdrawn_reason = reason.strip()[:200]
    locked.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(actor=actor, act="delivery.withdraw", subject=locked, summary=locked.withdrawn_reason)
