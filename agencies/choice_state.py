"""What an enterprise chooses from, and how often it did so itself."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q

from agencies.eligibility import eligible
from agencies.evaluations import Published, published_of
from agencies.models import (
    ChoiceInvite,
    ChoiceOffer,
    ChoiceRound,
    LibraryProvider,
    ProviderChoice,
)
from providers.models import Qualification
from tenancy import clock
from tenancy.actors import Actor

MadeAs = ProviderChoice.MadeAs
CHOSEN_ORG = "choice__offer__provider_org"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provider as an enterprise sees it."""

    offer: ChoiceOffer
    entries: Sequence[LibraryProvider]
    qualifications: Sequence[Qualification]
    published: Published | None


def candidates_for(invite: ChoiceInvite) -> list[Candidate]:
    """Return the providers that the enterprise may choose, in an order that favours nobody.

    The order is drawn for each enterprise from the numbers of the round and of the enterprise, so
    that it stays the same for it and differs from others'.
    """
    found = invite.round
    today = clock.today(found.owner_agency_id)
    offers = list(found.offers.filter(withdrawn_at=None).select_related("provider_org"))
    ids = [int(offer.provider_org_id or 0) for offer in offers]
    stand = eligible(agency_id=found.owner_agency_id, provider_org_ids=ids, day=today)
    open_to_it = [o for o in offers if not stand.why_not(o.provider_org_id, invite.enterprise)]
    held = _qualifications(ids, today)
    published = published_of(ids, found.owner_agency_id)
    return [
        Candidate(
            offer,
            stand.fitting(int(offer.provider_org_id or 0), invite.enterprise),
            held[offer.provider_org_id or 0],
            published.get(offer.provider_org_id or 0),
        )
        for offer in sorted(open_to_it, key=lambda offer: drawn_place(invite, offer))
    ]


def drawn_place(invite: ChoiceInvite, offer: ChoiceOffer) -> str:
    """Return by what an offer is sorted for an enterprise."""
    drawn = f"{invite.round_id}:{invite.enterprise_id}:{offer.provider_org_id}"
    return hashlib.sha256(drawn.encode()).hexdigest()


def _qualifications(ids: Iterable[int], day: date) -> dict[int, list[Qualification]]:
    rows = Qualification.objects.filter(
        provider_org__in=list(ids), removed_at=None, valid_from__lte=day, valid_until__gte=day
    )
    held: dict[int, list[Qualification]] = defaultdict(list)
    for row in rows.order_by("pk"):
        held[row.provider_org_id or 0].append(row)
    return held


def fallen_of(found: ChoiceRound, invites: Iterable[ChoiceInvite], day: date) -> set[int]:
    """Return the enterprises (their places) whose choice no longer stands: withdrawn, out, barred."""
    chosen = [(invite, invite.choice.offer) for invite in invites if invite.choice]
    ids = {int(offer.provider_org_id or 0) for _, offer in chosen}
    stand = eligible(agency_id=found.owner_agency_id, provider_org_ids=ids, day=day)
    return {
        invite.pk
        for invite, offer in chosen
        if offer.withdrawn_at or stand.why_not(offer.provider_org_id, invite.enterprise)
    }


def invites_to_choose(actor: Actor) -> list[ChoiceInvite]:
    """Return where the actor's enterprise may choose at this moment."""
    rows = ChoiceInvite.objects.filter(
        enterprise_org__in=actor.orgs, round__state=ChoiceRound.State.OPEN
    )
    rows = rows.exclude(asked_at=None).select_related("round__owner_agency__org", "enterprise")
    return [
        invite
        for invite in rows.order_by("round__closes_on", "pk")
        if invite.round.is_choosing(clock.today_of(invite.round.owner_agency))
    ]


@dataclass(frozen=True, slots=True)
class Counts:
    """How a round went: who was asked, who chose, for whom a regulator did."""

    asked: int = 0
    own: int = 0
    by_regulator: int = 0

    @property
    def undecided(self) -> int:
        """Who has not chosen and for whom nobody did."""
        return self.asked - self.own - self.by_regulator

    @property
    def regulator_share(self) -> str:
        """The regulator's part of all choices, in percent; '—' while there are none."""
        chosen = self.own + self.by_regulator
        return f"{self.by_regulator / chosen:.1%}" if chosen else "—"

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.asked + other.asked,
            self.own + other.own,
            self.by_regulator + other.by_regulator,
        )


def counts_of(rounds: Iterable[ChoiceRound]) -> dict[int, Counts]:
    """Return {round: how it went}, in one statement."""
    rows = _by("round", rounds)
    found = {pk: Counts(asked, own, by_regulator) for pk, asked, own, by_regulator in rows}
    return {one.pk: found.get(one.pk, Counts()) for one in rounds}


def _by(column: str, rounds: Iterable[ChoiceRound]) -> list[tuple[int, int, int, int]]:
    """Return (value of a column, enterprises, of them by themselves, by a regulator)."""
    rows = ChoiceInvite.objects.filter(round__in=[one.pk for one in rounds]).order_by()
    return list(
        rows.values_list(column).annotate(
            asked=Count("pk"),
            own=Count("pk", filter=Q(choice__made_as=MadeAs.ENTERPRISE)),
            by_regulator=Count("pk", filter=Q(choice__made_as=MadeAs.REGULATOR)),
        )
    )


@dataclass(frozen=True, slots=True)
class ProviderCount:
    """How often a provider was chosen, and by whom."""

    provider_org_id: int
    name: str
    own: int
    by_regulator: int


def provider_counts(rounds: Iterable[ChoiceRound]) -> list[ProviderCount]:
    """Return how often each provider of some rounds was chosen, the most chosen first."""
    rounds = list(rounds)
    chosen = {pk: (own, regulator) for pk, _, own, regulator in _by(CHOSEN_ORG, rounds)}
    offers = ChoiceOffer.objects.filter(round__in=[one.pk for one in rounds])
    names = {
        offer.provider_org_id or 0: str(offer.provider_org)
        for offer in offers.select_related("provider_org")
    }
    counts = [ProviderCount(pk, name, *chosen.get(pk, (0, 0))) for pk, name in names.items()]
    return sorted(counts, key=lambda one: (-one.own - one.by_regulator, one.name))


def regulators_choices(rounds: Iterable[ChoiceRound]) -> list[ProviderChoice]:
    """Return every choice that a regulator made in some rounds and that counts, with its reason."""
    rows = ProviderChoice.objects.filter(
        made_as=MadeAs.REGULATOR,
        invite__round__in=[one.pk for one in rounds],
        invite__choice=F("pk"),
    )
    return list(
        rows.select_related("invite__enterprise", "invite__round", "offer__provider_org").order_by(
            "-made_at"
        )
    )
