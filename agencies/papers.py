"""From rows to the papers of a purchase."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from agencies.documents import AwardLine, AwardNoticeDocument, RankLine
from agencies.models import Procurement, ProcurementLot
from tenancy.models import Agency


def award_notice(procurement: Procurement, agency: Agency, code: str) -> AwardNoticeDocument:
    """中标（成交）结果公告 of an awarded project; `code` is of its public page."""
    assert procurement.announced_at is not None  # both have happened
    assert procurement.ended_at is not None
    lots = list(procurement.lots.select_related("winner").prefetch_related("offers").order_by("pk"))
    plan = procurement.plan_item.plan if procurement.plan_item else None
    return AwardNoticeDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee="",
        project_number=procurement.number,
        project_title=procurement.title,
        method=procurement.get_method_display(),
        plan=f"{plan.title}（预算批复：{plan.budget_number}）" if plan else "",
        outside_reason=procurement.outside_reason,
        announced_on=timezone.localdate(procurement.announced_at),
        lines=tuple(_line(lot) for lot in lots),
        ranking=tuple(rank for lot in lots for rank in _ranks(lot)),
        criteria=tuple(procurement.criteria.order_by("pk").values_list("name", "weight")),
        public_url=settings.SITE_URL + reverse("portal:purchase", args=[code]),
        issued_on=timezone.localdate(procurement.ended_at),
    )


def _line(lot: ProcurementLot) -> AwardLine:
    winner = lot.winner
    return AwardLine(
        lot=lot.name,
        business=lot.business,
        offers=len(lot.offers.all()),
        winner=winner.provider_name if winner else "",
        price=winner.price if winner else None,
        total=winner.total if winner else None,
        reason=lot.award_reason,
        failed_reason=lot.failed_reason,
    )


def _ranks(lot: ProcurementLot) -> list[RankLine]:
    ranked = [offer for offer in lot.offers.all() if offer.rank is not None]
    ranked.sort(key=lambda offer: (offer.rank or 0, offer.provider_name))
    return [
        RankLine(lot.name, offer.rank or 0, offer.provider_name, offer.total) for offer in ranked
    ]
