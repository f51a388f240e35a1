"""appraisal_interim · appraisals_freeze · scoring_begin · forms_close · measure_correct ·
appraisal_draft · appraisal_decide · appraisal_correct: an evaluation from its freeze to its result."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from agencies.models import Assignment, ServiceContract
from audit.services import record
from common.errors import DomainError
from common.ids import uuid7
from common.scope import acting_as
from documents.models import Document
from documents.services import Issuer, document_issue
from enterprises.entering import was_entered_by
from inspections.models import Hazard
from notifications.services import Message, notify, notify_many
from scoring.appraisals import papers
from scoring.appraisals.freezing import Asked, freeze
from scoring.appraisals.reading import (
    rules_of,
    scheme_in_force,
    stored,
    write,
)
from scoring.appraisals.rules import Scheme
from scoring.appraisals.vetoes import vetoes_of
from scoring.models import (
    Appraisal,
    AppraisalCorrection,
    AppraisalEvidence,
    Questionnaire,
    SelfEvaluation,
    ThirdPartyReview,
)
from tenancy import clock
from tenancy.actors import SYSTEM, Actor
from tenancy.models import Agency
from tenancy.selectors import work_calendar
from workflow.services import transition

State, Purpose = Appraisal.State, Appraisal.Purpose
REMIND = timedelta(days=2)  # before the last day of a form [proposal]
COPIED = (
    "contract_id", "year", "scheme_id", "scheme_version", "made_at", "input_sha256", "measures",
    "vetoes", "open_rechecks", "closed_at",
)  # fmt: skip


@transaction.atomic
def appraisal_interim(*, contract: ServiceContract, job_id: UUID, at: datetime) -> Appraisal:
    """Freeze and compute what a contract would come to now; nothing follows from it."""
    [row] = _freeze([contract], at, at.year, purpose=Purpose.INTERIM, job_id=job_id)
    write(row)
    row.save()
    return row


@transaction.atomic
def appraisals_freeze(
    *,
    actor: Actor,
    contracts: Sequence[ServiceContract],
    year: int,
    at: datetime,
    job_id: UUID | None = None,
) -> list[Appraisal]:
    """Begin the final evaluation of contracts of one agency: data frozen, each provider asked.

    One of them that has been begun for the year is left as it is.
    """
    done = Appraisal.objects.filter(contract__in=contracts, year=year, purpose=Purpose.FINAL)
    begun = set(done.exclude(state=State.SUPERSEDED).values_list("contract_id", flat=True))
    wanted = [one for one in contracts if one.pk not in begun and one.provider_org_id]
    if not wanted:
        return []
    rows = _freeze(wanted, at, year, purpose=Purpose.FINAL, state=State.FROZEN, job_id=job_id)
    calendar, today = work_calendar(wanted[0].owner_agency_id), timezone.localdate(at)
    for row in rows:
        days = rules_of(row.scheme).parameters.self_workdays
        row.self_due_on = calendar.add(today, days).date
        write(row)
        row.save()
        record(actor=actor, act="appraisal.freeze", subject=row, summary=row.input_sha256, at=at)
    _ask_providers(rows, at)
    return rows


def _freeze(
    contracts: Sequence[ServiceContract], at: datetime, year: int, **fields: Any
) -> list[Appraisal]:
    schemes = {
        code: scheme_in_force(code, timezone.localdate(at))
        for code in {contract.region_code for contract in contracts}
    }
    rules = {code: rules_of(scheme) for code, scheme in schemes.items()}
    rows = Appraisal.objects.bulk_create(
        Appraisal(
            **contract.tenant, contract=contract, year=year, made_at=at, measures={},
            scheme=schemes[contract.region_code], input_sha256="", score=0, grade="D",
            scheme_version=rules[contract.region_code].version, **fields,
        )
        for contract in contracts
    )  # fmt: skip
    frozen = freeze([Asked(r.pk, r.contract_id, rules[r.region_code].parameters) for r in rows], at)
    waiting, breaches = _open_rechecks(contracts), vetoes_of(contracts, rules)
    for row in rows:
        row.vetoes = breaches.get(row.contract_id, [])
        row.measures = stored(frozen[row.pk].measures)
        row.input_sha256 = frozen[row.pk].sha256
        row.open_rechecks = waiting.get(row.contract_id, 0)
    return rows


def _open_rechecks(contracts: Sequence[ServiceContract]) -> dict[int, int]:
    key = "assignment__batch__contract"
    rows = Hazard.objects.filter(**{f"{key}__in": contracts}, state=Hazard.State.SUBMITTED)
    return dict(rows.order_by().values_list(key).annotate(n=Count("pk")))


def _ask_providers(rows: Sequence[Appraisal], at: datetime) -> None:
    agency = Agency.objects.select_related("org").get(pk=rows[0].owner_agency_id)
    asked = SelfEvaluation.objects.bulk_create(
        SelfEvaluation(
            **row.tenant, appraisal=row, contract_title=row.contract.title,
            agency_name=agency.org.name, due_on=row.self_due_on or timezone.localdate(at),
            indicators=[
                {"code": i.code, "name": i.name, "weight": str(i.weight), "point": i.point}
                for i in rules_of(row.scheme).indicators
            ],
        )
        for row in rows
    )  # fmt: skip
    messages = [
        Message(
            int(one.provider_org_id or 0),
            f"{one.contract_title}：年度考评已开始，请于{one.due_on:%Y-%m-%d}前提交自评",
            reverse("scoring:self-evaluation", args=[one.pk]),
        )
        for one in asked
    ]
    notify_many(messages, kind="appraisal.self", at=at)


@transaction.atomic
def scoring_begin(*, actor: Actor, appraisal: Appraisal) -> Appraisal:
    """Let the three parties speak: every enterprise that was accepted gets its form (domain.md 3.4).

    Before the provider's days are over only if it has filed its self-evaluation.
    """
    today, at = clock.today(appraisal.owner_agency_id), clock.now(appraisal.owner_agency_id)
    filed = SelfEvaluation.objects.filter(appraisal=appraisal, filed_at__isnull=False).exists()
    if not filed and appraisal.self_due_on and today <= appraisal.self_due_on:
        raise DomainError(f"服务机构可在{appraisal.self_due_on:%Y-%m-%d}前自评，尚未提交")
    days = rules_of(appraisal.scheme).parameters.scoring_workdays
    due = work_calendar(appraisal.owner_agency_id).add(today, days).date
    moved = transition(actor=actor, row=appraisal, name="begin_scoring", scoring_due_on=due)
    asked = _ask_enterprises(moved, due)
    messages = [
        Message(
            one.enterprise_org_id or 0,
            f"请评价{one.provider_name}的服务（{one.due_on:%Y-%m-%d}前，评分封存到截止后）",
            reverse("scoring:questionnaire", args=[one.pk]),
        )
        for one in asked
        if one.enterprise_org_id
    ]
    notify_many(messages, kind="appraisal.questionnaire", at=at)
    return moved


def _ask_enterprises(appraisal: Appraisal, due: date) -> list[Questionnaire]:
    contract = appraisal.contract
    served = Assignment.objects.filter(
        batch__contract=contract, withdrawn_at=None,
        state__in=(Assignment.Phase.ACCEPTED, Assignment.Phase.CONCLUDED),
    )  # fmt: skip
    by_firm = {row.enterprise_id: row for row in served.order_by("pk")}
    whose = {**appraisal.tenant, "provider_org_id": None}  # the buyer's, not the township's
    provider = contract.provider_org.name if contract.provider_org else ""
    return Questionnaire.objects.bulk_create(
        Questionnaire(
            **{**whose, "enterprise_org_id": row.enterprise_org_id}, appraisal=appraisal, assignment=row,
            enterprise_id=row.enterprise_id, provider_name=provider,
            contract_title=contract.title, due_on=due,
        )
        for row in by_firm.values()
    )  # fmt: skip


def appraisals_follow(*, actor: Actor, agency_id: int) -> int:
    """Do what a day brings: scoring begins once the provider's days are over; return how many."""
    today = clock.today(agency_id)
    rows = Appraisal.objects.filter(owner_agency=agency_id, state=State.FROZEN)
    due = list(rows.filter(self_due_on__lt=today).select_related("contract__provider_org"))
    for row in due:
        scoring_begin(actor=actor, appraisal=row)
    _remind(agency_id, today)
    return len(due)


def _remind(agency_id: int, today: date) -> None:
    """Remind enterprises two days before the last one of a form that they have not filed."""
    rows = Questionnaire.objects.filter(
        owner_agency=agency_id, filed_at=None, opened_at=None, due_on=today + REMIND
    )
    messages = [
        Message(
            int(one.enterprise_org_id or 0),
            f"对{one.provider_name}的评价{one.due_on:%Y-%m-%d}截止，还没有提交",
            reverse("scoring:questionnaire", args=[one.pk]),
        )
        for one in rows
        if one.enterprise_org_id
    ]
    notify_many(messages, kind="appraisal.questionnaire", at=clock.now(agency_id), is_urgent=True)


def filed_count(appraisal: Appraisal) -> tuple[int, int]:
    """Return (forms filed, forms asked for): how many, of sealed ones nothing else."""
    with acting_as(SYSTEM):
        counted = Questionnaire.objects.filter(appraisal=appraisal.pk).aggregate(
            filed=Count("pk", filter=Q(filed_at__isnull=False)), asked=Count("pk")
        )
    return counted["filed"], counted["asked"]


@transaction.atomic
def forms_close(*, actor: Actor, appraisal: Appraisal, reason: str = "") -> Appraisal:
    """Close all forms and open what was filed; nobody files any more.

    Before the last day only when everybody has filed, or with a reason on record.
    """
    locked = _lock(appraisal, State.SCORING)
    if locked.closed_at is not None:
        raise DomainError("评价已经截止")
    today, at = clock.today(locked.owner_agency_id), clock.now(locked.owner_agency_id)
    filed, asked = filed_count(locked)
    third = ThirdPartyReview.objects.filter(appraisal=locked, filed_at=None).exists()
    is_early = locked.scoring_due_on is not None and today <= locked.scoring_due_on
    if is_early and (filed < asked or third) and not reason.strip():
        words = f"期限到{locked.scoring_due_on:%Y-%m-%d}，收到问卷{filed}/{asked}份"
        raise DomainError(f"{words}；提前截止请写明原因", field="reason")
    locked.closed_at = at
    locked.save(update_fields=["closed_at"])
    _open_forms(locked, at)
    locked = Appraisal.objects.get(pk=locked.pk)
    write(locked)
    locked.save()
    words = f"收到问卷{filed}/{asked}份。{reason.strip()}"
    record(actor=actor, act="appraisal.forms_close", subject=locked, summary=words, at=at)
    return locked


def _open_forms(appraisal: Appraisal, at: datetime) -> None:
    """Open them; the agency itself cannot see a filed one before."""
    with acting_as(SYSTEM):
        for forms in (Questionnaire, ThirdPartyReview):
            rows = forms._default_manager.filter(appraisal=appraisal.pk)
            rows.update(opened_at=at)


def _lock(appraisal: Appraisal, *states: str) -> Appraisal:
    rows = Appraisal.objects.select_for_update(of=("self",), no_key=True).select_related(
        "scheme", "contract"
    )
    locked = rows.get(pk=appraisal.pk)
    if locked.state not in states:
        raise DomainError(f"考评现在是“{locked.get_state_display()}”，不能进行此操作")
    return locked


@transaction.atomic
def form_exclude(*, actor: Actor, form: Questionnaire, reason: str) -> Questionnaire:
    """Leave a form out that there are doubts about; it stays on record with the reason."""
    locked = _lock(form.appraisal, State.SCORING)
    if locked.closed_at is None:
        raise DomainError("截止启封以后才能认定")
    if not reason.strip():
        raise DomainError("请写明不予采用的原因", field="reason")
    if was_entered_by(actor, form):
        raise DomainError("这份问卷由你代企业录入，请其他人员认定")
    form.excluded_reason = reason.strip()[:300]
    form.save(update_fields=["excluded_reason"])
    record(actor=actor, act="appraisal.form_exclude", subject=form, summary=form.excluded_reason)
    write(locked)
    locked.save()
    return form


@transaction.atomic
def measure_correct(
    *,
    actor: Actor,
    appraisal: Appraisal,
    code: str,
    numerator: Decimal,
    denominator: Decimal,
    reason: str,
) -> Appraisal:
    """Put another measure in the place of what was counted, and say why; the counted one stays.

    DomainError names the field.
    """
    locked = _lock(appraisal, State.FROZEN, State.SCORING)
    correct(actor, locked, code, (numerator, denominator), AppraisalCorrection.Cause.BUYER, reason)
    write(locked)
    locked.save()
    return locked


def correct(
    actor: Actor,
    appraisal: Appraisal,
    code: str,
    measure: tuple[Decimal, Decimal],
    cause: str,
    reason: str,
) -> AppraisalCorrection:
    """Add a person's word on one measure. DomainError names the field."""
    numerator, denominator = measure
    indicator = _indicator(rules_of(appraisal.scheme), code)
    if not reason.strip():
        raise DomainError("请写明理由", field="reason")
    if denominator <= 0:
        raise DomainError("分母应大于0；没有适用情形的指标不计入，不用核定", field="denominator")
    if numerator < 0 or (indicator.formula != "each" and numerator > denominator):
        raise DomainError("分子应在0和分母之间", field="numerator")
    made = AppraisalCorrection.objects.create(
        **appraisal.tenant, appraisal=appraisal, code=code, numerator=numerator,
        denominator=denominator, cause=cause, reason=reason.strip()[:500],
        made_at=clock.now(appraisal.owner_agency_id), made_by_name=actor.display[:80],
    )  # fmt: skip
    words = f"{code} {numerator:f}/{denominator:f} {reason.strip()}"
    record(actor=actor, act="appraisal.correct", subject=appraisal, summary=words[:300])
    return made


def _indicator(scheme: Scheme, code: str) -> Any:
    found = next((one for one in scheme.indicators if one.code == code), None)
    if found is None:
        raise DomainError("考评方案没有这项指标", field="code")
    return found


@transaction.atomic
def appraisal_draft(*, actor: Actor, appraisal: Appraisal) -> Appraisal:
    """Draft the result: the provider gets its sheet with a notice, and may object for its days."""
    locked = _lock(appraisal, State.SCORING)
    if locked.closed_at is None:
        raise DomainError("请先截止评价、启封问卷")
    write(locked)
    locked.save()
    return _notice(actor, locked, "draft")


def _notice(actor: Actor, appraisal: Appraisal, move: str) -> Appraisal:
    today, at = clock.today(appraisal.owner_agency_id), clock.now(appraisal.owner_agency_id)
    parameters = rules_of(appraisal.scheme).parameters
    calendar = work_calendar(appraisal.owner_agency_id)
    until = calendar.add(today, parameters.objection_workdays).date
    drafted = transition(
        actor=actor, row=appraisal, name=move, noticed_at=at, objection_until=until,
        decide_by=calendar.add(until, parameters.decision_workdays).date,
        drafted_by_id=actor.membership_id, drafted_by_name=actor.display[:80],
    )  # fmt: skip
    sheet = issue_sheet(actor, drafted)
    agency = Agency.objects.select_related("org").get(pk=drafted.owner_agency_id)
    document_issue(
        actor=actor, kind="appraisal_notice", subject=drafted,
        content=papers.notice(drafted, agency, sheet.number),
        title=f"{drafted.contract.title}考评结果告知书",
        issuer=Issuer(agency.pk, agency.short_name),
    )  # fmt: skip
    notify(
        org_id=int(drafted.provider_org_id or 0), kind="appraisal.notice", at=at, is_urgent=True,
        title=f"{drafted.contract.title}考评结果已告知，{until:%Y-%m-%d}前可以提出异议",
        url=reverse("scoring:own-appraisal", args=[drafted.pk]),
    )  # fmt: skip
    return drafted


def issue_sheet(actor: Actor, appraisal: Appraisal) -> Document:
    """Issue the sheet (绩效考评表) as it stands, in the place of the one before.

    The provider sees it from its notice on, and none of before.
    """
    agency = Agency.objects.select_related("org").get(pk=appraisal.owner_agency_id)
    standing = papers.valid_sheet(appraisal)
    return document_issue(
        actor=actor, kind="appraisal", subject=appraisal,
        content=papers.sheet(appraisal, agency),
        title=f"{appraisal.contract.title}绩效考评表",
        issuer=Issuer(agency.pk, agency.short_name), replaces=standing,
        provider_org_id=appraisal.provider_org_id if appraisal.noticed_at else None,
        issue_key=f"appraisal:{appraisal.pk}:{appraisal.state}",
    )  # fmt: skip


@transaction.atomic
def appraisal_decide(*, actor: Actor, appraisal: Appraisal) -> Appraisal:
    """Decide: every objection is answered, and the days for one are over or it was answered."""
    locked = _lock(appraisal, State.DRAFTED)
    states = set(locked.objections.values_list("state", flat=True))
    if "filed" in states:
        raise DomainError("还有没有答复的异议")
    today = clock.today(locked.owner_agency_id)
    if not states and locked.objection_until and today <= locked.objection_until:
        raise DomainError(f"服务机构可在{locked.objection_until:%Y-%m-%d}前提出异议")
    before = (locked.score, locked.grade)
    write(locked)
    locked.save()
    decided = transition(
        actor=actor, row=locked, name="decide", summary=f"{locked.score} {locked.grade}",
        decided_at=clock.now(locked.owner_agency_id), decided_by_name=actor.display[:80],
        data={"before": [str(before[0]), before[1]]},
    )  # fmt: skip
    issue_sheet(actor, decided)
    notify(
        org_id=int(decided.provider_org_id or 0), kind="appraisal.decided",
        title=f"{decided.contract.title}考评结果：{decided.score}分，{decided.grade}",
        url=reverse("scoring:own-appraisal", args=[decided.pk]),
        at=clock.now(decided.owner_agency_id),
    )  # fmt: skip
    return decided


@transaction.atomic
def appraisal_correct(
    *,
    actor: Actor,
    appraisal: Appraisal,
    changes: Mapping[str, tuple[Decimal, Decimal]],
    reason: str,
) -> Appraisal:
    """Correct a decided result by a new version; the old one keeps what it said.

    `changes`: {indicator: (numerator, denominator)}. The provider is given notice anew and may
    object anew. What was published of the old one is withdrawn by whoever published it.
    """
    locked = _lock(appraisal, *Appraisal.STANDING)
    if not reason.strip():
        raise DomainError("请写明更正原因", field="reason")
    old = transition(actor=actor, row=locked, name="supersede", summary=reason.strip()[:300])
    new = Appraisal.objects.create(
        **old.tenant, **{name: getattr(old, name) for name in COPIED}, purpose=Purpose.FINAL,
        version=old.version + 1, corrects=old, correction_reason=reason.strip()[:300],
        state=State.SCORING, score=old.score, grade=old.grade,
    )  # fmt: skip
    _carry(old, new)
    for code, measure in changes.items():
        correct(actor, new, code, measure, AppraisalCorrection.Cause.BUYER, reason)
    write(new)
    new.save()
    return _notice(actor, new, "draft")


def _carry(old: Appraisal, new: Appraisal) -> None:
    """Let a new version stand on what the old one stood on."""
    AppraisalEvidence.objects.bulk_create(
        AppraisalEvidence(
            appraisal=new, source=one.source, ids=one.ids, flags=one.flags, sha256=one.sha256
        )
        for one in old.evidence.all()
    )
    kept: list[Any] = [*old.corrections.all(), *old.questionnaires.all()]
    kept += ThirdPartyReview.objects.filter(appraisal=old)
    for row in kept:
        row.pk = uuid7() if isinstance(row.pk, UUID) else None
        row.appraisal = new
        row._state.adding = True
        row.save(force_insert=True)
