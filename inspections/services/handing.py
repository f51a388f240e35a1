"""What one person holds on site and how a colleague takes it over: assignments_of · assignments_hand ·
visits_of · visits_hand · teams_of · teams_hand · complaints_of · complaints_hand · work_hand_over"""

from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from agencies.models import Assignment
from agencies.services import inspectors_assign
from audit.services import record
from common.errors import DomainError
from inspections.field.log import FORMER
from inspections.models import (
    Complaint,
    EnforcementPlan,
    EnforcementReferral,
    FieldOperation,
    Hazard,
    TeamMember,
    Visit,
    VisitMember,
)
from inspections.services.team import team_drop, team_name
from inspections.supervision import team_gap
from tenancy import clock, leaving
from tenancy.actors import Actor
from tenancy.leaving import Held
from tenancy.models import Membership

SHUT = (Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED)


def _assignments(member: Membership) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(inspector=member, withdrawn_at=None).exclude(state__in=SHUT)
    return rows.select_related("enterprise", "batch").order_by("batch", "enterprise__name", "pk")


def assignments_of(member: Membership) -> list[Held]:
    """Enterprises put into an inspector's hands, with what is under way at each."""
    open_visits = Count("visits", Q(visits__state=Visit.State.OPEN), distinct=True)
    waiting = Hazard.objects.filter(state=Hazard.State.SUBMITTED, assignment__inspector=member)
    waits = dict(waiting.values_list("assignment").annotate(Count("pk")).order_by())
    return [
        Held(_assignment_words(row, waits), reverse("enterprises:record", args=[row.enterprise_id]))
        for row in _assignments(member).annotate(open_visits=open_visits)
    ]


def _assignment_words(row: Assignment, waits: Mapping[int | None, int]) -> str:
    words = [row.get_state_display()]
    if row.open_visits:  # type: ignore[attr-defined]  # annotated
        words.append("检查还没有签字")
    if number := waits.get(row.pk):
        words.append(f"隐患待复查{number}项")
    return f"{row.enterprise.name}（{'，'.join(words)}）"


def assignments_hand(*, actor: Actor, member: Membership, to: Membership, reason: str) -> int:
    """The colleague is the inspector from now on: grants, rechecks and open visits follow.

    A conflict of interest is kept on record with the reason, as with every assignment.
    """
    by_batch: dict[int, list[Assignment]] = defaultdict(list)
    for row in _assignments(member):
        by_batch[row.batch_id].append(row)
    for rows in by_batch.values():
        inspectors_assign(
            actor=actor, batch=rows[0].batch, plan={row.pk: to.pk for row in rows},
            conflict_reason=reason,
        )  # fmt: skip
    return sum(len(rows) for rows in by_batch.values())


def _visits(member: Membership) -> QuerySet[Visit]:
    rows = Visit.objects.filter(state=Visit.State.OPEN, team__membership=member)
    return rows.select_related("enterprise", "assignment__batch").order_by("arrived_at", "pk")


def visits_of(member: Membership) -> list[Held]:
    """Visits that he began or went along to and that nobody has signed yet."""
    return [
        Held(
            f"{row.enterprise.name}，{row.get_kind_display()}，{row.arrived_at:%Y-%m-%d}到达",
            reverse("inspections:visit", args=[row.pk]),
        )
        for row in _visits(member)
    ]


def visits_hand(*, actor: Actor, member: Membership, to: Membership, reason: str) -> int:
    """The colleague joins the team and finishes the visit; who was there stays on its record."""
    rows = list(_visits(member))
    for visit in rows:
        _check_confirmed(visit, to)
        VisitMember.objects.get_or_create(
            visit=visit, membership=to,
            defaults={
                **visit.tenant, "name": to.person_name[:40], "qualification": to.qualification,
                "certificate_number": to.certificate_number,
            },
        )  # fmt: skip
        record(
            actor=actor, act="visit.take_over", subject=visit, data={"from": member.pk, "to": to.pk},
            summary=reason, at=clock.now(visit.owner_agency_id),
        )  # fmt: skip
    return len(rows)


def _check_confirmed(visit: Visit, to: Membership) -> None:
    if visit.is_official or visit.assignment is None:
        return
    contract = visit.assignment.batch.contract_id
    if gap := team_gap(contract, [to], clock.now(visit.owner_agency_id)):
        raise DomainError(f"{visit.enterprise.name}的检查还没有签字：{gap}")


def _teams(member: Membership) -> QuerySet[TeamMember]:
    rows = TeamMember.objects.filter(membership=member, state__in=TeamMember.LIVE)
    return rows.select_related("contract").order_by("contract", "pk")


def teams_of(member: Membership) -> list[Held]:
    """Places on the teams of contracts."""
    return [
        Held(
            f"{row.contract.title}，{row.get_duty_display()}（{row.get_state_display()}）",
            reverse("agencies:contract", args=[row.contract_id]),
        )
        for row in _teams(member)
    ]


def teams_hand(*, actor: Actor, member: Membership, to: Membership, reason: str) -> int:
    """He leaves the team, the colleague is named for the same duty and waits to be confirmed.

    Who is on the team already keeps his own place.
    """
    rows = list(_teams(member))
    for row in rows:
        team_drop(actor=actor, member=row, reason=reason)
        there = TeamMember.objects.filter(
            contract=row.contract_id, user=to.user_id, state__in=TeamMember.LIVE
        )
        if not there.exists():
            team_name(actor=actor, contract=row.contract, membership=to, duty=row.duty)
    return len(rows)


def _complaints(member: Membership) -> QuerySet[Complaint]:
    return Complaint.objects.filter(handler=member, state=Complaint.State.HANDLING).order_by("pk")


def complaints_of(member: Membership) -> list[Held]:
    """Complaints that he handles."""
    return [
        Held(f"{row}，{row.due_on}前办结", reverse("inspections:complaint", args=[row.pk]))
        for row in _complaints(member)
    ]


def complaints_hand(*, actor: Actor, member: Membership, to: Membership, reason: str) -> int:
    """The colleague handles them from now on."""
    rows = list(_complaints(member).select_for_update(of=("self",), no_key=True))
    for row in rows:
        row.handler, row.handler_name = to, f"{member.org.name} {to.person_name}"[:80]
        row.save(update_fields=["handler", "handler_name"])
        record(
            actor=actor, act="complaint.take_over", subject=row, summary=reason,
            data={"from": member.pk, "to": to.pk}, at=clock.now(row.owner_agency_id),
        )  # fmt: skip
    return len(rows)


def plans_of(member: Membership) -> list[Held]:
    """Enforcement inspections that a paper says he will hold."""
    named = Q(first_officer=member) | Q(second_officer=member)
    rows = EnforcementPlan.objects.filter(
        named, referral__state=EnforcementReferral.State.PLANNED
    ).select_related("referral__assignment__enterprise")
    return [
        Held(
            f"{row.referral.assignment.enterprise.name}，{row.planned_on}检查",
            reverse("inspections:referral", args=[row.referral_id]),
        )
        for row in rows.order_by("planned_on", "pk")
    ]


def sendings_of(member: Membership) -> list[Held]:
    """What his phone has announced and not sent in full."""
    number = FieldOperation.objects.filter(
        member=member, state=FieldOperation.State.WAITING
    ).count()
    return [Held(f"{number}条还在等待照片等文件", reverse("field:refused"))] if number else []


def sendings_end(actor: Actor, member: Membership) -> None:
    """What his phone has not sent in full does not stand: held in the list of what was refused."""
    for row in FieldOperation.objects.filter(member=member, state=FieldOperation.State.WAITING):
        row.state = FieldOperation.State.REFUSED
        row.outcome = {**row.outcome, "message": FORMER}
        row.save(update_fields=["state", "outcome"])


@transaction.atomic
def work_hand_over(*, actor: Actor, member: Membership, to: Membership, reason: str) -> int:
    """Give everything that one person holds and `to` may take to him; return how many things."""
    kinds = [
        row.holding.key
        for row in leaving.holdings_of(member)
        if row.holding.hand_over is not None and to in leaving.takers_of(member, row.holding)
    ]
    counts = leaving.work_hand_over(
        actor=actor, membership=member, to=dict.fromkeys(kinds, to), reason=reason
    )
    return sum(counts.values())
