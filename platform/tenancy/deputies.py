"""deputy_name · deputy_end · deputies_end_with: somebody stands in for a colleague for a time.

A deputy acts as himself in a membership of his own that has the colleague's role and names him
(`Membership.deputy_for`). It begins and ends by its days alone (`MembershipQuerySet.in_force`), so
nothing must run for it. What the colleague was given by person (assignments, contracts, visits) is
the deputy's by `Actor.places`; nothing is copied, so nothing is left behind.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from tenancy.actors import Actor
from tenancy.models import Membership
from tenancy.signals import deputy_named

LONGEST = 366  # days; longer is no stand-in but a change of post [proposal]


@transaction.atomic
def deputy_name(
    *,
    actor: Actor,
    membership: Membership,
    to: Membership,
    valid_from: date,
    valid_until: date,
    reason: str,
) -> Membership:
    """Let a colleague stand in for somebody, both days included. DomainError names the field.

    No chains: whoever stands in for another in these days, or is stood in for, is neither.
    """
    _check_people(membership, to)
    _check_period(valid_from, valid_until)
    if not reason.strip():
        raise DomainError("请写明事由", field="reason")
    # Both rows, always in the same order: two that name each other at once wait for one another.
    list(
        Membership.objects.select_for_update(no_key=True)
        .filter(pk__in=[membership.pk, to.pk])
        .order_by("pk")
    )
    _check_chains(membership, to, valid_from, valid_until)
    row = Membership.objects.create(
        user_id=to.user_id, org_id=membership.org_id, role=membership.role, phone=to.phone,
        certificate_number=to.certificate_number, qualification=to.qualification,
        deputy_for=membership, deputy_for_name=membership.user.name[:40],
        valid_from=valid_from, valid_until=valid_until, deputy_reason=reason.strip()[:200],
    )  # fmt: skip
    data = {"for": membership.pk, "to": to.pk, "from": str(valid_from), "until": str(valid_until)}
    record(actor=actor, act="deputy.name", subject=row, data=data)
    deputy_named.send(Membership, membership=row)
    return row


def _check_people(membership: Membership, to: Membership) -> None:
    if membership.deputy_for_id is not None:
        raise DomainError("代理人不能再委托他人代理", field="to")
    if not membership.is_active:
        raise DomainError("该身份已停用，不能委托代理", field="to")
    if not to.is_active or to.org_id != membership.org_id:
        raise DomainError("只能委托本单位在用的人员", field="to")
    if to.user_id == membership.user_id:
        raise DomainError("不能委托本人代理", field="to")


def _check_period(valid_from: date, valid_until: date) -> None:
    if valid_from < timezone.localdate():
        raise DomainError("代理开始日期不能早于今天", field="valid_from")
    if valid_until < valid_from:
        raise DomainError("代理结束日期不能早于开始日期", field="valid_until")
    if (valid_until - valid_from).days >= LONGEST:
        raise DomainError(f"代理最长{LONGEST}天，更长的请调整角色", field="valid_until")


def _check_chains(membership: Membership, to: Membership, first: date, last: date) -> None:
    rows = Membership.objects.filter(
        org_id=membership.org_id, ended_at=None, deputy_for__isnull=False,
        valid_from__lte=last, valid_until__gte=first,
    )  # fmt: skip
    own, colleague = membership.user_id, to.user_id
    for row in rows.select_related("user", "deputy_for__user").order_by("pk"):
        assert row.deputy_for is not None
        span = f"{row.valid_from:%Y-%m-%d}至{row.valid_until:%Y-%m-%d}"
        if row.deputy_for_id == membership.pk:
            raise DomainError(f"{span}已委托{row.user.name}代理，时间重叠", field="valid_from")
        if row.user_id == own:
            words = f"{membership.user.name}在{span}代理{row.deputy_for_name}，不能再委托他人代理"
            raise DomainError(words, field="to")
        if row.deputy_for.user_id == colleague:
            words = f"{to.user.name}在{span}由{row.user.name}代理，不能再代理他人"
            raise DomainError(words, field="to")


@transaction.atomic
def deputy_end(*, actor: Actor, deputy: Membership) -> None:
    """End it before its last day, or before it begins; an open page has nothing from then on."""
    changed = Membership.objects.filter(
        pk=deputy.pk, ended_at=None, valid_until__gte=timezone.localdate()
    ).update(ended_at=timezone.now())
    if not changed:
        raise DomainError("该代理已结束")
    record(actor=actor, act="deputy.end", subject=deputy, data={"for": deputy.deputy_for_id})


def deputies_end_with(*, actor: Actor, membership: Membership) -> None:
    """With a membership end its deputies; with a person's last own one those he is himself."""
    over = Q(deputy_for=membership)
    own = Membership.objects.own().filter(user_id=membership.user_id, org_id=membership.org_id)
    if not own.exclude(pk=membership.pk).exists():
        over |= Q(user_id=membership.user_id, org_id=membership.org_id)
    rows = Membership.objects.filter(over, ended_at=None, deputy_for__isnull=False)
    for row in rows.filter(valid_until__gte=timezone.localdate()).order_by("pk"):
        deputy_end(actor=actor, deputy=row)


def deputies_of(membership: Membership) -> Sequence[Membership]:
    """Return who stands in, stood in or will stand in for somebody, the latest first."""
    rows = Membership.objects.filter(deputy_for=membership).select_related("user")
    return list(rows.order_by("-valid_from", "-pk"))
