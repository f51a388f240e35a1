"""round_create · round_edit · round_offer_add · round_offer_remove · round_offer_withdraw · invites_add ·
invite_remove · round_open · round_extend · round_cancel · round_close: the regulator's side of a choice"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.choice_state import fallen_of
from agencies.eligibility import Eligible, eligible
from agencies.models import (
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    ServiceBatch,
    ServiceContract,
)
from agencies.services.batches import batch_assign, batch_create
from audit.services import record
from common.errors import DomainError
from enterprises.models import Enterprise
from enterprises.services import files_hold
from notifications.services import Message, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from workflow.services import transition

State = ChoiceRound.State
FEWEST = 2  # providers: to choose from one is no choice
NAMED = 5  # enterprises named in a refusal


@transaction.atomic
def round_create(*, actor: Actor, agency: Agency, **fields: Any) -> ChoiceRound:
    """Draft a round of choosing. DomainError names the field."""
    found = ChoiceRound(
        **agency.tenant, created_at=clock.now(agency.pk), created_by_name=actor.display[:80]
    )
    return _save(actor, found, "choiceround.create", fields)


@transaction.atomic
def round_edit(*, actor: Actor, found: ChoiceRound, **fields: Any) -> ChoiceRound:
    """Change a draft."""
    return _save(actor, _lock_draft(found), "choiceround.edit", fields)


def _save(actor: Actor, found: ChoiceRound, act: str, fields: dict[str, Any]) -> ChoiceRound:
    for name, value in fields.items():
        setattr(found, name, value)
    if found.closes_on < found.opens_on:
        raise DomainError("截止日期不能早于开始日期", field="closes_on")
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError:
        raise DomainError(f"代号前缀{found.code}已用过", field="code") from None
    record(actor=actor, act=act, subject=found, summary=found.title)
    return found


def _lock(found: ChoiceRound) -> ChoiceRound:
    rows = ChoiceRound.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("owner_agency").get(pk=found.pk)


def _lock_draft(found: ChoiceRound) -> ChoiceRound:
    locked = _lock(found)
    if locked.state != State.DRAFT:
        raise DomainError("已经发给企业，不能再改")
    return locked


@transaction.atomic
def round_offer_add(
    *,
    actor: Actor,
    found: ChoiceRound,
    contract: ServiceContract,
    price: Decimal | None = None,
    price_unit: str = "",
) -> ChoiceOffer:
    """Let a provider take part by its framework contract. DomainError names the field."""
    locked = _lock_draft(found)
    if contract.owner_agency_id != locked.owner_agency_id:
        raise DomainError("请选择本单位的合同", field="contract")
    if contract.state != ServiceContract.State.ACTIVE or contract.kind != locked.kind:
        raise DomainError("只有同一类别、正在履行的合同才能参加", field="contract")
    if price is not None and not price_unit.strip():
        raise DomainError("请写明计价单位，如“每家每年”", field="price_unit")
    day = max(clock.today(locked.owner_agency_id), locked.opens_on)
    why = _stand(locked, [int(contract.provider_org_id or 0)], day).why_not(
        contract.provider_org_id
    )
    if why:
        raise DomainError(why, field="contract")
    offer = ChoiceOffer(
        **{**locked.tenant, "provider_org_id": contract.provider_org_id},
        round=locked, contract=contract, price=price, price_unit=price_unit.strip(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            offer.save(force_insert=True)
    except IntegrityError:
        raise DomainError(f"{contract.provider_org}已经参加", field="contract") from None
    record(actor=actor, act="choiceround.offer", subject=locked, summary=str(contract.provider_org))
    return offer


def _stand(found: ChoiceRound, providers: Iterable[int], day: date) -> Eligible:
    return eligible(agency_id=found.owner_agency_id, provider_org_ids=providers, day=day)


@transaction.atomic
def round_offer_remove(*, actor: Actor, offer: ChoiceOffer) -> None:
    """Take a provider out of a draft."""
    locked = _lock_draft(offer.round)
    record(actor=actor, act="choiceround.offer_remove", subject=locked, summary=str(offer))
    ChoiceOffer.objects.filter(pk=offer.pk).delete()


@transaction.atomic
def round_offer_withdraw(*, actor: Actor, offer: ChoiceOffer, reason: str) -> ChoiceOffer:
    """A provider no longer takes part in an open round; who chose it is asked to choose again."""
    if not reason.strip():
        raise DomainError("请写明退出原因", field="reason")
    locked = _lock(offer.round)
    row = ChoiceOffer.objects.select_related("provider_org").get(pk=offer.pk)
    if locked.state != State.OPEN or row.withdrawn_at is not None:
        raise DomainError("只有进行中的选择才能让机构退出，已退出的不能再退")
    row.withdrawn_at, row.withdrawn_reason = clock.now(locked.owner_agency_id), reason.strip()
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(
        actor=actor, act="choiceround.offer_withdraw", subject=locked, summary=reason.strip(),
        data={"provider": str(row.provider_org)}, at=row.withdrawn_at,
    )  # fmt: skip
    chose = ChoiceInvite.objects.filter(round=locked, choice__offer=row)
    _tell(locked, chose, f"{row.provider_org}已退出，请重新选择服务机构")
    return row


@transaction.atomic
def invites_add(*, actor: Actor, found: ChoiceRound, enterprise_ids: Iterable[int]) -> int:
    """Put enterprises of the agency's own register on a draft's list; return how many are new."""
    locked = _lock_draft(found)
    wanted = set(enterprise_ids)
    if not wanted:
        raise DomainError("请先选择企业", field="enterprises")
    files_hold(wanted)
    rows = Enterprise.objects.filter(pk__in=wanted, owner_agency=locked.owner_agency_id)
    enterprises = list(rows.order_by("region_code", "pk"))
    if len(enterprises) != len(wanted):
        raise DomainError("选择的企业不存在，请刷新列表后重选", field="enterprises")
    there = set(locked.invites.filter(enterprise__in=wanted).values_list("enterprise", flat=True))
    fresh = [one for one in enterprises if one.pk not in there]
    ChoiceInvite.objects.bulk_create(
        ChoiceInvite(
            owner_agency_id=locked.owner_agency_id,
            region_code=one.region_code,
            enterprise_org_id=one.enterprise_org_id,
            round=locked,
            enterprise=one,
        )
        for one in fresh
    )
    record(actor=actor, act="choiceround.invite", subject=locked, data={"count": len(fresh)})
    return len(fresh)


@transaction.atomic
def invite_remove(*, actor: Actor, invite: ChoiceInvite) -> None:
    """Take an enterprise off a draft's list."""
    locked = _lock_draft(invite.round)
    record(actor=actor, act="choiceround.invite_remove", subject=locked, summary=str(invite))
    ChoiceInvite.objects.filter(pk=invite.pk).delete()


@transaction.atomic
def round_open(*, actor: Actor, found: ChoiceRound) -> ChoiceRound:
    """Ask the enterprises. Each must find a provider that fits, and there must be a choice."""
    locked = _lock_draft(found)
    now, today = clock.now(locked.owner_agency_id), clock.today(locked.owner_agency_id)
    offers = list(locked.offers.all())
    invites = list(locked.invites.select_related("enterprise").order_by("pk"))
    if len(offers) < FEWEST:
        raise DomainError(f"至少要有{FEWEST}家机构参加，企业才有得选")
    if not invites:
        raise DomainError("还没有选定企业")
    if locked.closes_on < today:
        raise DomainError("选择截止日期已过，请先修改", field="closes_on")
    day = max(today, locked.opens_on)
    if without := without_any(locked, invites, offers, day):
        names = "、".join(one.enterprise.name for one in without[:NAMED])
        raise DomainError(f"{names}等 {len(without)} 家企业没有适合的机构，请增加机构或者移出企业")
    moved = transition(actor=actor, row=locked, name="open", opened_at=now)
    moved.invites.update(asked_at=now)
    days = f"{moved.opens_on:%Y-%m-%d}至{moved.closes_on:%Y-%m-%d}"
    _tell(moved, moved.invites.all(), f"请选择服务机构：{moved.title}，{days}")
    return moved


def without_any(
    found: ChoiceRound, invites: Sequence[ChoiceInvite], offers: Sequence[ChoiceOffer], day: date
) -> list[ChoiceInvite]:
    """Return the enterprises that none of the providers fits on a day."""
    providers = [int(offer.provider_org_id or 0) for offer in offers if not offer.withdrawn_at]
    stand = _stand(found, providers, day)
    return [
        invite
        for invite in invites
        if all(stand.why_not(provider, invite.enterprise) for provider in providers)
    ]


def _tell(found: ChoiceRound, invites: Iterable[ChoiceInvite], title: str) -> None:
    """Tell the enterprises of some invites, in one statement."""
    messages = [
        Message(one.enterprise_org_id, title, reverse("agencies:choose", args=[one.pk]))
        for one in invites
        if one.enterprise_org_id is not None
    ]
    at = clock.now(found.owner_agency_id)
    notify_many(messages, kind="choice.round", at=at, is_urgent=True)


@transaction.atomic
def round_extend(*, actor: Actor, found: ChoiceRound, closes_on: date, reason: str) -> ChoiceRound:
    """Give the enterprises more days. DomainError names the field."""
    if not reason.strip():
        raise DomainError("请写明延长原因", field="reason")
    locked = _lock(found)
    if locked.state != State.OPEN:
        raise DomainError("只有进行中的选择才能延长")
    today = clock.today(locked.owner_agency_id)
    if closes_on <= locked.closes_on or closes_on < today:
        raise DomainError("新的截止日期应晚于原来的，也不早于今天", field="closes_on")
    before, locked.closes_on = locked.closes_on, closes_on
    locked.save(update_fields=["closes_on"])
    record(
        actor=actor, act="choiceround.extend", subject=locked, summary=reason.strip(),
        data={"from": before.isoformat(), "to": closes_on.isoformat()},
        at=clock.now(locked.owner_agency_id),
    )  # fmt: skip
    invites = list(locked.invites.select_related("enterprise", "choice__offer"))
    fallen = fallen_of(locked, invites, today)
    unsettled = [one for one in invites if one.choice is None or one.pk in fallen]
    _tell(locked, unsettled, f"{locked.title}：选择服务机构延长至{closes_on:%Y-%m-%d}")
    return locked


@transaction.atomic
def round_cancel(*, actor: Actor, found: ChoiceRound, reason: str) -> ChoiceRound:
    """It leads to nothing; whoever was asked is told why."""
    if not reason.strip():
        raise DomainError("请写明取消原因", field="reason")
    moved = transition(
        actor=actor, row=found, name="cancel", summary=reason.strip(), state_reason=reason.strip()
    )
    asked = moved.invites.exclude(asked_at=None)
    _tell(moved, asked, f"{moved.title}已取消：{reason.strip()}")
    return moved


@transaction.atomic
def round_close(*, actor: Actor, found: ChoiceRound) -> list[ServiceBatch]:
    """Turn every choice into an assignment: a batch for each provider in its contract, all or none.

    Before the last day only where every enterprise has chosen: the days that it was given are its
    own. A choice that no longer stands must be made again first. DomainError names whose.
    """
    locked = _lock(found)
    if locked.state != State.OPEN:
        raise DomainError("只有进行中的选择才能结束")
    invites = _lock_invites(locked)
    today = clock.today(locked.owner_agency_id)
    undecided = sum(invite.choice is None for invite in invites)
    if today <= locked.closes_on and undecided:
        raise DomainError(
            f"选择到{locked.closes_on:%Y-%m-%d}为止，还有 {undecided} 家没有选择，不能提前结束"
        )
    _check_standing(locked, invites, today)
    batches = [
        _batch(actor, locked, number, offer, enterprises, today)
        for number, (offer, enterprises) in zip(_numbers(locked), _chosen(invites), strict=False)
    ]
    transition(
        actor=actor, row=locked, name="close", closed_at=clock.now(locked.owner_agency_id),
        data={"batches": [batch.pk for batch in batches], "undecided": undecided},
    )  # fmt: skip
    for batch in batches:
        taken = [
            invite for invite in invites if invite.choice and invite.choice.offer.batch == batch
        ]
        _tell(locked, taken, f"{locked.title}：由{batch.provider_org}为你单位服务")
    return batches


def _lock_invites(found: ChoiceRound) -> list[ChoiceInvite]:
    """Return the enterprises with what they chose, and let nobody choose meanwhile.

    Whoever chooses at this moment waits, and then finds the round closed. First locked, then read:
    what a locking statement joins is as old as its beginning, before it waited.
    """
    rows = found.invites.order_by("pk")
    ids = list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    related = ("enterprise", "choice__offer__contract", "choice__offer__provider_org")
    return list(rows.filter(pk__in=ids).select_related(*related))


def _check_standing(found: ChoiceRound, invites: Sequence[ChoiceInvite], today: date) -> None:
    """Refuse choices that do not stand any more: withdrawn, out of the library, barred."""
    fallen = fallen_of(found, invites, today)
    names = [
        f"{invite.enterprise.name}选择的{invite.choice.offer.provider_org}"
        for invite in invites
        if invite.choice and invite.pk in fallen
    ]
    if names:
        words = "、".join(names[:NAMED])
        raise DomainError(
            f"{words}等 {len(names)} 家已不能服务，请延长期限由企业改选，或者说明理由代选"
        )


def _numbers(found: ChoiceRound) -> Iterator[int]:
    """Yield the numbers of batches that are free behind the round's code."""
    codes = ServiceBatch.objects.filter(
        owner_agency=found.owner_agency_id, code__startswith=f"{found.code}-"
    )
    taken = set(codes.values_list("code", flat=True))
    return (number for number in count(1) if f"{found.code}-{number}" not in taken)


def _chosen(invites: Sequence[ChoiceInvite]) -> list[tuple[ChoiceOffer, list[int]]]:
    """Return each offer that somebody chose with its enterprises, in the order of the offers."""
    offers: dict[int, ChoiceOffer] = {}
    enterprises: dict[int, list[int]] = defaultdict(list)
    for invite in invites:
        if invite.choice:
            # One object for one row: what is written to it is seen by all.
            invite.choice.offer = offers.setdefault(invite.choice.offer_id, invite.choice.offer)
            enterprises[invite.choice.offer_id].append(invite.enterprise_id)
    return [(offers[pk], enterprises[pk]) for pk in sorted(offers)]


def _batch(
    actor: Actor,
    found: ChoiceRound,
    number: int,
    offer: ChoiceOffer,
    enterprise_ids: Sequence[int],
    today: date,
) -> ServiceBatch:
    batch = batch_create(
        actor=actor, contract=offer.contract, name=f"{found.title}（{number}）",
        code=f"{found.code}-{number}", starts_on=max(today, offer.contract.starts_on),
        ends_on=offer.contract.ends_on,
    )  # fmt: skip
    batch_assign(
        actor=actor, batch=batch, enterprise_ids=enterprise_ids,
        conflict_reason=f"{found.title}：企业在机构库中选择了该机构",
    )  # fmt: skip
    offer.batch = batch
    offer.save(update_fields=["batch"])
    return batch
