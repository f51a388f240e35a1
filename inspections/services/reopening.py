"""reopening_ask · reopening_allow · reopening_refuse · reopening_drop: a signed visit is opened again."""

from typing import Any

from django.db import transaction
from django.urls import reverse

from agencies.models import Assignment
from common.errors import DomainError
from documents.frozen import freeze
from documents.models import Document
from evidence.services import photos_of
from inspections.models import Answer, Hazard, Visit, VisitReopening
from inspections.services.hazards import LEADS
from inspections.services.visits import check_alone, check_open
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from workflow.services import transition, work_task_close, work_task_open

State = VisitReopening.State
WAITING = "visit_reopening"
# What the signature gave the visit: kept in `former`, blank while the visit is open again.
SIGNED: dict[str, Any] = {
    "left_at": None, "signed_at": None, "representative_name": "", "representative_post": "",
    "refusal_reason": "", "witness_name": "",
}  # fmt: skip


@transaction.atomic
def reopening_ask(*, actor: Actor, visit: Visit, reason: str) -> VisitReopening:
    """The provider's lead asks for a signed visit to be opened again; DomainError names the field."""
    locked = _lock(visit)
    if actor.role not in LEADS:
        raise DomainError("由服务机构的项目负责人申请重新打开")
    _check_reopenable(locked)
    if not reason.strip():
        raise DomainError("请写明为什么要重新打开，监管部门据此答复", field="reason")
    if locked.reopenings.filter(state=State.ASKED).exists():
        raise DomainError("已有一个重新打开的申请在等答复")
    asked = VisitReopening.objects.create(
        **locked.tenant,
        visit=locked,
        reason=reason.strip(),
        asked_by_id=actor.member,
        asked_by_name=actor.display,
        asked_at=clock.now(locked.owner_agency_id),
    )
    work_task_open(
        row=asked,
        org_id=locked.owner_agency_id,
        kind=WAITING,
        title=f"{locked.enterprise.name}：申请重新打开检查，{asked.reason}",
        url=reverse("inspections:reopening", args=[asked.pk]),
    )
    return asked


def _lock(visit: Visit) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise")
    return rows.get(pk=visit.pk)


def _check_reopenable(visit: Visit) -> None:
    if visit.is_official:
        raise DomainError("执法人员的检查记录不能重新打开；需要补充请另开一次检查")
    if visit.state == Visit.State.OPEN:
        raise DomainError("这次检查还没有签字，可以直接修改")
    assignment = Assignment.objects.select_for_update(of=("self",), no_key=True).get(
        pk=visit.served_id
    )
    check_open(assignment)
    check_alone(assignment, visit.provider_org_id)


@transaction.atomic
def reopening_allow(*, actor: Actor, reopening: VisitReopening, answer: str = "") -> VisitReopening:
    """The regulator agrees: what was signed is kept whole, and the visit is open again.

    The record that was issued holds until the representative signs anew; hazards that were issued
    stay issued, whatever is answered now.
    """
    visit = _lock(reopening.visit)
    _check_reopenable(visit)
    allowed = _answered(actor, reopening, "allow", answer, former=_former(visit))
    transition(actor=actor, row=visit, name="reopen", summary=allowed.reason, **SIGNED)
    _tell(allowed, f"{visit.enterprise.name}：检查已重新打开，改好后请企业重新签字")
    return allowed


def _former(visit: Visit) -> dict[str, Any]:
    """Return everything that the former signature stood for, as plain JSON."""
    answers = Answer.objects.filter(visit=visit).select_related("item", "risk_point")
    hazards = Hazard.objects.filter(visit=visit).order_by("number")
    papers = Document.objects.filter(subject_type="inspections.visit", subject_id=str(visit.pk))
    photos = photos_of("inspections.visit", [visit.pk]).get(str(visit.pk), [])
    return freeze(  # type: ignore[no-any-return]
        {
            "state": visit.state,
            **{name: getattr(visit, name) for name in (*SIGNED, "arrived_at", "process_note")},
            "team": list(visit.team.order_by("pk").values_list("name", flat=True)),
            "answers": [
                {
                    "question": str(a.item or a.risk_point), "result": a.result, "note": a.note,
                    "by": a.answered_by_name, "at": a.answered_at, "version": str(a.version),
                }
                for a in answers.order_by("item__template", "item__position", "pk")
            ],
            "hazards": [
                {
                    "number": h.number, "place": h.place, "description": h.description,
                    "severity": h.severity, "basis": h.basis, "due_on": h.due_on, "state": h.state,
                }
                for h in hazards
            ],
            "photos": [{"id": str(p.pk), "purpose": p.purpose} for p in photos],
            "papers": [
                {"id": str(pk), "kind": kind, "number": number}
                for pk, kind, number in papers.values_list("pk", "kind", "number")
            ],
        }
    )  # fmt: skip


@transaction.atomic
def reopening_refuse(*, actor: Actor, reopening: VisitReopening, answer: str) -> VisitReopening:
    """It is not agreed to; the record stays as it was signed and the answer says why."""
    if not answer.strip():
        raise DomainError("请写明不同意的原因", field="answer")
    refused = _answered(actor, reopening, "refuse", answer)
    _tell(refused, "重新打开检查的申请未获同意")
    return refused


@transaction.atomic
def reopening_drop(*, actor: Actor, reopening: VisitReopening) -> VisitReopening:
    """Who asked does not want it any more; the request stays on record."""
    if reopening.provider_org_id != actor.org_id:
        raise DomainError("只有提出的单位可以撤回")
    dropped = transition(actor=actor, row=reopening, name="drop")
    work_task_close(actor=actor, row=dropped, kind=WAITING)
    return dropped


def _answered(
    actor: Actor, reopening: VisitReopening, name: str, answer: str, **values: Any
) -> VisitReopening:
    answered = transition(
        actor=actor,
        row=reopening,
        name=name,
        summary=answer.strip(),
        answer=answer.strip(),
        answered_by_name=actor.display,
        answered_at=clock.now(reopening.owner_agency_id),
        **values,
    )
    work_task_close(actor=actor, row=answered, kind=WAITING)
    return answered


def _tell(reopening: VisitReopening, title: str) -> None:
    assert reopening.provider_org_id is not None  # only a provider's visit is opened again
    notify(
        org_id=reopening.provider_org_id,
        kind="visit.reopening",
        title=title,
        url=reverse("inspections:reopening", args=[reopening.pk]),
        at=clock.now(reopening.owner_agency_id),
    )
