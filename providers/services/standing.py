"""standing_draft · standing_notice · standing_state · standing_decide · standing_drop ·
standing_repair · standing_lift · standing_keep · standing_expire · standing_remind"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common import credit_code as codes
from common.errors import DomainError
from documents.services import Issuer, document_issue
from evidence.services import attachment_add
from notifications.services import notify
from providers import papers
from providers.models import StandingDecision, StandingStatement
from providers.services.rules import rules_of
from providers.signals import standing_changed
from providers.standing import hold_standing
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import OrgKind
from tenancy.models import Agency, Organization
from tenancy.selectors import is_same_person, work_calendar
from workflow.services import transition, work_task_close, work_task_open

Files = Sequence[tuple[str, bytes]]  # name, content
Kind = StandingStatement.Kind
Measure, Subject = StandingDecision.Measure, StandingDecision.Subject
DECIDE, DEMAND = "standing_decide", "standing_demand"  # kinds of tasks that wait for the agency


@transaction.atomic
def standing_draft(*, actor: Actor, files: Files, **fields: Any) -> StandingDecision:
    """Draft a measure of the actor's agency with its evidence; nobody else sees it yet.

    A body is named by its credit code, registered here or not; a person by name and certificate.
    DomainError names the field.
    """
    agency = Agency.objects.select_related("org").get(pk=actor.org_id)
    now = clock.now(agency.pk)
    row = StandingDecision(
        **agency.tenant, **fields, drafted_at=now, drafted_by_id=actor.member,
        drafted_by_name=actor.display[:80],
    )  # fmt: skip
    _check_subject(row, agency.org.is_training)
    _check_words(row, timezone.localdate(now))
    if not files:
        raise DomainError("请上传证据材料，至少一份", field="files")
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise DomainError("本机关对该对象已有同一措施在办或在执行中", field="measure") from error
    for name, content in files:
        attachment_add(actor=actor, subject=row, filename=name, content=content)
    record(actor=actor, act="standingdecision.draft", subject=row, summary=str(row), at=now)
    return row


def _check_subject(row: StandingDecision, is_training: bool) -> None:
    is_person = row.subject == Subject.PERSON
    if is_person != (row.measure == Measure.OCCUPATION_BAN):
        raise DomainError("职业禁入只对从业人员，其他措施只对机构", field="measure")
    if is_person:
        row.credit_code = ""
        if not row.certificate_number.strip():
            raise DomainError("请填写从业证书编号，系统按姓名和证书编号识别人员",
                              field="certificate_number")  # fmt: skip
        return
    row.credit_code = codes.normalise(row.credit_code)
    if problem := codes.problem(row.credit_code):
        raise DomainError(problem, field="credit_code")
    row.id_number = row.certificate_number = ""
    body = Organization.objects.filter(credit_code=row.credit_code, kind=OrgKind.PROVIDER).first()
    if body is not None and body.is_training != is_training:
        raise DomainError("演示单位和实际单位不能互相采取措施", field="credit_code")
    if body is not None:
        row.provider_org, row.name = body, body.name


def _check_words(row: StandingDecision, today: date) -> None:
    if row.ground == StandingDecision.Ground.OTHER and not row.ground_words.strip():
        raise DomainError("请写明其他事由", field="ground_words")
    if not row.facts.strip():
        raise DomainError("请写明事实", field="facts")
    if not row.basis.strip():
        raise DomainError("请写明依据的法律条款或合同约定", field="basis")
    if row.measure != Measure.RECTIFY:
        row.demand, row.demand_due_on = "", None
    elif not row.demand.strip():
        raise DomainError("请写明整改要求", field="demand")
    elif row.demand_due_on is None or row.demand_due_on < today:
        raise DomainError("请填写今天以后的整改期限", field="demand_due_on")
    _check_term(row.measure, row.from_on, row.until_on, today)


def _check_term(measure: str, from_on: date, until_on: date | None, today: date) -> None:
    if from_on < today:
        raise DomainError("不能早于今天", field="from_on")
    if until_on is None and measure not in StandingDecision.OPEN_ENDED:
        raise DomainError("该措施须有结束日期", field="until_on")
    if until_on is not None and until_on < from_on:
        raise DomainError("结束日期不能早于开始日期", field="until_on")


@transaction.atomic
def standing_notice(
    *, actor: Actor, decision: StandingDecision, days: int | None = None
) -> StandingDecision:
    """Tell the body what is intended and why (告知书); its days to state its case begin.

    `days` are working days, without them the agency's rule holds.
    """
    agency = Agency.objects.select_related("org").get(pk=decision.owner_agency_id)
    given = rules_of(agency.pk).statement_days if days is None else days
    if given < 1:
        raise DomainError("陈述申辩期限至少一个工作日", field="days")
    now = clock.now(agency.pk)
    due = work_calendar(agency.pk).add(timezone.localdate(now), given)
    moved = transition(
        actor=actor, row=decision, name="notice", noticed_at=now, respond_until=due.date,
        respond_reason=due.why, summary=f"陈述申辩至{due.date:%Y-%m-%d}",
    )  # fmt: skip
    content = papers.standing_notice(moved, agency, given)
    _issue(actor, moved, agency, papers.NOTICE, content)
    words = f"{content.heading}：可在{due.date:%Y-%m-%d}前陈述申辩"
    _tell(moved, words, now)
    return moved


def _issue(actor: Actor, row: StandingDecision, agency: Agency, kind: str, content: Any) -> None:
    document_issue(
        actor=actor, kind=kind, subject=row, content=content, issuer=Issuer(agency.pk, agency.short_name),
        title=f"{row.name}{content.heading}",
    )  # fmt: skip


def _tell(row: StandingDecision, words: str, now: datetime) -> None:
    if row.provider_org_id is not None:
        notify(
            org_id=row.provider_org_id, kind="standing", title=words, at=now, is_urgent=True,
            url=reverse("providers:standing", args=[row.pk]),
        )  # fmt: skip


@transaction.atomic
def standing_state(
    *, actor: Actor, decision: StandingDecision, text: str, files: Files = ()
) -> StandingStatement:
    """The body states its case (陈述申辩), once and within its days; the decision answers it."""
    found = _again(decision)
    today = clock.today(found.owner_agency_id)
    if found.state != StandingDecision.State.NOTICED:
        raise DomainError("现在不能陈述申辩")
    if found.respond_until is None or today > found.respond_until:
        raise DomainError(f"陈述申辩期已于{found.respond_until:%Y-%m-%d}结束")
    return _say(actor, found, Kind.STATEMENT, text, files, "已提出过陈述申辩")


@transaction.atomic
def standing_repair(
    *, actor: Actor, decision: StandingDecision, text: str, files: Files
) -> StandingStatement:
    """The body asks that a measure be lifted (修复), with what proves that it is repaired."""
    found = _again(decision)
    if found.state != StandingDecision.State.EFFECTIVE:
        raise DomainError("该决定不在执行中，不需要修复")
    if not files:
        raise DomainError("请上传整改或者修复的证明材料", field="files")
    return _say(actor, found, Kind.REPAIR, text, files, "已有一份修复申请等待答复")


def _again(decision: StandingDecision) -> StandingDecision:
    """Read a decision that the body may not lock; who decides takes the same lock."""
    if decision.provider_org_id is not None:
        hold_standing(decision.provider_org_id)
    return StandingDecision.objects.get(pk=decision.pk)


def _say(
    actor: Actor, decision: StandingDecision, kind: str, text: str, files: Files, twice: str
) -> StandingStatement:
    if actor.org_id != decision.provider_org_id:
        raise DomainError("由被告知的机构提出")
    if not text.strip():
        raise DomainError("请写明内容", field="text")
    now = clock.now(decision.owner_agency_id)
    try:
        with transaction.atomic():
            row = StandingStatement.objects.create(
                **decision.tenant, decision=decision, kind=kind, text=text.strip(), made_at=now,
                made_by_name=actor.display[:80],
            )  # fmt: skip
    except IntegrityError as error:
        raise DomainError(twice) from error
    for name, content in files:
        attachment_add(actor=actor, subject=row, filename=name, content=content)
    record(actor=actor, act=f"standingstatement.{kind}", subject=row, summary=str(decision), at=now)
    notify(
        org_id=decision.owner_agency_id, kind="standing", at=now,
        title=f"{decision.name}：{row.get_kind_display()}",
        url=reverse("providers:standing", args=[decision.pk]),
    )  # fmt: skip
    return row


@transaction.atomic
def standing_decide(
    *, actor: Actor, decision: StandingDecision, reason: str, from_on: date, until_on: date | None
) -> StandingDecision:
    """The measure takes effect, everywhere: by another person than who drafted it.

    After the days to state one's case, or once it was stated; `reason` answers it. Nothing lets it
    take effect before: no source knows a suspension without being heard.
    """
    if decision.provider_org_id is not None:
        hold_standing(decision.provider_org_id)
    _check_decider(actor, decision)
    now = clock.now(decision.owner_agency_id)
    statement = decision.statements.filter(kind=Kind.STATEMENT).first()
    _check_heard(decision, statement, timezone.localdate(now))
    if not reason.strip():
        raise DomainError("请写明决定的理由；机构提出陈述申辩的，逐条答复", field="reason")
    _check_term(decision.measure, from_on, until_on, timezone.localdate(now))
    moved = transition(
        actor=actor, row=decision, name="decide", decided_at=now, decided_by_id=actor.member,
        decided_by_name=actor.display[:80], reason=reason.strip(), from_on=from_on,
        until_on=until_on, last_on=until_on, summary=decision.get_measure_display(),
    )  # fmt: skip
    if statement is not None:
        _answer(actor, statement, reason, now)
    agency = Agency.objects.select_related("org").get(pk=moved.owner_agency_id)
    content = papers.standing_decision(moved, agency, statement.text if statement else "")
    _issue(actor, moved, agency, papers.DECISION, content)
    work_task_close(actor=actor, row=moved, kind=DECIDE)
    _tell(moved, f"{content.heading}：{moved.from_on:%Y-%m-%d}起", now)
    standing_changed.send(sender=StandingDecision, decision=moved)
    return moved


def _check_decider(actor: Actor, decision: StandingDecision) -> None:
    if is_same_person(actor, decision.drafted_by_id):
        raise DomainError("拟办人不能自己决定，请由其他人员决定")


def _check_heard(
    decision: StandingDecision, statement: StandingStatement | None, today: date
) -> None:
    until = decision.respond_until
    if until is not None and statement is None and today <= until:
        raise DomainError(f"陈述申辩期至{until:%Y-%m-%d}，期满或者机构陈述后才能决定")


def _answer(actor: Actor, row: StandingStatement, words: str, now: datetime) -> None:
    row.answered_at, row.answered_by_name, row.answer = now, actor.display[:80], words.strip()
    row.save(update_fields=["answered_at", "answered_by_name", "answer"])


@transaction.atomic
def standing_drop(*, actor: Actor, decision: StandingDecision, reason: str) -> StandingDecision:
    """Take no measure after all; who was told of it is told."""
    now = clock.now(decision.owner_agency_id)
    moved = transition(
        actor=actor, row=decision, name="drop", summary=reason.strip(),
        **_ended(actor, reason, now),
    )  # fmt: skip
    if statement := moved.statements.filter(kind=Kind.STATEMENT, answered_at=None).first():
        _answer(actor, statement, reason, now)
    work_task_close(actor=actor, row=moved, kind=DECIDE)
    if moved.noticed_at is not None:
        _tell(moved, f"{moved.get_measure_display()}：不予采取", now)
    return moved


def _ended(actor: Actor, reason: str, now: datetime) -> dict[str, Any]:
    if not reason.strip():
        raise DomainError("请写明原因", field="reason")
    return {
        "ended_at": now, "ended_by_name": actor.display[:80], "ended_reason": reason.strip()[:300]
    }  # fmt: skip


@transaction.atomic
def standing_lift(*, actor: Actor, decision: StandingDecision, reason: str) -> StandingDecision:
    """A measure ends before its time (修复、解除、移出): from today on it holds no longer.

    It answers the body's request where there is one, and is decided by another person than who
    drafted the measure.
    """
    if decision.provider_org_id is not None:
        hold_standing(decision.provider_org_id)
    _check_decider(actor, decision)
    now = clock.now(decision.owner_agency_id)
    moved = transition(
        actor=actor, row=decision, name="lift", summary=reason.strip(),
        last_on=timezone.localdate(now) - timedelta(days=1), **_ended(actor, reason, now),
    )  # fmt: skip
    asked = moved.statements.filter(kind=Kind.REPAIR, answered_at=None).first()
    if asked is not None:
        _answer(actor, asked, reason, now)
    agency = Agency.objects.select_related("org").get(pk=moved.owner_agency_id)
    content = papers.standing_lift(moved, agency, asked.text if asked else "")
    _issue(actor, moved, agency, papers.LIFT, content)
    work_task_close(actor=actor, row=moved, kind=DEMAND)
    _tell(moved, content.heading, now)
    standing_changed.send(sender=StandingDecision, decision=moved)
    return moved


@transaction.atomic
def standing_keep(*, actor: Actor, decision: StandingDecision, reason: str) -> StandingStatement:
    """Answer a request for repair with no: the measure stays."""
    if not reason.strip():
        raise DomainError("请写明不予解除的理由", field="reason")
    asked = (
        StandingStatement.objects.select_for_update(of=("self",), no_key=True)
        .filter(decision=decision, kind=Kind.REPAIR, answered_at=None)
        .first()
    )
    if asked is None:
        raise DomainError("没有等待答复的修复申请")
    now = clock.now(decision.owner_agency_id)
    _answer(actor, asked, reason, now)
    record(actor=actor, act="standingdecision.keep", subject=decision, summary=reason, at=now)
    _tell(decision, f"{decision.get_measure_display()}：修复申请未获同意", now)
    return asked


@transaction.atomic
def standing_expire(*, actor: Actor, agency_id: int) -> int:
    """End what is past its last day; return how many. What holds is asked of the days, not of this."""
    now = clock.now(agency_id)
    over = StandingDecision.objects.filter(
        owner_agency=agency_id, state=StandingDecision.State.EFFECTIVE,
        last_on__lt=timezone.localdate(now),
    )  # fmt: skip
    rows = list(over.order_by("pk"))
    for row in rows:
        moved = transition(
            actor=actor, row=row, name="expire", ended_at=now, ended_reason="期限届满"
        )
        _tell(moved, f"{moved.get_measure_display()}已期满", now)
        standing_changed.send(sender=StandingDecision, decision=moved)
    return len(rows)


@transaction.atomic
def standing_remind(*, agency_id: int) -> int:
    """Put before the agency what it may decide now, and what ought to be corrected by now."""
    today = clock.today(agency_id)
    own = StandingDecision.objects.filter(owner_agency=agency_id)
    for row in (heard := own.filter(state="noticed", respond_until__lt=today)):
        _put(row, DECIDE, f"{row.name}：陈述申辩期满，可以决定{row.get_measure_display()}")
    late = own.filter(state="effective", measure=Measure.RECTIFY, demand_due_on__lt=today)
    for row in late:
        _put(row, DEMAND, f"{row.name}：责令整改期限已过，核实整改情况")
    return len(heard) + len(late)


def _put(row: StandingDecision, kind: str, title: str) -> None:
    url = reverse("providers:standing", args=[row.pk])
    work_task_open(row=row, org_id=row.owner_agency_id, kind=kind, title=title, url=url)
