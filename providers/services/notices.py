"""cross_region_file · cross_region_acknowledge: telling the agency of the place (跨区域执业告知)."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.services import Issuer, document_issue
from notifications.services import notify
from providers import papers
from providers.models import CrossRegionNotice, Provider
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency

WORDS = ("project", "qualification", "people", "served", "commitment")


@transaction.atomic
def cross_region_file(
    *,
    actor: Actor,
    provider: Provider,
    agency: Agency,
    from_on: date,
    until_on: date,
    contract_number: str = "",
    **words: str,
) -> CrossRegionNotice:
    """Tell the agency of a place that the provider will work there; a paper goes to it.

    `words` are project, qualification, people, served enterprises and commitment, none empty. It
    begins today at the earliest: what was done before cannot be told afterwards.
    """
    if actor.org_id != provider.org_id:
        raise DomainError("由机构自己告知")
    now = clock.now(agency.pk)
    if from_on < timezone.localdate(now):
        raise DomainError("不能早于今天，告知须在执业之前", field="from_on")
    if until_on < from_on:
        raise DomainError("结束日期不能早于开始日期", field="until_on")
    for name in WORDS:
        if not words[name].strip():
            raise DomainError("请填写", field=name)
    notice = CrossRegionNotice.objects.create(
        **{**agency.tenant, "provider_org_id": provider.org_id},
        from_on=from_on, until_on=until_on, contract_number=contract_number, filed_at=now,
        filed_by_name=actor.display[:80], **{name: words[name].strip() for name in WORDS},
    )  # fmt: skip
    record(actor=actor, act="crossregionnotice.file", subject=notice, summary=str(notice), at=now)
    document_issue(
        actor=actor, kind="cross_region_notice", subject=notice,
        content=papers.cross_region_notice(notice, provider, timezone.localdate(now)),
        title=f"{provider.org.name}跨区域执业告知书",
        issuer=Issuer(provider.org_id, provider.short_name),
    )  # fmt: skip
    notify(
        org_id=agency.pk, kind="cross_region", at=now, title=f"{provider.org.name}跨区域执业告知",
        url=reverse("providers:notice", args=[notice.pk]),
    )  # fmt: skip
    return notice


@transaction.atomic
def cross_region_acknowledge(*, actor: Actor, notice: CrossRegionNotice) -> CrossRegionNotice:
    """The agency has seen it. It is a notice, no application: it held from the day it named."""
    locked = CrossRegionNotice.objects.select_for_update(of=("self",), no_key=True).get(
        pk=notice.pk
    )
    if locked.owner_agency_id != actor.org_id:
        raise DomainError("由收到告知的监管部门收悉")
    if locked.acknowledged_at is not None:
        raise DomainError(f"已由{locked.acknowledged_by_name}收悉")
    locked.acknowledged_at = clock.now(locked.owner_agency_id)
    locked.acknowledged_by_name = actor.display[:80]
    locked.save(update_fields=["acknowledged_at", "acknowledged_by_name"])
    record(
        actor=actor, act="crossregionnotice.acknowledge", subject=locked, at=locked.acknowledged_at
    )
    assert locked.provider_org_id is not None  # a notice is a provider's
    notify(
        org_id=locked.provider_org_id, kind="cross_region", at=locked.acknowledged_at,
        title=f"跨区域执业告知已收悉：{locked.project}",
        url=reverse("providers:notice", args=[locked.pk]),
    )  # fmt: skip
    return locked
