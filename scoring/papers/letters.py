"""From rows to the letters of the point system."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from documents.models import Document
from scoring.letters import (
    AdjustmentDocument,
    AppealDecisionDocument,
    CorrectionDocument,
    DecidedLine,
    InterviewNoticeDocument,
    InterviewRecordDocument,
    PointLine,
    PointsNoticeDocument,
    Standing,
    ThresholdDocument,
)
from scoring.models import (
    Consequence,
    Interview,
    PointAppeal,
    PointCycle,
    PointEntry,
    PointEvent,
    PointPresentation,
    PointSheet,
    ThresholdEvent,
)
from scoring.papers.sheets import book_mark
from scoring.points import Line, Parameters, Total
from tenancy.models import Agency
from tenancy.selectors import district_of

THRESHOLDS = {
    ThresholdEvent.Kind.REACHED_12: "t_report",
    ThresholdEvent.Kind.REACHED_18: "t_veto",
}


def point_line(entry: PointEntry, line: Line) -> PointLine:
    """One entry with what it counts for."""
    return PointLine(
        code=entry.code,
        text=entry.clause.text,
        fact=entry.fact,
        given_on=timezone.localdate(entry.inspected_at),
        points=line.net,
        why=line.why,
    )


def standing(cycle: PointCycle, entries: Sequence[PointEntry], total: Total) -> Standing:
    """How a year stands."""
    lines = {line.key: line for line in total.lines}
    return Standing(
        year=cycle.year,
        lines=tuple(point_line(entry, lines[str(entry.pk)]) for entry in entries),
        gross=total.gross,
        reduction=total.reduction,
        surcharge=total.surcharge,
        net=total.net,
        colour=total.colour,
    )


def points_notice(
    sheet: PointSheet,
    agency: Agency,
    entries: Sequence[PointEntry],
    total: Total,
    rules: Parameters,
    shown: PointPresentation,
) -> PointsNoticeDocument:
    """记分告知书 of one sheet; `entries` are those of the sheet, `shown` is how the agency says it."""
    assert sheet.issued_at is not None  # signed or refused
    assert sheet.appeal_until is not None
    lines = {line.key: line for line in total.lines}
    given = tuple(point_line(entry, lines[str(entry.pk)]) for entry in entries)
    obstruction = rules.refusal_surcharge if sheet.is_obstructed else Decimal(0)
    return PointsNoticeDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=sheet.enterprise.name,
        rule_book=book_mark(sheet.book),
        lines=given,
        now=sum((line.points for line in given), obstruction),
        standing=Standing(
            sheet.cycle.year, (), total.gross, total.reduction, total.surcharge, total.net,
            total.colour,
        ),
        t_report=rules.t_report,
        t_veto=rules.t_veto,
        appeal_days=rules.appeal_days,
        appeal_until=sheet.appeal_until,
        appeal_place=shown.appeal_place or agency.org.name,
        contact=" ".join(filter(None, (shown.contact_name or sheet.officer_name,
                                       shown.contact_phone))),
        words=shown.notice_words,
        is_obstructed=sheet.is_obstructed,
        obstruction=obstruction,
        issued_on=timezone.localdate(sheet.issued_at),
    )  # fmt: skip


def threshold_paper(
    event: ThresholdEvent,
    agency: Agency,
    entries: Sequence[PointEntry],
    total: Total,
    consequences: Sequence[Consequence],
) -> ThresholdDocument:
    """满12分抄报单 or 满18分一票否决通知 of an event that is being sent."""
    assert event.sent_at is not None  # being sent
    firm, book = event.enterprise, entries[-1].sheet.book
    rules = Parameters.of(book.parameters)
    is_report = event.kind == ThresholdEvent.Kind.REACHED_12
    veto = next((c for c in consequences if c.kind == Consequence.Kind.VETO), None)
    talks = Interview.objects.filter(cycle=event.cycle_id, state=Interview.State.HELD)
    return ThresholdDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=district_of(agency).org.name if is_report else firm.name,
        enterprise_name=firm.name,
        credit_code=firm.credit_code,
        address=firm.address,
        principal_name=firm.principal_name,
        rule_book=book_mark(book),
        threshold=getattr(rules, THRESHOLDS[ThresholdEvent.Kind(event.kind)]),
        reached_on=timezone.localdate(event.reached_at),
        standing=standing(event.cycle, entries, total),
        measures=tuple(_measure(one) for one in consequences),
        interviews=tuple(
            f"{timezone.localdate(talk.held_at):%Y-%m-%d}约谈{talk.attended_by}" for talk in talks
        ),
        scope=veto.scope if veto else "",
        from_on=veto.from_on if veto else timezone.localdate(event.sent_at),
        until_on=veto.until_on if veto else None,
        issued_on=timezone.localdate(event.sent_at),
    )


def _measure(one: Consequence) -> str:
    words = [one.get_kind_display()]
    if one.scope:
        words.append(one.scope)
    if one.due_on:
        words.append(f"{one.due_on:%Y-%m-%d}前完成")
    if one.until_on:
        words.append(f"{one.from_on:%Y-%m-%d}至{one.until_on:%Y-%m-%d}")
    return "，".join(words)


def correction(
    event: ThresholdEvent,
    agency: Agency,
    entries: Sequence[PointEntry],
    total: Total,
    report: Document | None,
    reason: str,
) -> CorrectionDocument:
    """更正函: after a report was sent, points fell below its threshold."""
    assert event.sent_at is not None  # both have happened
    assert event.corrected_at is not None
    rules = Parameters.of(entries[-1].sheet.book.parameters) if entries else Parameters()
    return CorrectionDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=district_of(agency).org.name,
        enterprise_name=event.enterprise.name,
        report_number=report.number if report else "",
        reported_on=timezone.localdate(event.sent_at),
        threshold=getattr(rules, THRESHOLDS[ThresholdEvent.Kind(event.kind)]),
        before=event.total,
        reason=reason,
        standing=standing(event.cycle, entries, total),
        issued_on=timezone.localdate(event.corrected_at),
    )


def adjustment(
    event: PointEvent, agency: Agency, before: Total, after: Total
) -> AdjustmentDocument:
    """记分减免/加处确认单 of one event, with what the year came to before it and with it."""
    cycle, entry = event.cycle, event.entry
    lines = {line.key: line for line in after.lines}
    return AdjustmentDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        enterprise_name=cycle.enterprise.name,
        credit_code=cycle.enterprise.credit_code,
        year=cycle.year,
        kind=event.get_kind_display(),
        happened_on=timezone.localdate(event.happened_at),
        line=point_line(entry, lines[str(entry.pk)]) if entry else None,
        reason=event.reason,
        before=before.net,
        after=after.net,
        approver=event.by_name,
        rule_book=book_mark(cycle.book),  # type: ignore[arg-type]  # points were given by one
    )


def appeal_decision(
    appeal: PointAppeal,
    agency: Agency,
    figures: Mapping[str, Decimal],
    before: Decimal,
    after: Decimal,
) -> AppealDecisionDocument:
    """陈述申辩复核决定书; `figures` are what each entry counted for before, by its id."""
    assert appeal.decided_at is not None  # decided
    items = appeal.items.select_related("entry").order_by("entry__code")
    return AppealDecisionDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=appeal.enterprise.name,
        sheet_on=timezone.localdate(appeal.sheet.inspected_at),
        asked_on=timezone.localdate(appeal.asked_at),
        reason=appeal.reason,
        lines=tuple(
            DecidedLine(
                item.entry.code, item.entry.fact, figures[str(item.entry_id)],
                item.get_decision_display(), item.note,
            )
            for item in items
        ),
        answer=appeal.answer,
        decided_by=appeal.decided_by_name,
        before=before,
        after=after,
        issued_on=timezone.localdate(appeal.decided_at),
    )  # fmt: skip


def interview_notice(interview: Interview, agency: Agency) -> InterviewNoticeDocument:
    """约谈通知书."""
    return InterviewNoticeDocument(
        training=agency.org.is_training,
        issuer_name=agency.org.name,
        addressee=interview.enterprise.name,
        principal_name=interview.enterprise.principal_name,
        planned_at=interview.planned_at,
        place=interview.place,
        host_name=interview.host_name,
        reason=interview.reason,
        year=interview.cycle.year,
        total=interview.total,
        issued_on=timezone.localdate(interview.issued_at),
    )


def interview_record(interview: Interview, agency: Agency) -> InterviewRecordDocument:
    """约谈记录."""
    assert interview.held_at is not None  # held
    return InterviewRecordDocument(
        training=agency.org.is_training,
        agency_name=agency.org.name,
        enterprise_name=interview.enterprise.name,
        planned_at=interview.planned_at,
        held_at=interview.held_at,
        place=interview.place,
        host_name=interview.host_name,
        attended_by=interview.attended_by,
        reason=interview.reason,
        total=interview.total,
        content=interview.content,
        commitment=interview.commitment,
    )
