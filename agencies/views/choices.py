"""The enterprise's own side: which providers it may choose, and its choice."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from agencies import services
from agencies.access import invite_to_enter_for, own_invite_for
from agencies.choice_state import candidates_for, fallen_of, invites_to_choose
from agencies.entering import CHOICE
from agencies.forms.choices import ChoiceEnterForm
from agencies.models import ChoiceInvite, ChoiceRound, ProviderChoice
from common.pages import act_page
from enterprises.entering_forms import slip_start
from enterprises.entering_views import enter_page
from tenancy import clock
from tenancy.access import require
from tenancy.actors import Actor
from tenancy.request import Request

MOST = 20


@login_required
@require_GET
def choose_list(request: Request) -> HttpResponse:
    """Where the enterprise may choose now; what it was asked before."""
    actor = require(request.actor, "provider_choose")
    waiting = invites_to_choose(actor)
    if len(waiting) == 1:
        return redirect("agencies:choose", pk=waiting[0].pk)
    earlier = ChoiceInvite.objects.filter(enterprise_org__in=actor.orgs).exclude(asked_at=None)
    earlier = earlier.exclude(pk__in=[one.pk for one in waiting])
    rows = earlier.select_related("round", "choice__offer__provider_org").order_by("-pk")
    context = {"waiting": waiting, "earlier": rows[:MOST]}
    return render(request, "agencies/choose_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def choose_enter(request: Request, pk: int) -> HttpResponse:
    """Enter what an owner without a phone chose, as he ticked and signed it: his choice, not ours."""
    invite = invite_to_enter_for(request.actor, pk)
    offers = [one.offer.pk for one in candidates_for(invite)]
    form = ChoiceEnterForm(
        request.POST or None, request.FILES or None, actor=request.actor, invite=invite,
        offers=offers, initial=slip_start(invite.enterprise),
    )  # fmt: skip

    def act(owner: Actor, data: dict[str, Any]) -> ProviderChoice:
        offer_id = data["offer"].pk
        return services.provider_choose(actor=owner, invite=invite, offer_id=offer_id)

    return enter_page(
        request, invite.enterprise, form, act, kind=CHOICE, words=invite.round.title,
        intro="照企业打勾并签字的确认单录入，算企业自主选择，注明由你代录。不得替企业拿主意。",
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def choose(request: Request, pk: int) -> HttpResponse:
    """The providers that fit the enterprise, in its own drawn order; POST chooses one."""
    invite = own_invite_for(request.actor, pk)
    if request.method == "POST":
        text = request.POST.get("offer", "")
        offer_id = int(text) if text.isdigit() and len(text) < 19 else 0
        return act_page(
            request,
            lambda: services.provider_choose(actor=request.actor, invite=invite, offer_id=offer_id),
            reverse("agencies:choose", args=[pk]),
            success="已选择，截止前可以改选",
        )
    found = invite.round
    is_open = found.state == ChoiceRound.State.OPEN
    choices = invite.choices.select_related("offer__provider_org").order_by("-pk")
    context = {
        "invite": invite,
        "found": found,
        "choice": next((one for one in choices if one.pk == invite.choice_id), None),
        "choices": choices,
        "candidates": candidates_for(invite) if is_open else [],
        "is_fallen": is_open
        and bool(fallen_of(found, [invite], clock.today_of(found.owner_agency))),
        "is_choosing": found.is_choosing(clock.today_of(found.owner_agency)),
        "is_early": is_open and clock.today_of(found.owner_agency) < found.opens_on,
    }
    return render(request, "agencies/choose.html", context)
