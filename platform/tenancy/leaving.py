"""What a person holds by name, and how it goes to a colleague: holdings_of · work_hand_over.

Apps above say with `register_holding` what a person may hold there. One step gives it all away, with
or without the end of the membership: whoever leaves keeps nothing, and nothing is left lying.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from common.errors import DomainError
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Membership
from tenancy.services import membership_end
from tenancy.signals import work_handed_over


@dataclass(frozen=True, slots=True)
class Held:
    """One thing in somebody's hands, as the page lists it."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """A kind of thing: how to list it, who may take it, and how it is given to him.

    `hand_over(actor=, member=, to=, reason=)` returns how many went over. Without it the thing ends
    with the membership; `note` says what becomes of it then.
    """

    key: str
    title: str
    unit: str
    listed: Callable[[Membership], Sequence[Held]]
    roles: Collection[Role] = ()
    hand_over: Callable[..., int] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class InHand:
    """What one person has of one kind."""

    holding: Holding
    held: Sequence[Held]


_holdings: dict[str, Holding] = {}


def register_holding(holding: Holding) -> None:
    """Say what a person may hold; called in AppConfig.ready() of an app above, in reading order."""
    _holdings[holding.key] = holding


def holdings_of(membership: Membership) -> list[InHand]:
    """Return what a person has in his hands, kind by kind; kinds of which he has nothing are left out."""
    rows = (InHand(one, one.listed(membership)) for one in _holdings.values())
    return [row for row in rows if row.held]


def takers_of(membership: Membership, holding: Holding) -> list[Membership]:
    """Return the colleagues who may take a kind of thing over."""
    rows = Membership.objects.own().filter(org_id=membership.org_id, role__in=holding.roles)
    rows = rows.exclude(user_id=membership.user_id).select_related("user")
    return list(rows.order_by("user__name", "pk"))


@transaction.atomic
def work_hand_over(
    *,
    actor: Actor,
    membership: Membership,
    to: Mapping[str, Membership],
    reason: str,
    leaves: bool = False,
) -> dict[str, int]:
    """Give away what a person holds, {kind: colleague}, and with `leaves` end his membership.

    All or nothing. Who leaves gives away everything that can be given. DomainError at `to_<kind>`.
    """
    locked = (
        Membership.objects.own()
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=membership.pk)
    )
    if not locked.exists():
        raise DomainError("该身份已停用")
    in_hand = [row for row in holdings_of(membership) if row.holding.hand_over is not None]
    if (in_hand or not leaves) and not reason.strip():
        raise DomainError("请写明移交原因", field="reason")
    counts = {
        row.holding.key: _hand_over(actor, membership, row.holding, to, reason.strip(), leaves)
        for row in in_hand
    }
    moved = {key: count for key, count in counts.items() if count}
    if not moved and not leaves:
        raise DomainError("没有选择要移交的工作")
    if moved:
        _say(actor, membership, to, moved, reason.strip())
    if leaves:
        membership_end(actor=actor, membership=membership)
    return moved


def _hand_over(
    actor: Actor,
    membership: Membership,
    holding: Holding,
    to: Mapping[str, Membership],
    reason: str,
    leaves: bool,
) -> int:
    field, taker = f"to_{holding.key}", to.get(holding.key)
    if taker is None:
        if leaves:
            raise DomainError(f"请选择谁接手{holding.title}", field=field)
        return 0
    if taker not in takers_of(membership, holding):
        # A stranger, one who left and one without the role are told alike.
        raise DomainError("选择的人员不能接手，请重新选择", field=field)
    assert holding.hand_over is not None
    try:
        return holding.hand_over(actor=actor, member=membership, to=taker, reason=reason)
    except DomainError as error:
        raise DomainError(error.message, field=field) from None


def _say(
    actor: Actor,
    membership: Membership,
    to: Mapping[str, Membership],
    moved: Mapping[str, int],
    reason: str,
) -> None:
    data = {key: {"to": to[key].pk, "count": count} for key, count in moved.items()}
    record(actor=actor, act="membership.work", subject=membership, data=data, summary=reason[:300])
    shares: dict[Membership, list[str]] = {}
    for key, count in moved.items():
        holding = _holdings[key]
        shares.setdefault(to[key], []).append(f"{holding.title}{count}{holding.unit}")
    for taker, words in shares.items():
        work_handed_over.send(
            Membership, membership=membership, to=taker, words="、".join(words), reason=reason
        )
