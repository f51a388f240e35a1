"""Content of the record of a meeting."""

from inspections.documents.reports import AttendanceLine, MeetingRecordDocument
from inspections.models import Meeting


def meeting_record(meeting: Meeting, sides: str) -> MeetingRecordDocument:
    """会议记录 of a held meeting, with the enterprises of the batch that sent nobody.

    `sides` says how many of which side were there.
    """
    people = list(meeting.attendances.order_by("signed_at", "pk"))
    there = {row.assignment_id for row in people if row.assignment_id is not None}
    firms = meeting.batch.assignments.filter(withdrawn_at=None).exclude(pk__in=there)
    return MeetingRecordDocument(
        training=meeting.owner_agency.org.is_training,
        provider_name=meeting.provider_org.name if meeting.provider_org else "",
        agency_name=meeting.owner_agency.org.name,
        contract_title=meeting.batch.contract.title,
        batch_name=meeting.batch.name,
        kind=meeting.get_kind_display(),
        sides=sides,
        meeting_title=meeting.title,
        starts_at=meeting.starts_at,
        place=meeting.place,
        host_name=meeting.host_name,
        agenda=meeting.agenda,
        minutes=meeting.minutes,
        attendances=tuple(
            AttendanceLine(
                row.unit_name, row.person_name, row.post, row.get_how_display(), row.signed_at
            )
            for row in people
        ),
        absent=tuple(
            firms.order_by("region_code", "enterprise__name").values_list(
                "enterprise__name", flat=True
            )
        ),
    )
