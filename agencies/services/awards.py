"""offer_add · offer_disqualify · scores_set · lot_award · lot_fail · lot_undecide · procurement_award"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse

from agencies import papers, ranking
from agencies.choosing import choice_check
from agencies.models import (
    AwardCriterion,
    Offer,
    OfferScore,
    Procurement,
    ProcurementLot,
    Publication,
)
from agencies.past import Past, past_of
from agencies.services.procurements import announcement_body, locked_in
from agencies.services.publications import publication_make, yuan
from audit.services import record
from common.errors import DomainError
from documents.services import Issuer, document_issue
from notifications.services import Message, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Organization
from workflow.services import transition

State = Procurement.State
Scores = Mapping[int, Mapping[int, Decimal]]  # {offer: {criterion: score of 100}}


@transaction.atomic
def offer_add(
    *, actor: Actor, lot: ProcurementLot, provider_org_id: int, price: Decimal, note: str = ""
) -> Offer:
    """Enter what a provider offered, after opening; above the ceiling it is kept, and invalid."""
    open_lot = _open(lot)
    provider = Organization.objects.filter(pk=provider_org_id, kind=OrgKind.PROVIDER).first()
    if provider is None:
        raise DomainError("请选择服务机构", field="provider_org")
    if open_lot.offers.filter(provider_org=provider).exists():
        raise DomainError(f"{provider.name}对本标段的报价已登记", field="provider_org")
    if price <= 0:
        raise DomainError("报价须大于零", field="price")
    offer = Offer.objects.create(
        **{**open_lot.tenant, "provider_org_id": provider.pk}, lot=open_lot, price=price,
        provider_name=provider.name, note=note.strip(),
        entered_at=clock.now(open_lot.owner_agency_id), entered_by_name=actor.display[:80],
    )  # fmt: skip
    record(
        actor=actor, act="offer.add", subject=offer, summary=provider.name,
        data={"lot": lot.pk, "price": yuan(price)},
    )  # fmt: skip
    if price > open_lot.ceiling:
        reason = f"报价{yuan(price)}元超过最高限价{yuan(open_lot.ceiling)}元"
        return _disqualify(actor, offer, reason)
    _rank(open_lot)
    return offer


def _open(lot: ProcurementLot) -> ProcurementLot:
    """Lock the project, and return a lot of it on which nothing has been decided."""
    locked = locked_in(lot.procurement, State.CLOSED)
    fresh = ProcurementLot.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.pk)
    fresh.procurement = locked
    if fresh.is_decided:
        raise DomainError("本标段已经定标；要更改，先撤回定标")
    return fresh


@transaction.atomic
def offer_disqualify(*, actor: Actor, offer: Offer, reason: str) -> Offer:
    """Say that an offer is invalid, and why; it keeps its row and takes no rank."""
    if not reason.strip():
        raise DomainError("请写明无效的原因", field="reason")
    _open(offer.lot)
    return _disqualify(actor, offer, reason.strip()[:300])


def _disqualify(actor: Actor, offer: Offer, reason: str) -> Offer:
    offer.disqualified_reason, offer.disqualified_by_name = reason, actor.display[:80]
    offer.rank = None
    offer.save(update_fields=["disqualified_reason", "disqualified_by_name", "rank"])
    record(actor=actor, act="offer.disqualify", subject=offer, summary=reason)
    _rank(offer.lot)
    return offer


@transaction.atomic
def scores_set(*, actor: Actor, lot: ProcurementLot, scores: Scores) -> list[Offer]:
    """Score every valid offer of a lot by every criterion; totals and ranks follow.

    What earlier evaluations come to is noted as the basis of that score. DomainError names the
    offer whose score is missing or not of 100.
    """
    open_lot = _open(lot)
    criteria = list(open_lot.procurement.criteria.order_by("pk"))
    if not criteria:
        raise DomainError("本项目没有评审因素，按报价由低到高排列")
    offers = [offer for offer in open_lot.offers.order_by("pk") if offer.is_valid]
    rows = [_score(offer, c, scores) for offer in offers for c in criteria]
    OfferScore.objects.filter(offer__in=offers).delete()
    OfferScore.objects.bulk_create(rows)
    record(
        actor=actor, act="procurement.scores", subject=open_lot.procurement, summary=open_lot.name,
        data={str(o.pk): {str(c.pk): str(scores[o.pk][c.pk]) for c in criteria} for o in offers},
    )  # fmt: skip
    _rank(open_lot)
    return list(open_lot.offers.order_by("rank", "pk"))


def _score(offer: Offer, criterion: AwardCriterion, scores: Scores) -> OfferScore:
    given = scores.get(offer.pk, {}).get(criterion.pk)
    if given is None:
        raise DomainError(f"{offer.provider_name}的“{criterion.name}”还没有打分")
    if not 0 <= given <= ranking.FULL:
        raise DomainError(f"{offer.provider_name}的“{criterion.name}”得分须在0至100之间")
    basis = ""
    if criterion.kind == AwardCriterion.Kind.PAST:
        basis = _past_words(past_of(int(offer.provider_org_id or 0)), given)
    return OfferScore(**offer.tenant, offer=offer, criterion=criterion, score=given, basis=basis)


def _past_words(past: Past | None, given: Decimal) -> str:
    if past is None:
        return "没有系统内的考评结果，由评审人员填写"
    if past.score == given:
        return past.words[:300]
    return f"考评结果为{past.score:f}分（{past.words}），评审人员改为{given:f}分"[:300]


def _rank(lot: ProcurementLot) -> None:
    """Write totals and ranks of a lot's valid offers; without all scores nobody has a rank."""
    weights = dict(lot.procurement.criteria.values_list("pk", "weight"))
    offers = [offer for offer in lot.offers.prefetch_related("scores") if offer.is_valid]
    is_full = all(len(offer.scores.all()) == len(weights) for offer in offers)
    bids = []
    for offer in offers:
        pairs = [(s.score, weights[s.criterion_id]) for s in offer.scores.all()]
        offer.total = ranking.total_of(pairs) if weights and is_full else None
        bids.append(ranking.Bid(offer.pk, offer.price, offer.total))
    places = ranking.ranks(bids) if is_full else {}
    for offer in offers:
        offer.rank = places.get(offer.pk)
    Offer.objects.bulk_update(offers, ["total", "rank"])


@transaction.atomic
def lot_award(
    *, actor: Actor, lot: ProcurementLot, offer: Offer, reason: str = ""
) -> ProcurementLot:
    """Award a lot: to the first, or to another for a written reason.

    DomainError for an offer that is invalid or not ranked, and for a provider that may not be
    chosen on the day (`agencies.choosing`).
    """
    open_lot = _open(lot)
    chosen = open_lot.offers.filter(pk=offer.pk).first()
    if chosen is None:
        raise DomainError("请选择本标段的报价", field="offer")
    if not chosen.is_valid:
        raise DomainError(f"报价无效：{chosen.disqualified_reason}", field="offer")
    if chosen.rank is None:
        raise DomainError("还没有对全部有效报价打分，不能定标", field="offer")
    if chosen.rank > 1 and not reason.strip():
        raise DomainError(
            f"{chosen.provider_name}排第{chosen.rank}名；不选第一名须写明理由", field="reason"
        )
    today = clock.today(open_lot.owner_agency_id)
    choice_check(int(chosen.provider_org_id or 0), today, field="offer")
    open_lot.winner = chosen
    open_lot.award_reason = reason.strip()[:300] if chosen.rank > 1 else ""
    return _decide(actor, open_lot, "procurement.lot_award", chosen.provider_name)


@transaction.atomic
def lot_fail(*, actor: Actor, lot: ProcurementLot, reason: str) -> ProcurementLot:
    """Award a lot to nobody, and say why."""
    if not reason.strip():
        raise DomainError("请写明原因", field="reason")
    open_lot = _open(lot)
    open_lot.failed_reason = reason.strip()[:300]
    return _decide(actor, open_lot, "procurement.lot_fail", open_lot.failed_reason)


def _decide(actor: Actor, lot: ProcurementLot, act: str, summary: str) -> ProcurementLot:
    lot.decided_at = clock.now(lot.owner_agency_id)
    lot.decided_by_name = actor.display[:80]
    lot.save()
    record(
        actor=actor, act=act, subject=lot, summary=summary, at=lot.decided_at,
        data={"winner": lot.winner_id, "reason": lot.award_reason},
    )  # fmt: skip
    return lot


@transaction.atomic
def lot_undecide(*, actor: Actor, lot: ProcurementLot) -> ProcurementLot:
    """Take a decision back before the result is published."""
    locked_in(lot.procurement, State.CLOSED)
    fresh = ProcurementLot.objects.select_for_update(of=("self",), no_key=True).get(pk=lot.pk)
    if not fresh.is_decided:
        raise DomainError("本标段还没有定标")
    fresh.winner, fresh.award_reason, fresh.failed_reason = None, "", ""
    fresh.decided_at, fresh.decided_by_name = None, ""
    fresh.save()
    record(actor=actor, act="procurement.lot_undecide", subject=fresh, summary=fresh.name)
    return fresh


@transaction.atomic
def procurement_award(*, actor: Actor, procurement: Procurement) -> Procurement:
    """Publish the result once every lot is decided: the notice, the public page, each its own offer.

    DomainError names the lots that are open; where all of them failed, the project itself fails.
    Who may not be chosen any more on this day is refused again.
    """
    locked = locked_in(procurement, State.CLOSED)
    lots = list(locked.lots.select_related("winner").order_by("pk"))
    if undecided := [lot.name for lot in lots if not lot.is_decided]:
        raise DomainError(f"还有标段没有定标：{'、'.join(undecided)}")
    winners = [lot.winner for lot in lots if lot.winner is not None]
    if not winners:
        raise DomainError("全部标段都已废标，请对整个项目作废标处理")
    now, today = clock.now(locked.owner_agency_id), clock.today(locked.owner_agency_id)
    for winner in winners:
        choice_check(int(winner.provider_org_id or 0), today)
    awarded = transition(
        actor=actor, row=locked, name="award", ended_at=now, ended_by_name=actor.display[:80],
        summary="、".join(winner.provider_name for winner in winners),
    )  # fmt: skip
    offers = Offer.objects.filter(lot__procurement=awarded)
    offers.update(disclosed_at=now)
    public = publication_make(
        actor=actor, kind=Publication.Kind.AWARD, subject=awarded,
        title=f"{awarded.title}中标（成交）结果公告", body=award_body(awarded),
    )  # fmt: skip
    _issue_notice(actor, awarded, public.code)
    _tell(awarded, offers.values_list("provider_org_id", flat=True).distinct())
    return awarded


def award_body(procurement: Procurement) -> dict[str, Any]:
    """Return what of an award anyone may read: ranks and totals, who won, why not the first."""
    lots = procurement.lots.select_related("winner").prefetch_related("offers").order_by("pk")
    assert procurement.ended_at is not None  # awarded
    return {
        **announcement_body(procurement),
        "awarded_on": f"{clock.today(procurement.owner_agency_id):%Y-%m-%d}",
        "results": [_result(lot) for lot in lots],
    }


def _result(lot: ProcurementLot) -> dict[str, Any]:
    offers = list(lot.offers.all())
    ranked = sorted(
        (o for o in offers if o.rank is not None), key=lambda o: (o.rank or 0, o.provider_name)
    )
    return {
        "lot": lot.name,
        "offers": len(offers),
        "invalid": sum(not offer.is_valid for offer in offers),
        "ranking": [
            {
                "rank": offer.rank,
                "provider": offer.provider_name,
                "total": "" if offer.total is None else f"{offer.total:.2f}",
            }
            for offer in ranked
        ],
        "winner": lot.winner.provider_name if lot.winner else "",
        "price": yuan(lot.winner.price) if lot.winner else "",
        "reason": lot.award_reason,
        "failed_reason": lot.failed_reason,
    }


def _issue_notice(actor: Actor, procurement: Procurement, code: str) -> None:
    agency = Agency.objects.select_related("org").get(pk=procurement.owner_agency_id)
    document_issue(
        actor=actor, kind="award_notice", subject=procurement,
        content=papers.award_notice(procurement, agency, code),
        title=f"{procurement.title}中标（成交）结果公告",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip


def _tell(procurement: Procurement, providers: Any) -> None:
    url = reverse("agencies:own-offers")
    title = f"“{procurement.title}”已定标，可以查看本机构的结果"
    notify_many(
        [Message(pk, title, url) for pk in providers], kind="procurement.awarded",
        at=clock.now(procurement.owner_agency_id),
    )  # fmt: skip
