"""meeting_plan · hold_refusal · meeting_hold · meeting_cancel · attendance_add · sign_in_token ·
sign_in_refusal · sign_in · sheet_of_token"""

from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from agencies.models import Assignment, ServiceBatch
from audit.services import record
from common.errors import DomainError
from common.scope import acting_as
from documents.services import Issuer, document_issue
from evidence.services import attachment_add
from inspections.models import Meeting, MeetingAttendance
from inspections.papers.reports import meeting_record
from inspections.services.phases import advance_if_ready
from notifications.services import notify
from tenancy import clock
from tenancy.actors import Actor
from tenancy.tasks import system_agency
from workflow.services import transition

SALT = "inspections.meeting"
OPENS, CLOSES = timedelta(hours=2), timedelta(hours=6)  # around the meeting's time
LIMIT = 1000  # names on one sheet; whoever floods it is stopped here


@transaction.atomic
def meeting_plan(
    *,
    actor: Actor,
    batch: ServiceBatch,
    kind: str,
    title: str,
    starts_at: datetime,
    place: str,
    host_name: str,
    agenda: str = "",
) -> Meeting:
    """Plan a meeting of a batch; its sign-in sheet opens two hours before it begins."""
    starts = batch.contract.starts_on
    if timezone.localdate(starts_at) < starts:
        raise DomainError(f"时间不能早于合同开始日期{starts:%Y-%m-%d}", field="starts_at")
    now = clock.now(batch.owner_agency_id)
    meeting = Meeting.objects.create(
        **batch.tenant,
        batch=batch,
        kind=kind,
        title=title.strip(),
        starts_at=starts_at,
        place=place.strip(),
        host_name=host_name.strip(),
        agenda=agenda.strip(),
        created_by_id=actor.member,
        created_at=now,
    )
    record(actor=actor, act="meeting.plan", subject=meeting, summary=meeting.title, at=now)
    other = batch.provider_org_id if actor.is_agency else batch.owner_agency_id
    assert other is not None  # a batch always names both
    notify(
        org_id=other,
        kind="meeting.planned",
        title=f"{meeting.get_kind_display()}：{meeting.title}",
        url=f"/meetings/{meeting.pk}/",
        at=now,
    )
    return meeting


def hold_refusal(meeting: Meeting, *, has_people: bool) -> str:
    """Return why a planned meeting cannot be written down as held yet, or ''."""
    if meeting.starts_at > clock.now(meeting.owner_agency_id):
        return "会议还没有开始，不能登记为已召开"
    return "" if has_people else "还没有人签到；请先登记到会人员"


@transaction.atomic
def meeting_hold(
    *, actor: Actor, meeting: Meeting, minutes: str, files: Sequence[tuple[str, bytes]] = ()
) -> Meeting:
    """Write the minutes, keep the material, close the sheet, and make 会议记录 of it.

    A kick-off opens the gate of phase 1.
    """
    if not minutes.strip():
        raise DomainError("请填写会议纪要", field="minutes")
    if refusal := hold_refusal(meeting, has_people=meeting.attendances.exists()):
        raise DomainError(refusal)
    now = clock.now(meeting.owner_agency_id)
    held = transition(actor=actor, row=meeting, name="hold", minutes=minutes.strip(), held_at=now)
    for filename, content in files:
        attachment_add(actor=actor, subject=held, filename=filename, content=content)
    document_issue(
        actor=actor,
        kind="meeting_record",
        subject=held,
        content=meeting_record(held),
        title=f"{held.title}会议记录",
        issuer=Issuer(actor.org, ""),
    )
    if held.kind == Meeting.Kind.KICKOFF:
        for pk in held.batch.assignments.filter(
            state=Assignment.Phase.SURVEY, withdrawn_at=None
        ).values_list("pk", flat=True):
            advance_if_ready(actor=actor, assignment_id=pk)
    return held


def meeting_cancel(*, actor: Actor, meeting: Meeting) -> Meeting:
    """It will not take place; who signed in stays on the sheet."""
    return transition(actor=actor, row=meeting, name="cancel")


def attendance_add(
    *, meeting: Meeting, unit_name: str, person_name: str, post: str = "", phone: str = ""
) -> MeetingAttendance:
    """Put somebody without a phone on the sheet, at the desk."""
    row, _ = _put(meeting, unit_name, person_name, post, phone, MeetingAttendance.How.DESK)
    return row


@transaction.atomic
def _put(
    meeting: Meeting, unit_name: str, person_name: str, post: str, phone: str, how: str
) -> tuple[MeetingAttendance, bool]:
    """Return the line and whether it is new; the same person of the same unit is one line.

    A unit whose name or credit code is an enterprise's of the batch is tied to it.
    """
    locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if locked.state != Meeting.State.PLANNED:
        raise DomainError("签到已经结束")
    unit, person = unit_name.strip(), person_name.strip()
    if not unit:
        raise DomainError("请填写单位", field="unit_name")
    if not person:
        raise DomainError("请填写姓名", field="person_name")
    if locked.attendances.count() >= LIMIT:
        raise DomainError("签到人数已达上限，请到现场登记")
    assignment = _assignment_of(locked, unit)
    return MeetingAttendance.objects.get_or_create(
        meeting=locked,
        unit_name=assignment.enterprise.name if assignment else unit,
        person_name=person,
        defaults={
            **locked.tenant,
            "assignment": assignment,
            "post": post.strip(),
            "phone": phone.strip(),
            "how": how,
            "signed_at": clock.now(locked.owner_agency_id),
        },
    )


def _assignment_of(meeting: Meeting, unit: str) -> Assignment | None:
    rows = Assignment.objects.filter(batch=meeting.batch_id, withdrawn_at=None)
    rows = rows.select_related("enterprise")
    return (
        rows.filter(enterprise__name=unit).first()
        or rows.filter(enterprise__credit_code=unit.upper()).first()
    )


def sign_in_token(meeting: Meeting) -> str:
    """Return what stands in the QR code of the sheet: meeting and agency, signed by us.

    Short and in small letters and digits alone: a code read from the last row, an address that
    can be typed by hand.
    """
    pk = _letters(meeting.pk.bytes)
    return f"{pk}-{meeting.owner_agency_id}-{_mark(pk, str(meeting.owner_agency_id))}"


def _letters(value: bytes) -> str:
    return b32encode(value).decode().rstrip("=").lower()


def _mark(pk: str, agency: str) -> str:
    """80 bits of a keyed hash: enough, where each guess is a request to us."""
    return _letters(salted_hmac(SALT, f"{pk}-{agency}", algorithm="sha256").digest()[:10])


def sign_in_claim(token: str) -> tuple[UUID, int]:
    """Return (meeting id, agency id) of a token; DomainError for one that is not ours."""
    pk, _, rest = token.lower().partition("-")
    agency, _, mark = rest.partition("-")
    if not mark.isascii() or not constant_time_compare(mark, _mark(pk, agency)):
        raise DomainError("这个签到码无效，请重新扫描会场的二维码")
    return UUID(bytes=b32decode(pk.upper() + "======")), int(agency)


def sign_in_refusal(meeting: Meeting) -> str:
    """Return why nobody can sign in with a phone at this moment, or ''."""
    if meeting.state == Meeting.State.CANCELLED:
        return "会议已取消"
    if meeting.state != Meeting.State.PLANNED:
        return "签到已经结束"
    now, opens = clock.now(meeting.owner_agency_id), meeting.starts_at - OPENS
    if now < opens:
        return f"签到还没有开始，{timezone.localtime(opens):%Y-%m-%d %H:%M} 起可以签到"
    if now > meeting.starts_at + CLOSES:
        return "签到已经结束，请到现场登记"
    return ""


@transaction.atomic
def sign_in(
    *, token: str, unit_name: str, person_name: str, post: str, phone: str
) -> tuple[MeetingAttendance, bool]:
    """A visitor signs in on his own phone, without an account, while the sheet is open.

    Returns his line and whether it is new.
    """
    pk, agency_id = sign_in_claim(token)
    with acting_as(system_agency(agency_id)):
        meeting = Meeting.objects.select_related("batch").get(pk=pk)
        if refusal := sign_in_refusal(meeting):
            raise DomainError(refusal)
        return _put(meeting, unit_name, person_name, post, phone, MeetingAttendance.How.QR)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the public page of a meeting's sheet shows, and why it takes no name now ('' if it does)."""

    meeting: Meeting
    refusal: str


def sheet_of_token(token: str) -> Sheet | None:
    """Return the sheet of a token, with nothing that hangs on the meeting."""
    try:
        pk, agency_id = sign_in_claim(token)
    except DomainError:
        return None
    with acting_as(system_agency(agency_id)):
        meeting = Meeting.objects.filter(pk=pk).first()
        return Sheet(meeting, sign_in_refusal(meeting)) if meeting else None
