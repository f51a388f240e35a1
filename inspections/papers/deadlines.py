"""Content of the papers that show how a date was reckoned, or move one."""

from datetime import date

from agencies.models import ServiceBatch
from inspections.documents.reports import DeadlineNoticeDocument, DeadlineProofDocument, ProofDay
from inspections.models import Extension
from tenancy.workdays import WorkCalendar

KINDS = {"workday": "工作日", "weekend": "周末", "holiday": "放假", "makeup_workday": "调休上班"}


def proof_days(calendar: WorkCalendar, start: date, days: int) -> tuple[ProofDay, ...]:
    """Day by day from the day after `start` to the last of `days` working days."""
    return tuple(
        ProofDay(step.day, KINDS[step.kind], step.number, step.source)
        for step in calendar.steps(start, days)
    )


def deadline_proof(batch: ServiceBatch, calendar: WorkCalendar) -> DeadlineProofDocument:
    """期限推算表 of a batch's spot check."""
    start = batch.recheck_completed_on
    assert start is not None  # phase 3 is complete
    due = calendar.add(start, batch.spot_check_days)
    return DeadlineProofDocument(
        training=batch.owner_agency.org.is_training,
        agency_name=batch.owner_agency.org.name,
        provider_name=batch.provider_org.name if batch.provider_org else "",
        subject=f"{batch.name}抽查验收",
        rule=f"复查验收完成之日起{batch.spot_check_days}个工作日内抽查；首日不计入",
        start_on=start,
        days=batch.spot_check_days,
        due_on=due.date,
        is_provisional=due.is_provisional,
        calendar=proof_days(calendar, start, batch.spot_check_days),
    )


def extension_notice(extension: Extension, issued_on: date) -> DeadlineNoticeDocument:
    """整改期限告知书 that answers a request for more time."""
    hazard = extension.hazard
    granted = extension.state == Extension.State.GRANTED
    return DeadlineNoticeDocument(
        training=extension.owner_agency.org.is_training,
        issuer_name=extension.owner_agency.org.name,
        addressee=hazard.enterprise.name,
        hazard_number=hazard.number,
        place=hazard.place,
        description=hazard.description,
        old_due_on=extension.old_due_on,
        new_due_on=(extension.granted_on or extension.old_due_on)
        if granted
        else extension.old_due_on,
        decision="同意延期" if granted else "不同意延期",
        reason=extension.reason,
        safeguard=extension.safeguard,
        answer=extension.answer,
        issued_on=issued_on,
    )
