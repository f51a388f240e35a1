"""The regulator's side of choosing: rounds, who takes part, who is asked, how it went."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agencies import services
from agencies.access import has_hand_in, invite_for, require_hand_in, round_for, round_offer_for
from agencies.choice_state import (
    candidates_for,
    counts_of,
    fallen_of,
    provider_counts,
    regulators_choices,
)
from agencies.forms.choices import ChooseForForm, ExtendForm, OfferForm, RoundForm
from agencies.forms.contracts import ReasonForm
from agencies.models import ChoiceInvite, ChoiceRound, ProviderChoice
from agencies.services.rounds import without_any
from common.pages import act_page, form_page
from common.paging import count_up_to, keyset
from enterprises.forms import EnterpriseFilter
from tenancy import clock
from tenancy.access import require
from tenancy.models import Agency
from tenancy.request import Request
from tenancy.selectors import region_names

PAGE = 50
YEARS = 5  # of which statistics are offered
ONLY = {
    "none": Q(choice=None),
    "own": Q(choice__made_as=ProviderChoice.MadeAs.ENTERPRISE),
    "regulator": Q(choice__made_as=ProviderChoice.MadeAs.REGULATOR),
}


@login_required
@require_GET
def round_list(request: Request) -> HttpResponse:
    """The agency's rounds, the newest first, each with how it went."""
    actor = require(request.actor, "choice_round_view")
    rows = ChoiceRound.objects.filter(owner_agency=actor.org_id).order_by("-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counts = counts_of(page)
    context = {
        "page": page,
        "rounds": [(one, counts[one.pk]) for one in page],
        "may_edit": actor.may("choice_round_edit"),
    }
    return render(request, "agencies/round_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def round_new(request: Request) -> HttpResponse:
    """Draft a round."""
    actor = require(request.actor, "choice_round_edit")

    def act(data: dict[str, Any]) -> str:
        agency = Agency.objects.get(pk=actor.org_id)
        found = services.round_create(actor=actor, agency=agency, **data)
        return reverse("agencies:round", args=[found.pk])

    return form_page(
        request, RoundForm(request.POST or None), act, title="组织企业自主选择",
        submit="保存草稿", back=reverse("agencies:rounds"), back_text="企业自主选择",
        draft="choice-round",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def round_edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft."""
    found = round_for(request.actor, pk)
    back = reverse("agencies:round", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.round_edit(actor=request.actor, found=found, **data)
        return back

    form = RoundForm(request.POST or None, initial=RoundForm.initial_of(found))
    return form_page(
        request, form, act, title="修改", submit="保存", back=back, back_text=found.title
    )


@login_required
@require_GET
def choice_round(request: Request, pk: int) -> HttpResponse:
    """One round: who takes part, who is asked, who has chosen whom, what comes next."""
    found = round_for(request.actor, pk, "choice_round_view")
    only = request.GET.get("only", "")
    rows = found.invites.filter(ONLY.get(only, Q()))
    rows = rows.select_related("enterprise", "choice__offer__provider_org")
    page = Paginator(rows.order_by("region_code", "pk"), PAGE).get_page(request.GET.get("page"))
    is_own = request.actor.org_id == found.owner_agency_id
    today = clock.today_of(found.owner_agency)
    offers = list(found.offers.select_related("provider_org", "contract", "batch").order_by("pk"))
    per_provider = {one.provider_org_id: one for one in provider_counts([found])}
    context = {
        "found": found,
        "counts": counts_of([found])[found.pk],
        "offers": [(offer, per_provider.get(offer.provider_org_id or 0)) for offer in offers],
        "page": page,
        "only": only,
        "towns": region_names({row.region_code for row in page}),
        "may_edit": is_own and request.actor.may("choice_round_edit"),
        "may_close": all(
            has_hand_in(request.actor, o.contract) for o in offers if not o.withdrawn_at
        ),
        "fallen": fallen_of(found, page, today) if found.state == ChoiceRound.State.OPEN else (),
        "is_over": today > found.closes_on,
        "has_begun": today >= found.opens_on,
        "without": _without(found, offers, today),
        "extend_form": ExtendForm(),
        "reason_form": ReasonForm(),
    }
    return render(request, "agencies/round.html", context)


def _without(found: ChoiceRound, offers: list[Any], today: Any) -> list[ChoiceInvite]:
    """Return whom none of the providers fits, while that can still be mended."""
    if found.state != ChoiceRound.State.DRAFT or not offers:
        return []
    invites = list(found.invites.select_related("enterprise"))
    return without_any(found, invites, offers, max(today, found.opens_on))


@login_required
@require_http_methods(["GET", "POST"])
def round_offer_new(request: Request, pk: int) -> HttpResponse:
    """Let a provider take part."""
    found = round_for(request.actor, pk)
    back = reverse("agencies:round", args=[pk])
    form = OfferForm(request.POST or None, actor=request.actor, found=found)

    def act(data: dict[str, Any]) -> str:
        require_hand_in(request.actor, data["contract"])
        services.round_offer_add(actor=request.actor, found=found, **data)
        return back

    return form_page(
        request, form, act, title="增加参加的机构", submit="增加", back=back, back_text=found.title,
        intro="列出本单位同一类别、正在履行的合同；机构须在机构库中。", success="已增加",
    )  # fmt: skip


@login_required
@require_POST
def round_offer_remove(request: Request, pk: int) -> HttpResponse:
    """Take a provider out of a draft."""
    offer = round_offer_for(request.actor, pk)
    return act_page(
        request,
        lambda: services.round_offer_remove(actor=request.actor, offer=offer),
        reverse("agencies:round", args=[offer.round_id]),
        success="已移出",
    )


@login_required
@require_http_methods(["GET", "POST"])
def round_offer_withdraw(request: Request, pk: int) -> HttpResponse:
    """A provider no longer takes part in an open round."""
    offer = round_offer_for(request.actor, pk)
    back = reverse("agencies:round", args=[offer.round_id])

    def act(data: dict[str, Any]) -> str:
        services.round_offer_withdraw(actor=request.actor, offer=offer, **data)
        return back

    return form_page(
        request, ReasonForm(request.POST or None), act, title=f"退出 · {offer.provider_org}",
        submit="退出", confirm="退出后不能恢复，已选择它的企业会收到通知改选。确定吗？", back=back,
        back_text=offer.round.title, success="已退出，选择它的企业已通知",
    )  # fmt: skip


def _pick_rows(request: Request, data: QueryDict, found: ChoiceRound) -> tuple[Any, Any]:
    """Return the filter form and the enterprises it lets through that are not on the list yet."""
    form = EnterpriseFilter(data, actor=request.actor)
    there = found.invites.values("enterprise_id")
    rows = form.rows().filter(owner_agency=found.owner_agency_id).exclude(pk__in=there)
    return form, rows


@login_required
@require_http_methods(["GET", "POST"])
def round_pick(request: Request, pk: int) -> HttpResponse:
    """Pick the enterprises that are asked; POST puts them on the list."""
    found = round_for(request.actor, pk)
    if request.method == "POST":
        return _picked(request, found)
    form, rows = _pick_rows(request, request.GET, found)
    page = keyset(
        rows,
        order=["region_code", "id"],
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "found": found,
        "form": form,
        "chips": form.chips(),
        "slice": page,
        "count": count_up_to(rows),
        "towns": region_names({row.region_code for row in page.rows}),
    }
    return render(request, "agencies/round_pick.html", context)


def _picked(request: Request, found: ChoiceRound) -> HttpResponse:
    if request.POST.get("all_of_filter"):
        _, rows = _pick_rows(request, QueryDict(request.POST.get("filter", "")), found)
        ids = list(rows.values_list("pk", flat=True))
    else:
        ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdigit()]
    return act_page(
        request,
        lambda: services.invites_add(actor=request.actor, found=found, enterprise_ids=ids),
        reverse("agencies:round", args=[found.pk]),
        success="已加入名单",
    )


@login_required
@require_POST
def invite_remove(request: Request, pk: int) -> HttpResponse:
    """Take an enterprise off a draft's list."""
    invite = invite_for(request.actor, pk)
    return act_page(
        request,
        lambda: services.invite_remove(actor=request.actor, invite=invite),
        reverse("agencies:round", args=[invite.round_id]),
        success="已移出名单",
    )


@login_required
@require_POST
def round_open(request: Request, pk: int) -> HttpResponse:
    """Ask the enterprises."""
    found = round_for(request.actor, pk)
    return act_page(
        request,
        lambda: services.round_open(actor=request.actor, found=found),
        reverse("agencies:round", args=[pk]),
        success="已通知企业选择",
    )


@login_required
@require_POST
def round_close(request: Request, pk: int) -> HttpResponse:
    """Turn choices into assignments; for who has a hand in each of the contracts."""
    found = round_for(request.actor, pk)
    for offer in found.offers.filter(withdrawn_at=None).select_related("contract"):
        require_hand_in(request.actor, offer.contract)
    return act_page(
        request,
        lambda: services.round_close(actor=request.actor, found=found),
        reverse("agencies:round", args=[pk]),
        success="选择已结束，企业已按选择指派给机构",
    )


@login_required
@require_http_methods(["GET", "POST"])
def round_extend(request: Request, pk: int) -> HttpResponse:
    """Give the enterprises more days."""
    found = round_for(request.actor, pk)
    back = reverse("agencies:round", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.round_extend(actor=request.actor, found=found, **data)
        return back

    return form_page(
        request, ExtendForm(request.POST or None), act, title="延长选择期限", submit="延长",
        back=back, back_text=found.title, intro=f"现在到{found.closes_on:%Y-%m-%d}为止。",
        success="已延长，没有选择的企业已通知",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def round_cancel(request: Request, pk: int) -> HttpResponse:
    """It leads to nothing."""
    found = round_for(request.actor, pk)
    back = reverse("agencies:round", args=[pk])

    def act(data: dict[str, Any]) -> str:
        services.round_cancel(actor=request.actor, found=found, **data)
        return back

    return form_page(
        request, ReasonForm(request.POST or None), act, title="取消", submit="取消这次选择",
        confirm="取消后企业已作的选择不再有效，企业会收到通知。确定吗？", back=back,
        back_text=found.title, success="已取消",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def choose_for(request: Request, pk: int) -> HttpResponse:
    """Choose for an enterprise that was asked and did not, with the reason."""
    invite = invite_for(request.actor, pk)
    back = reverse("agencies:round", args=[invite.round_id])
    offers = [one.offer.pk for one in candidates_for(invite)]
    form = ChooseForForm(request.POST or None, actor=request.actor, invite=invite, offers=offers)

    def act(data: dict[str, Any]) -> str:
        services.provider_choose_for(
            actor=request.actor, invite=invite, offer_id=data["offer"].pk, reason=data["reason"]
        )
        return back

    return form_page(
        request, form, act, title=f"代为选择 · {invite.enterprise}", submit="代为选择", back=back,
        back_text=invite.round.title, success="已代为选择，企业已收到通知和理由",
        confirm="机构应由企业自主选择。代为选择会记入统计，确定吗？",
        intro="只在企业收到通知而没有选择时代为选择；截止前企业仍可自行改选。",
    )  # fmt: skip


@login_required
@require_GET
def statistics(request: Request) -> HttpResponse:
    """By year and round: chosen by enterprises, by regulators and why, by nobody; per provider."""
    actor = require(request.actor, "choice_round_view")
    today = clock.today(actor.org)
    text = request.GET.get("year", "")
    year = int(text) if text.isdigit() and len(text) == 4 else today.year
    rounds = list(
        ChoiceRound.objects.filter(
            owner_agency=actor.org_id, opens_on__year=year,
            state__in=(ChoiceRound.State.OPEN, ChoiceRound.State.CLOSED),
        ).order_by("opens_on", "pk")
    )  # fmt: skip
    counts = counts_of(rounds)
    context = {
        "year": year,
        "years": range(today.year, today.year - YEARS, -1),
        "rounds": [(one, counts[one.pk]) for one in rounds],
        "total": sum((counts[one.pk] for one in rounds[1:]), counts[rounds[0].pk]) if rounds else None,
        "providers": provider_counts(rounds),
        "by_regulator": regulators_choices(rounds),
        "may_edit": actor.may("library_edit"),
    }  # fmt: skip
    return render(request, "agencies/choice_statistics.html", context)
