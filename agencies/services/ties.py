"""tie_add · tie_remove: which enterprises a provider advises (利益冲突)."""

from datetime import date

from django.db import transaction

from agencies.models import ServiceTie
from audit.services import record
from common.errors import DomainError
from enterprises.models import Enterprise
from tenancy import clock
from tenancy.actors import Actor


@transaction.atomic
def tie_add(
    *,
    actor: Actor,
    provider_org_id: int,
    enterprise: Enterprise,
    what: str,
    from_on: date,
    until_on: date | None = None,
) -> ServiceTie:
    """Write down that a provider advises an enterprise: its lead declares it, an officer notes it."""
    if actor.is_provider and actor.org_id != provider_org_id:
        raise DomainError("只能申报本机构的咨询关系")
    if not what.strip():
        raise DomainError("请写明服务内容", field="what")
    if until_on is not None and until_on < from_on:
        raise DomainError("结束日期不能早于开始日期", field="until_on")
    now = clock.now(enterprise.owner_agency_id)
    tie = ServiceTie.objects.create(
        **{**enterprise.tenant, "provider_org_id": provider_org_id},
        enterprise=enterprise, what=what.strip(), from_on=from_on, until_on=until_on,
        is_declared=actor.is_provider, noted_at=now, noted_by_name=actor.display[:80],
    )  # fmt: skip
    record(actor=actor, act="servicetie.add", subject=tie, summary=str(tie), at=now)
    return tie


@transaction.atomic
def tie_remove(*, actor: Actor, tie: ServiceTie, reason: str) -> ServiceTie:
    """Strike a wrong one off; a provider only what it declared itself."""
    if not reason.strip():
        raise DomainError("请写明注销原因", field="reason")
    locked = ServiceTie.objects.select_for_update(of=("self",), no_key=True).get(pk=tie.pk)
    if locked.removed_at is not None:
        raise DomainError("该关系已注销")
    if actor.is_provider and not locked.is_declared:
        raise DomainError("监管部门登记的关系由监管部门注销")
    locked.removed_at = clock.now(locked.owner_agency_id)
    locked.removed_reason = reason.strip()[:200]
    locked.save(update_fields=["removed_at", "removed_reason"])
    record(actor=actor, act="servicetie.remove", subject=locked, summary=str(locked))
    return locked
