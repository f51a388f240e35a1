"""One lot: what was offered, how it is scored, who comes first, who gets it; a provider's own."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies import choosing, past, ranking, services
from agencies.access import lot_for, offer_for
from agencies.forms.purchase import AwardForm, EndForm, OfferForm, ScoresForm
from agencies.models import AwardCriterion, Offer, Procurement, ProcurementLot, PurchasePublication
from agencies.models.purchase import TENDERS
from agencies.past import Past
from common.errors import DomainError
from common.pages import act_page, form_page
from providers.models import Provider
from tenancy import clock
from tenancy.access import require
from tenancy.request import Request

PAGE = 50
ENOUGH = 3  # valid offers of a tender (政府采购法第三十六条)


@login_required
@require_GET
def lot(request: Request, pk: int) -> HttpResponse:
    """One lot: offers with their scores in order of rank, and the decision."""
    found = lot_for(request.actor, pk)
    project = found.procurement
    actor, is_own = request.actor, request.actor.org_id == found.owner_agency_id
    is_open = project.state == Procurement.State.CLOSED and not found.is_decided
    criteria = list(project.criteria.order_by("pk"))
    offers = _offers(found)
    rows = [_row(offer, criteria) for offer in offers]
    _qualify(rows, found)
    valid = sum(offer.is_valid for offer in offers)
    context = {
        "lot": found,
        "procurement": project,
        "criteria": criteria,
        "rows": rows,
        "valid": valid,
        "is_ranked": any(offer.rank for offer in offers),
        "is_too_few": project.method in TENDERS and offers and valid < ENOUGH,
        "is_open": is_open,
        "may_edit": is_own and actor.may("procurement_edit") and is_open,
        "may_award": is_own and actor.may("procurement_award"),
        "may_undecide": project.state == Procurement.State.CLOSED and found.is_decided,
        "contract": found.contracts.exclude(state="terminated").first(),
        "may_contract": is_own and actor.may("contract_edit"),
    }
    return render(request, "agencies/lot.html", context)


def _offers(found: ProcurementLot) -> list[Offer]:
    """Return a lot's offers by rank; those without one last."""
    offers = found.offers.prefetch_related("scores").order_by("pk")
    return sorted(offers, key=lambda o: (not o.is_valid, o.rank is None, o.rank or 0, o.pk))


def _row(offer: Offer, criteria: list[AwardCriterion]) -> dict[str, Any]:
    given = {score.criterion_id: score for score in offer.scores.all()}
    return {"offer": offer, "scores": [(c, given.get(c.pk)) for c in criteria]}


def _qualify(rows: list[dict[str, Any]], found: ProcurementLot) -> None:
    """Put beside each offer what the law asks of the provider, and why it may not be chosen."""
    today = clock.today_of(found.procurement.owner_agency)
    providers = Provider.objects.in_bulk([row["offer"].provider_org_id for row in rows])
    for row in rows:
        provider = providers.get(row["offer"].provider_org_id)
        row["required"] = choosing.required_words(provider) if provider else choosing.NOT_NEEDED
        row["refusal"] = choosing.refusal_words(int(row["offer"].provider_org_id), today)


def _url(found: ProcurementLot) -> str:
    return reverse("agencies:lot", args=[found.pk])


@login_required
@require_http_methods(["GET", "POST"])
def offer_new(request: Request, pk: int) -> HttpResponse:
    """Enter what a provider offered."""
    found = lot_for(request.actor, pk, "procurement_edit")

    def act(data: dict[str, Any]) -> str:
        provider = data.pop("provider_org")
        services.offer_add(actor=request.actor, lot=found, provider_org_id=provider.pk, **data)
        return _url(found)

    return form_page(
        request, OfferForm(request.POST or None, actor=request.actor), act, title="登记报价",
        submit="登记", back=_url(found), back_text=found.name, success="已登记",
        intro=f"最高限价{found.ceiling:,}元。超过最高限价的照实登记，系统认定为无效。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def offer_disqualify(request: Request, pk: int) -> HttpResponse:
    """Say that an offer is invalid."""
    found = offer_for(request.actor, pk)

    def act(data: dict[str, Any]) -> str:
        services.offer_disqualify(actor=request.actor, offer=found, **data)
        return _url(found.lot)

    return form_page(
        request, EndForm(request.POST or None), act, title=f"认定无效：{found.provider_name}",
        submit="认定无效", back=_url(found.lot), back_text=found.lot.name, success="已认定无效",
        confirm="认定无效后该报价不再参加评审，不能恢复。确定吗？",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def scores(request: Request, pk: int) -> HttpResponse:
    """Score all valid offers of a lot by all criteria, on one page."""
    found = lot_for(request.actor, pk, "procurement_edit")
    offers = [offer for offer in _offers(found) if offer.is_valid]
    criteria = list(found.procurement.criteria.order_by("pk"))
    earlier = {o.pk: past.past_of(int(o.provider_org_id or 0)) for o in offers}
    form = ScoresForm(
        request.POST or None, offers=offers, criteria=criteria,
        proposed=_proposed(offers, criteria, earlier),
    )  # fmt: skip
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.scores_set(actor=request.actor, lot=found, scores=form.scores)
            return redirect(_url(found))
        except DomainError as error:
            problem = error.message
    context = {
        "lot": found,
        "form": form,
        "rows": [(offer, fields, earlier[offer.pk]) for offer, fields in form.rows()],
        "criteria": criteria,
        "problem": problem,
        "has_past": any(c.kind == AwardCriterion.Kind.PAST for c in criteria),
        "is_past_known": past.is_known(),
        "has_price": any(c.kind == AwardCriterion.Kind.PRICE for c in criteria),
    }
    status = 422 if problem or form.errors else 200
    return render(request, "agencies/scores.html", context, status=status)


def _proposed(
    offers: list[Offer], criteria: list[AwardCriterion], earlier: dict[int, Past | None]
) -> dict[tuple[int, int], Decimal]:
    """Return the scores that rules propose: of the price, and of what earlier evaluations found."""
    found = {}
    lowest = min((offer.price for offer in offers), default=Decimal(0))
    for criterion in criteria:
        for offer in offers:
            known = earlier[offer.pk]
            if criterion.kind == AwardCriterion.Kind.PRICE:
                found[offer.pk, criterion.pk] = ranking.price_score(lowest, offer.price)
            elif criterion.kind == AwardCriterion.Kind.PAST and known is not None:
                found[offer.pk, criterion.pk] = known.score
    return found


@login_required
@require_http_methods(["GET", "POST"])
def lot_award(request: Request, pk: int) -> HttpResponse:
    """Award a lot."""
    found = lot_for(request.actor, pk, "procurement_award")
    ranked = found.offers.exclude(rank=None).order_by("rank", "pk")
    form = AwardForm(request.POST or None, offers=ranked, initial={"offer": ranked.first()})

    def act(data: dict[str, Any]) -> str:
        services.lot_award(actor=request.actor, lot=found, **data)
        return _url(found)

    return form_page(
        request, form, act, title=f"定标：{found.name}", submit="定标", back=_url(found),
        back_text=found.name, success="已定标；全部标段定标后公布结果",
        intro="公布结果以前可以撤回。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def lot_fail(request: Request, pk: int) -> HttpResponse:
    """Award a lot to nobody."""
    found = lot_for(request.actor, pk, "procurement_award")

    def act(data: dict[str, Any]) -> str:
        services.lot_fail(actor=request.actor, lot=found, **data)
        return _url(found)

    return form_page(
        request, EndForm(request.POST or None), act, title=f"本标段废标：{found.name}",
        submit="本标段废标", back=_url(found), back_text=found.name, success="已登记",
    )  # fmt: skip


@login_required
@require_POST
def lot_undecide(request: Request, pk: int) -> HttpResponse:
    """Take a decision back before it is published."""
    found = lot_for(request.actor, pk, "procurement_award")
    return act_page(
        request, lambda: services.lot_undecide(actor=request.actor, lot=found), _url(found),
        success="已撤回定标",
    )  # fmt: skip


@login_required
@require_GET
def own_offers(request: Request) -> HttpResponse:
    """What a provider's own offers came to, once awards are made."""
    actor = require(request.actor, "offer_own")
    rows = Offer.objects.filter(provider_org=actor.org).exclude(disclosed_at=None)
    rows = rows.select_related("lot__procurement__owner_agency__org").prefetch_related(
        "scores__criterion"
    )
    page = Paginator(rows.order_by("-disclosed_at", "pk"), PAGE).get_page(request.GET.get("page"))
    projects = {str(offer.lot.procurement_id) for offer in page}
    published = PurchasePublication.objects.filter(
        subject_type="agencies.procurement", subject_id__in=projects, state="published",
        kind=PurchasePublication.Kind.AWARD,
    )  # fmt: skip
    codes = dict(published.values_list("subject_id", "code"))
    context = {
        "page": page,
        "rows": [(offer, codes.get(str(offer.lot.procurement_id), "")) for offer in page],
    }
    return render(request, "agencies/own_offers.html", context)
