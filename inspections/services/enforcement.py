"""plan_make · enforcement_begin · order_issue · opinion_issue · referral_close"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.errors import DomainError
from common.ids import uuid7
from documents.models import Document
from documents.services import Issuer, document_issue
from evidence.models import Photo
from evidence.services import photo_add, photos_issue
from inspections.models import (
    EnforcementPlan,
    EnforcementReferral,
    Hazard,
    Recheck,
    Rectification,
    RectificationOrder,
    Visit,
)
from inspections.papers import enforcement as papers
from inspections.services.referrals import LISTED, agency_of, own
from inspections.services.visits import visit_start
from inspections.signals import hazard_moved
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency, Membership
from tenancy.services import certified_pair
from workflow.services import transition, work_task_close

State = EnforcementReferral.State
RECHECK_WITHIN = 10  # days after the last deadline [general: 安全生产违法行为行政处罚办法]
LONG_DAYS = 30  # beyond this a deadline is asked about again [proposal]


@transaction.atomic
def plan_make(
    *,
    actor: Actor,
    referral: EnforcementReferral,
    scale: str,
    weak_points: str,
    deep_causes: str,
    content: str,
    planned_on: date,
    first_officer: Membership,
    second_officer: Membership,
) -> EnforcementPlan:
    """一企一策: a plan of its own for this enterprise, with two certified officers; issues the paper."""
    words = {
        "scale": scale,
        "weak_points": weak_points,
        "deep_causes": deep_causes,
        "content": content,
    }
    for name, text in words.items():
        if not text.strip():
            raise DomainError("请填写这一项", field=name)
    today = clock.today(referral.owner_agency_id)
    if planned_on < today:
        raise DomainError("检查日期不能早于今天", field="planned_on")
    agency = agency_of(referral)
    pair = _pair([first_officer, second_officer], agency, planned_on)
    locked = transition(actor=actor, row=referral, name="plan")
    plan = EnforcementPlan(
        id=uuid7(),
        **own(locked),
        referral=locked,
        **{name: text.strip() for name, text in words.items()},
        planned_on=planned_on,
        first_officer=first_officer,
        second_officer=second_officer,
        made_at=clock.now(locked.owner_agency_id),
        made_by_name=actor.display,
    )
    firm = locked.assignment.enterprise
    plan.document = document_issue(
        actor=actor,
        kind="check_plan",
        subject=locked,
        content=papers.check_plan(plan, locked, agency, pair, today),
        title=f"{firm.name}现场检查方案",
        issuer=Issuer(agency.pk, agency.short_name),
    )
    plan.save(force_insert=True)
    work_task_close(actor=actor, row=locked, kind=LISTED)
    return plan


def _pair(people: Sequence[Membership], agency: Agency, day: date) -> tuple[papers.Officer, ...]:
    """Two of the agency's own people with certificates that hold on the day, or DomainError."""
    if any(m.org_id != agency.pk or m.ended_at for m in people):
        raise DomainError("请选择本机关在用的执法人员", field="second_officer")
    try:
        numbers = certified_pair(people, day)
    except DomainError as error:
        raise DomainError(error.message, field="second_officer") from None
    return papers.officers(people, numbers)


@transaction.atomic
def enforcement_begin(
    *, actor: Actor, referral: EnforcementReferral, member_ids: Sequence[int], **arrival: Any
) -> Visit:
    """Officers arrive at an enterprise that has a plan."""
    locked = (
        EnforcementReferral.objects.select_for_update(of=("self",), no_key=True)
        .select_related("assignment__batch__contract", "assignment__enterprise")
        .get(pk=referral.pk)
    )
    if locked.state != State.PLANNED:
        raise DomainError("请先制定一企一策的现场检查方案")
    return visit_start(
        actor=actor,
        assignment=locked.assignment,
        kind=Visit.Kind.ENFORCEMENT,
        member_ids=member_ids,
        **arrival,
    )


@transaction.atomic
def order_issue(
    *,
    actor: Actor,
    visit: Visit,
    deadlines: Mapping[str, date],
    first_officer: Membership,
    second_officer: Membership,
) -> RectificationOrder:
    """责令限期整改指令书 for the faults of an officers' visit; {hazard id: its own deadline}.

    Two officers whose certificates hold today; from here the enterprise sees the faults.
    """
    locked = Visit.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise").get(
        pk=visit.pk
    )  # fmt: skip
    if not locked.is_official or locked.state == Visit.State.OPEN:
        raise DomainError("请先完成现场检查记录")
    if RectificationOrder.objects.filter(visit=locked).exists():
        raise DomainError("这次检查已经下达过责令限期整改指令书")
    now, agency = clock.now(locked.owner_agency_id), agency_of(locked)
    today = timezone.localdate(now)
    pair = _pair([first_officer, second_officer], agency, today)
    hazards = _ordered(locked, deadlines, today)
    referral = EnforcementReferral.objects.filter(
        assignment=locked.assignment_id, state=State.CHECKED
    ).first() if locked.kind == Visit.Kind.ENFORCEMENT else None  # fmt: skip
    document = document_issue(
        actor=actor,
        kind="rectify_order",
        subject=locked,
        content=papers.rectify_order(locked, agency, hazards, pair, today),
        title=f"{locked.enterprise.name}责令限期整改指令书",
        issuer=Issuer(agency.pk, agency.short_name),
        enterprise_org_id=locked.enterprise.enterprise_org_id,
    )
    last = max(deadlines.values())
    order = RectificationOrder.objects.create(
        **own(locked),
        visit=locked,
        referral=referral,
        document=document,
        issued_on=today,
        last_due_on=last,
        recheck_due_on=last + timedelta(days=RECHECK_WITHIN),
    )
    for hazard in hazards:
        transition(
            actor=actor, row=hazard, name="issue", issued_at=now, order=order,
            due_on=hazard.due_on, due_reason=f"{document.number}责令", due_from=None, due_days=None,
        )  # fmt: skip
    photos_issue(subjects=hazards, at=now)
    if referral is not None:
        transition(actor=actor, row=referral, name="order")
    _tell_enterprise(locked, f"收到{document.number}，有 {len(hazards)} 项须限期整改", now)
    return order


def _ordered(visit: Visit, deadlines: Mapping[str, date], today: date) -> list[Hazard]:
    """Return the visit's faults with the deadlines given; each must be there."""
    hazards = list(
        visit.hazards.select_for_update(of=("self",), no_key=True)
        .filter(state=Hazard.State.FOUND)
        .order_by("number")
    )
    if not hazards:
        raise DomainError("这次检查没有需要责令整改的问题")
    if {str(h.pk) for h in hazards} != set(deadlines):
        raise DomainError("请为每一项问题给出整改期限", field="deadlines")
    for hazard in hazards:
        hazard.due_on = deadlines[str(hazard.pk)]
        if hazard.due_on < today:
            raise DomainError(f"{hazard.number}的期限不能早于今天", field="deadlines")
    return hazards


def _tell_enterprise(visit: Visit, title: str, now: datetime) -> None:
    org_id = visit.enterprise.enterprise_org_id
    if org_id is not None:
        notify(
            org_id=org_id,
            kind="order.issued",
            title=title,
            url=reverse("inspections:deadlines"),
            at=now,
        )


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What officers found of one ordered item.

    Not mended, it gets a further deadline or, with `is_case`, is handed over for a case to be filed.
    """

    result: str
    opinion: str = ""
    new_due_on: date | None = None
    photo: bytes = b""
    is_case: bool = False

    @property
    def is_mended(self) -> bool:
        """Whether nothing is left to do."""
        return self.result == Recheck.Result.PASSED


@transaction.atomic
def opinion_issue(
    *,
    actor: Actor,
    order: RectificationOrder,
    results: Mapping[str, Rechecked],
    first_officer: Membership,
    second_officer: Membership,
    representative_name: str,
) -> Document:
    """整改复查意见书 that answers an order: a result for each item that is still open.

    The order ends once nothing waits for a further deadline; what is handed over goes to a case.
    """
    locked = (
        RectificationOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("visit__enterprise", "document")
        .get(pk=order.pk)
    )
    if locked.state == RectificationOrder.State.DONE:
        raise DomainError("该指令已全部办结")
    now, agency = clock.now(locked.owner_agency_id), agency_of(locked)
    today = timezone.localdate(now)
    people = [first_officer, second_officer]
    pair = _pair(people, agency, today)
    hazards = list(
        locked.hazards.select_for_update(of=("self",), no_key=True)
        .filter(state__in=Hazard.OPEN_STATES)
        .order_by("number")
    )
    _check_results(hazards, results, today)
    _check_entered(hazards, first_officer, second_officer)
    if not representative_name.strip():
        raise DomainError("请填写被复查单位负责人", field="representative_name")
    rechecks = {str(h.pk): _recheck(actor, h, results[str(h.pk)], now) for h in hazards}
    cases = sum(found.is_case for found in results.values())
    left = sum(not found.is_mended and not found.is_case for found in results.values())
    answered = transition(actor=actor, row=locked, name="answer" if left else "finish")
    words = {str(h.pk): _words(results[str(h.pk)]) for h in hazards}
    document = document_issue(
        actor=actor,
        kind="recheck_opinion",
        subject=answered,
        content=papers.recheck_opinion(
            locked, agency, hazards, words, _follow_up(len(hazards), left, cases), rechecks,
            representative_name.strip(), pair, today,
        ),
        title=f"{locked.visit.enterprise.name}整改复查意见书",
        issuer=Issuer(agency.pk, agency.short_name),
        issue_key=f"recheck_opinion:{locked.pk}:{now.isoformat()}",
        enterprise_org_id=locked.visit.enterprise.enterprise_org_id,
    )  # fmt: skip
    if not left and locked.referral_id is not None:
        _end(actor, EnforcementReferral.objects.get(pk=locked.referral_id), now, cases)
    _tell_enterprise(locked.visit, f"收到{document.number}", now)
    return document


def _check_entered(hazards: Sequence[Hazard], *officers: Membership) -> None:
    """Who entered a rectification for the owner does not recheck it."""
    rows = Rectification.objects.filter(hazard__in=hazards, is_entered_for=True, recheck=None)
    entered = Membership.objects.filter(pk__in=rows.values("submitted_by"))
    both = [one.user_id for one in officers]
    if found := entered.filter(user_id__in=both).select_related("user").first():
        raise DomainError(f"{found.user.name}代企业录入了整改，不能复查，请换一名复查人员")


def _check_results(
    hazards: Sequence[Hazard], results: Mapping[str, Rechecked], today: date
) -> None:
    if {str(h.pk) for h in hazards} != set(results):
        raise DomainError("请为每一项给出复查结果", field="results")
    for hazard in hazards:
        found = results[str(hazard.pk)]
        if found.result not in Recheck.Result.values:
            raise DomainError(f"{hazard.number}：请选择复查结果", field="results")
        if found.is_mended:
            continue
        if not found.opinion.strip():
            raise DomainError(f"{hazard.number}：请写明意见", field="results")
        if found.is_case:
            continue
        if found.new_due_on is None or found.new_due_on < today:
            raise DomainError(f"{hazard.number}：请给出今天以后的再次期限", field="results")


def _words(found: Rechecked) -> tuple[str, str]:
    label = str(Recheck.Result(found.result).label)
    if found.is_mended:
        return label, found.opinion.strip()
    if found.is_case:
        return label, f"{found.opinion.strip()}；移送立案"
    again = f"再次限期{found.new_due_on:%Y-%m-%d}前整改完毕"
    return label, f"{found.opinion.strip()}；{again}"


def _follow_up(total: int, left: int, cases: int) -> str:
    if not left and not cases:
        return f"责令整改的{total}项均已整改，本次复查结束。"
    words = [f"{total - left - cases}项已整改"]
    if left:
        words.append(f"{left}项未完成整改，再次限期整改，逾期仍未整改的，依法处理")
    if cases:
        words.append(f"{cases}项未整改，移送立案，依法查处")
    return "；".join(words) + "。"


def _recheck(actor: Actor, hazard: Hazard, found: Rechecked, now: datetime) -> Recheck:
    today = timezone.localdate(now)
    last = hazard.rectifications.order_by("-round").first()
    fresh = last if last and not Recheck.objects.filter(rectification=last).exists() else None
    recheck = Recheck.objects.create(
        **hazard.tenant,
        hazard=hazard,
        rectification=fresh,
        result=found.result,
        reason=found.opinion.strip(),
        new_due_on=found.new_due_on,
        is_late=hazard.is_late_on(today),
        rechecked_at=now,
        rechecked_by_id=actor.member,
        rechecked_by_name=actor.user_name,
    )
    if found.photo:
        photo_add(
            actor=actor, subject=recheck, purpose=Photo.Purpose.RECHECK, content=found.photo,
            issued_at=now,
        )  # fmt: skip
    seen: dict[str, Any] = {"rechecked_on": today, "rechecked_by_name": actor.user_name}
    if found.is_mended:
        closed = transition(actor=actor, row=hazard, name="close_on_site", closed_at=now, **seen)
        work_task_close(actor=actor, row=closed, kind="major_hazard")
    else:
        name = "send_back" if hazard.state == Hazard.State.SUBMITTED else "find_unmended"
        transition(
            actor=actor,
            row=hazard,
            name=name,
            summary=recheck.reason,
            return_count=hazard.return_count + 1,
            **_further(hazard, found, today),
            **seen,
        )
    hazard_moved.send(sender=Hazard, hazard=hazard)
    return recheck


def _further(hazard: Hazard, found: Rechecked, today: date) -> dict[str, Any]:
    """The deadline's columns after a recheck that failed: a further day, or the old one stands."""
    if found.is_case:
        return {"due_reason": f"{hazard.due_reason}；{today:%Y-%m-%d}复查未整改，移送立案"[:300]}
    return {
        "due_on": found.new_due_on,
        "due_reason": f"{today:%Y-%m-%d}复查，再次责令限期",
        "is_overdue": False,
    }


@transaction.atomic
def referral_close(*, actor: Actor, referral: EnforcementReferral, note: str) -> None:
    """Close a file after a check that had nothing to order."""
    if not note.strip():
        raise DomainError("请填写检查结论", field="note")
    locked = EnforcementReferral.objects.select_for_update(of=("self",), no_key=True).get(
        pk=referral.pk
    )
    if locked.state != State.CHECKED:
        raise DomainError("检查之后、没有责令整改的才能这样办结")
    waiting = Hazard.objects.filter(
        visit__assignment=locked.assignment_id,
        visit__kind=Visit.Kind.ENFORCEMENT,
        state=Hazard.State.FOUND,
    )
    if waiting.exists():
        raise DomainError("检查发现的问题还没有责令整改")
    _close(actor, locked, clock.now(locked.owner_agency_id), note.strip())


def _end(actor: Actor, referral: EnforcementReferral, now: datetime, cases: int) -> None:
    """Everything ordered is mended, or the rest goes to a case."""
    if not cases:
        _close(actor, referral, now)
        return
    words = f"{cases}项未整改，移送立案"
    transition(actor=actor, row=referral, name="hand_over", summary=words, closed_at=now)


def _close(actor: Actor, referral: EnforcementReferral, now: datetime, note: str = "") -> None:
    transition(actor=actor, row=referral, name="close", summary=note, closed_at=now)
