"""points_give: two officers give points to one enterprise, signed or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import record
from common.errors import DomainError
from documents.services import Issuer, document_issue
from enterprises.models import Enterprise
from enterprises.services import files_hold
from evidence.models import Photo
from evidence.services import photo_add
from inspections.models import Hazard, Visit
from notifications.services import notify
from scoring import papers
from scoring.models import (
    GravityVariant,
    PointCycle,
    PointEntry,
    PointEvent,
    PointSheet,
    RuleBook,
    RuleClause,
    SheetDraft,
)
from scoring.points import Parameters, Total, base_points
from scoring.selectors import book_for, clause_of, pictured, presentation_of, standing
from scoring.services.cycles import cycle_lock, point_event_add, recompute
from tenancy import clock
from tenancy.actors import Actor
from tenancy.enums import Role
from tenancy.models import Agency, Membership
from tenancy.selectors import work_calendar
from workflow.models import WorkTask
from workflow.services import transition, work_task_close, work_task_open

REFERRAL = "points_referral"


@dataclass(frozen=True, slots=True)
class Given:
    """One clause to be given: from a finding, or from what the officers saw themselves."""

    clause: RuleClause
    hazard: Hazard | None = None
    variant: GravityVariant | None = None
    units: int = 1
    is_corrected_on_site: bool = False
    fact: str = ""
    due_on: date | None = None
    photos: Sequence[bytes] = ()

    @property
    def words(self) -> str:
        """What was seen, as the sheet says it."""
        found = f"{self.hazard.place}：{self.hazard.description}" if self.hazard else ""
        return self.fact.strip() or found


@dataclass(frozen=True, slots=True)
class Answer:
    """What the enterprise did with the sheet: it signed, or refused before a witness."""

    signature: bytes = b""
    representative_name: str = ""
    refusal_reason: str = ""
    witness_name: str = ""
    opinion: str = ""

    def check(self) -> None:
        """Raise DomainError, naming the field, unless it is one or the other (domain.md 2.4.9)."""
        if self.signature:
            if not self.representative_name.strip():
                raise DomainError("请填写现场负责人姓名", field="representative_name")
            return
        if not self.refusal_reason.strip():
            raise DomainError("请由企业签字，或填写拒签原因", field="refusal_reason")
        if not self.witness_name.strip():
            raise DomainError("拒签须有见证人", field="witness_name")


@dataclass(frozen=True, slots=True)
class Inspection:
    """Where points come from: when and where, for which contract, in which visit."""

    at: datetime
    contract: Any = None
    visit: Visit | None = None
    is_obstructed: bool = False
    officers: tuple[Membership, ...] = field(default=())


@transaction.atomic
def points_give(
    *,
    actor: Actor,
    enterprise: Enterprise,
    contract: Any,
    given: Sequence[Given],
    second_officer: Membership,
    signature: bytes = b"",
    representative_name: str = "",
    refusal_reason: str = "",
    witness_name: str = "",
    opinion: str = "",
    is_obstructed: bool = False,
    visit: Visit | None = None,
    inspected_at: datetime | None = None,
) -> PointSheet:
    """Two officers give points to one enterprise, signed or refused (domain.md 2.4.9).

    A provider proposes, officers give. DomainError names the wrong field. The sheet (记分表) and the
    notice (记分告知书) are issued and the cycle is added up anew in the same transaction, under the
    cycle's row lock. An inspection that was refused may be given without any clause.
    """
    answer = Answer(signature, representative_name, refusal_reason, witness_name, opinion)
    now = clock.now(enterprise.owner_agency_id)
    at = inspected_at or now
    book = book_for(enterprise, timezone.localdate(at))
    rules = Parameters.of(book.parameters)
    officers = _officers(actor, second_officer, rules)
    answer.check()
    files_hold([enterprise.pk])
    cycle = cycle_lock(enterprise, _open_year(at, now))
    before = cycle.total
    _check_given(given, book, is_obstructed)
    inspection = Inspection(at, contract, visit, is_obstructed, officers)
    sheet = _sheet(enterprise, cycle, book, inspection)
    entries = _entries(actor, sheet, cycle, given, rules, now)
    if is_obstructed:
        point_event_add(
            actor=actor, cycle=cycle, kind=PointEvent.Kind.OBSTRUCTED, at=now, sheet=sheet
        )
    if cycle.book is None or cycle.book.adopted_on < book.adopted_on:  # type: ignore[operator]
        cycle.book = book
        cycle.save(update_fields=["book"])
    sheet = _answered(actor, sheet, answer, rules, now)
    _refer(sheet, given)
    total = recompute(actor, cycle)
    SheetDraft.objects.filter(enterprise=enterprise).delete()
    agency = Agency.objects.select_related("org").get(pk=enterprise.owner_agency_id)
    issuer = Issuer(agency.pk, agency.short_name)
    for kind, title, content in (
        ("points_sheet", "安全生产监督检查记分表",
         papers.points_sheet(sheet, agency, entries, total, before, signature)),
        ("points_notice", "安全生产监督检查记分告知书",
         papers.points_notice(
             sheet, agency, entries, total, rules, presentation_of(agency.pk))),
    ):  # fmt: skip
        document_issue(
            actor=actor, kind=kind, subject=sheet, content=content,
            title=f"{enterprise.name}{title}", issuer=issuer,
        )  # fmt: skip
    _tell(sheet, total, now)
    return sheet


def _open_year(at: datetime, now: datetime) -> int:
    year = timezone.localtime(at).year
    if at > now:
        raise DomainError("检查时间不能晚于现在", field="inspected_at")
    if year < timezone.localtime(now).year:
        raise DomainError(f"{year}年度记分周期已结束，不能再记分", field="inspected_at")
    return year


def _officers(
    actor: Actor, second_officer: Membership, rules: Parameters
) -> tuple[Membership, Membership]:
    first = _officer(actor.member, "officer", [Role.OFFICER])
    roles = [Role.OFFICER, *([Role.ASSISTANT] if rules.assistant_may_second else [])]
    second = _officer(second_officer.pk, "second_officer", roles)
    if first.user_id == second.user_id:
        raise DomainError("两名检查人员不能是同一人", field="second_officer")
    if first.org_id != second.org_id:
        raise DomainError("两名检查人员须是同一机构的人员", field="second_officer")
    return first, second


def _officer(membership_id: int, field: str, roles: Sequence[str]) -> Membership:
    found = (
        Membership.objects.in_force()
        .select_related("user")
        .filter(pk=membership_id, role__in=roles)
        .first()
    )
    if found is None or (found.role == Role.OFFICER and not found.certificate_number):
        words = "或者协助人员" if Role.ASSISTANT in roles else ""
        raise DomainError(f"须是持有行政执法证件的在用人员{words}", field=field)
    return found


def _check_given(given: Sequence[Given], book: RuleBook, is_obstructed: bool) -> None:
    if not given and not is_obstructed:
        raise DomainError("请选择要记分的条款", field="given")
    hazards = [one.hazard.pk for one in given if one.hazard is not None]
    taken = standing(PointEntry.objects.filter(hazard__in=hazards))
    if numbers := list(taken.values_list("hazard__number", flat=True)[:5]):
        raise DomainError(f"{'、'.join(numbers)}已记过分", field="given")
    if len(set(hazards)) < len(hazards):
        raise DomainError("同一隐患只能记一次", field="given")
    with_photo = pictured(hazards)
    for one in given:
        _check_one(one, book, with_photo)


def _check_one(one: Given, book: RuleBook, with_photo: set[str]) -> None:
    code = one.clause.code
    if one.clause.book_id != book.pk:
        words = f"第{code}款不在当日施行的记分表（{book.version}）中"
        raise DomainError(words, field="given")
    if one.variant is not None and one.variant.clause_id != one.clause.pk:
        raise DomainError(f"所选情节不属于第{code}款", field="given")
    if not one.words:
        raise DomainError(f"请写明第{code}款的事实", field="fact")
    if one.units < 1 or (one.units > 1 and one.clause.max_units == 1):
        raise DomainError(f"第{code}款不按项（处）计，只能记1项", field="units")
    if one.clause.is_major and one.hazard is not None and not one.hazard.is_major:
        raise DomainError(f"第{code}款只用于重大隐患", field="given")
    has_photo = bool(one.photos) or (one.hazard is not None and str(one.hazard.pk) in with_photo)
    if one.clause.is_major and not has_photo:
        raise DomainError(f"第{code}款是重大隐患条款，须有照片", field="photos")


def _refer(sheet: PointSheet, given: Sequence[Given]) -> None:
    """Points never replace a penalty: what has to go to enforcement is a task (2.4.10)."""
    codes = [one.clause.code for one in given if one.clause.is_major or one.clause.is_referred]
    words = [f"第{'、'.join(codes)}款"] if codes else []
    if sheet.is_obstructed:
        words.append("拒绝、阻碍检查")
    if words:
        work_task_open(
            row=sheet, org_id=sheet.owner_agency_id, kind=REFERRAL,
            title=f"{sheet.enterprise.name}：{'，'.join(words)}，移送执法",
            url=reverse("scoring:sheet", args=[sheet.pk]),
        )  # fmt: skip


@transaction.atomic
def sheet_referred(*, actor: Actor, sheet: PointSheet, note: str) -> None:
    """Note that enforcement took up what the points do not settle, and how. DomainError: no task."""
    if not note.strip():
        raise DomainError("请写明移送情况", field="note")
    if not is_referral_open(sheet):
        raise DomainError("这份记分表没有要移送执法的事项")
    record(
        actor=actor, act="points.referred", subject=sheet, summary=note.strip()[:300],
        at=clock.now(sheet.owner_agency_id),
    )  # fmt: skip
    work_task_close(actor=actor, row=sheet, kind=REFERRAL)


def is_referral_open(sheet: PointSheet) -> bool:
    """Whether enforcement still has to take something of a sheet up."""
    return WorkTask.objects.filter(
        kind=REFERRAL, subject_type=sheet._meta.label_lower, subject_id=str(sheet.pk), done_at=None
    ).exists()


def _sheet(
    enterprise: Enterprise, cycle: PointCycle, book: RuleBook, inspection: Inspection
) -> PointSheet:
    first, second = inspection.officers
    return PointSheet.objects.create(
        **cycle.tenant,
        enterprise=enterprise,
        contract=inspection.contract,
        visit=inspection.visit,
        cycle=cycle,
        book=book,
        inspected_at=inspection.at,
        place=enterprise.address or enterprise.name,
        officer=first,
        officer_name=first.person_name[:40],
        officer_certificate=first.certificate_number,
        second_officer=second,
        second_officer_name=second.user.name,
        second_officer_certificate=second.certificate_number,
        is_obstructed=inspection.is_obstructed,
    )


def _entries(
    actor: Actor,
    sheet: PointSheet,
    cycle: PointCycle,
    given: Sequence[Given],
    rules: Parameters,
    now: datetime,
) -> list[PointEntry]:
    entries = PointEntry.objects.bulk_create(
        entry_of(sheet, cycle, one, rules, now) for one in given
    )
    for one, entry in zip(given, entries, strict=True):
        for content in one.photos:
            photo_add(
                actor=actor, subject=entry, purpose=Photo.Purpose.BEFORE, content=content,
                issued_at=now,
            )  # fmt: skip
    return entries


def entry_of(
    sheet: PointSheet, cycle: PointCycle, one: Given, rules: Parameters, now: datetime
) -> PointEntry:
    """Return the entry, not saved: what the rule book of the day makes of a clause."""
    clause = clause_of(one.clause, one.variant)
    return PointEntry(
        **cycle.tenant,
        sheet=sheet,
        cycle=cycle,
        clause=one.clause,
        variant=one.variant,
        hazard=one.hazard,
        code=clause.code,
        inspected_at=sheet.inspected_at,
        units=one.units,
        base=base_points(clause, one.units),
        is_reducible=clause.is_reducible and not sheet.is_obstructed,
        is_waived=one.is_corrected_on_site and clause.is_on_site_waivable and rules.on_site_waiver,
        fact=one.words,
        is_corrected_on_site=one.is_corrected_on_site,
        due_on=one.due_on or (one.hazard.due_on if one.hazard else None),
        issued_at=now,
    )


def _answered(
    actor: Actor, sheet: PointSheet, answer: Answer, rules: Parameters, now: datetime
) -> PointSheet:
    today = timezone.localdate(now)
    last = work_calendar(sheet.owner_agency_id).add(today, rules.appeal_days).date
    same: dict[str, Any] = {
        "issued_at": now,
        "appeal_until": last,
        "opinion": answer.opinion.strip(),
    }
    if answer.signature:
        photo_add(
            actor=actor, subject=sheet, purpose=Photo.Purpose.SIGNATURE, content=answer.signature
        )
        name = answer.representative_name.strip()
        return transition(actor=actor, row=sheet, name="sign", representative_name=name, **same)
    return transition(
        actor=actor, row=sheet, name="refuse", refusal_reason=answer.refusal_reason.strip(),
        witness_name=answer.witness_name.strip(), **same,
    )  # fmt: skip


def _tell(sheet: PointSheet, total: Total, now: datetime) -> None:
    """The notice goes out: a word in the enterprise's inbox, and until when it may answer."""
    if sheet.enterprise_org_id is not None:
        notify(
            org_id=sheet.enterprise_org_id, kind="points.given", at=now, is_urgent=True,
            title=f"收到记分告知书，年度累计{total.net}分，{sheet.appeal_until:%Y-%m-%d}前可陈述申辩",
            url=reverse("scoring:sheet", args=[sheet.pk]),
        )  # fmt: skip
