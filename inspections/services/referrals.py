"""referral_list · referrals_list_due · referral_remove: who stands on the list of phase 5, and why."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from agencies.models import Assignment
from audit.services import record
from common.errors import DomainError
from inspections.models import (
    EnforcementReferral,
    Hazard,
    ReferralFact,
    Visit,
)
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from tenancy.selectors import work_calendar
from workflow.services import transition, work_task_close, work_task_open

Fact = ReferralFact.Kind
LISTED = "referral"  # kind of the task that waits for the agency


def agency_of(row: Any) -> Agency:
    """Return the agency that keeps a row, with its organisation."""
    return Agency.objects.select_related("org").get(pk=row.owner_agency_id)


def own(row: Any) -> dict[str, Any]:
    """Whose an enforcement file is: the agency's own range, no provider, no enterprise."""
    return {
        "owner_agency_id": row.owner_agency_id,
        "region_code": agency_of(row).region_code,
        "provider_org_id": None,
        "enterprise_org_id": None,
    }


@transaction.atomic
def referral_list(
    *,
    actor: Actor,
    assignment: Assignment,
    kind: str,
    text: str,
    happened_at: datetime,
    hazard: Hazard | None = None,
    visit: Visit | None = None,
) -> EnforcementReferral:
    """Put an enterprise on the list of phase 5, or add what happened to its open file; once a fact.

    `actor` is the system: what puts a firm on the list is what happened, not somebody's wish.
    """
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise").get(
        pk=assignment.pk
    )  # fmt: skip
    whose = own(locked)
    fact = ReferralFact.objects.filter(
        referral__assignment=locked, kind=kind, hazard=hazard, visit=visit
    ).first()
    if fact is not None:
        return fact.referral
    referral = (
        EnforcementReferral.objects.filter(assignment=locked)
        .exclude(state__in=EnforcementReferral.OVER)
        .first()
    )
    now = clock.now(locked.owner_agency_id)
    if referral is None:
        referral = EnforcementReferral.objects.create(**whose, assignment=locked, listed_at=now)
        words = f"{Fact(kind).label}：{text}"
        record(actor=actor, act="referral.list", subject=referral, summary=words, at=now)
        _tell_listed(referral, locked, words, now)
    ReferralFact.objects.create(
        **whose,
        referral=referral,
        kind=kind,
        text=text[:300],
        hazard=hazard,
        visit=visit,
        happened_at=happened_at,
    )
    return referral


def _tell_listed(
    referral: EnforcementReferral, assignment: Assignment, words: str, now: datetime
) -> None:
    url = reverse("inspections:referral", args=[referral.pk])
    title = f"列入执法检查：{assignment.enterprise.name}（{words}）"[:200]
    notify(
        org_id=referral.owner_agency_id, kind="referral.listed", title=title, url=url, at=now,
        is_urgent=True,
    )  # fmt: skip
    work_task_open(row=referral, org_id=referral.owner_agency_id, kind=LISTED, title=title, url=url)


@transaction.atomic
def referrals_list_due(*, actor: Actor, agency_id: int) -> int:
    """Every day: list those that refuse, that are late beyond the batch's days, that will not sign.

    Returns how many facts are new. Again, it adds none.
    """
    before = ReferralFact.objects.filter(owner_agency_id=agency_id).count()
    _list_hazards(actor, agency_id)
    _list_refusals(actor, agency_id)
    return ReferralFact.objects.filter(owner_agency_id=agency_id).count() - before


def _list_hazards(actor: Actor, agency_id: int) -> None:
    today, calendar = clock.today(agency_id), work_calendar(agency_id)
    rows = Hazard.objects.filter(
        owner_agency_id=agency_id,
        state__in=Hazard.DUE_STATES,
        assignment__withdrawn_at=None,
        source=Hazard.Source.PROVIDER,
    ).select_related("assignment__batch")
    for hazard in rows.filter(is_refused=True).order_by("number"):
        _fact(actor, hazard, Fact.REFUSED, f"{hazard.number} {hazard.place}，复查时拒不整改")
    for hazard in rows.filter(is_overdue=True).order_by("number"):
        late = calendar.between(hazard.due_on, today)
        if late > hazard.served.batch.referral_overdue_days:
            words = f"{hazard.number} {hazard.place}，期限{hazard.due_on}，逾期{late}个工作日"
            _fact(actor, hazard, Fact.OVERDUE, words)


def _fact(actor: Actor, hazard: Hazard, kind: str, words: str) -> None:
    referral_list(
        actor=actor,
        assignment=hazard.served,
        kind=kind,
        text=words,
        happened_at=clock.now(hazard.owner_agency_id),
        hazard=hazard,
    )


def _list_refusals(actor: Actor, agency_id: int) -> None:
    rows = Visit.objects.filter(
        owner_agency_id=agency_id,
        state=Visit.State.REFUSED,
        assignment__withdrawn_at=None,
    ).exclude(kind__in=Visit.OFFICIAL)
    for visit in rows.select_related("assignment").order_by("arrived_at"):
        assert visit.signed_at is not None  # set with the refusal
        referral_list(
            actor=actor,
            assignment=visit.served,
            kind=Fact.UNCOOPERATIVE,
            text=f"拒绝在检查记录上签字：{visit.refusal_reason}",
            happened_at=visit.signed_at,
            visit=visit,
        )


@transaction.atomic
def referral_remove(
    *, actor: Actor, referral: EnforcementReferral, reason: str
) -> EnforcementReferral:
    """An officer takes an enterprise off the list; the reason and the facts stay on record."""
    if not reason.strip():
        raise DomainError("请填写移出理由", field="reason")
    moved = transition(
        actor=actor,
        row=referral,
        name="remove",
        summary=reason.strip(),
        removed_reason=reason.strip(),
        removed_by_name=actor.display,
        closed_at=clock.now(referral.owner_agency_id),
    )
    work_task_close(actor=actor, row=moved, kind=LISTED)
    return moved
