"""Choosing a provider, entered for an owner without a phone; by the agency alone."""

from django.urls import reverse

from agencies.choice_state import candidates_for
from agencies.models import ChoiceInvite, ChoiceRound
from enterprises.entering import Duty, Kind, register_kind
from enterprises.models import Enterprise
from tenancy import clock
from tenancy.actors import Actor

CHOICE = "choice"


def register() -> None:
    """Name the kind: a provider does not write down that it was chosen."""
    register_kind(Kind(CHOICE, "选择服务机构", choices))


def open_invites(actor: Actor, enterprise: Enterprise) -> list[ChoiceInvite]:
    """Return where an enterprise may choose today and has not chosen itself."""
    rows = ChoiceInvite.objects.filter(
        enterprise=enterprise, owner_agency_id=actor.org_id, round__state=ChoiceRound.State.OPEN
    ).exclude(asked_at=None)
    rows = rows.exclude(choice__made_as="enterprise")
    rows = rows.select_related("round__owner_agency__org", "enterprise").order_by("pk")
    today = clock.today(enterprise.owner_agency_id)
    return [row for row in rows if row.round.is_choosing(today)]


def choices(actor: Actor, enterprise: Enterprise) -> list[Duty]:
    """Return the rounds, each with the providers to tick in the order drawn for this enterprise."""
    return [
        Duty(
            row.round.title,
            reverse("agencies:choose-enter", args=[row.pk]),
            tuple(f"□ {one.offer.provider_org}" for one in candidates_for(row)),
            row.round.closes_on,
        )
        for row in open_invites(actor, enterprise)
    ]
