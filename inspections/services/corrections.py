"""correction_ask · correction_allow · correction_refuse · correction_drop · correction_apply ·
correction_points_checked"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from inspections.models import Extension, Hazard, HazardCorrection, Severity
from inspections.papers.enforcement import Officer, officers
from inspections.services.corrected_papers import Correcting, papers_correct
from inspections.services.hazards import LEADS, check_finding, notice_major
from inspections.signals import hazard_corrected
from notifications.services import Message, notify, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.models import Membership
from tenancy.services import certified_pair
from workflow.services import transition, work_task_close, work_task_open

State, Kind = HazardCorrection.State, HazardCorrection.Kind
# What may read otherwise afterwards, as papers and pages name it. A hazard at the wrong enterprise
# is withdrawn and found anew: whose a row is never changes.
FIELDS = {
    "place": "部位或场所",
    "description": "隐患描述",
    "severity": "等级",
    "category": "类别",
    "subcategory": "细类",
    "basis": "判定或违反的条款",
    "measure": "整改措施",
    "due_on": "整改期限",
}
OF_CLOSED = ("place", "description", "category", "subcategory", "basis", "measure")
WAITING = "hazard_correction"
POINTS_OF_CORRECTED = "points_of_corrected"  # opened by the app that gives points


@transaction.atomic
def correction_ask(
    *, actor: Actor, hazard: Hazard, kind: str, reason: str, values: Mapping[str, Any] | None = None
) -> HazardCorrection:
    """Ask for an issued hazard to read otherwise (`values`, by FIELDS), or to be taken back.

    What a provider's lead may do alone is applied at once. DomainError names the field.
    """
    locked = _lock(hazard)
    _check_asker(actor, locked)
    after = {} if kind == Kind.WITHDRAW else _changed(locked, values or {})
    _check_askable(locked, kind, after, reason)
    now = clock.now(locked.owner_agency_id)
    needs_consent = not _is_official(locked) and _needs_consent(locked, kind, after)
    correction = HazardCorrection.objects.create(
        **locked.tenant,
        hazard=locked,
        kind=kind,
        before={name: _plain(getattr(locked, name)) for name in after or FIELDS},
        after={name: _plain(value) for name, value in after.items()},
        reason=reason.strip(),
        needs_consent=needs_consent,
        asked_by_id=actor.member,
        asked_by_name=actor.display,
        asked_at=now,
    )
    if not needs_consent and not _is_official(locked):
        return correction_apply(actor=actor, correction=correction)
    work_task_open(
        row=correction,
        org_id=locked.owner_agency_id,
        kind=WAITING,
        title=f"{locked.number} 申请{correction.get_kind_display()}：{correction.reason}",
        url=reverse("inspections:correction", args=[correction.pk]),
    )
    return correction


def _lock(hazard: Hazard) -> Hazard:
    return Hazard.objects.select_for_update(of=("self",), no_key=True).get(pk=hazard.pk)


def _is_official(hazard: Hazard) -> bool:
    return hazard.source in Hazard.OFFICIAL


def _check_asker(actor: Actor, hazard: Hazard) -> None:
    """A provider's lead for what it found; officers for what their own agency found."""
    if _is_official(hazard):
        if not actor.may("enforcement_act") or actor.org_id != hazard.owner_agency_id:
            raise DomainError("执法检查发现的问题只能由本机关执法人员更正")
    elif actor.role not in LEADS:
        raise DomainError("服务机构发现的隐患由其项目负责人更正")


def _changed(hazard: Hazard, values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {n: v.strip() if isinstance(v, str) else v for n, v in values.items() if n in FIELDS}
    return {name: value for name, value in cleaned.items() if value != getattr(hazard, name)}


def _check_askable(hazard: Hazard, kind: str, after: Mapping[str, Any], reason: str) -> None:
    if hazard.state == Hazard.State.FOUND:
        raise DomainError("还没有交底的隐患请直接修改或者不予认定")
    if hazard.state == Hazard.State.DISMISSED:
        raise DomainError("该隐患已撤销，不能再更正")
    if not reason.strip():
        raise DomainError("请写明原因，企业和监管部门都会看到", field="reason")
    if hazard.corrections.filter(state__in=HazardCorrection.OPEN_STATES).exists():
        raise DomainError("该隐患已有一个更正在等答复或者签发，请先办完那一个")
    if kind == Kind.WITHDRAW:
        _check_withdrawable(hazard)
    elif not after:
        raise DomainError("没有改动任何内容", field="description")
    else:
        _check_values(hazard, after)


def _check_values(hazard: Hazard, after: Mapping[str, Any]) -> None:
    if hazard.state == Hazard.State.CLOSED and (late := set(after) - set(OF_CLOSED)):
        raise DomainError("已销号的隐患不能再改等级和期限", field=min(late))
    if hazard.state == Hazard.State.SUBMITTED and "due_on" in after:
        raise DomainError("企业已提交整改，期限不能再改", field="due_on")
    due = after.get("due_on")
    if due is not None and due < clock.today(hazard.owner_agency_id):
        raise DomainError("更正后的期限不能早于今天", field="due_on")
    if due is not None and hazard.extensions.filter(state=Extension.State.ASKED).exists():
        raise DomainError("企业的延期申请还没有答复，请先答复", field="due_on")
    now = {name: after.get(name, getattr(hazard, name)) for name in FIELDS}
    check_finding(now["place"], now["description"], now["measure"], now["severity"], now["basis"])


def _check_withdrawable(hazard: Hazard) -> None:
    if hazard.state == Hazard.State.CLOSED:
        raise DomainError("已销号的隐患不能撤销；文字有误请更正")
    if hazard.extensions.filter(state=Extension.State.ASKED).exists():
        raise DomainError("企业的延期申请还没有答复，请先答复")
    if hazard.order_id is not None and not (
        Hazard.objects.filter(order=hazard.order_id, state__in=Hazard.OPEN_STATES)
        .exclude(pk=hazard.pk)
        .exists()
    ):
        raise DomainError("该指令只剩这一项，请在整改复查意见书中写明情况")


def _needs_consent(hazard: Hazard, kind: str, after: Mapping[str, Any]) -> bool:
    """What would make less of a hazard is not the provider's alone to say [proposal]."""
    lowers = after.get("severity") == Severity.GENERAL
    is_closed = hazard.state == Hazard.State.CLOSED
    return kind == Kind.WITHDRAW or lowers or "due_on" in after or is_closed


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


@transaction.atomic
def correction_allow(
    *, actor: Actor, correction: HazardCorrection, answer: str = ""
) -> HazardCorrection:
    """The regulator agrees; the provider's lead then issues the papers with its own numbers."""
    if not correction.needs_consent:
        raise DomainError("这项更正不需要监管部门同意")
    allowed = _answered(actor, correction, "allow", answer)
    assert allowed.provider_org_id is not None  # officers' own needs no consent
    work_task_open(
        row=allowed,
        org_id=allowed.provider_org_id,
        kind=WAITING,
        title=f"{allowed.hazard.number} {allowed.get_kind_display()}已获同意，请签发",
        url=reverse("inspections:correction", args=[allowed.pk]),
    )
    return allowed


@transaction.atomic
def correction_refuse(
    *, actor: Actor, correction: HazardCorrection, answer: str
) -> HazardCorrection:
    """It is not agreed to; the hazard stays as it is and the answer says why."""
    if not answer.strip():
        raise DomainError("请写明不同意的原因", field="answer")
    refused = _answered(actor, correction, "refuse", answer)
    notify(
        org_id=refused.provider_org_id or refused.owner_agency_id,
        kind="correction.refused",
        title=f"{refused.hazard.number} 的{refused.get_kind_display()}未获同意",
        url=reverse("inspections:correction", args=[refused.pk]),
        at=clock.now(refused.owner_agency_id),
    )
    return refused


def correction_answer(
    *, actor: Actor, correction: HazardCorrection, decision: str, answer: str = ""
) -> HazardCorrection:
    """Answer a correction: `decision` is allow or refuse."""
    give = correction_allow if decision == "allow" else correction_refuse
    return give(actor=actor, correction=correction, answer=answer)


def _answered(
    actor: Actor, correction: HazardCorrection, name: str, answer: str
) -> HazardCorrection:
    answered = transition(
        actor=actor,
        row=correction,
        name=name,
        summary=answer.strip(),
        answer=answer.strip(),
        answered_by_name=actor.display,
        answered_at=clock.now(correction.owner_agency_id),
    )
    work_task_close(actor=actor, row=answered, kind=WAITING)
    return answered


@transaction.atomic
def correction_drop(*, actor: Actor, correction: HazardCorrection) -> HazardCorrection:
    """Who asked does not want it any more; the request stays on record."""
    if _asker_org(correction) != actor.org_id:
        raise DomainError("只有提出的单位可以撤回")
    dropped = transition(actor=actor, row=correction, name="drop")
    work_task_close(actor=actor, row=dropped, kind=WAITING)
    return dropped


def _asker_org(correction: HazardCorrection) -> int:
    return correction.provider_org_id or correction.owner_agency_id


@transaction.atomic
def correction_apply(*, actor: Actor, correction: HazardCorrection) -> HazardCorrection:
    """Let the hazard read as asked for: papers that show it are voided and replaced, all are told.

    The next version of the hazard; DomainError where it changed since it was asked for.
    """
    hazard = _lock(correction.hazard)
    _check_asker(actor, hazard)
    pair = _pair(actor, hazard, correction)
    _check_unchanged(hazard, correction)
    now = clock.now(hazard.owner_agency_id)
    applied = transition(
        actor=actor,
        row=correction,
        name="apply",
        summary=correction.reason,
        version=hazard.corrections.filter(state=State.APPLIED).count() + 1,
        applied_by_name=actor.display,
        applied_at=now,
    )
    before = hazard.severity
    changed = _write(actor, hazard, applied, now)
    papers = papers_correct(Correcting(actor, changed, applied, pair))
    _follow(actor, changed, before, applied)
    _tell(changed, applied, papers, now)
    hazard_corrected.send(sender=Hazard, hazard=changed, correction=applied)
    return applied


@transaction.atomic
def correction_points_checked(
    *, actor: Actor, correction: HazardCorrection, note: str
) -> HazardCorrection:
    """An officer looked at the points given for it and says what came of that."""
    if not note.strip():
        raise DomainError("请写明核对的结果", field="note")
    now = clock.now(correction.owner_agency_id)
    act = "hazardcorrection.points_checked"
    record(actor=actor, act=act, subject=correction, summary=note.strip()[:300], at=now)
    work_task_close(actor=actor, row=correction, kind=POINTS_OF_CORRECTED)
    return correction


def _pair(actor: Actor, hazard: Hazard, correction: HazardCorrection) -> tuple[Officer, ...]:
    """Who signs: of officers' own faults the two, of whom one asked; of a provider's, its lead."""
    if correction.needs_consent and correction.state == State.ASKED:
        raise DomainError("须先由监管部门同意")
    if not _is_official(hazard):
        return ()
    rows = Membership.objects.filter(pk__in=[correction.asked_by_id, actor.member], ended_at=None)
    people = list(rows.select_related("user"))
    if len({person.user_id for person in people}) < 2:
        raise DomainError("须由另一名持证执法人员办理")
    return officers(people, certified_pair(people, clock.today(hazard.owner_agency_id)))


def _check_unchanged(hazard: Hazard, correction: HazardCorrection) -> None:
    for name, value in correction.before.items():
        if _plain(getattr(hazard, name)) != value:
            raise DomainError(f"{FIELDS[name]}在提出之后已经变动，请撤回后重新提出")
    if correction.is_withdrawal:
        _check_withdrawable(hazard)
    else:
        _check_values(hazard, values_of(correction))


def values_of(correction: HazardCorrection) -> dict[str, Any]:
    """Return what a correction sets, as the hazard's own kinds of values."""
    return {
        name: date.fromisoformat(value) if name == "due_on" else value
        for name, value in correction.after.items()
    }


def _write(actor: Actor, hazard: Hazard, correction: HazardCorrection, now: datetime) -> Hazard:
    today = timezone.localdate(now)
    if correction.is_withdrawal:
        return transition(
            actor=actor,
            row=hazard,
            name="withdraw",
            summary=correction.reason,
            dismissed_reason=correction.reason[:200],
            is_overdue=False,
            corrected_on=today,
        )
    values = values_of(correction)
    for name, value in values.items():
        setattr(hazard, name, value)
    if "due_on" in values:
        hazard.due_from = hazard.due_days = None
        hazard.due_reason = f"{today:%Y-%m-%d}更正，原期限{correction.before['due_on']}"
        hazard.is_overdue = False  # not before today
    if values.get("severity") == Severity.MAJOR:
        hazard.major_noticed_at = now
    hazard.corrected_on = today
    hazard.save()
    return hazard


def _follow(actor: Actor, hazard: Hazard, before: str, correction: HazardCorrection) -> None:
    """A major one goes before the regulator at once; one that is none any more does not wait there."""
    work_task_close(actor=actor, row=correction, kind=WAITING)
    is_over = hazard.state == Hazard.State.DISMISSED or not hazard.is_major
    if before == Severity.MAJOR and is_over:
        work_task_close(actor=actor, row=hazard, kind="major_hazard")
    elif hazard.is_major and before != Severity.MAJOR:
        notice_major(hazard)


def _tell(hazard: Hazard, correction: HazardCorrection, papers: list[str], now: datetime) -> None:
    what = "已撤销" if correction.is_withdrawal else "已更正"
    title = f"隐患{hazard.number}{what}：{correction.reason}"
    title += f"；新文书 {'、'.join(papers)}" if papers else ""
    url = reverse("inspections:correction", args=[correction.pk])
    orgs = {hazard.owner_agency_id, hazard.provider_org_id, hazard.enterprise_org_id} - {None}
    messages = [Message(org, title, url) for org in sorted(orgs)]  # type: ignore[type-var,arg-type]
    notify_many(messages, kind="hazard.corrected", at=now)
