"""hazard_add · hazard_edit · hazard_remove · hazards_confirm · hazard_dismiss · major_report ·
hazards_mark_overdue"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agencies.models import ServiceBatch
from audit.services import record, record_many
from common.errors import DomainError
from common.ids import uuid7
from documents.models import Document
from documents.services import Issuer, document_issue, number_allocate
from enterprises.models import RiskPoint
from evidence.models import Photo
from evidence.services import photo_add, photos_issue
from inspections import papers
from inspections.models import Answer, ChecklistItem, Hazard, LibraryEntry, Severity, Visit
from inspections.papers import reports
from inspections.selectors import answers_of, due_rule, suggested_due
from inspections.services.phases import advance_if_ready
from inspections.services.visits import answers_save, lock_open, provider_issuer
from notifications.services import Message, notify, notify_many
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.selectors import work_calendar
from workflow.services import transition, work_task_open

SOURCES: dict[str, str] = {
    Visit.Kind.SPOT_CHECK: Hazard.Source.SPOT_CHECK,
    Visit.Kind.ENFORCEMENT: Hazard.Source.ENFORCEMENT,
    Visit.Kind.INSPECTION: Hazard.Source.TOWNSHIP,
}
LEADS = (Role.PROVIDER_ADMIN, Role.PROJECT_LEAD)
INSPECTED = "JC{year}-{n:04d}"  # [proposal] number of a hazard of an inspection of no batch


@transaction.atomic
def hazard_add(
    *,
    actor: Actor,
    visit: Visit,
    place: str,
    description: str,
    severity: str,
    category: str,
    place_count: int = 1,
    subcategory: str = "",
    basis: str = "",
    measure: str = "",
    due_on: date | None = None,
    item: ChecklistItem | None = None,
    risk_point: RiskPoint | None = None,
    entry: LibraryEntry | None = None,
    clause_code: str = "",
    emergency_plan: str = "",
    photos: Sequence[bytes] = (),
    announced: int = 0,
    found_at: datetime | None = None,
    id: UUID | None = None,
) -> Hazard:
    """Write a finding down on an open visit; the same `id` again is the same hazard.

    Numbered without gaps within the batch. `announced` photos follow from the phone. Without
    `due_on` the library's proposal holds. A failed answer of `item` is set along. A major one must
    name its criterion and goes to the regulator at once (domain.md 1.1: 由服务机构及时上报应急管理局).
    """
    if id is not None and (found := Hazard.objects.filter(pk=id).first()):
        return found
    locked = lock_open(visit)
    check_finding(place, description, measure, severity, basis)
    if item is not None and item.is_photo_required and not photos and not announced:
        raise DomainError("该项不符合时须拍照", field="photos")
    if not 1 <= place_count <= 999:
        raise DomainError("处数应在 1 到 999 之间", field="place_count")
    now = clock.now(locked.owner_agency_id)
    found_at = found_at or now
    if not locked.arrived_at <= found_at <= now:
        raise DomainError("发现时间应在到达之后、现在之前", field="found_at")
    found_on = timezone.localdate(found_at)
    deadline = _deadline(locked, found_on, severity, entry, due_on)
    hazard = Hazard.objects.create(
        id=id or uuid7(),
        **locked.tenant,
        number=_next_number(locked),
        assignment=locked.assignment,
        visit=locked,
        enterprise=locked.enterprise,
        item=item,
        risk_point=risk_point,
        entry=entry,
        found_on=found_on,
        found_at=found_at,
        source=SOURCES.get(locked.kind, Hazard.Source.PROVIDER),
        found_by_name=actor.user_name,
        place=place.strip(),
        place_count=place_count,
        description=description.strip(),
        category=category,
        subcategory=subcategory,
        severity=severity,
        basis=basis.strip(),
        clause_code=clause_code,
        measure=measure.strip(),
        emergency_plan=emergency_plan.strip(),
        **deadline,
        major_noticed_at=now if severity == Severity.MAJOR else None,
    )
    _keep_photos(actor, hazard, photos)
    if key := item.pk if item is not None else risk_point.pk if risk_point is not None else None:
        _fail(actor, locked, key, found_at)
    record(actor=actor, act="hazard.found", subject=hazard, summary=hazard.number, at=now)
    if hazard.is_major:
        notice_major(hazard)
    return hazard


def check_finding(place: str, text: str, measure: str, severity: str, basis: str) -> None:
    """DomainError for a finding that lacks what every finding must say."""
    if not place.strip():
        raise DomainError("请写明部位或场所", field="place")
    if not text.strip():
        raise DomainError("请描述隐患", field="description")
    if not measure.strip():
        raise DomainError("请写明建议的整改措施", field="measure")
    if severity == Severity.MAJOR and "条" not in basis:
        raise DomainError("重大隐患须写明判定标准的条、项", field="basis")


def _deadline(
    row: Visit | Hazard,
    found_on: date,
    severity: str,
    entry: LibraryEntry | None,
    wanted: date | None,
) -> dict[str, Any]:
    """Return the deadline's columns: the day, why it is that day, and the rule it may move by."""
    if wanted is None:
        due = suggested_due(row.owner_agency_id, found_on, severity, entry)
        days, in_workdays = due_rule(severity, entry)
        rule = {"due_from": found_on, "due_days": days, "due_in_workdays": in_workdays}
        return {"due_on": due.date, "due_reason": due.why, **rule}
    if wanted < found_on:
        raise DomainError("整改期限不能早于排查日期", field="due_on")
    left = work_calendar(row.owner_agency_id).between(found_on, wanted)
    why = f"检查人员指定，自{found_on:%Y-%m-%d}起{left}个工作日"
    return {"due_on": wanted, "due_reason": why, "due_from": None, "due_days": None}


def _next_number(visit: Visit) -> str:
    """Give the batch's next hazard number under its row lock: no gap, no double.

    An inspection that belongs to no batch takes it from its agency's own series of the year.
    """
    if visit.assignment is None:
        agency, year = visit.owner_agency, timezone.localdate(visit.arrived_at).year
        return number_allocate(
            issuer=Issuer(agency.pk, agency.short_name), kind="hazard", pattern=INSPECTED, year=year
        )
    batch = ServiceBatch.objects.select_for_update(of=("self",), no_key=True).get(
        pk=visit.assignment.batch_id
    )
    batch.hazard_sequence += 1
    batch.save(update_fields=["hazard_sequence"])
    return f"{batch.code}-{batch.hazard_sequence:04d}"


def _keep_photos(actor: Actor, hazard: Hazard, photos: Sequence[bytes]) -> None:
    for content in photos:
        photo_add(actor=actor, subject=hazard, purpose=Photo.Purpose.BEFORE, content=content)


def _fail(actor: Actor, visit: Visit, key: int | UUID, at: datetime) -> None:
    """A finding answers its question; the note that stands there stays."""
    standing = answers_of(visit).get(key)
    if standing is None or standing.result != Answer.Result.FAIL:
        note = standing.note if standing else ""
        answers_save(actor=actor, visit=visit, answers={key: (Answer.Result.FAIL, note)}, at=at)


def notice_major(hazard: Hazard) -> None:
    """Put a major hazard before the regulator at once."""
    url = reverse("inspections:hazard", args=[hazard.pk])
    title = f"重大事故隐患：{hazard.enterprise.name} {hazard.place}"
    notify(
        org_id=hazard.owner_agency_id,
        kind="hazard.major",
        title=title,
        url=url,
        at=hazard.found_at,
        is_urgent=True,
    )
    work_task_open(
        row=hazard, org_id=hazard.owner_agency_id, kind="major_hazard", title=title, url=url
    )


@transaction.atomic
def hazard_edit(*, actor: Actor, hazard: Hazard, **values: Any) -> Hazard:
    """Mend the wording, measure or deadline of a finding before it is confirmed."""
    locked = Hazard.objects.select_for_update(of=("self",), no_key=True).get(pk=hazard.pk)
    if locked.state != Hazard.State.FOUND:
        raise DomainError("已交底的隐患不能直接修改；确有错误请办理更正或者撤销")
    if "due_on" in values and values["due_on"] != locked.due_on:
        values |= _deadline(locked, locked.found_on, locked.severity, None, values["due_on"])
    for name, value in values.items():
        setattr(locked, name, value)
    check_finding(locked.place, locked.description, locked.measure, locked.severity, locked.basis)
    locked.save(update_fields=[*values, "updated_at"])
    record(
        actor=actor,
        act="hazard.edit",
        subject=locked,
        data={"fields": sorted(values)},
        at=clock.now(locked.owner_agency_id),
    )
    return locked


@transaction.atomic
def hazard_remove(*, actor: Actor, hazard: Hazard, reason: str = "误登记") -> Hazard:
    """Take a finding back while the visit is open; number and row stay, so nothing is lost."""
    lock_open(hazard.visit)
    return transition(
        actor=actor, row=hazard, name="dismiss", summary=reason, dismissed_reason=reason
    )


@transaction.atomic
def hazard_dismiss(*, actor: Actor, hazard: Hazard, reason: str) -> Hazard:
    """The project lead finds that a finding does not stand; the reason is on record."""
    if actor.role not in LEADS:
        raise DomainError("只有项目负责人可以认定")
    if not reason.strip():
        raise DomainError("请填写不予认定的原因", field="reason")
    return transition(
        actor=actor, row=hazard, name="dismiss", summary=reason, dismissed_reason=reason.strip()
    )


@transaction.atomic
def hazards_confirm(*, actor: Actor, visit: Visit) -> Document | None:
    """The project lead confirms every finding of a signed visit: the enterprise sees them from here.

    Issues one 隐患整改建议书; where both parts are checked the assignment moves on to 指导整改.
    """
    if actor.role not in LEADS:
        raise DomainError("只有项目负责人可以确认并交底")
    locked = Visit.objects.select_for_update(of=("self",), no_key=True).select_related(
        "assignment__batch__contract", "enterprise"
    ).get(pk=visit.pk)  # fmt: skip
    if locked.is_official:
        raise DomainError("执法人员的检查由执法文书处理")
    if locked.state == Visit.State.OPEN:
        raise DomainError("检查还没有签字，不能交底")
    now = clock.now(locked.owner_agency_id)
    hazards = list(
        locked.hazards.select_for_update(of=("self",), no_key=True).filter(state=Hazard.State.FOUND)
        .order_by("number")
    )  # fmt: skip
    for hazard in hazards:
        transition(actor=actor, row=hazard, name="issue", issued_at=now)
    photos_issue(subjects=hazards, at=now)
    document = _suggest(actor, locked, hazards, timezone.localdate(now)) if hazards else None
    advance_if_ready(actor=actor, assignment_id=locked.served_id)
    return document


def _suggest(actor: Actor, locked: Visit, hazards: list[Hazard], today: date) -> Document:
    """Issue the paper; a visit that was opened again has a further one for what was found since."""
    _tell_issued(locked, len(hazards))
    before = Document.objects.filter(kind="suggestion", subject_id=str(locked.pk)).count()
    return document_issue(
        actor=actor,
        kind="suggestion",
        subject=locked,
        content=papers.suggestion(locked, hazards, actor, today),
        title=f"{locked.enterprise.name}隐患整改建议书",
        issuer=provider_issuer(actor),
        issue_key=f"suggestion:{locked.pk}:{before + 1}" if before else "",
    )


def _tell_issued(visit: Visit, count: int) -> None:
    at = clock.now(visit.owner_agency_id)
    if visit.enterprise_org_id is not None:
        notify(
            org_id=visit.enterprise_org_id,
            kind="hazard.issued",
            title=f"有 {count} 项隐患需要整改",
            url=reverse("inspections:deadlines"),
            at=at,
        )
    notify(
        org_id=visit.owner_agency_id,
        kind="hazard.disclosed",
        title=f"{visit.enterprise.name}：服务机构交底 {count} 项隐患",
        url=f"{reverse('inspections:ledger')}?assignment={visit.assignment_id}",
        at=at,
    )


@transaction.atomic
def major_report(
    *,
    actor: Actor,
    hazard: Hazard,
    causes: str,
    harm: str,
    treatment: str,
    temporary_measures: str,
) -> Document:
    """Hand in the written report of a major hazard (24 hours, a parameter: A15).

    It says state and causes, harm and difficulty, treatment (domain.md 4.6), and what protects
    people until then.
    """
    locked = Hazard.objects.select_for_update(of=("self",), no_key=True).get(pk=hazard.pk)
    if not locked.is_major:
        raise DomainError("只有重大隐患需要书面报告")
    if locked.major_reported_at:
        raise DomainError("已经书面报告过")
    words = {
        "causes": causes,
        "harm": harm,
        "treatment": treatment,
        "temporary_measures": temporary_measures,
    }
    for name, text in words.items():
        if not text.strip():
            raise DomainError("请填写这一项", field=name)
    locked.major_reported_at = clock.now(locked.owner_agency_id)
    locked.save(update_fields=["major_reported_at", "updated_at"])
    record(actor=actor, act="hazard.major_report", subject=locked, at=locked.major_reported_at)
    report = document_issue(
        actor=actor,
        kind="major_report",
        subject=locked,
        content=reports.major_report(
            locked, actor, locked.major_reported_at, {n: t.strip() for n, t in words.items()}
        ),
        title=f"{locked.enterprise.name}重大事故隐患报告单",
        issuer=provider_issuer(actor),
        enterprise_org_id=None,
    )
    notify(
        org_id=locked.owner_agency_id,
        kind="hazard.major_report",
        title=f"{locked.enterprise.name}重大事故隐患书面报告 {report.number}",
        url=reverse("inspections:hazard", args=[locked.pk]),
        at=locked.major_reported_at,
    )
    advance_if_ready(actor=actor, assignment_id=locked.served_id)
    return report


LATE_AT_ONCE = 1_000
TOLD_OF_LATE = (
    "number", "place", "owner_agency_id", "region_code", "enterprise_org_id", "provider_org_id",
    "enterprise__name",
)  # fmt: skip


def hazards_mark_overdue(*, actor: Actor, agency_id: int) -> int:
    """Flag what is late since yesterday; return how many are newly late. Again, it flags none.

    In transactions of LATE_AT_ONCE: killed in between, the rest is flagged by the next run.
    """
    total, found = 0, LATE_AT_ONCE
    while found == LATE_AT_ONCE:
        found = _mark_overdue(actor, agency_id)
        total += found
    return total


@transaction.atomic
def _mark_overdue(actor: Actor, agency_id: int) -> int:
    now = clock.now(agency_id)
    late = list(
        Hazard.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(
            owner_agency_id=agency_id,
            state__in=Hazard.DUE_STATES,
            assignment__withdrawn_at=None,
            due_on__lt=timezone.localdate(now),
            is_overdue=False,
        )
        .select_related("enterprise")
        .only(*TOLD_OF_LATE)
        .order_by("due_on", "pk")[:LATE_AT_ONCE]
    )
    Hazard.objects.filter(pk__any_of=[h.pk for h in late]).update(
        is_overdue=True, was_overdue=True, updated_at=now
    )
    numbers = {hazard: hazard.number for hazard in late}
    record_many(actor=actor, act="hazard.overdue", subjects=numbers, at=now)
    messages = [message for hazard in late for message in _overdue_messages(hazard)]
    notify_many(messages, kind="hazard.overdue", at=now)
    return len(late)


def _overdue_messages(hazard: Hazard) -> list[Message]:
    url = reverse("inspections:hazard", args=[hazard.pk])
    title = f"隐患逾期：{hazard.enterprise.name} {hazard.place}（{hazard.number}）"
    seen_by = (hazard.enterprise_org_id, hazard.provider_org_id)
    return [Message(org_id, title, url) for org_id in seen_by if org_id is not None]
