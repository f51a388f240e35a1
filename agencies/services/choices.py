"""provider_choose · provider_choose_for: who serves an enterprise"""

from datetime import date

from django.db import transaction
from django.urls import reverse

from agencies.choice_state import fallen_of
from agencies.choosing import choice_check
from agencies.eligibility import eligible
from agencies.models import ChoiceInvite, ChoiceOffer, ChoiceRound, ProviderChoice
from agencies.models.choices import REASON_LENGTH
from audit.services import record
from common.errors import DomainError
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor

MadeAs = ProviderChoice.MadeAs


@transaction.atomic
def provider_choose(*, actor: Actor, invite: ChoiceInvite, offer_id: int) -> ProviderChoice:
    """The enterprise chooses; until the round closes it may choose again, and the last one counts.

    Its own choice goes before one that a regulator made for it.
    """
    locked, found = _lock(invite)
    if not found.is_choosing(clock.today(locked.owner_agency_id)):
        raise DomainError(
            f"选择时间为{found.opens_on:%Y-%m-%d}至{found.closes_on:%Y-%m-%d}，现在不能选择"
        )
    offer = _offer(locked, found, offer_id)
    now = locked.choice
    if now and now.offer_id == offer.pk and now.made_as == MadeAs.ENTERPRISE:
        return now
    return _make(actor, locked, offer, MadeAs.ENTERPRISE)


@transaction.atomic
def provider_choose_for(
    *, actor: Actor, invite: ChoiceInvite, offer_id: int, reason: str
) -> ProviderChoice:
    """A regulator chooses for an enterprise that was asked and did not, and says why.

    It counts as 指定 in the statistics (domain.md 1.2), and the enterprise is told. DomainError
    names the field.
    """
    reason = " ".join(reason.split())
    if len(reason) < REASON_LENGTH:
        words = f"代为选择的理由至少 {REASON_LENGTH} 个字，企业和统计都会看到"
        raise DomainError(words, field="reason")
    locked, found = _lock(invite)
    today = clock.today(locked.owner_agency_id)
    if found.state != ChoiceRound.State.OPEN or locked.asked_at is None or today < found.opens_on:
        raise DomainError("企业还没有开始选择，或者选择已经结束，不能代为选择")
    own = locked.choice if locked.choice and locked.choice.made_as == MadeAs.ENTERPRISE else None
    if own and not fallen_of(found, [locked], today):
        raise DomainError(f"{locked.enterprise}已经自主选择了{own.offer.provider_org}")
    offer = _offer(locked, found, offer_id)
    made = _make(actor, locked, offer, MadeAs.REGULATOR, reason)
    if locked.enterprise_org_id is not None:
        may = "，截止前仍可自行改选" if today <= found.closes_on else ""
        notify(
            org_id=locked.enterprise_org_id, kind="choice.made_for", at=made.made_at,
            title=f"监管部门代为选择了{offer.provider_org}：{reason}{may}",
            url=reverse("agencies:choose", args=[locked.pk]),
        )  # fmt: skip
    return made


def _lock(invite: ChoiceInvite) -> tuple[ChoiceInvite, ChoiceRound]:
    """Lock the enterprise's place in a round; then read it, and the round, which may have closed.

    Two statements: what a locking one joins is as old as its beginning, before it waited.
    """
    ChoiceInvite.objects.select_for_update(no_key=True).get(pk=invite.pk)
    rows = ChoiceInvite.objects.select_related("enterprise", "choice__offer__provider_org")
    locked = rows.get(pk=invite.pk)
    return locked, ChoiceRound.objects.get(pk=locked.round_id)


def _offer(invite: ChoiceInvite, found: ChoiceRound, offer_id: int) -> ChoiceOffer:
    offers = ChoiceOffer.objects.filter(round=found, withdrawn_at=None)
    offer = offers.select_related("provider_org").filter(pk=offer_id).first()
    if offer is None:
        raise DomainError("请选择名单中的机构", field="offer")
    today = clock.today(found.owner_agency_id)
    # Until this is committed no decision about its standing takes effect beside it.
    choice_check(int(offer.provider_org_id or 0), today, field="offer")
    if why := _why_not(invite, found, offer, today):
        raise DomainError(why, field="offer")
    return offer


def _why_not(invite: ChoiceInvite, found: ChoiceRound, offer: ChoiceOffer, today: date) -> str:
    pk = int(offer.provider_org_id or 0)
    stand = eligible(agency_id=found.owner_agency_id, provider_org_ids=[pk], day=today)
    return stand.why_not(pk, invite.enterprise)


def _make(
    actor: Actor, invite: ChoiceInvite, offer: ChoiceOffer, made_as: str, reason: str = ""
) -> ProviderChoice:
    made = ProviderChoice.objects.create(
        **{**invite.tenant, "provider_org_id": offer.provider_org_id},
        invite=invite, offer=offer, made_as=made_as, reason=reason,
        made_at=clock.now(invite.owner_agency_id), made_by_id=actor.membership_id,
        made_by_name=actor.display[:80],
    )  # fmt: skip
    invite.choice = made
    invite.save(update_fields=["choice"])
    record(
        actor=actor, act="providerchoice.make", subject=made, at=made.made_at,
        summary=f"{made.get_made_as_display()}：{offer.provider_org}", data={"reason": reason},
    )  # fmt: skip
    return made
