"""Content of the papers that end a phase, from rows; many enterprises in a fixed number of statements."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from agencies.models import Assignment, ServiceBatch
from documents.models import Document
from documents.photos import PhotoRef
from evidence.models import Photo, Scan
from inspections import criteria
from inspections.documents import StaffMember
from inspections.documents.reports import (
    AcceptanceSheetDocument,
    ConclusionDocument,
    CriterionLine,
    EnterpriseReportDocument,
    MajorReportDocument,
    ReportedHazard,
    ReportedTrace,
    ReportedVisit,
    ReportHead,
    SheetRow,
)
from inspections.models import (
    AcceptanceCriterion,
    Answer,
    ChecklistItem,
    Hazard,
    Meeting,
    MeetingAttendance,
    Rectification,
    Visit,
)
from inspections.papers.visits import enterprise_head
from tenancy.actors import Actor
from tenancy.models import Membership
from tenancy.selectors import region_names

DONE = Hazard.State.CLOSED


def staff_of(actor: Actor) -> StaffMember:
    """The actor as papers name him, with qualification and certificate of the day."""
    found = Membership.objects.select_related("user").get(pk=actor.member)
    return StaffMember(found.person_name, found.qualification, found.certificate_number)


@dataclass(frozen=True, slots=True)
class Served:
    """Everything that report and conclusion of one enterprise say."""

    known: criteria.Known
    cells: tuple[criteria.Cell, ...]
    visits: Sequence[Visit]
    meetings: Sequence[str]
    soft: Counter[str]
    soft_failed: Sequence[str]
    texts: Mapping[int, str]
    photos: Mapping[str, tuple[PhotoRef, ...]]


def served_of(assignments: Sequence[Assignment], day: date) -> dict[int, Served]:
    """Read what the papers of assignments need; loaded with enterprise, batch, contract, parties."""
    ids = [a.pk for a in assignments]
    known = criteria.known_of(assignments, day, hazards_whole=True)
    visits: dict[int, list[Visit]] = defaultdict(list)
    rows = Visit.objects.filter(assignment__in=ids).exclude(kind__in=Visit.OFFICIAL)
    for visit in (
        rows.exclude(state=Visit.State.OPEN).order_by("arrived_at").prefetch_related("team")
    ):
        visits[visit.served_id].append(visit)
    soft, failed = _soft(ids)
    meetings = _meetings(assignments)
    texts = dict(AcceptanceCriterion.objects.values_list("number", "text"))
    photos = _photos(ids, [hazard for one in known.values() for hazard in one.hazards])
    return {
        a.pk: Served(
            known=known[a.pk],
            cells=criteria.cells_of(known[a.pk]),
            visits=visits[a.pk],
            meetings=meetings[a.pk],
            soft=soft[a.pk],
            soft_failed=failed[a.pk],
            texts=texts,
            photos=photos,
        )
        for a in assignments
    }


def _photos(ids: Sequence[int], hazards: Sequence[Hazard]) -> dict[str, tuple[PhotoRef, ...]]:
    """Return {hazard id: the first photo before, and the last one after}."""
    numbers = {str(hazard.pk): hazard.number for hazard in hazards}
    clean = Photo.objects.exclude(scan=Scan.INFECTED)
    before = clean.filter(
        subject_type="inspections.hazard", subject_id__in=numbers, purpose=Photo.Purpose.BEFORE
    ).order_by("-id")
    mended = {
        str(pk): str(hazard)
        for pk, hazard in Rectification.objects.filter(hazard__assignment__in=ids).values_list(
            "pk", "hazard"
        )
    }
    after = clean.filter(
        subject_type="inspections.rectification", subject_id__in=mended,
        purpose=Photo.Purpose.AFTER,
    ).order_by("id")  # fmt: skip
    firsts = dict(before.values_list("subject_id", "sha256"))
    lasts = {mended[pk]: sha256 for pk, sha256 in after.values_list("subject_id", "sha256")}
    return {
        pk: tuple(
            PhotoRef(f"{number} {word}", found[pk])
            for word, found in (("整改前", firsts), ("整改后", lasts))
            if pk in found
        )
        for pk, number in numbers.items()
    }


def _soft(ids: Sequence[int]) -> tuple[dict[int, Counter[str]], dict[int, list[str]]]:
    """Count the answers to questions about papers, and name those that failed."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    failed: dict[int, list[str]] = defaultdict(list)
    rows = Answer.objects.filter(
        visit__assignment__in=ids,
        visit__kind=Visit.Kind.SURVEY,
        item__part=ChecklistItem.Part.SOFT,
    ).order_by("item__template", "item__position", "pk")
    for pk, result, text in rows.values_list("visit__assignment", "result", "item__text"):
        counts[pk][result] += 1
        if result == Answer.Result.FAIL:
            failed[pk].append(text)
    return counts, failed


def _meetings(assignments: Sequence[Assignment]) -> dict[int, list[str]]:
    """Name the meetings of each enterprise's batch and who of it was there."""
    batches = {a.batch_id for a in assignments}
    held = Meeting.objects.filter(batch__in=batches, state=Meeting.State.HELD)
    people: dict[tuple[Any, int | None], list[str]] = defaultdict(list)
    rows = MeetingAttendance.objects.filter(meeting__in=held).exclude(assignment=None)
    for pk, assignment, name in rows.order_by("signed_at", "pk").values_list(
        "meeting_id", "assignment_id", "person_name"
    ):
        people[pk, assignment].append(name)
    found: dict[int, list[str]] = defaultdict(list)
    for meeting in held.order_by("starts_at", "pk"):
        when = timezone.localtime(meeting.starts_at)
        head = f"{when:%Y-%m-%d} {meeting.get_kind_display()}"
        for a in assignments:
            if a.batch_id == meeting.batch_id:
                names = "、".join(people[meeting.pk, a.pk])
                found[a.pk].append(f"{head}，{f'参加人：{names}' if names else '未派人参加'}")
    return found


def head_of(a: Assignment, lead: StaffMember) -> ReportHead:
    """Who reports on whom."""
    contract = a.batch.contract
    assert a.accepted_on is not None  # closed before its papers are made
    return ReportHead(
        training=a.owner_agency.org.is_training,
        provider_name=a.provider_org.name if a.provider_org else "",
        agency_name=a.owner_agency.org.name,
        contract_number=contract.number,
        contract_title=contract.title,
        batch_name=a.batch.name,
        enterprise=enterprise_head(a.enterprise),
        lead=lead,
        closed_on=a.accepted_on,
    )


def enterprise_report(a: Assignment, served: Served, lead: StaffMember) -> EnterpriseReportDocument:
    """情况报告 of one enterprise."""
    hazards = served.known.hazards
    closed = sum(h.state == DONE for h in hazards)
    return EnterpriseReportDocument(
        head=head_of(a, lead),
        facts=_facts(a, served),
        visits=tuple(_visit(visit) for visit in served.visits),
        meetings=tuple(served.meetings),
        soft_failed=tuple(served.soft_failed),
        soft_asked=sum(served.soft.values()),
        hazards=tuple(_hazard(h, served.photos[str(h.pk)]) for h in hazards),
        majors=tuple(_major(h) for h in hazards if h.is_major),
        closed=closed,
        open=len(hazards) - closed,
        criteria=criterion_lines(served),
        traces=_traces(served),
        troubles=_troubles(served),
        advice=_advice(served),
    )


def _facts(a: Assignment, served: Served) -> tuple[tuple[str, ...], ...]:
    firm = a.enterprise

    def count(number: int | None) -> str:
        return "未填" if number is None else f"{number}人"

    majors = sum(h.is_major for h in served.known.hazards)
    place = f"北纬{firm.latitude}，东经{firm.longitude}" if firm.latitude is not None else "未登记"
    return (
        ("统一社会信用代码", firm.credit_code),
        ("所属行业", firm.industry),
        ("地址", firm.address or "未填"),
        ("主要产品", firm.products or "未填"),
        ("员工人数", count(firm.employee_count)),
        ("安全管理人员数量", count(firm.safety_manager_count)),
        ("特种作业人员数量", count(firm.special_operator_count)),
        ("主要风险因素", firm.risk_factors or "未填"),
        ("有无重大隐患", f"有，{majors}项" if majors else "无"),
        ("坐标", place),
    )


def _visit(visit: Visit) -> ReportedVisit:
    assert visit.left_at is not None  # it is signed or refused
    tenths = round((visit.left_at - visit.arrived_at).total_seconds() / 360)
    return ReportedVisit(
        on=timezone.localdate(visit.arrived_at),
        kind=visit.get_kind_display(),
        staff="、".join(member.name for member in visit.team.all()),
        hours=f"{tenths // 10}.{tenths % 10}",
    )


def _hazard(hazard: Hazard, photos: tuple[PhotoRef, ...] = ()) -> ReportedHazard:
    return ReportedHazard(
        number=hazard.number,
        place=hazard.place,
        description=hazard.description,
        severity=hazard.get_severity_display(),
        due_on=hazard.due_on,
        state=hazard.get_state_display(),
        rechecked_on=hazard.rechecked_on,
        photos=photos,
    )


def _major(hazard: Hazard) -> str:
    found = timezone.localtime(hazard.found_at)
    return (
        f"{hazard.number} {hazard.place}：{found:%Y-%m-%d %H:%M}发现，依据{hazard.basis}，"
        f"书面报告{criteria.report_delay(hazard)}，{hazard.get_state_display()}"
    )


def criterion_lines(served: Served) -> tuple[CriterionLine, ...]:
    """The nine criteria as papers list them."""
    return tuple(
        CriterionLine(cell.number, served.texts[cell.number], cell.word, cell.note)
        for cell in served.cells
    )


def _traces(served: Served) -> tuple[ReportedTrace, ...]:
    found = []
    for topic in served.known.topics:
        record = served.known.guidance.get(topic.pk)
        found.append(
            ReportedTrace(
                group=topic.group,
                name=topic.name,
                state=record.get_state_display() if record else "未开始",
                done_on=record.done_on if record else None,
                helped_by=record.helped_by_name if record else "",
            )
        )
    return tuple(found)


def _troubles(served: Served) -> tuple[str, ...]:
    found = [
        f"{timezone.localdate(v.arrived_at):%Y-%m-%d}检查拒绝签字：{v.refusal_reason}"
        for v in served.visits
        if v.state == Visit.State.REFUSED
    ]
    for hazard in served.known.hazards:
        if hazard.is_refused:
            found.append(f"{hazard.number} {hazard.place}：拒不整改")
        elif hazard.is_overdue:
            found.append(f"{hazard.number} {hazard.place}：逾期未整改，期限{hazard.due_on}")
        elif hazard.was_overdue:
            found.append(f"{hazard.number} {hazard.place}：曾逾期")
    return tuple(found)


def _advice(served: Served) -> tuple[str, ...]:
    found = [
        f"对未销号的{hazard.place}隐患（{hazard.number}），{hazard.measure}"
        for hazard in served.known.hazards
        if hazard.state != DONE
    ]
    found += [
        f"对照标准{cell.number}完善：{cell.note}"
        for cell in served.cells
        if cell.result == criteria.FAIL
    ]
    return tuple(found) or ("保持现有管理水平，按期开展自查并如实记录。",)


def conclusion(
    a: Assignment, served: Served, lead: StaffMember, report_number: str
) -> ConclusionDocument:
    """结论性意见 of one enterprise."""
    hazards = served.known.hazards
    return ConclusionDocument(
        head=head_of(a, lead),
        conclusion=a.get_conclusion_display(),
        note=a.conclusion_note,
        report_number=report_number,
        criteria=criterion_lines(served),
        open_hazards=tuple(_hazard(h) for h in hazards if h.state != DONE),
        found=len(hazards),
        closed=sum(h.state == DONE for h in hazards),
    )


def major_report(
    hazard: Hazard, actor: Actor, reported_at: datetime, words: Mapping[str, str]
) -> MajorReportDocument:
    """重大事故隐患报告单; `words` holds causes, harm, treatment and temporary_measures."""
    assert hazard.major_noticed_at is not None  # noticed when it was found
    return MajorReportDocument(
        training=hazard.owner_agency.org.is_training,
        provider_name=hazard.provider_org.name if hazard.provider_org else "",
        agency_name=hazard.owner_agency.org.name,
        enterprise=enterprise_head(hazard.enterprise),
        hazard_number=hazard.number,
        place=hazard.place,
        description=hazard.description,
        criterion=hazard.basis,
        found_at=hazard.found_at,
        noticed_at=hazard.major_noticed_at,
        reported_at=reported_at,
        due_on=hazard.due_on,
        reporter=staff_of(actor),
        **words,
    )


def acceptance_sheet(
    batch: ServiceBatch, assignments: Sequence[Assignment], day: date, made_at: datetime
) -> AcceptanceSheetDocument:
    """Nine criteria × the enterprises of a batch."""
    known = criteria.known_of(assignments, day, hazards_whole=True)
    towns = region_names({a.region_code for a in assignments})
    rows = []
    for position, a in enumerate(assignments, start=1):
        cells = criteria.cells_of(known[a.pk])
        rows.append(
            SheetRow(
                position=position,
                name=a.enterprise.name,
                town=towns.get(a.region_code, a.region_code),
                results=tuple(cell.word for cell in cells),
                conclusion=a.get_conclusion_display() if a.conclusion else "",
                notes=tuple(
                    f"标准{c.number}：{c.note}" for c in cells if c.result == criteria.FAIL
                ),
            )
        )
    return AcceptanceSheetDocument(
        training=batch.owner_agency.org.is_training,
        agency_name=batch.owner_agency.org.name,
        provider_name=batch.provider_org.name if batch.provider_org else "",
        contract_title=batch.contract.title,
        batch_name=batch.name,
        made_at=made_at,
        criteria=tuple(AcceptanceCriterion.objects.values_list("text", flat=True)),
        rows=tuple(rows),
    )


def valid_paper(kind: str, assignment: Assignment) -> Document | None:
    """Return the paper of this kind that stands for an assignment."""
    return (
        Document.objects.filter(
            kind=kind,
            subject_type="agencies.assignment",
            subject_id=str(assignment.pk),
            state=Document.State.ISSUED,
        )
        .defer("content")
        .order_by("-issued_at")
        .first()
    )
