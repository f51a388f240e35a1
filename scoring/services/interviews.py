"""interview_plan · interview_hold · interview_cancel: the talk with the principal (约谈)."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from common.errors import DomainError
from documents.services import Issuer, document_issue
from notifications.services import notify
from scoring import papers
from scoring.models import Interview, PointCycle, ThresholdEvent
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Agency
from workflow.services import transition


@transaction.atomic
def interview_plan(
    *,
    actor: Actor,
    cycle: PointCycle,
    planned_at: datetime,
    place: str,
    host_name: str,
    reason: str,
    event: ThresholdEvent | None = None,
) -> Interview:
    """Call the principal to a talk; the notice (约谈通知书) is issued. DomainError names the field."""
    now = clock.now(cycle.owner_agency_id)
    words = {"place": (place, "请填写约谈地点"), "host_name": (host_name, "请填写主持人"),
             "reason": (reason, "请填写约谈事由")}  # fmt: skip
    for field, (value, message) in words.items():
        if not value.strip():
            raise DomainError(message, field=field)
    if planned_at <= now:
        raise DomainError("约谈时间应晚于现在", field="planned_at")
    interview = Interview.objects.create(
        **cycle.tenant, enterprise_id=cycle.enterprise_id, cycle=cycle, event=event,
        reason=reason.strip(), planned_at=planned_at, place=place.strip(), total=cycle.total,
        host_name=host_name.strip(), issued_at=now,
    )  # fmt: skip
    agency = Agency.objects.select_related("org").get(pk=cycle.owner_agency_id)
    document_issue(
        actor=actor, kind="interview_notice", subject=interview,
        content=papers.interview_notice(interview, agency),
        title=f"{interview.enterprise.name}约谈通知书", issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
    if cycle.enterprise_org_id is not None:
        notify(
            org_id=cycle.enterprise_org_id, kind="points.interview", at=now, is_urgent=True,
            title=f"约谈通知：{planned_at:%Y-%m-%d %H:%M}，{place}",
            url=reverse("scoring:cycle", args=[cycle.pk]),
        )  # fmt: skip
    return interview


@transaction.atomic
def interview_hold(
    *, actor: Actor, interview: Interview, attended_by: str, content: str, commitment: str
) -> Interview:
    """Write down what was said and promised; the record (约谈记录) is a paper."""
    if not attended_by.strip():
        raise DomainError("请填写参加人员", field="attended_by")
    if not content.strip():
        raise DomainError("请填写约谈内容", field="content")
    now = clock.now(interview.owner_agency_id)
    held = transition(
        actor=actor, row=interview, name="hold", held_at=now, attended_by=attended_by.strip(),
        content=content.strip(), commitment=commitment.strip(),
    )  # fmt: skip
    agency = Agency.objects.select_related("org").get(pk=held.owner_agency_id)
    document_issue(
        actor=actor, kind="interview_record", subject=held,
        content=papers.interview_record(held, agency),
        title=f"{held.enterprise.name}约谈记录", issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
    return held


def interview_cancel(*, actor: Actor, interview: Interview, reason: str) -> Interview:
    """Call it off, and say why."""
    if not reason.strip():
        raise DomainError("请写明取消原因", field="reason")
    return transition(actor=actor, row=interview, name="cancel", summary=reason.strip())
